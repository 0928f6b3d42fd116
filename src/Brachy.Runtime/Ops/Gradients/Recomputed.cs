using Brachy.Extending;
using static Brachy.CheckpointingRules;

namespace Brachy;

// The primitives behind Grad.Checkpoint.
public static partial class F
{
    /// <summary>
    /// The same value under a name, by which <see cref="CheckpointPolicy.NamesSaved"/> keeps it for the gradient of a function of
    /// <see cref="Grad.Checkpoint{T, TResult}"/>. Elsewhere the name means nothing. Shape, dtype and memory: those of x.
    /// </summary>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    public static Tensor checkpoint_name(Tensor x, string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return CheckpointName.Bind(new CheckpointNameSettings(name), x);
    }

    internal static readonly Primitive<CheckpointNameSettings> CheckpointName = new("checkpoint_name")
    {
        Abstract = Shapes.Unary,
        Eager = x => x[0].alias(),
        Script = x => x[0],
        Vjp = Vjp.Rule((g, y, x) => [g]),
        Jvp = Jvp.Identity,
        Batching = Batching.Elementwise,
        IsView = true,
        Renames = true,
    };

    internal static readonly Primitive<RecomputationSettings> Checkpoint = new("checkpoint")
    {
        Abstract = x => TensorTypes.Create([.. x.Types.Take(x.Settings.Function.Outputs)]),
        Eager = x => x.Range(0, x.Settings.Function.Outputs).Select(result => result.alias()).ToArray(),
        Script = x => Tuple(x, x.Settings.Function.Outputs),
        Vjp = Vjp.Multi<RecomputationSettings>((gradients, outputs, x) => x.Settings.Function.Pull(gradients, outputs, x)),
        Jvp = CheckpointJvp,
        Batching = Batching.Mixed<RecomputationSettings>(BatchedRecomputation.Run),
        IsView = true,
        Renames = true,
    };

    /// <summary>
    /// The operands under new identities, which no pass takes for the operands: what is computed from them is computed again.
    /// </summary>
    internal static readonly Primitive<BarrierSettings> Barrier = new("optimization_barrier")
    {
        Abstract = x => TensorTypes.Create([.. x.Types]),
        Eager = x => x.Range(0, x.Count).Select(value => value.alias()).ToArray(),
        Script = x =>
        {
            // libtorch looks for common subexpressions, too.
            string[] values = [.. Enumerable.Range(0, x.Count).Select(i => $"torch.alias({x[i]})")];
            return values.Length == 1 ? values[0] : $"({string.Join(", ", values)})";
        },
        Vjp = Vjp.Multi((gradients, _, _) => gradients),
        Jvp = Jvp.Identity,
        Batching = Batching.Mixed<BarrierSettings>(x =>
        {
            var results = Barrier!.BindAll(x.Settings, [.. Enumerable.Range(0, x.Count).Select(i => x[i])]);
            return [.. results.Select((result, i) => new BatchedTensor(result, x.IsBatched(i)))];
        }),
        IsView = true,
        Renames = true,
        IsBarrier = true,
    };
}

/// <summary>The rules of recomputation.</summary>
file static class CheckpointingRules
{
    public static Jvp CheckpointJvp { get; } = Jvp.Multi((tangents, _, x) => FunctionOf(x).Push(tangents, x))
        .Ignoring((x, operand) => FunctionOf(x).Ignores(operand));

    public static string Tuple(ScriptArgs x, int count) =>
        count == 1 ? x[0] : $"({string.Join(", ", Enumerable.Range(0, count).Select(i => x[i]))})";

    private static Recomputation FunctionOf(RuleArgs x) => ((RecomputationSettings)x.Settings).Function;
}
