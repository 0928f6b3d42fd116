using Brachy.Extending;
using Brachy.Native;
using TorchSharp;
using static Brachy.F;

namespace Brachy;

/// <summary>The rules of group norms.</summary>
internal static class GroupNormRules
{
    /// <summary>Output, mean and reciprocal of the deviation.</summary>
    public static Tensor[] group_norm_forward(Tensor x, long groups, Tensor? weight, Tensor? bias, double eps) =>
        GroupNorm.BindAll(new GroupNormSettings(groups, eps), [x, .. NormOperands.NormParams(weight, bias)]);

    public static Tensor?[] GroupNormGradient(Tensor?[] g, Tensor[] y, VjpArgs<GroupNormSettings> x)
    {
        // The kernel gives NaN for the params when there are no values.
        if (x[0].numel() == 0)
        {
            return new Tensor?[x.Count];
        }

        var gradients = NormGradients.Of(x, 1, needs => GroupNormBackward.BindAll(
            new GroupNormBackwardSettings(x.Settings.Groups, needs),
            [g[0] ?? zeros_like(y[0]), x[0], y[1], y[2], .. x.Inputs.Skip(1).Take(1)]));
        gradients[0] = NormGradients.SumOf(
            gradients[0], x.Needs(0) ? NormGradients.OfStatistics(GroupView(x, x.Settings.Groups, 0), x[0], y[1], y[2], g[1], g[2]) : null);
        return gradients[..x.Count];
    }

    public static Tensor?[] GroupNormTangents(Tensor?[] t, Tensor[] y, JvpArgs<GroupNormSettings> x) => NormTangents.Of(
        x, GroupView(x, x.Settings.Groups, 0), t, 1, y[1], y[2],
        tx => GroupNormBackward.Bind(
            new GroupNormBackwardSettings(x.Settings.Groups, [0]), tx, x[0], y[1].to(x[0].dtype), y[2].to(x[0].dtype)),
        parameters => GroupNorm.BindAll(x.Settings, [x[0], .. parameters])[0]);

    // TorchSharp has no functions for these kernels, which walk raw memory.
    private static readonly EagerScript s_groupNorm = new(
        """
        def forward(x, weight: Optional[Tensor], bias: Optional[Tensor], n: int, c: int, size: int, groups: int, eps: float):
            if weight is not None:
                weight = weight.contiguous()
            if bias is not None:
                bias = bias.contiguous()
            y, mean, rstd = torch.native_group_norm(x.contiguous(), weight, bias, n, c, size, groups, eps)
            return [y, mean, rstd]

        def backward(g, x, mean, rstd, weight: Optional[Tensor], n: int, c: int, size: int, groups: int, gx: bool, gw: bool, gb: bool):
            if weight is not None:
                weight = weight.contiguous()
            r = torch.native_group_norm_backward(
                g.contiguous(), x.contiguous(), mean.contiguous(), rstd.contiguous(), weight, n, c, size, groups, [gx, gw, gb])
            out = [r[0]] if gx else [x][1:]
            if gw:
                out = out + [r[1]]
            if gb:
                out = out + [r[2]]
            return out

        """);

    public static torch.Tensor[] RunGroupNorm(string function, params object?[] operands) => s_groupNorm.Invoke(function, operands);

    public static void RequireGroups(string op, TensorType x, long groups)
    {
        if (x.Rank < 2)
        {
            throw new ShapeException($"{op}: x must have at least 2 dims, [N, C, ...], but is {x}.");
        }

        if (groups < 1 || x.Shape[1] % groups != 0)
        {
            throw new ShapeException(
                $"{op}: num_groups must be positive and divide the {x.Shape[1]} channels (dim 1) of x, {x}, but is {groups}.");
        }
    }

    /// <summary>The number of samples, of channels, and of values of each channel of a sample.</summary>
    public static long[] GroupSizes(RuleArgs x, int input)
    {
        var shape = x.Types[input].Shape;
        return [shape[0], shape[1], shape.Skip(2).Aggregate(1L, (product, size) => product * size)];
    }

    public static NormView GroupView(RuleArgs x, long groups, int input)
    {
        var sizes = GroupSizes(x, input);
        return new([sizes[0], groups, sizes[1] / groups, sizes[2]], [sizes[0], groups, 1, 1], [1, groups, sizes[1] / groups, 1], [2, 3]);
    }
}
