namespace Brachy.IO;

/// <summary>The functions by which PyTorch's pickles make tensors (torch/_utils.py, torch/_tensor.py, torch/nn/parameter.py).</summary>
internal sealed class TorchTensors(long fileLength)
{
    /// <summary>
    /// The tensor that a function makes; null for other functions, and for tensors that Brachy cannot hold, such as sparse ones.
    /// </summary>
    /// <exception cref="PickleException">The tensor is impossible.</exception>
    public TorchValue? Call(string name, TorchValue[] args) => (name, args) switch
    {
        ("torch._utils._rebuild_tensor", [_, _, _, _]) => Rebuild(args, dtype: null, metadata: null),
        ("torch._utils._rebuild_tensor_v2", [_, _, _, _, _, _, ..]) => Rebuild(args, dtype: null, args.ElementAtOrDefault(6)),
        ("torch._utils._rebuild_tensor_v3", [_, _, _, _, _, _, _, ..]) => Rebuild(args, args[6], args.ElementAtOrDefault(7)),
        ("torch._utils._rebuild_parameter" or "torch._utils._rebuild_parameter_with_state",
            [{ Value: StoredTensor or TorchObject }, _, _, ..]) => args[0],
        ("torch.nn.parameter.Parameter" or "torch.nn.parameter.Buffer" or "torch.autograd.variable.Variable",
            [{ Value: StoredTensor }, ..]) => args[0],
        ("torch._utils._rebuild_device_tensor_from_numpy" or "torch._utils._rebuild_xla_tensor", [{ Value: TorchObject array }, ..])
            when NumpyValues.IsArray(array) => args[0],

        // A subclass of Tensor: its data is that of the tensor that it was made of. One level only, so that a nest of
        // these calls is no recursion.
        ("torch._tensor._rebuild_from_type_v2" or "torch._tensor._rebuild_from_type" or "torch.tensor._rebuild_from_type",
            [{ Value: TorchObject { IsName: true } function }, _, { Value: TorchValue[] inner }, ..])
            when !function.Name.Contains("_rebuild_from_type", StringComparison.Ordinal) =>
            Call(function.Name, inner) is { Value: StoredTensor } tensor ? tensor : null,
        _ => null,
    };

    private TorchValue? Rebuild(TorchValue[] args, TorchValue? dtype, TorchValue? metadata)
    {
        if (args[0].Value is not TorchStorage storage || args[1].Value is not long offset || Sizes(args[2]) is not { } size
            || Sizes(args[3]) is not { } stride)
        {
            throw Damaged("rebuilds a tensor of something else than a storage, an offset, sizes and strides");
        }

        var element = dtype is null ? storage.Element : dtype.Value switch
        {
            DType known => TorchElement.Find(known.Name()),
            TorchObject { IsName: true } named when named.Name.StartsWith("torch.", StringComparison.Ordinal) =>
                TorchElement.Find(named.Name["torch.".Length..]),
            _ => null,
        };
        if (element is null)
        {
            return null;
        }

        if (storage.Element is { } stored && stored != element)
        {
            throw new PickleException($"reads a storage of {stored.Name} as {element.Name}", isRefusal: true);
        }

        var (start, end) =
            storage.Element is null ? (0, storage.Memory.Length / element.Size) : (storage.Start, storage.Start + storage.Count);
        if (offset < 0 || offset > long.MaxValue - start)
        {
            throw Damaged($"has a tensor that begins at element {offset}, no place in its storage");
        }

        var tensor = new StoredTensor(storage.Memory, element, start + offset, Shape.Own(size), Shape.Own(stride))
        {
            IsConjugate = IsSet(metadata, "conj") && element.IsComplex,
            IsNegative = IsSet(metadata, "neg"),
        };
        return tensor.FindProblem(end, fileLength) is { } problem ? throw Damaged($"has a tensor that {problem}") : new TorchValue(tensor);
    }

    private static bool IsSet(TorchValue? metadata, string flag) => (metadata?.Value as TorchDictionary)?.Find(flag)?.Value is true;

    private static long[]? Sizes(TorchValue value) =>
        value.Value is IReadOnlyList<TorchValue> items && items.All(i => i.Value is long) ? [.. items.Select(i => (long)i.Value!)] : null;

    private static PickleException Damaged(string problem) => new(problem, isRefusal: false);
}
