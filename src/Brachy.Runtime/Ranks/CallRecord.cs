using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Brachy.Ranks;

/// <summary>What ranks do together.</summary>
internal enum CallKind : byte
{
    AllReduce,
    Broadcast,
    AllGather,
    ReduceScatter,
    Barrier,

    /// <summary>The rank's program has ended.</summary>
    End,
}

/// <summary>One call of one rank, as ranks tell it each other: 128 bytes, which MPI sends without waiting for the receiver.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct CallRecord
{
    /// <summary>Bytes of a record.</summary>
    public const int Size = 128;

    private const int LabelSize = Size - 40;

    /// <summary>The how-manyth call it is, from 1.</summary>
    public long Sequence;

    /// <summary>Elements or bytes.</summary>
    public long Count;

    /// <summary>The rank that makes the call.</summary>
    public int From;

    /// <summary>The rank that the call is about, or the exit code of a rank that ended.</summary>
    public int Root;

    /// <summary>What is done.</summary>
    public CallKind Kind;

    /// <summary>How values become one.</summary>
    public ReduceOp Op;

    /// <summary>The element type.</summary>
    public DType Type;

    /// <summary>Whether the sender of a report wants to be told what the receiver does.</summary>
    public bool IsQuestion;

    private int _labelLength;
    private long _unused;
    private fixed byte _label[LabelSize];

    /// <summary>What the call is for, as far as there is room.</summary>
    public string Label
    {
        readonly get
        {
            fixed (byte* label = _label)
            {
                return Encoding.UTF8.GetString(label, Math.Clamp(_labelLength, 0, LabelSize));
            }
        }

        set
        {
            fixed (byte* label = _label)
            {
                Encoding.UTF8.GetEncoder().Convert(value, new Span<byte>(label, LabelSize), true, out _, out _labelLength, out _);
            }
        }
    }

    /// <summary>Whether two ranks make the same call.</summary>
    public readonly bool Agrees(in CallRecord other) =>
        Sequence == other.Sequence && Kind == other.Kind
        && (Kind == CallKind.End || (Count == other.Count && Root == other.Root && Op == other.Op && Type == other.Type));

    /// <summary>The call, such as <c>all-reduce (sum) of 1,000 float32 values for gradients</c>.</summary>
    public override readonly string ToString()
    {
        var count = Count.ToString("N0", CultureInfo.InvariantCulture);
        var values = $"{count} {(Enum.IsDefined(Type) ? Type.Name() : $"type {(int)Type}")} {(Count == 1 ? "value" : "values")}";
        var op = Op switch { ReduceOp.Sum => "sum", ReduceOp.Max => "max", ReduceOp.Min => "min", _ => $"{Op}" };
        var call = Kind switch
        {
            CallKind.AllReduce => $"all-reduce ({op}) of {values}",
            CallKind.Broadcast => $"broadcast of {count} bytes from rank {Root}",
            CallKind.AllGather => $"all-gather of {count} bytes of each rank",
            CallKind.ReduceScatter => $"reduce-scatter ({op}) of {values} for each rank",
            CallKind.Barrier => "barrier",
            CallKind.End => $"end with exit code {Root}",
            _ => $"unknown call {(int)Kind}",
        };
        return _labelLength > 0 ? $"{call} for {Label}" : call;
    }
}
