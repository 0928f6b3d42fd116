using Brachy.Extending;
using Brachy.Native;
using TorchSharp;

namespace Brachy;

/// <summary>The number of groups of channels, and what is added to the variance.</summary>
internal sealed record GroupNormSettings(long Groups, double Eps) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("groups", Groups), ("eps", Eps)];
}

/// <summary>The number of groups of channels, and the gradients that are wanted.</summary>
internal sealed record GroupNormBackwardSettings(long Groups, Shape Needs) : NormGradientSettings(Needs)
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("groups", Groups), ("needs", Needs)];
}

// Normalisation over groups of channels.
public static partial class F
{
    /// <summary>
    /// (x - mean) / sqrt(variance + eps) * weight + bias, with mean and (biased) variance over each group of channels of each
    /// sample. Source: pytorch.org/docs/stable/generated/torch.nn.GroupNorm.html.
    /// </summary>
    /// <param name="x">[N, C, ...], of a floating-point type.</param>
    /// <param name="num_groups">The number of groups, a divisor of C.</param>
    /// <param name="weight">[C]; null for ones. In the type of x, or float32 beside float16 and bfloat16.</param>
    /// <param name="bias">The same; null for zeros.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <returns>Shape and element type: as x.</returns>
    /// <exception cref="ShapeException">The shapes do not fit, or each group is a single value of a single sample.</exception>
    /// <exception cref="DTypeException">The element types do not fit.</exception>
    public static Tensor group_norm(Tensor x, long num_groups, Tensor? weight = null, Tensor? bias = null, double eps = 1e-5)
    {
        ArgumentNullException.ThrowIfNull(x);
        RequireGroups("group_norm", x.Type, num_groups);
        if (x.numel() == num_groups)
        {
            throw new ShapeException(
                $"group_norm: {x.Type} has only one value in each of {num_groups} groups: there is no variance. Use fewer groups.");
        }

        return group_norm_forward(x, num_groups, weight, bias, eps)[0];
    }

    /// <summary>Output, mean and reciprocal of the deviation.</summary>
    private static Tensor[] group_norm_forward(Tensor x, long groups, Tensor? weight, Tensor? bias, double eps) =>
        GroupNorm.BindAll(new GroupNormSettings(groups, eps), [x, .. NormParams(weight, bias)]);

    /// <summary>Results: the output, the mean and the reciprocal of the deviation, both [N, groups].</summary>
    internal static readonly Primitive<GroupNormSettings> GroupNorm = new("group_norm")
    {
        Abstract = x =>
        {
            var dtype = NormParamType(x, 0, 1);
            RequireGroups(x.Primitive.Name, x[0], x.Settings.Groups);
            RequireNormParams(x, 1, [x[0].Shape[1]]);
            var statistics = new TensorType([x[0].Shape[0], x.Settings.Groups], dtype, x.Device);
            return [new TensorType(x[0].Shape, x[0].DType, x.Device), statistics, statistics];
        },
        Eager = x => RunGroupNorm(
            "forward", x[0], WeightOf(x, 1), WeightOf(x, 2), GroupSizes(x, 0)[0], GroupSizes(x, 0)[1], GroupSizes(x, 0)[2],
            x.Settings.Groups, x.Settings.Eps),

        // The kernels walk raw memory.
        Script = x => $"torch.native_group_norm({x.Dense(0)}, {DenseWeight(x, 1)}, {DenseWeight(x, 2)}, "
            + $"{string.Join(", ", GroupSizes(x, 0))}, {x.Settings.Groups}, {Script.Real(x.Settings.Eps)})",
        IsDense = _ => true,
        Vjp = Vjp.Multi<GroupNormSettings>(GroupNormGradient),
    };

    private static Tensor?[] GroupNormGradient(Tensor?[] g, Tensor[] y, VjpArgs<GroupNormSettings> x)
    {
        // The kernel gives NaN for the params when there are no values.
        if (x[0].numel() == 0)
        {
            return new Tensor?[x.Count];
        }

        var gradients = NormGradients(x, 1, needs => GroupNormBackward.BindAll(
            new GroupNormBackwardSettings(x.Settings.Groups, needs),
            [g[0] ?? zeros_like(y[0]), x[0], y[1], y[2], .. x.Inputs.Skip(1).Take(1)]));
        gradients[0] = SumOf(
            gradients[0], x.Needs(0) ? StatisticsGradient(GroupView(x, x.Settings.Groups, 0), x[0], y[1], y[2], g[1], g[2]) : null);
        return gradients[..x.Count];
    }

    // Operands: gradient, x, mean, reciprocal of the deviation, perhaps weight.
    internal static readonly Primitive<GroupNormBackwardSettings> GroupNormBackward = new("group_norm_backward")
    {
        Abstract = x =>
        {
            RequireGroups(x.Primitive.Name, x[1], x.Settings.Groups);
            return NormGradientTypes(x, 4, [x[1].Shape[0], x.Settings.Groups], [x[1].Shape[1]]);
        },
        Eager = x => RunGroupNorm(
            "backward", x[0], x[1], x[2], x[3], WeightOf(x, 4), GroupSizes(x, 1)[0], GroupSizes(x, 1)[1], GroupSizes(x, 1)[2],
            x.Settings.Groups, Needed(x, 0), Needed(x, 1), Needed(x, 2)),
        Script = x => NeededParts(x, $"torch.native_group_norm_backward({x.Dense(0)}, {x.Dense(1)}, {x.Dense(2)}, {x.Dense(3)}, "
            + $"{DenseWeight(x, 4)}, {string.Join(", ", GroupSizes(x, 1))}, {x.Settings.Groups}, {NeedsScript(x)})"),
        IsDense = _ => true,
        Vjp = Vjp.Decompose<GroupNormBackwardSettings>(
            x => PlainNormGradients(x, GroupView(x, x.Settings.Groups, 1), x[2], x[3], x.Count > 4 ? x[4] : null)),
    };

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

    private static torch.Tensor[] RunGroupNorm(string function, params object?[] operands) => s_groupNorm.Invoke(function, operands);

    private static string DenseWeight(ScriptArgs x, int weight) => x.Count > weight ? x.Dense(weight) : "None";

    private static void RequireGroups(string op, TensorType x, long groups)
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
    private static long[] GroupSizes(RuleArgs x, int input)
    {
        var shape = x.Types[input].Shape;
        return [shape[0], shape[1], shape.Skip(2).Aggregate(1L, (product, size) => product * size)];
    }

    private static NormView GroupView(RuleArgs x, long groups, int input)
    {
        var sizes = GroupSizes(x, input);
        return new([sizes[0], groups, sizes[1] / groups, sizes[2]], [sizes[0], groups, 1, 1], [1, groups, sizes[1] / groups, 1], [2, 3]);
    }
}
