using Brachy.NN;

namespace Brachy.Ranks.Program;

/// <summary>A network whose layers depend on the whole batch: by statistics, and by random masks.</summary>
[Module]
public partial class RankNet
{
    public partial Linear Hidden { get; set; }

    public partial BatchNorm1d Norm { get; set; }

    public partial Dropout Dropout { get; set; }

    public partial Linear Output { get; set; }

    public RankNet(double dropout)
    {
        // Batch norm would take a bias out again: its gradient is rounding alone.
        Hidden = new(5, 7, bias: false);
        Norm = new(7);
        Dropout = new(dropout);
        Output = new(7, 3);
    }

    public Tensor Forward(Tensor x) => Output.Call(Dropout.Call(F.tanh(Norm.Call(Hidden.Call(x)))));
}
