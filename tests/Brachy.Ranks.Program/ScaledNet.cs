namespace Brachy.Ranks.Program;

/// <summary>A network with a param that has no dims.</summary>
[Module]
public partial class ScaledNet
{
    [Param]
    public partial Tensor Scale { get; set; }

    public ScaledNet() => Scale = F.tensor(1f);

    public Tensor Forward(Tensor x) => x * Scale;
}
