using System.Buffers.Binary;
using System.Text;
using Brachy.Compilation;

namespace Brachy.Inference;

/// <summary>Reads what <see cref="FieldWriter"/> wrote, and trusts none of it.</summary>
/// <param name="bytes">The fields.</param>
/// <param name="start">Where to begin.</param>
internal sealed class FieldReader(ReadOnlyMemory<byte> bytes, int start = 0)
{
    // More dims than any tensor has.
    private const int MostDims = 64;

    private readonly List<SizeExpression> _formulas = [];
    private long[] _sizes = [];

    /// <summary>Where the next field begins.</summary>
    public int Position { get; private set; } = start;

    public bool IsAtEnd => Position == bytes.Length;

    /// <summary>From here on fields may be formulas of sizes.</summary>
    /// <param name="formulas">The formulas, by their numbers.</param>
    /// <param name="sizes">The sizes.</param>
    public void Evaluate(IEnumerable<SizeExpression> formulas, long[] sizes)
    {
        _formulas.AddRange(formulas);
        _sizes = sizes;
    }

    public long Whole()
    {
        var bits = Bits();
        if ((bits & 1) != 0)
        {
            return FormulaOf(bits >> 1, isReal: false).IntegerAt(_sizes);
        }

        var zigzag = (ulong)(bits >> 1);
        return (long)(zigzag >> 1) ^ -(long)(zigzag & 1);
    }

    /// <summary>A whole number in a range.</summary>
    public int Whole(int least, int most)
    {
        var value = Whole();
        return value >= least && value <= most ? (int)value
            : throw Refusal($"it has {value} where {least} to {most} is possible");
    }

    /// <summary>The length of a list, each item of which takes a byte at least.</summary>
    public int Count() => Whole(0, bytes.Length - Position);

    public bool Flag() => Whole(0, 1) != 0;

    public double Real()
    {
        switch (Byte())
        {
            case 0:
                return BinaryPrimitives.ReadDoubleLittleEndian(Take(sizeof(double)));
            case 1:
                return FormulaOf(Bits(), isReal: true).RealAt(_sizes);
            case var kind:
                throw Refusal($"a real number is of kind {kind}");
        }
    }

    public string Text()
    {
        var length = Bits();
        return length <= (UInt128)(bytes.Length - Position) ? Encoding.UTF8.GetString(Take((int)length))
            : throw Refusal("a text goes beyond its end");
    }

    public long[] List() => List(Count());

    public Shape Shape() => Brachy.Shape.Own(List(Whole(0, MostDims)));

    public DType DType() => (DType)Whole() is var dtype && Enum.IsDefined(dtype) ? dtype : throw Refusal("an element type is none");

    public TensorType Type()
    {
        var dtype = DType();
        var shape = Shape();
        return shape.All(size => size >= 0) ? new(shape, dtype) : throw Refusal($"a tensor has shape {shape}");
    }

    public Scalar Number() => (ScalarKind)Whole(0, 2) switch
    {
        ScalarKind.Bool => new(Whole() != 0),
        ScalarKind.Integer => new(Whole()),
        _ => new(Real()),
    };

    /// <param name="sizes">How many sizes vary.</param>
    public SizeExpression Formula(int sizes)
    {
        var isReal = Flag();
        var power = Real();
        (int Size, int Added)? divisor = Flag() ? (Whole(0, sizes - 1), Whole(int.MinValue, int.MaxValue)) : null;
        var terms = new (double Factor, int[] Powers)[Count()];
        for (var i = 0; i < terms.Length; i++)
        {
            var factor = Real();
            var powers = new int[sizes];
            for (var k = 0; k < sizes; k++)
            {
                powers[k] = Whole(0, 3);
            }

            terms[i] = (factor, powers);
        }

        return new(terms, isReal) { Power = power, Divisor = divisor };
    }

    /// <summary>Says what is wrong with the program.</summary>
    public FrozenModelException Refusal(string problem) => new($"The frozen model is damaged: {problem} (byte {Position} of its program).");

    private long[] List(int count)
    {
        var values = new long[count];
        for (var i = 0; i < count; i++)
        {
            values[i] = Whole();
        }

        return values;
    }

    private SizeExpression FormulaOf(UInt128 index, bool isReal) =>
        index < (UInt128)_formulas.Count && _formulas[(int)index] is var formula && formula.IsReal == isReal
            ? formula : throw Refusal("it has a formula that there is not");

    private UInt128 Bits()
    {
        UInt128 value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            var next = Byte();
            value |= (UInt128)(next & 127u) << shift;
            if (next < 128)
            {
                return value;
            }
        }

        throw Refusal("a number has more than 64 bits");
    }

    private byte Byte() => Take(1)[0];

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > bytes.Length - Position)
        {
            throw Refusal("it ends too early");
        }

        var taken = bytes.Span.Slice(Position, count);
        Position += count;
        return taken;
    }
}
