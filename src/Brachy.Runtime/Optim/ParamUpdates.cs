namespace Brachy.Optim;

/// <summary>
/// Params, gradients and optimizer state, tensor by tensor, so that one multi-tensor op updates those of one element type.
/// </summary>
internal sealed class ParamUpdates
{
    private readonly StructureTree _params;
    private readonly Tensor[][] _columns;
    private readonly int[] _rows;

    /// <exception cref="ArgumentException">The trees do not have the same tensors, or tensors of other shapes.</exception>
    /// <exception cref="DTypeException">A param is not floating-point.</exception>
    public ParamUpdates(StructureTree parameters, StructureTree grads, params ReadOnlySpan<StructureTree> state)
    {
        _params = parameters;
        var own = Trainable(parameters);

        // A tensor that stands at several places is one param: its gradient and state are those at the first.
        _rows = [.. Enumerable.Range(0, own.Length).DistinctBy(i => own[i].Tensor, ReferenceEqualityComparer.Instance)];
        _columns = new Tensor[2 + state.Length][];
        _columns[0] = Array.ConvertAll(_rows, i => own[i].Tensor);
        _columns[1] = Column(grads, "gradient", own);
        for (var i = 0; i < state.Length; i++)
        {
            _columns[2 + i] = Column(state[i], "optimizer's state", own);
        }
    }

    /// <summary>The params of a model, each at all its places.</summary>
    /// <exception cref="DTypeException">A param is not floating-point.</exception>
    public static (string Path, Tensor Tensor)[] Trainable(StructureTree parameters)
    {
        var own = parameters.Tensors().ToArray();
        return Array.Find(own, t => !t.Tensor.dtype.IsFloatingPoint()) is ({ } path, var whole)
            ? throw new DTypeException(
                $"The param '{path}' is {whole.Type}, but only floating-point params can be trained. Make it a [Buffer], or put it into a "
                + "group of Frozen in ParamGroups.")
            : own;
    }

    /// <summary>Updates the tensors, those of each element type and device together.</summary>
    /// <param name="update">From params, gradients and the state's lists to the new params and the state's new lists.</param>
    /// <returns>The new params and state as trees of the model's params.</returns>
    public StructureTree[] Update(Func<Tensor[], Tensor[], Tensor[][], Tensor[][]> update)
    {
        var results = new Tensor[_columns.Length - 1][];
        for (var i = 0; i < results.Length; i++)
        {
            results[i] = new Tensor[_columns[0].Length];
        }

        foreach (var group in Enumerable.Range(0, _columns[0].Length).GroupBy(i => (_columns[0][i].dtype, _columns[0][i].device)))
        {
            var indices = group.ToArray();
            var columns = Array.ConvertAll(_columns, column => Array.ConvertAll(indices, i => column[i]));
            var updated = update(columns[0], columns[1], columns[2..]);
            for (var k = 0; k < updated.Length; k++)
            {
                for (var i = 0; i < indices.Length; i++)
                {
                    results[k][indices[i]] = updated[k][i];
                }
            }
        }

        return Array.ConvertAll(results, TreeOf);
    }

    /// <summary>Updates the tensors one by one.</summary>
    /// <param name="update">From a param, its gradient and state to the new param and state.</param>
    /// <returns>The new params and state as trees of the model's params.</returns>
    public StructureTree[] UpdateEach(Func<Tensor, Tensor, Tensor[], Tensor[]> update)
    {
        var results = Array.ConvertAll(_columns[1..], column => new Tensor[column.Length]);
        for (var i = 0; i < _columns[0].Length; i++)
        {
            // As libtorch's fused kernels do: squares and small numbers such as eps would vanish in float16.
            var stored = _columns[0][i].dtype;
            Tensor Wide(Tensor t) => stored is DType.Float16 or DType.BFloat16 ? t.to(DType.Float32) : t;
            var updated = update(Wide(_columns[0][i]), Wide(_columns[1][i]), Array.ConvertAll(_columns[2..], column => Wide(column[i])));
            for (var k = 0; k < results.Length; k++)
            {
                results[k][i] = updated[k].to(stored);
            }
        }

        return Array.ConvertAll(results, TreeOf);
    }

    private Tensor[] Column(StructureTree tree, string what, (string Path, Tensor Tensor)[] own)
    {
        var tensors = tree.Tensors().ToArray();
        var paths = Array.ConvertAll(own, t => t.Path);
        if (!tensors.Select(t => t.Path).SequenceEqual(paths))
        {
            var differing = tensors.Select(t => t.Path).Except(paths).Concat(paths.Except(tensors.Select(t => t.Path))).FirstOrDefault()
                ?? "their order";
            throw new ArgumentException($"The {what} is not that of the model's params: they differ at '{differing}'. Make the optimizer "
                + "anew after editing the model.");
        }

        for (var i = 0; i < own.Length; i++)
        {
            if (!tensors[i].Tensor.shape.AsSpan().SequenceEqual(own[i].Tensor.shape.AsSpan()))
            {
                throw new ArgumentException(
                    $"The {what} for '{paths[i]}' is {tensors[i].Tensor.Type}, but the param is {own[i].Tensor.Type}; it was made for "
                    + "another model. " +
                    "Make the optimizer anew after editing the model.");
            }
        }

        return Array.ConvertAll(_rows, i => tensors[i].Tensor);
    }

    private StructureTree TreeOf(Tensor[] tensors)
    {
        var next = 0;
        return _params.MapParamsBuffers((_, _) => tensors[next++]);
    }
}
