using Brachy.Extending;

namespace Brachy.Compilation;

/// <summary>Works out the types of the results of an operation.</summary>
/// <exception cref="ShapeException">The operands do not fit.</exception>
/// <exception cref="DTypeException">The operands do not fit.</exception>
internal delegate TensorType[] TypeRule(TypeArgs x);

/// <summary>Input of a rule that works out types.</summary>
/// <param name="Op">The name of the primitive.</param>
/// <param name="Settings">Its settings.</param>
/// <param name="Inputs">The types of the operands.</param>
/// <param name="Bodies">What a loop or a choice runs.</param>
internal sealed record TypeArgs(string Op, Settings Settings, IReadOnlyList<TensorType> Inputs, IReadOnlyList<Routine> Bodies)
{
    public int Count => Inputs.Count;

    public TensorType this[int index] => index < Inputs.Count ? Inputs[index]
        : throw new ShapeException($"{Op}: there are {Inputs.Count} operands, but number {index + 1} is needed.");

    /// <summary>A dim of an operand, counted from 0.</summary>
    public int Dim(long dim, int operand = 0) => Dims.Normalize(Op, dim, this[operand].Rank);

    /// <summary>Throws unless something holds of shapes or settings.</summary>
    public void Require(bool holds)
    {
        if (!holds)
        {
            throw Refusal();
        }
    }

    /// <summary>Throws unless operands from one on have the element type of the first of them.</summary>
    public void RequireOneDType(int from = 0)
    {
        for (var i = from; i < Count; i++)
        {
            Require(this[i].DType == this[from].DType);
        }
    }

    /// <summary>Says that operands and settings do not go together.</summary>
    public ShapeException Refusal() => new(
        $"{Op}({string.Join(", ", Inputs)}{(Settings.Entries.Count == 0 ? "" : $"; {Settings}")}): operands and settings do not fit.");
}
