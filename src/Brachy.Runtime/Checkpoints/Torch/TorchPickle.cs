using System.Buffers.Binary;
using System.Text;

namespace Brachy.IO;

/// <summary>Writes pickles with tensors, with no other opcodes than PyTorch's own readers know.</summary>
internal sealed class TorchPickle
{
    private readonly MemoryStream _bytes = new();

    /// <summary>A pickle of protocol 2, still empty.</summary>
    public TorchPickle() => Bytes(0x80, 2);

    /// <summary>The data.pkl of a <c>state_dict</c>.</summary>
    /// <param name="tensors">Name and type of each tensor, with the key of its storage.</param>
    public static byte[] Write(IReadOnlyList<(string Name, string Key, TensorType Type)> tensors)
    {
        var pickle = new TorchPickle();
        pickle.EmptyOrderedDict();
        if (tensors.Count > 0)
        {
            pickle.Bytes((byte)'(');
            foreach (var (name, key, type) in tensors)
            {
                pickle.Text(name);
                pickle.Tensor(key, type);
            }

            pickle.Bytes((byte)'u');
        }

        return pickle.Finish();
    }

    /// <summary>The bytes; nothing may follow.</summary>
    public byte[] Finish()
    {
        Bytes((byte)'.');
        return _bytes.ToArray();
    }

    /// <summary>_rebuild_tensor_v2(storage, offset, sizes, strides, requires_grad, hooks).</summary>
    /// <param name="key">The name of its storage.</param>
    /// <param name="type">Its shape and element type; it is dense.</param>
    /// <param name="requiresGrad">Whether a program that loads it trains it.</param>
    public void Tensor(string key, TensorType type, bool requiresGrad = false)
    {
        Global("torch._utils", "_rebuild_tensor_v2");
        Bytes((byte)'(');
        Bytes((byte)'(');
        Text("storage");
        Global("torch", StorageName(type.DType));
        Text(key);
        Text("cpu");
        Integer(type.Shape.NumElements);
        Bytes((byte)'t', (byte)'Q');
        Integer(0);
        Integers(type.Shape.Sizes);
        Integers(Strides(type.Shape.Sizes));
        Boolean(requiresGrad);
        EmptyOrderedDict();
        Bytes((byte)'t', (byte)'R');
    }

    /// <summary>A truth value.</summary>
    public void Boolean(bool value) => Bytes(value ? (byte)0x88 : (byte)0x89);

    private static string StorageName(DType dtype) => dtype switch
    {
        DType.Float64 => "DoubleStorage",
        DType.Float32 => "FloatStorage",
        DType.Float16 => "HalfStorage",
        DType.BFloat16 => "BFloat16Storage",
        DType.Int64 => "LongStorage",
        DType.Int32 => "IntStorage",
        DType.Int16 => "ShortStorage",
        DType.Int8 => "CharStorage",
        DType.UInt8 => "ByteStorage",
        DType.Bool => "BoolStorage",
        _ => throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "Not a supported element type."),
    };

    private static long[] Strides(long[] sizes)
    {
        var strides = new long[sizes.Length];
        var stride = 1L;
        for (var i = sizes.Length - 1; i >= 0; i--)
        {
            strides[i] = stride;
            stride *= Math.Max(1, sizes[i]);
        }

        return strides;
    }

    private void EmptyOrderedDict()
    {
        Global("collections", "OrderedDict");
        Bytes((byte)')', (byte)'R');
    }

    /// <summary>What is called or made.</summary>
    public void Global(string module, string name)
    {
        Bytes((byte)'c');
        Bytes(Encoding.ASCII.GetBytes($"{module}\n{name}\n"));
    }

    /// <summary>A text.</summary>
    public void Text(string text)
    {
        var bytes = StrictText.Encode(text, "The name");
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        Bytes((byte)'X');
        Bytes(length);
        Bytes(bytes);
    }

    private void Integers(long[] values)
    {
        Bytes((byte)'(');
        foreach (var value in values)
        {
            Integer(value);
        }

        Bytes((byte)'t');
    }

    private void Integer(long value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        switch (value)
        {
            case <= byte.MaxValue:
                Bytes((byte)'K', bytes[0]);
                break;
            case <= int.MaxValue:
                Bytes((byte)'J');
                Bytes(bytes[..4]);
                break;
            default:
                Bytes(0x8a, 8);
                Bytes(bytes);
                break;
        }
    }

    /// <summary>Opcodes as they are.</summary>
    public void Bytes(params ReadOnlySpan<byte> bytes) => _bytes.Write(bytes);
}
