using Brachy.Extending;
using Brachy.Ranks;
using static Brachy.RankRules;

namespace Brachy;

/// <summary>How the ranks' tensors are combined.</summary>
internal sealed record AllReduceSettings(ReduceOp Reduction) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("reduction", Reduction)];
}

/// <summary>The number of ranks.</summary>
internal sealed record RankSettings(long Ranks) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("ranks", Ranks)];
}

/// <summary>The rank whose tensor all get.</summary>
internal sealed record RankSourceSettings(long Source) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("source", Source)];
}

// What the ranks of a program give each other. Compiled code is cut at these ops, since native code cannot call back: between its parts the
// tensors of all that are ready are exchanged together.
public static partial class F
{
    /// <summary>The sum, or an extreme, over all ranks, element by element.</summary>
    internal static readonly Primitive<AllReduceSettings> AllReduce = new("all_reduce")
    {
        Abstract = Numbers,
        Eager = RankKernels.AllReduce,
        Script = x => Alone(x, $"torch.clone({x[0]})"),
        Vjp = Vjp.Rule<AllReduceSettings>((g, y, x) =>
        {
            if (x.Settings.Reduction == ReduceOp.Sum)
            {
                return [AllReduce!.Bind(x.Settings, g)];
            }

            var sum = new AllReduceSettings(ReduceOp.Sum);
            var has = eq(x[0], y).to(g.dtype);
            return [AllReduce!.Bind(sum, g) * has / AllReduce!.Bind(sum, has)];
        }),
        Batching = Batching.Rule<AllReduceSettings>(x => AllReduce!.Bind(x.Settings, x[0])),
        Exchanges = true,
    };

    /// <summary>The tensors of all ranks, stacked along a new first dim.</summary>
    internal static readonly Primitive<RankSettings> RankGather = new("rank_all_gather")
    {
        Abstract = x => new TensorType([x.Settings.Ranks, .. x[0].Shape], x[0].DType, x[0].Device),
        Eager = RankKernels.AllGather,
        Script = x => Alone(x, $"torch.clone(torch.unsqueeze({x[0]}, 0))"),
        Vjp = Vjp.Rule<RankSettings>((g, y, x) => [RankScatter!.Bind(x.Settings, g)]),
        Batching = Batching.Rule<RankSettings>(x => transpose(RankGather!.Bind(x.Settings, x[0]), 0, 1)),
        Exchanges = true,
    };

    /// <summary>The own part of the sum over all ranks, which has a part for each of them along its first dim.</summary>
    internal static readonly Primitive<RankSettings> RankScatter = new("rank_psum_scatter")
    {
        Abstract = x => x[0].Rank > 0 && x[0].Shape[0] == x.Settings.Ranks
            ? new TensorType([.. x[0].Shape.Skip(1)], x[0].DType, x[0].Device)
            : throw new ShapeException($"psum_scatter: {x[0]} has no part for each of {x.Settings.Ranks} ranks."),
        Eager = RankKernels.ReduceScatter,
        Script = x => Alone(x, $"torch.clone(torch.select({x[0]}, 0, 0))"),
        Vjp = Vjp.Rule<RankSettings>((g, y, x) => [RankGather!.Bind(x.Settings, g)]),
        Batching = Batching.Rule<RankSettings>(x => RankScatter!.Bind(x.Settings, transpose(x[0], 0, 1))),
        Exchanges = true,
    };

    /// <summary>The tensor of one rank.</summary>
    internal static readonly Primitive<RankSourceSettings> RankBroadcast = new("rank_pbroadcast")
    {
        Abstract = x => new TensorType(x[0].Shape, x[0].DType, x[0].Device),
        Eager = RankKernels.Broadcast,
        Script = x => Alone(x, $"torch.clone({x[0]})"),
        Vjp = Vjp.Rule<RankSourceSettings>((g, y, x) =>
        [
            where(eq(RankIndex!.Bind(), x.Settings.Source), AllReduce!.Bind(new(ReduceOp.Sum), g), zeros_like(g)),
        ]),
        Batching = Batching.Rule<RankSourceSettings>(x => RankBroadcast!.Bind(x.Settings, x[0])),
        Exchanges = true,
    };

    /// <summary>The number of this rank, an int64 scalar. It exchanges nothing, and is the only op whose result differs by rank.</summary>
    internal static readonly Primitive<NoSettings> RankIndex = new("rank_index")
    {
        Abstract = _ => new TensorType(Shape.Scalar, DType.Int64),
        Eager = _ => TorchSharp.torch.tensor((long)Rank.Index, dtype: TorchSharp.torch.ScalarType.Int64),
        Script = _ => $"torch.full([], {Rank.Index}, dtype={Script.Type(DType.Int64)})",
        Vjp = Vjp.Zero("numbers of ranks do not change continuously"),
        Batching = Batching.Mixed<NoSettings>(_ => [new(RankIndex!.Bind(), false)]),
    };
}

/// <summary>What the rules have in common.</summary>
file static class RankRules
{
    public static TensorTypes Numbers(AbstractArgs<AllReduceSettings> x) => x[0].DType != DType.Bool
        ? new TensorType(x[0].Shape, x[0].DType, x[0].Device)
        : throw new DTypeException($"{x.Primitive.Name}: the operand must hold numbers, but is {x[0]}; cast it with x.to(DType.Int64).");

    /// <summary>What a program of one rank computes. Code of others is cut where ranks exchange something.</summary>
    public static string Alone(ScriptArgs x, string script) => Rank.Count == 1 ? script
        : throw new NotSupportedException($"{x.Primitive.Name}: {Rank.Count} ranks cannot exchange tensors inside native code.");
}
