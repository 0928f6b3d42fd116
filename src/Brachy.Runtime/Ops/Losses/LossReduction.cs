using static Brachy.F;

namespace Brachy;

/// <summary>The reduction of losses to what is returned.</summary>
internal static class LossReduction
{
    public static Tensor Of(string op, Tensor losses, Reduction reduction) => reduction switch
    {
        Reduction.None => losses,
        Reduction.Sum => sum(losses),
        Reduction.Mean => mean(losses),
        _ => throw Unknown(op, reduction),
    };

    public static ArgumentOutOfRangeException Unknown(string op, Reduction reduction) =>
        new(nameof(reduction), reduction, $"{op}: the reduction must be None, Mean or Sum.");
}
