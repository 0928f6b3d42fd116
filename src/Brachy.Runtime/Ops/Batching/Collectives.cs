using Brachy.Extending;
using Brachy.Ranks;
using static Brachy.CollectiveRules;

namespace Brachy;

/// <summary>The batch whose samples are combined.</summary>
internal sealed record AxisSettings(NamedAxis Axis) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("axis", Axis)];
}

// What the samples of a batch with a name give each other. Each is replaced by a reduction over the batch when that is run.
public static partial class F
{
    /// <summary>
    /// The sum of a tensor over all samples of a batch: <c>lax.psum</c> of JAX. Its gradient is the sum of those of all samples. Shape and
    /// dtype: as x.
    /// </summary>
    /// <param name="x">The tensor of this sample. Not of truth values.</param>
    /// <param name="axis">The name of the batch, as given to <c>Vmap.Of</c>, or of the ranks (<see cref="Rank.Axis"/>).</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentException">No batch around has this name.</exception>
    /// <exception cref="DTypeException">It holds truth values.</exception>
    public static Tensor psum(Tensor x, string axis) => Combined(PSum, ReduceOp.Sum, AxisOf(x, axis, "psum"), x);

    internal static readonly Primitive<AxisSettings> PSum = Collective(
        "psum", Vjp.Rule<AxisSettings>((g, y, x) => [PSum!.Bind(x.Settings, g)]),
        all => sum(all, 0).to(all.dtype), (one, size) => one * size);

    /// <summary>
    /// The mean of a tensor over all samples of a batch: <c>lax.pmean</c> of JAX. Shape: as x; dtype: as x, integers become float32.
    /// 
    /// </summary>
    /// <inheritdoc cref="psum" path="/param"/>
    /// <inheritdoc cref="psum" path="/exception"/>
    public static Tensor pmean(Tensor x, string axis)
    {
        var settings = AxisOf(x, axis, "pmean");
        if (settings.Axis is { IsOfRanks: true, Size: > 1 } && x.dtype == DType.Float16)
        {
            // The sum might overflow.
            return Combined(PSum, ReduceOp.Sum, settings, x / settings.Axis.Size);
        }

        var sum = Combined(PSum, ReduceOp.Sum, settings, x);
        return settings.Axis is { IsOfRanks: true, Size: 1 } && sum.dtype.IsFloatingPoint() ? sum : sum / settings.Axis.Size;
    }

    /// <summary>
    /// The largest value over all samples of a batch, element by element: <c>lax.pmax</c> of JAX. Its gradient goes in equal parts to the
    /// samples that have it. Shape and dtype: as x.
    /// </summary>
    /// <inheritdoc cref="psum" path="/param"/>
    /// <inheritdoc cref="psum" path="/exception"/>
    public static Tensor pmax(Tensor x, string axis) => Combined(PMax, ReduceOp.Max, AxisOf(x, axis, "pmax"), x);

    internal static readonly Primitive<AxisSettings> PMax = Collective("pmax", Extreme, all => amax(all, 0), (one, _) => one);

    /// <summary>
    /// The smallest value over all samples of a batch, element by element: <c>lax.pmin</c> of JAX. Its gradient goes in equal parts to the
    /// samples that have it. Shape and dtype: as x.
    /// </summary>
    /// <inheritdoc cref="psum" path="/param"/>
    /// <inheritdoc cref="psum" path="/exception"/>
    public static Tensor pmin(Tensor x, string axis) => Combined(PMin, ReduceOp.Min, AxisOf(x, axis, "pmin"), x);

    internal static readonly Primitive<AxisSettings> PMin = Collective("pmin", Extreme, all => amin(all, 0), (one, _) => one);

