using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Brachy;

/// <summary>
/// Runs the part of Python's pickle machine (protocols 2 to 5) that data needs. Nothing is ever called but the functions of
/// <see cref="TorchGlobals"/>. One byte of the pickle makes at most one small object, so that memory is bounded by its length.
/// Source of the opcodes: Python's pickletools.
/// </summary>
internal sealed class PickleReader(CheckpointFile file, byte[] pickle, TorchGlobals globals)
{
    private const int MaxIntegerBytes = 1024;
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private readonly List<TorchValue> _stack = [];
    private readonly Stack<int> _marks = [];
    private readonly Dictionary<uint, TorchValue> _memo = [];
    private int _at;
    private int _opcodeAt;

    /// <summary>The value that the pickle makes.</summary>
    public TorchValue Read()
    {
        try
        {
            while (true)
            {
                _opcodeAt = _at;
                var opcode = Take(1)[0];
                if (opcode == (byte)'.')
                {
                    var result = Pop();
                    return _stack.Count == 0 && _marks.Count == 0 ? result : throw Damaged("ends with values left over");
                }

                Run(opcode);
            }
        }
        catch (PickleException e)
        {
            throw e.IsRefusal
                ? file.Refused($"data.pkl at byte {_opcodeAt} {e.Message}", e.Advice)
                : file.Damaged($"data.pkl at byte {_opcodeAt} {e.Message}");
        }
    }

    private static PickleException Damaged(string problem) => new(problem, isRefusal: false);

    private void Run(byte opcode)
    {
        switch (opcode)
        {
            case 0x80:
                RequireProtocol(Take(1)[0]);
                break;
            case 0x95:
                RequireFrame(BinaryPrimitives.ReadUInt64LittleEndian(Take(8)));
                break;
            case (byte)'(':
                _marks.Push(_stack.Count);
                break;
            case (byte)'0':
                Pop();
                break;
            case (byte)'1':
                PopToMark();
                break;
            case (byte)'h':
                Recall(Take(1)[0]);
                break;
            case (byte)'j':
                Recall(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)));
                break;
            case (byte)'q':
                _memo[Take(1)[0]] = Top();
                break;
            case (byte)'r':
                _memo[BinaryPrimitives.ReadUInt32LittleEndian(Take(4))] = Top();
                break;
            case 0x94:
                _memo[(uint)_memo.Count] = Top();
                break;
            default:
                if (!RunAtom(opcode) && !RunContainer(opcode) && !RunObject(opcode))
                {
                    throw new PickleException(
                        $"has the opcode 0x{opcode:x2}, which data does not need", isRefusal: true, "Save plain data with protocol 2: torch.save(module.state_dict(), path).");
                }

