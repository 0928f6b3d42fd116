namespace Brachy.IO;

/// <summary>
/// NumPy's scalars and arrays, which lie in pickles as bytes beside a description of their type. Modules have the names of NumPy 1 and 2.
/// </summary>
internal static class NumpyValues
{
    private const int MaxRank = 63;

    public static bool IsScalar(string name) => name is "numpy.core.multiarray.scalar" or "numpy._core.multiarray.scalar";

    /// <summary>Whether an object is an array whose data is in the pickle.</summary>
    public static bool IsArray(TorchObject item) => !item.IsName && item.Name is
        "numpy.core.multiarray._reconstruct" or "numpy._core.multiarray._reconstruct" or "numpy.core.numeric._frombuffer"
        or "numpy._core.numeric._frombuffer";

    /// <summary>The number, truth value or text of a scalar; null for others, such as dates.</summary>
    public static TorchValue? Scalar(TorchValue[] args)
    {
        if (args.Length != 2 || NumpyType.Of(args[0]) is not { } type)
        {
            return null;
        }

        return type.Kind == 'O' ? args[1]
            : Bytes(args[1]) is { } bytes && bytes.Length == type.Size && type.Element(bytes) is { } value ? new TorchValue(value)
            : null;
    }

    /// <summary>How many bytes a scalar has.</summary>
    public static int ByteCount(TorchValue[] args) => args.ElementAtOrDefault(1)?.Value switch
    {
        byte[] bytes => bytes.Length,
        string text => text.Length,
        _ => 0,
    };

    /// <summary>
    /// What an array holds: a <see cref="NumpyArray"/> of numbers, or else what <c>tolist()</c> gives: nested lists, or one value. Null
    /// when that is not known.
    /// </summary>
    /// <param name="item">The array.</param>
    /// <param name="charge">Told how many bytes and objects that takes, before they are made.</param>
    public static object? Array(TorchObject item, Action<long> charge)
    {
        if (!IsArray(item) || Parts(item) is not ({ } shape, { } described, var isColumnMajor, { } data)
            || NumpyType.Of(described) is not { } type)
        {
            return null;
        }

        var elements = Elements(shape);
        if (data.Value is IReadOnlyList<TorchValue> objects)
        {
            if (type.Kind != 'O' || objects.Count != elements)
            {
                return null;
            }

            charge(objects.Count + Lists(shape));
            return Nested(objects, shape, isColumnMajor);
        }

        charge(data.Value is string text ? text.Length : 0);
        if (Bytes(data) is not { } bytes || elements < 0 || type.Size <= 0 || elements * type.Size != bytes.Length)
        {
            return null;
        }

        charge(bytes.Length);
        if (type.Tensor is not null)
        {
            return new NumpyArray(type, shape, isColumnMajor, bytes);
        }

        if (type.Kind == 'u' && AllFit(bytes, type))
        {
            return new NumpyArray(type with { Kind = 'i' }, shape, isColumnMajor, bytes);
        }

        charge(Lists(shape));
        var values = new List<TorchValue>();
        for (var at = 0; at < bytes.Length; at += type.Size)
        {
            if (type.Element(bytes.AsSpan(at, type.Size)) is not { } value)
            {
                return null;
            }

            values.Add(new TorchValue(value));
        }

        return Nested(values, shape, isColumnMajor);
    }

    /// <summary>Whether unsigned numbers of 64 bits are numbers of a signed type.</summary>
    private static bool AllFit(byte[] bytes, NumpyType type)
    {
        for (var at = type.IsSwapped ? 0 : 7; type.Size == 8 && at < bytes.Length; at += 8)
        {
            if (bytes[at] >= 128)
            {
                return false;
            }
        }

        return type.Size == 8;
    }

    private static (long[]? Shape, TorchValue? Type, bool IsColumnMajor, TorchValue? Data) Parts(TorchObject item)
    {
        switch (item.State?.Value, item.Arguments)
        {
            case (TorchValue[] { Length: 5 } state, _):
                return (Sizes(state[1]), state[2], state[3].Value is true or 1L, state[4]);
            case (TorchValue[] { Length: 4 } state, _):
                return (Sizes(state[0]), state[1], state[2].Value is true or 1L, state[3]);
            case (null, [var data, var type, var shape, var order]):
                return (Sizes(shape), type, order.Value is "F", data);
            default:
                return default;
        }
    }

    private static long[]? Sizes(TorchValue value) =>
        value.Value is IReadOnlyList<TorchValue> { Count: <= MaxRank } items && items.All(i => i.Value is long and >= 0)
            ? [.. items.Select(i => (long)i.Value!)]
            : null;

    /// <summary>Their product, -1 when no memory has so many.</summary>
    private static long Elements(long[] shape)
    {
        var (count, bounded) = ((Int128)1, (Int128)1);
        foreach (var size in shape)
        {
            count *= size;
            bounded *= Math.Max(1, size);
            if (bounded > int.MaxValue)
            {
                return -1;
            }
        }

        return (long)count;
    }

    private static byte[]? Bytes(TorchValue value) => value.Value switch
    {
        byte[] bytes => bytes,

        // Python 2 has one type for text and bytes.
        string text => System.Text.Encoding.UTF8.GetBytes(text),
        _ => null,
    };

    /// <summary>How many lists a nest of that shape has.</summary>
    private static long Lists(long[] shape)
    {
        var (lists, count) = (0L, 1L);
        for (var i = 0; i < shape.Length && count is > 0 and < int.MaxValue; i++)
        {
            lists += count;
            count *= shape[i];
        }

        return lists;
    }

    private static object? Nested(IReadOnlyList<TorchValue> elements, long[] shape, bool isColumnMajor)
    {
        if (shape.Length == 0)
        {
            return elements[0].Value;
        }

        if (elements.Count == 0)
        {
            return new List<TorchValue>();
        }

        var strides = new long[shape.Length];
        var stride = 1L;
        foreach (var dim in isColumnMajor ? Enumerable.Range(0, shape.Length) : Enumerable.Range(0, shape.Length).Reverse())
        {
            strides[dim] = stride;
            stride *= shape[dim];
        }

        return List(0, 0);

        List<TorchValue> List(int dim, long start)
        {
            var list = new List<TorchValue>((int)shape[dim]);
            for (var i = 0L; i < shape[dim]; i++)
            {
                var at = start + (i * strides[dim]);
                list.Add(dim == shape.Length - 1 ? elements[(int)at] : new TorchValue(List(dim + 1, at)));
            }

            return list;
        }
    }
}