    /// <summary>
    /// The tensors of all samples of a batch, stacked: <c>lax.all_gather</c> of JAX. Shape: as x with the number of samples at the dim;
    /// dtype: as x.
    /// </summary>
    /// <param name="x">The tensor of this sample.</param>
    /// <param name="axis">The name of the batch, as given to <c>Vmap.Of</c>, or of the ranks (<see cref="Rank.Axis"/>).</param>
    /// <param name="dim">Where the samples stand in the result.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentException">No batch around has this name.</exception>
    /// <exception cref="ShapeException">The result has no such dim.</exception>
    public static Tensor all_gather(Tensor x, string axis, int dim = 0)
    {
        ArgumentNullException.ThrowIfNull(x);
        var named = NamedAxis.Find("all_gather", axis);
        var all = named.IsOfRanks ? RankGather.Bind(new(named.Size), x) : AllGather.Bind(new(named), x);
        var place = Shapes.NormalizeDim("all_gather", dim, all.ndim);
        return place == 0 ? all : movedim(all, 0, place);
    }

    internal static readonly Primitive<AxisSettings> AllGather = new("all_gather")
    {
        Abstract = x => new TensorType([x.Settings.Axis.Size, .. x[0].Shape], x[0].DType, x[0].Device),
        Eager = x => Alone(x, () => x[0].unsqueeze(0).clone()),
        Script = x => $"torch.clone(torch.unsqueeze({x[0]}, 0))",
        Vjp = Vjp.Rule<AxisSettings>((g, y, x) =>
        {
            var own = reshape(AxisIndex!.Bind(x.Settings), [1]).to(g.device);
            return [squeeze(index_select(PSum.Bind(x.Settings, g), 0, own), 0)];
        }),
        Batching = Batching.Mixed<AxisSettings>(x => x.Settings.Axis != x.Context.Axis ? [Outer(x, 1)]
            : [new(x.IsBatched(0) ? x[0] : expand(x[0], [x.Size, .. x.Types[0].Shape]), false)]),
    };

    /// <summary>
    /// The part of the sum over all samples that belongs to this sample: <c>lax.psum_scatter</c> of JAX. The first sample gets the first
    /// slice, and so on; between ranks it costs half as much as a sum. Shape: as x without the dim; dtype: as x.
    /// </summary>
    /// <param name="x">The tensor of this sample. Not of truth values.</param>
    /// <param name="axis">The name of the batch, as given to <c>Vmap.Of</c>, or of the ranks.</param>
    /// <param name="dim">The dim that has one slice for each sample.</param>
    /// <inheritdoc cref="psum" path="/exception"/>
    /// <exception cref="ShapeException">x has no such dim, or not as many slices as there are samples.</exception>
    public static Tensor psum_scatter(Tensor x, string axis, int dim = 0)
    {
        var settings = AxisOf(x, axis, "psum_scatter");
        var place = Shapes.NormalizeDim("psum_scatter", dim, x.ndim);
        var size = settings.Axis.Size;
        if (x.shape[place] != size)
        {
            throw new ShapeException(
                $"psum_scatter: dim {place} of x {x.Type} must have a slice for each of the {size} samples of '{settings.Axis}'.");
        }

        var first = place == 0 ? x : movedim(x, place, 0);
        return settings.Axis.IsOfRanks
            ? RankScatter.Bind(new(size), first)
            : squeeze(index_select(PSum.Bind(settings, first), 0, reshape(AxisIndex.Bind(settings), [1]).to(x.device)), 0);
    }

    /// <summary>
    /// The tensor of one sample for all of them: <c>lax.pbroadcast</c> of JAX. Its gradient is the sum of those of all samples. Shape and
    /// dtype: as x.
    /// </summary>
    /// <param name="x">The tensor of this sample; of the same type for all.</param>
    /// <param name="axis">The name of the batch, as given to <c>Vmap.Of</c>, or of the ranks.</param>
    /// <param name="source">The number of the sample whose tensor all get.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentException">No batch around has this name.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sample.</exception>
    public static Tensor pbroadcast(Tensor x, string axis, long source = 0)
    {
        ArgumentNullException.ThrowIfNull(x);
        var named = NamedAxis.Find("pbroadcast", axis);
        if (source < 0 || source >= named.Size)
        {
            throw new ArgumentOutOfRangeException(
                nameof(source), source, $"pbroadcast: '{named}' has the samples 0 to {named.Size - 1}.");
        }

        return named.IsOfRanks ? RankBroadcast.Bind(new(source), x) : select(all_gather(x, axis), 0, source);
    }