                break;
        }
    }

    private bool RunAtom(byte opcode)
    {
        object? value;
        switch (opcode)
        {
            case (byte)'N':
                value = null;
                break;
            case 0x88 or 0x89:
                value = opcode == 0x88;
                break;
            case (byte)'J':
                value = (long)BinaryPrimitives.ReadInt32LittleEndian(Take(4));
                break;
            case (byte)'K':
                value = (long)Take(1)[0];
                break;
            case (byte)'M':
                value = (long)BinaryPrimitives.ReadUInt16LittleEndian(Take(2));
                break;
            case 0x8a:
                value = Integer(Take(Take(1)[0]));
                break;
            case 0x8b:
                value = Integer(TakeLong(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))));
                break;
            case (byte)'G':
                value = BinaryPrimitives.ReadDoubleBigEndian(Take(8));
                break;
            case (byte)'X' or (byte)'T':
                value = Text(TakeLong(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))));
                break;
            case 0x8c or (byte)'U':
                value = Text(Take(Take(1)[0]));
                break;
            case 0x8d:
                value = Text(TakeLong(BinaryPrimitives.ReadUInt64LittleEndian(Take(8))));
                break;
            case (byte)'B':
                value = TakeLong(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))).ToArray();
                break;
            case (byte)'C':
                value = Take(Take(1)[0]).ToArray();
                break;
            case 0x8e:
                value = TakeLong(BinaryPrimitives.ReadUInt64LittleEndian(Take(8))).ToArray();
                break;
            default:
                return false;
        }

        Push(value);
        return true;
    }

    private bool RunContainer(byte opcode)
    {
        switch (opcode)
        {
            case (byte)']' or 0x8f:
                Push(new List<TorchValue>());
                break;
            case (byte)'}':
                Push(new OrderedDictionary<string, TorchValue>(StringComparer.Ordinal));
                break;
            case (byte)')':
                Push(Array.Empty<TorchValue>());
                break;
            case (byte)'t' or 0x91:
                Push(PopToMark());
                break;
            case 0x85 or 0x86 or 0x87:
                Push(Pop(opcode - 0x84));
                break;
            case (byte)'a':
                Append(Pop(1));
                break;
            case (byte)'e' or 0x90:
                Append(PopToMark());
                break;
            case (byte)'s':
                SetItems(Pop(2));
                break;
            case (byte)'u':
                SetItems(PopToMark());
                break;
            default:
                return false;
        }

        return true;
    }

    private bool RunObject(byte opcode)
    {
        switch (opcode)
        {
            case (byte)'c':
                var module = Line();
                Push(globals.Find(module, Line()));
                break;
            case 0x93:
                var names = Pop(2);
                Push(globals.Find(AsText(names[0]), AsText(names[1])));
                break;
            case (byte)'Q':
                Push(globals.Storage(Pop()));
                break;
            case (byte)'R':
                var call = Pop(2);
                Push(globals.Call(call[0], call[1]));
                break;
            case 0x81:
                throw new PickleException($"makes an object of {Pop(2)[0].Describe()}: a checkpoint may hold tensors and containers only", isRefusal: true);
            case (byte)'b':
                // PyTorch keeps the versions of modules beside a state_dict; they are no part of it.
                Pop();
                if (Top().Value is not OrderedDictionary<string, TorchValue>)
                {
                    throw new PickleException($"sets the state of {Top().Describe()}: only an OrderedDict may have attributes", isRefusal: true);
                }

                break;
            default:
                return false;
        }

        return true;
    }

    private void Append(TorchValue[] items)
    {
        if (Top().Value is not List<TorchValue> list)
        {
            throw Damaged($"appends to {Top().Describe()}");
        }

        list.AddRange(items);
    }

    private void SetItems(TorchValue[] items)
    {
        if (Top().Value is not OrderedDictionary<string, TorchValue> dictionary || items.Length % 2 != 0)
        {
            throw Damaged($"sets {items.Length} keys and values of {Top().Describe()}");
        }

        for (var i = 0; i < items.Length; i += 2)
        {
            var key = items[i].Value switch
            {
                string text => text,
                long number => FormattableString.Invariant($"{number}"),
                _ => throw new PickleException($"has a dictionary with {items[i].Describe()} as key", isRefusal: true, "Keys are texts or integers."),
            };
            if (!dictionary.TryAdd(key, items[i + 1]))
            {
                throw Damaged($"has the key '{key}' twice in one dictionary");
            }
        }
    }

    private void Push(object? value) => _stack.Add(value as TorchValue ?? new TorchValue(value));

    private void Recall(uint index) => _stack.Add(_memo.TryGetValue(index, out var value) ? value : throw Damaged($"recalls value {index}, which was not memorised"));

    /// <summary>The last value above the last mark.</summary>
    private TorchValue Top() => _stack.Count > (_marks.TryPeek(out var mark) ? mark : 0) ? _stack[^1] : throw Damaged("takes a value from an empty stack");

    private TorchValue Pop()
    {
        var value = Top();
        _stack.RemoveAt(_stack.Count - 1);
        return value;
    }

    private TorchValue[] Pop(int count)
    {
        var values = new TorchValue[count];
        for (var i = count - 1; i >= 0; i--)
        {
            values[i] = Pop();
        }

        return values;
    }

    private TorchValue[] PopToMark()
    {
        if (!_marks.TryPop(out var mark))
        {
            throw Damaged("looks for a mark that is not there");
        }

        var values = _stack.GetRange(mark, _stack.Count - mark).ToArray();
        _stack.RemoveRange(mark, values.Length);
        return values;
    }

    private void RequireProtocol(byte protocol)
    {
        if (protocol is < 2 or > 5 || _opcodeAt != 0)
        {
            throw Damaged($"claims protocol {protocol}; there are 2 to 5");
        }
    }

    private void RequireFrame(ulong length)
    {
        if (length > (ulong)(pickle.Length - _at))
        {
            throw Damaged($"has a frame of {length} bytes, but {pickle.Length - _at} are left");
        }
    }

    private ReadOnlySpan<byte> Take(int count) => TakeLong((ulong)count);

    private ReadOnlySpan<byte> TakeLong(ulong count)
    {
        if (count > (ulong)(pickle.Length - _at))
        {
            throw Damaged($"needs {count} bytes, but {pickle.Length - _at} are left");
        }

        _at += (int)count;
        return pickle.AsSpan(_at - (int)count, (int)count);
    }

    private string Line()
    {
        var length = pickle.AsSpan(_at).IndexOf((byte)'\n');
        var line = length >= 0 ? Text(Take(length)) : throw Damaged("has a name without end");
        Take(1);
        return line;
    }

    private static string AsText(TorchValue value) => value.Value as string ?? throw Damaged($"has {value.Describe()} where a name belongs");

    private static object Integer(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MaxIntegerBytes)
        {
            throw new PickleException($"has an integer of {bytes.Length} bytes; there may be {MaxIntegerBytes}", isRefusal: true);
        }

        var value = new BigInteger(bytes);
        return value >= long.MinValue && value <= long.MaxValue ? (object)(long)value : value;
    }

    private static string Text(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return s_utf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw Damaged("has text that is not UTF-8");
        }
    }
}
