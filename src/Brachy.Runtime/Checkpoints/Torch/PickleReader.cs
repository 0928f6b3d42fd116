using System.Buffers.Binary;

namespace Brachy.IO;

/// <summary>
/// Runs Python's pickle machine (protocols 0 to 5) without running anything that the pickle names: classes and functions stay names, and
/// calls of them become values that say what would have been called. <see cref="TorchGlobals"/> knows the few whose results are data.
/// One byte of the pickle makes at most one small object, so that memory is bounded by its length.
/// Source of the opcodes: Python's pickletools.
/// </summary>
internal sealed class PickleReader(CheckpointFile file, string name, PickleInput input, TorchGlobals globals)
{
    private readonly List<TorchValue> _stack = [];
    private readonly Stack<int> _marks = [];
    private readonly Dictionary<uint, TorchValue> _memo = [];
    private long _start;
    private long _opcodeAt;

    /// <summary>The value that the pickle makes.</summary>
    /// <exception cref="CheckpointException">The pickle is damaged, or asks for what is refused.</exception>
    public TorchValue Read()
    {
        _start = input.Position;
        try
        {
            while (true)
            {
                _opcodeAt = input.Position;
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
            var problem = $"{name} at byte {_opcodeAt} {e.Message}";
            throw e.IsRefusal ? file.Refused(problem, e.Advice) : file.Damaged(problem);
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
                PopValueOrMark();
                break;
            case (byte)'1':
                PopToMark();
                break;
            case (byte)'2':
                _stack.Add(Top());
                break;
            case (byte)'h':
                Recall(Take(1)[0]);
                break;
            case (byte)'j':
                Recall(BinaryPrimitives.ReadUInt32LittleEndian(Take(4)));
                break;
            case (byte)'g':
                Recall(PickleText.Index(input.TakeLine()));
                break;
            case (byte)'q':
                _memo[Take(1)[0]] = Top();
                break;
            case (byte)'r':
                _memo[BinaryPrimitives.ReadUInt32LittleEndian(Take(4))] = Top();
                break;
            case (byte)'p':
                _memo[PickleText.Index(input.TakeLine())] = Top();
                break;
            case 0x94:
                _memo[(uint)_memo.Count] = Top();
                break;
            default:
                if (!RunAtom(opcode) && !RunContainer(opcode) && !RunObject(opcode))
                {
                    throw Damaged($"has 0x{opcode:x2} where an opcode belongs");
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
            case (byte)'I' or (byte)'L':
                value = PickleText.Integer(input.TakeLine());
                break;
            case 0x8a:
                value = PickleText.Integer(Take(Take(1)[0]), isBinary: true);
                break;
            case 0x8b:
                value = PickleText.Integer(Take(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))), isBinary: true);
                break;
            case (byte)'G':
                value = BinaryPrimitives.ReadDoubleBigEndian(Take(8));
                break;
            case (byte)'F':
                value = PickleText.Real(input.TakeLine());
                break;
            case (byte)'X':
                value = PickleText.Unicode(Take(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))));
                break;
            case 0x8c:
                value = PickleText.Unicode(Take(Take(1)[0]));
                break;
            case 0x8d:
                value = PickleText.Unicode(Take(BinaryPrimitives.ReadUInt64LittleEndian(Take(8))));
                break;
            case (byte)'V':
                value = PickleText.Escaped(input.TakeLine());
                break;
            case (byte)'T':
                value = PickleText.OldText(Take(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))));
                break;
            case (byte)'U':
                value = PickleText.OldText(Take(Take(1)[0]));
                break;
            case (byte)'S':
                value = PickleText.Quoted(input.TakeLine());
                break;
            case (byte)'B':
                value = Take(BinaryPrimitives.ReadUInt32LittleEndian(Take(4))).ToArray();
                break;
            case (byte)'C':
                value = Take(Take(1)[0]).ToArray();
                break;
            case 0x8e or 0x96:
                value = Take(BinaryPrimitives.ReadUInt64LittleEndian(Take(8))).ToArray();
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
                Push(new TorchDictionary());
                break;
            case (byte)')':
                Push(Array.Empty<TorchValue>());
                break;
            case (byte)'t' or 0x91:
                Push(PopToMark());
                break;
            case (byte)'l':
                Push(new List<TorchValue>(PopToMark()));
                break;
            case (byte)'d':
                var entries = PopToMark();
                Push(new TorchDictionary());
                TorchGlobals.SetItems(Top(), entries);
                break;
            case 0x85 or 0x86 or 0x87:
                Push(Pop(opcode - 0x84));
                break;
            case (byte)'a':
                var item = Pop(1);
                TorchGlobals.Append(Top(), item);
                break;
            case (byte)'e' or 0x90:
                var items = PopToMark();
                TorchGlobals.Append(Top(), items);
                break;
            case (byte)'s':
                var entry = Pop(2);
                TorchGlobals.SetItems(Top(), entry);
                break;
            case (byte)'u':
                var more = PopToMark();
                TorchGlobals.SetItems(Top(), more);
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
            case (byte)'i':
                var old = globals.Find(Line(), Line());
                Push(globals.New(old, PopToMark(), keywords: null, input.Position));
                break;
            case (byte)'o':
                var parts = PopToMark();
                Push(parts.Length > 0
                    ? globals.New(parts[0], parts[1..], keywords: null, input.Position)
                    : throw Damaged("makes an object of nothing"));
                break;
            case (byte)'Q':
                Push(globals.Persistent(Pop()));
                break;
            case (byte)'R':
                var call = Pop(2);
                Push(globals.Call(call[0], Arguments(call[1]), input.Position));
                break;
            case 0x81:
                var made = Pop(2);
                Push(globals.New(made[0], Arguments(made[1]), keywords: null, input.Position));
                break;
            case 0x92:
                var named = Pop(3);
                Push(globals.New(named[0], Arguments(named[1]), named[2], input.Position));
                break;
            case (byte)'b':
                var state = Pop();
                TorchGlobals.SetState(Top(), state);
                break;
            case 0x82 or 0x83 or 0x84:
                var code = opcode == 0x82 ? Take(1)[0]
                    : opcode == 0x83 ? BinaryPrimitives.ReadUInt16LittleEndian(Take(2))
                    : BinaryPrimitives.ReadUInt32LittleEndian(Take(4));
                Push(globals.Find("copyreg", FormattableString.Invariant($"extension_{code}")));
                break;
            case (byte)'P':
                throw new PickleException(
                    "refers to something outside of the file by a text, as in pickle protocol 0; save it with protocol 2, as torch.save "
                    + "does by itself", isRefusal: true);
            case 0x97 or 0x98:
                throw new PickleException("refers to something outside of the file, as torch.save never does", isRefusal: true);
            default:
                return false;
        }

        return true;
    }

    private static TorchValue[] Arguments(TorchValue value) =>
        value.Value as TorchValue[] ?? throw Damaged($"calls a function with {value.Describe()}");

    private static string AsText(TorchValue value) =>
        value.Value as string ?? throw Damaged($"has {value.Describe()} where a name belongs");

    private void Push(object? value) => _stack.Add(value as TorchValue ?? new TorchValue(value));

    private void Recall(uint index) =>
        _stack.Add(_memo.TryGetValue(index, out var value) ? value : throw Damaged($"recalls value {index}, which was not memorised"));

    /// <summary>The last value above the last mark.</summary>
    private TorchValue Top() =>
        _stack.Count > (_marks.TryPeek(out var mark) ? mark : 0) ? _stack[^1] : throw Damaged("takes a value from an empty stack");

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

    /// <summary>Python's machine takes a mark for a value here.</summary>
    private void PopValueOrMark()
    {
        if (_marks.TryPeek(out var mark) && mark == _stack.Count)
        {
            _marks.Pop();
        }
        else
        {
            Pop();
        }
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
        if (protocol > 5 || _opcodeAt != _start)
        {
            throw Damaged($"claims protocol {protocol}; there are 0 to 5");
        }
    }

    private void RequireFrame(ulong length)
    {
        if (!input.Has(length))
        {
            throw Damaged($"has a frame of {length} bytes, which is more than is left");
        }
    }

    private ReadOnlySpan<byte> Take(ulong count) => input.Take(count);

    private string Line() => PickleText.Unicode(input.TakeLine());
}
