namespace Brachy.NN;

/// <summary>max(x, 0), elementwise.</summary>
[Module]
public partial class ReLU
{
    /// <summary>Applies the function. Any shape.</summary>
    public Tensor Forward(Tensor x) => F.relu(x);
}
