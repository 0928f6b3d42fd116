namespace Brachy.NN;

/// <summary>Gives its input: a stand-in for a layer that is left out.</summary>
[Module]
public partial class Identity
{
    /// <summary>Applies the layer. Any shape.</summary>
    public Tensor Forward(Tensor x) => x;
}
