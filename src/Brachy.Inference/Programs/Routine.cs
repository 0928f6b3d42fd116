using Brachy.Extending;

namespace Brachy.Compilation;

/// <summary>One operation of a routine.</summary>
/// <param name="Op">The name of the primitive, by which its rule is found.</param>
/// <param name="Settings">Its settings.</param>
/// <param name="Inputs">Its operands.</param>
/// <param name="Outputs">The variables that it defines.</param>
internal sealed record Instruction(string Op, Settings Settings, IReadOnlyList<Atom> Inputs, IReadOnlyList<Var> Outputs)
{
    /// <summary>The operand whose memory the only result takes, if there is one.</summary>
    public int? Overwrites { get; init; }

    /// <summary>Operands that the operation would overwrite, and must not.</summary>
    public IReadOnlyList<int> Kept { get; init; } = [];

    /// <summary>What a loop or a choice runs.</summary>
    public IReadOnlyList<Routine> Bodies { get; init; } = [];

    /// <summary>For example <c>softmax(float32[2, 3])</c>.</summary>
    public override string ToString() => $"{Op}({string.Join(", ", Inputs.Select(input => input.Type))})";
}

/// <summary>A graph whose memory is planned, as data that knows no tensors: what vector code is made of, and what files hold.</summary>
/// <param name="Inputs">The parameters, in order.</param>
/// <param name="Constants">What has known values.</param>
/// <param name="Instructions">The operations, in an order in which every operand is defined before its use.</param>
/// <param name="NewResults">The values that get memory of their own.</param>
/// <param name="Outputs">Where each result comes from.</param>
/// <param name="OutputTypes">The type of each result.</param>
internal sealed record Routine(
    IReadOnlyList<Var> Inputs, IReadOnlyList<Var> Constants, IReadOnlyList<Instruction> Instructions, IReadOnlyList<Var> NewResults,
    IReadOnlyList<OutputPlan> Outputs, IReadOnlyList<TensorType> OutputTypes);
