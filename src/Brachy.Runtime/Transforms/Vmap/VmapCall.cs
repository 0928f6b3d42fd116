using Brachy.Extending;

namespace Brachy;

/// <summary>A tensor of an argument.</summary>
/// <param name="Value">The tensor.</param>
/// <param name="Path">Its name, for messages.</param>
/// <param name="Axis">The dim that is the batch; null for none.</param>
internal readonly record struct VmapLeaf(Tensor Value, string Path, int? Axis);

/// <summary>One call of a function for a batch.</summary>
internal sealed class VmapCall(VmapOptions options)
{
    private readonly HashSet<string> _told = [];

    /// <summary>Computes the batch.</summary>
    /// <param name="leaves">The tensors of the arguments.</param>
    /// <param name="function">From those of one sample to the tensors of its result.</param>
    /// <param name="outAxes">
    /// From whether each result differs from sample to sample, and its type for one, to its dim; null for none.
    /// </param>
    public Tensor[] Run(
        VmapLeaf[] leaves, Func<Tensor[], Tensor[]> function, Func<bool[], TensorType[], int?[]> outAxes)
    {
        foreach (var leaf in leaves)
        {
            leaf.Value.ThrowIfUnusable();
        }

        var size = SizeOf(leaves);
        int[] batched = [.. Enumerable.Range(0, leaves.Length).Where(i => leaves[i].Axis is not null)];
        var axis = options.AxisName is { } name ? new NamedAxis(name, size) : null;

        // Eagerly and outside a gradient, nothing else can need the intermediate results.
        using var scope = Trace.Current is null ? TensorScope.Begin() : null;
        Tensor[] inputs = [.. batched.Select(i => BatchFirst(leaves[i]))];
        var sample = SampleFunction.Of(
            $"Vmap of {options.Name}", axis,
            [.. batched.Select((i, k) => (inputs[k].Type.WithShape([.. inputs[k].shape.Skip(1)]), leaves[i].Path))],
            arguments =>
            {
                var all = Array.ConvertAll(leaves, leaf => leaf.Value);
                for (var k = 0; k < batched.Length; k++)
                {
                    all[batched[k]] = arguments[k];
                }

                return function(all);
            });
        var context = new BatchContext(size, options.Randomness) { Axis = axis, FellBack = Vmap.IsWatched ? Tell : null };
        var (outputs, checks) = options.ChunkSize is { } chunk && chunk < size
            ? VmapChunks.Run(sample, context, inputs, chunk)
            : sample.Run(context, inputs);
        var results = WithAxes(outputs, outAxes, size);
        Look(checks);
        Array.ForEach(results, result => scope?.Keep(result));
        return results;

        void Tell(Primitive primitive)
        {
            if (_told.Add(primitive.Name))
            {
                Vmap.Tell(new VmapFallback(options.Name, primitive.Name, size));
            }
        }
    }

    private long SizeOf(VmapLeaf[] leaves)
    {
        var size = options.AxisSize;
        var first = "axisSize";
        foreach (var leaf in leaves)
        {
            if (leaf.Axis is not { } axis)
            {
                continue;
            }

            var type = leaf.Value.Type;
            if (type.Rank == 0 || axis < -type.Rank || axis >= type.Rank)
            {
                throw new ShapeException(
                    $"Vmap of {options.Name}: the batch is dim {axis} of '{leaf.Path}', but that is {type}"
                    + (type.Rank == 0 ? ", which has no dims; what is the same for all samples has the axis null (inAxes)." : "."));
            }

            var own = type.Shape[axis < 0 ? axis + type.Rank : axis];
            size ??= own;
            first = first == "axisSize" && options.AxisSize is null ? $"'{leaf.Path}' ({type}, dim {axis})" : first;
            if (own != size)
            {
                throw new ShapeException(
                    $"Vmap of {options.Name}: {first} is a batch of {size}, but '{leaf.Path}' ({type}, dim {axis}) is one of {own}; "
                    + "all must have as many samples.");
            }
        }

        return size ?? throw new ArgumentException(
            $"Vmap of {options.Name}: no tensor of the arguments has a batch; give inAxes, or the number of samples (axisSize).");
    }

    private static Tensor BatchFirst(VmapLeaf leaf) => leaf.Axis is 0 ? leaf.Value : F.movedim(leaf.Value, leaf.Axis!.Value, 0);

    private Tensor[] WithAxes(BatchedTensor[] outputs, Func<bool[], TensorType[], int?[]> outAxes, long size)
    {
        var axes = outAxes(
            Array.ConvertAll(outputs, output => output.IsBatched),
            Array.ConvertAll(outputs, output => output.IsBatched
                ? output.Value.Type.WithShape([.. output.Value.shape.Skip(1)]) : output.Value.Type));
        var results = new Tensor[outputs.Length];
        for (var i = 0; i < results.Length; i++)
        {
            var value = outputs[i].Value;
            results[i] = axes[i] is not { } axis ? value
                : Moved(outputs[i].IsBatched ? value : F.expand(value, [size, .. value.shape]), axis);
        }

        return results;
    }

    private static Tensor Moved(Tensor batched, int axis) => axis == 0 ? batched : F.movedim(batched, 0, axis);

    /// <summary>Looks at conditions now, or when the compiled function around has run.</summary>
    private static void Look(PendingCheck[] checks)
    {
        if (checks.Length == 0)
        {
            return;
        }

        if (Trace.Current is { IsSymbolic: true } trace)
        {
            trace.Checks.AddRange(checks);
            return;
        }

        long[] values = [.. checks.SelectMany(check => check.Values).Select(value => value.item<long>())];
        Checks.ThrowIfFailed(checks, values, null);
    }
}
