using Brachy.Compilation;
using Brachy.Extending;

namespace Brachy;

/// <summary>
/// Runs again what a function did with one sample, for all samples of a batch: every op by the batching rule of its primitive, or as it was
/// where nothing that it reads differs from sample to sample. Whatever is going on records it as any other ops.
/// </summary>
/// <param name="context">The batch.</param>
internal sealed class BatchedReplay(BatchContext context)
{
    private readonly Dictionary<object, BatchedTensor> _values = new(ReferenceEqualityComparer.Instance);
    private HashSet<object> _keys = [];

    /// <summary>The value of a tensor of the recorded ops; one from outside stands for itself.</summary>
    public BatchedTensor this[Tensor tensor] => _values.TryGetValue(tensor, out var value) ? value : FromOutside(tensor, tensor);

    /// <summary>Says what stands for a tensor, or a variable of a graph.</summary>
    public void Set(object variable, BatchedTensor value) => _values[variable] = value;

    /// <summary>Runs recorded ops again.</summary>
    public void Run(IReadOnlyList<RecordedOp> ops)
    {
        FindKeys(() => BatchedKeys.Of([.. ops.Select(op => new KeyedOp(op.Primitive, op.Settings, op.Inputs, op.Outputs))]));
        foreach (var op in ops)
        {
            var inputs = Array.ConvertAll(op.Inputs, input => this[input]);
            Define(op.Outputs, Apply(op.Primitive, op.Settings, inputs, Array.ConvertAll(op.Outputs, output => output.Type)));
        }
    }

    /// <summary>Runs a graph, some of whose inputs may be batched.</summary>
    /// <returns>Its results.</returns>
    public static BatchedTensor[] Run(BatchContext context, Graph graph, IReadOnlyList<BatchedTensor> inputs)
    {
        var replay = new BatchedReplay(context);
        replay.FindKeys(() => BatchedKeys.Of(graph));
        foreach (var (input, value) in graph.Inputs.Zip(inputs))
        {
            // What the body is given is batched already if it is to be; only its constants are keys from outside.
            replay.Set(input, value);
        }

        foreach (var constant in graph.Constants)
        {
            replay.Set(constant.Var, replay.FromOutside(constant.Var, constant.Value));
        }

        foreach (var equation in graph.Equations)
        {
            var operands = equation.Inputs.Select(replay.ValueOf).ToArray();
            replay.Define(
                equation.Outputs,
                replay.Apply(equation.Primitive, equation.Settings, operands, [.. equation.Outputs.Select(output => output.Type)]));
        }

        return [.. graph.Outputs.Select(replay.ValueOf)];
    }

    private BatchedTensor ValueOf(Atom atom) =>
        atom is Literal literal ? new(Tensor.OfNumber(literal.Value), false) : _values[atom];

    private void FindKeys(Func<HashSet<object>> find)
    {
        if (context.Randomness == Randomness.Different)
        {
            _keys = find();
        }
    }

    private void Define(IReadOnlyList<object> outputs, BatchedTensor[] results)
    {
        for (var i = 0; i < outputs.Count; i++)
        {
            _values[outputs[i]] = results[i];
        }
    }

    /// <summary>A tensor that is the same for all samples, unless it is a key of which each is to have its own.</summary>
    private BatchedTensor FromOutside(object variable, Tensor value)
    {
        if (!_keys.Contains(variable) || value.dtype != DType.Int64)
        {
            return new(value, false);
        }

        var own = new BatchedTensor(BatchedKeys.ForEachSample(value, context), true);
        _values[variable] = own;
        return own;
    }

    private BatchedTensor[] Apply(Primitive primitive, Settings settings, BatchedTensor[] inputs, TensorType[] outputs)
    {
        if (primitive.DrawsByKey && !inputs[0].IsBatched)
        {
            inputs = WithKeys(primitive, inputs);
        }

        if (!Array.Exists(inputs, input => input.IsBatched) && !BatchedBodies.DependsOnSample(settings, context))
        {
            return Array.ConvertAll(
                primitive.BindUntyped(settings, Array.ConvertAll(inputs, input => input.Value)),
                result => new BatchedTensor(result, false));
        }

        var types = Array.ConvertAll(inputs, input => input.IsBatched
            ? input.Value.Type.WithShape([.. input.Value.shape.Skip(1)])
            : input.Value.Type);
        var args = primitive.BatchArgsOf(settings, inputs, types, outputs, context);
        var results = primitive.BatchingRule is { } rule ? rule.Apply(args) : SampleLoop.Run(args);
        RequireTypes(primitive, results, outputs);
        return results;
    }

    private BatchedTensor[] WithKeys(Primitive primitive, BatchedTensor[] inputs)
    {
        switch (context.Randomness)
        {
            case Randomness.Same:
                return inputs;
            case Randomness.Different:
                BatchedTensor[] result = [.. inputs];
                result[0] = new(BatchedKeys.ForEachSample(inputs[0].Value, context), true);
                return result;
            default:
                throw new InvalidOperationException(
                    $"'{primitive.Name}' draws by a key that is the same for all samples of a batch. Map over keys, one for each sample "
                    + "(Rng.Split), or say what you mean: Vmap.Of(..., randomness: Randomness.Different) or Randomness.Same.");
        }
    }

    private void RequireTypes(Primitive primitive, BatchedTensor[] results, TensorType[] outputs)
    {
        var expected = outputs.Select(
            (type, i) => results.Length > i && results[i].IsBatched ? type.WithShape([context.Size, .. type.Shape])
                : type);
        if (!expected.SequenceEqual(results.Select(result => result.Value.Type)))
        {
            throw new InvalidOperationException(
                $"The batching rule of '{primitive.Name}' gave ({string.Join(", ", results.Select(r => r.Value.Type))}) where "
                + $"({string.Join(", ", expected)}) was expected.");
        }
    }
}
