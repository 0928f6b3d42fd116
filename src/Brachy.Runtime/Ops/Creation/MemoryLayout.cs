using Brachy.Extending;
using Brachy.Native;
using static Brachy.LayoutKernels;

namespace Brachy;

// The order of elements in memory, which changes no value.
public static partial class F
{
    /// <summary>
    /// x, [N, C, H, W], laid out with the channels of each pixel side by side, as libtorch's convolutions are fastest with.
    /// </summary>
    internal static Tensor channels_last(Tensor x) => ChannelsLastLayout.Bind(x);

    internal static readonly Primitive<NoSettings> ChannelsLastLayout = new("channels_last")
    {
        Abstract = x =>
        {
            Shapes.RequireRank(x, 0, "x", 4);
            return Shapes.Unary(x);
        },
        Eager = x => ToLayout.Invoke("channels_last", x[0])[0],
        Script = x => $"{x[0]}.contiguous(memory_format=2)",
        Batching = Batching.Folded,
        Vjp = Vjp.Rule((g, y, x) => [g]),
        Jvp = Jvp.Linear(),
        IsView = true,

        // A copy, where the layout asks for one.
        Cost = x => x.Once(),
    };
}

/// <summary>Kernels of libtorch that TorchSharp has no function for.</summary>
file static class LayoutKernels
{
    public static readonly EagerScript ToLayout = new(
        """
        def channels_last(x):
            return [x.contiguous(memory_format=2)]

        """);
}
