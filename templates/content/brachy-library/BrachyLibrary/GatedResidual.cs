using Brachy;
using Brachy.NN;

namespace BrachyLibrary;

/// <summary>A residual layer whose branch is scaled by a learned gate, which begins at 0: the layer passes on what it is given.</summary>
[Module]
public partial class GatedResidual
{
    /// <summary>The branch.</summary>
    public partial Linear Branch { get; set; }

    /// <summary>How much of the branch is added, a scalar.</summary>
    [Param]
    public partial Tensor Gate { get; set; }

    /// <summary>A layer with random weights.</summary>
    /// <param name="features">The size of the last dim.</param>
    public GatedResidual(int features)
    {
        Branch = new(features, features);
        Gate = F.zeros([]);
    }

    /// <summary>x + gate · tanh(branch(x)). Input and output [..., features].</summary>
    public Tensor Forward(Tensor x) => x + (Gate * F.tanh(Branch.Call(x)));
}
