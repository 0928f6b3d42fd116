using Brachy.Extending;
using static Brachy.IndexedShapes;

namespace Brachy;

// Elements named by one tensor of indices for each of several dims.
public static partial class F
{
    /// <summary>
    /// x with values in the places that tensors of indices name together, one for each dim from the first on:
    /// <c>y[i[n], j[n]] = values[n]</c>. Negative indices count from the end. Shape and dtype: as x.
    /// </summary>
    /// <param name="x">A tensor with dims.</param>
    /// <param name="indices">
    /// int64 or int32, or null for all elements of a dim. They broadcast with each other; their common shape stands in place of the dims
    /// they index, or comes first when there are others between them. A bool tensor is a mask of as many dims as it has, which must be
    /// known; a traced one has <see cref="masked_fill"/> and <see cref="where(Tensor, Tensor, Tensor)"/>.
    /// </param>
    /// <param name="values">Broadcasts to the shape of the part; of x's element type, or a number.</param>
    /// <param name="accumulate">
    /// Whether values are added. Otherwise, where places repeat, one of the values stays, and the gradient counts for all.
    /// </param>
    /// <exception cref="ShapeException">There is no index, there are more than dims, or the shapes do not fit.</exception>
    /// <exception cref="DTypeException">An index does not hold integers, or the values and x differ in type.</exception>
    /// <exception cref="NativeOpException">An index lies outside its dim.</exception>
    public static Tensor index_put(Tensor x, IReadOnlyList<Tensor?> indices, Tensor values, bool accumulate = false)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(indices);
        ArgumentNullException.ThrowIfNull(values);
        var picks = new List<(int, Tensor)>();
        var dim = 0;
        foreach (var index in indices)
        {
            if (index is not null)
            {
                picks.Add((dim, index));
            }

            dim += index is { dtype: DType.Bool } ? index.ndim : 1;
        }

        if (dim > x.ndim)
        {
            throw new ShapeException($"index_put: the indices stand for {dim} dims, but x {x.Type} has {x.ndim}.");
        }

        OperandChecks.RequireHeld("index_put", x, values);
        var (dims, tensors) = IndexedPlaces.Of(x, picks);
        return IndexedPlaces.PutAt(x, dims, tensors, values.Number is null ? values : to(values, x.dtype), accumulate);
    }

    internal static readonly Primitive<NoSettings> Index = new("index")
    {
        Abstract = x => new TensorType(IndexedShape(x, 1), x[0].DType, x.Device),
        Eager = x => x[0].index(x.Range(1, x.Count - 1)),
        Script = x => $"torch.index({x[0]}, {x.List(1, x.Count - 1)})",
        Batching = IndexBatching.Index,
        Vjp = Vjp.Rule((g, y, x) =>
        {
            var indices = Enumerable.Range(1, x.Count - 1).Select(i => x[i]).ToArray();
            return [
                IndexedPlaces.PutFirst(zeros(x[0].shape, g.dtype, g.device), indices, g, accumulate: true), .. new Tensor?[indices.Length]
            ];
        }),
        Jvp = Jvp.Linear(0),
    };

    internal static readonly Primitive<IndexPutSettings> IndexPut = new("index_put")
    {
        Abstract = x =>
        {
            Shapes.RequireSameDType(x, 0, 1);
            var part = IndexedShape(x, 2);
            return Shapes.Broadcast("index_put", x[1].Shape, part) == part
                ? new TensorType(x[0].Shape, x[0].DType, x.Device)
                : throw new ShapeException(
                    $"index_put: values have shape {x[1].Shape}, which does not broadcast to {part}, the shape of the part.");
        },
        Eager = x => x[0].clone().index_put_(x[1], x.Range(2, x.Count - 2), x.Settings.Accumulate),
        Script = x => $"torch.index_put({x[0]}, {x.List(2, x.Count - 2)}, {x[1]}, {Script.Flag(x.Settings.Accumulate)})",
        Batching = IndexBatching.IndexPut,
        Vjp = Vjp.Rule<IndexPutSettings>((g, y, x) =>
        {
            var indices = Enumerable.Range(2, x.Count - 2).Select(i => x[i]).ToArray();
            return
            [
                x.Settings.Accumulate
                    ? g
                    : x.If(0, () => IndexedPlaces.PutFirst(g, indices, zeros([], g.dtype, g.device), accumulate: false)),
                x.If(1, () => Index.Bind([g, .. indices])),
                .. new Tensor?[indices.Length],
            ];
        }),
        Jvp = Jvp.LinearTogether(0, 1),
        InPlace = new(
            [0], (x, _) => $"{x[0]}.index_put_({x.List(2, x.Count - 2)}, {x[1]}, {Script.Flag(x.Settings.Accumulate)})", MayFail: true),
        Cost = x => x.Overwritten is null ? x.Once() : Cost.OfTraffic([x[0].WithShape(PartShape(x, 2)), .. x.Types.Skip(1)]),
    };
}

public sealed partial class Tensor
{
    /// <inheritdoc cref="F.index_put"/>
    public Tensor index_put(IReadOnlyList<Tensor?> indices, Tensor values, bool accumulate = false) =>
        F.index_put(this, indices, values, accumulate);
}

/// <summary>Shapes of what indices name.</summary>
file static class IndexedShapes
{
    public static Shape IndexedShape(AbstractArgs x, int first)
    {
        var count = x.Count - first;
        if (count < 1 || count > x[0].Rank)
        {
            throw new ShapeException(
                $"{x.Primitive.Name}: there are {count} indices for {x[0]}; give at least one, and no more than it has dims.");
        }

        for (var i = first; i < x.Count; i++)
        {
            IndexOperands.RequireIndex(x, i, "an index");
        }

        return PartShape(x, first);
    }

    /// <summary>The shape of what the indices name: theirs, and the dims that have none.</summary>
    public static Shape PartShape(RuleArgs x, int first)
    {
        var shape = x.Types[first].Shape;
        for (var i = first + 1; i < x.Count; i++)
        {
            shape = Shapes.Broadcast(x.Primitive.Name, shape, x.Types[i].Shape);
        }

        return [.. shape, .. x.Types[0].Shape.AsSpan()[(x.Count - first)..]];
    }
}