    /// <summary>The number of this sample in a batch, an int64 scalar: <c>lax.axis_index</c> of JAX.</summary>
    /// <param name="axis">The name of the batch, as given to <c>Vmap.Of</c>, or of the ranks (<see cref="Rank.Axis"/>).</param>
    /// <exception cref="ArgumentNullException">The name is null.</exception>
    /// <exception cref="ArgumentException">No batch around has this name.</exception>
    public static Tensor axis_index(string axis) =>
        NamedAxis.Find("axis_index", axis) is { IsOfRanks: false } named ? AxisIndex.Bind(new(named)) : RankIndex.Bind();

    internal static readonly Primitive<AxisSettings> AxisIndex = new("axis_index")
    {
        Abstract = _ => new TensorType(Shape.Scalar, DType.Int64),
        Eager = x => Alone(x, () => TorchSharp.torch.zeros([], dtype: TorchSharp.torch.ScalarType.Int64)),
        Script = _ => $"torch.zeros([], dtype={Script.Type(DType.Int64)})",
        Vjp = Vjp.Zero("numbers of samples do not change continuously"),
        Batching = Batching.Mixed<AxisSettings>(x => [new(arange(x.Size), true)]),
    };
}

/// <summary>The rules of collectives.</summary>
file static class CollectiveRules
{
    public static Vjp<AxisSettings> Extreme { get; } = Vjp.Rule<AxisSettings>((g, y, x) =>
    {
        var has = F.eq(x[0], y).to(g.dtype);
        return [F.PSum.Bind(x.Settings, g) * has / F.PSum.Bind(x.Settings, has)];
    });

    /// <summary>A reduction over the samples.</summary>
    /// <param name="name">The name in graphs and messages.</param>
    /// <param name="vjp">The gradient.</param>
    /// <param name="reduce">Of a tensor with the samples as dim 0.</param>
    /// <param name="ofEqual">Of a tensor that is the same for a number of samples.</param>
    public static Primitive<AxisSettings> Collective(
        string name, Vjp<AxisSettings> vjp, Func<Tensor, Tensor> reduce, Func<Tensor, long, Tensor> ofEqual) => new(name)
        {
            Abstract = x => x[0],
            Eager = x => Alone(x, () => x[0].alias()),
            Script = x => x[0],
            Vjp = vjp,
            Batching = Batching.Mixed<AxisSettings>(x => x.Settings.Axis != x.Context.Axis ? [Outer(x, 0)]
                : [new(x.IsBatched(0) ? reduce(x[0]) : ofEqual(x[0], x.Size), false)]),
            IsView = true,
        };

    /// <summary>A combination over another batch than the one that is run: each sample has its own.</summary>
    public static BatchedTensor Outer(BatchArgs<AxisSettings> x, int batchDim)
    {
        var result = x.Primitive.BindUntyped(x.Settings, x[0])[0];
        return new(batchDim == 0 ? result : F.transpose(result, 0, batchDim), true);
    }

    public static TorchSharp.torch.Tensor Alone(EagerArgs<AxisSettings> x, Func<TorchSharp.torch.Tensor> one) =>
        x.Settings.Axis.Size == 1 ? one() : throw new InvalidOperationException(
            $"{x.Primitive.Name}: the batch '{x.Settings.Axis}' of {x.Settings.Axis.Size} samples is not the one that is run.");

    /// <summary>A reduction over the samples of a batch, or over the ranks.</summary>
    public static Tensor Combined(Primitive<AxisSettings> ofSamples, ReduceOp ofRanks, AxisSettings settings, Tensor x) =>
        settings.Axis.IsOfRanks ? F.AllReduce.Bind(new(ofRanks), x) : ofSamples.Bind(settings, x);

    public static AxisSettings AxisOf(Tensor x, string axis, string name)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(axis);
        return x.dtype != DType.Bool ? new AxisSettings(NamedAxis.Find(name, axis))
            : throw new DTypeException($"{name}: x must hold numbers, but is {x.Type}; cast it with x.to(DType.Int64).");
    }
}
