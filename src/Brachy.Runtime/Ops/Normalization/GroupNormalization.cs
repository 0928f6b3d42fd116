using Brachy.Extending;

namespace Brachy;

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
        GroupNormRules.RequireGroups("group_norm", x.Type, num_groups);
        if (x.numel() == num_groups)
        {
            throw new ShapeException(
                $"group_norm: {x.Type} has only one value in each of {num_groups} groups: there is no variance. Use fewer groups.");
        }

        return GroupNormRules.group_norm_forward(x, num_groups, weight, bias, eps)[0];
    }

    /// <summary>Results: the output, the mean and the reciprocal of the deviation, both [N, groups].</summary>
    internal static readonly Primitive<GroupNormSettings> GroupNorm = new("group_norm")
    {
        Abstract = x =>
        {
            var dtype = NormOperands.NormParamType(x, 0, 1);
            GroupNormRules.RequireGroups(x.Primitive.Name, x[0], x.Settings.Groups);
            NormOperands.RequireNormParams(x, 1, [x[0].Shape[1]]);
            var statistics = new TensorType([x[0].Shape[0], x.Settings.Groups], dtype, x.Device);
            return [new TensorType(x[0].Shape, x[0].DType, x.Device), statistics, statistics];
        },
        Eager = x => GroupNormRules.RunGroupNorm(
            "forward", x[0], NormOperands.WeightOf(x, 1), NormOperands.WeightOf(x, 2), GroupNormRules.GroupSizes(x, 0)[0],
            GroupNormRules.GroupSizes(x, 0)[1], GroupNormRules.GroupSizes(x, 0)[2], x.Settings.Groups, x.Settings.Eps),

        // The kernels walk raw memory.
        Script = x => $"torch.native_group_norm({x.Dense(0)}, {NormOperands.DenseWeight(x, 1)}, {NormOperands.DenseWeight(x, 2)}, "
            + $"{string.Join(", ", GroupNormRules.GroupSizes(x, 0))}, {x.Settings.Groups}, {Script.Real(x.Settings.Eps)})",
        IsDense = _ => true,
        Vjp = Vjp.Multi<GroupNormSettings>(GroupNormRules.GroupNormGradient),
        Jvp = Jvp.Multi<GroupNormSettings>(GroupNormRules.GroupNormTangents),
        Batching = NormBatching.Groups,
    };

    // Operands: gradient, x, mean, reciprocal of the deviation, perhaps weight.
    internal static readonly Primitive<GroupNormBackwardSettings> GroupNormBackward = new("group_norm_backward")
    {
        Abstract = x =>
        {
            GroupNormRules.RequireGroups(x.Primitive.Name, x[1], x.Settings.Groups);
            return NormGradients.Types(x, 4, [x[1].Shape[0], x.Settings.Groups], [x[1].Shape[1]]);
        },
        Eager = x => GroupNormRules.RunGroupNorm(
            "backward", x[0], x[1], x[2], x[3], NormOperands.WeightOf(x, 4), GroupNormRules.GroupSizes(x, 1)[0],
            GroupNormRules.GroupSizes(x, 1)[1], GroupNormRules.GroupSizes(x, 1)[2], x.Settings.Groups, NormGradients.Needed(x, 0),
            NormGradients.Needed(x, 1), NormGradients.Needed(x, 2)),
        Script = x =>
            NormGradients.NeededParts(x, $"torch.native_group_norm_backward({x.Dense(0)}, {x.Dense(1)}, {x.Dense(2)}, {x.Dense(3)}, "
                + $"{NormOperands.DenseWeight(x, 4)}, {string.Join(", ", GroupNormRules.GroupSizes(x, 1))}, {x.Settings.Groups}, "
                + $"{NormGradients.NeedsScript(x)})"),
        IsDense = _ => true,
        Vjp = Vjp.Decompose<GroupNormBackwardSettings>(
            x => NormGradients.InSteps(x, GroupNormRules.GroupView(x, x.Settings.Groups, 1), x[2], x[3], x.Count > 4 ? x[4] : null)),
        Jvp = Jvp.Linear(0),
        Batching = NormBatching.Backward<GroupNormBackwardSettings>(
            4, x => GroupNormRules.GroupView(x, x.Settings.Groups, 1), isFolded: true),
    };
}
