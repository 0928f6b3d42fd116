using Brachy.Extending;

namespace Brachy;

/// <summary>One use of a primitive, as it was recorded.</summary>
internal sealed record RecordedOp(Primitive Primitive, Settings Settings, Tensor[] Inputs, Tensor[] Outputs)
{
    /// <inheritdoc cref="Compilation.Equation.IsOfSizes"/>
    public bool IsOfSizes { get; set; }

    /// <summary>What it costs.</summary>
    public Cost Cost => Primitive.CostOf(
        Settings, Array.ConvertAll(Inputs, input => input.Type), Array.ConvertAll(Outputs, output => output.Type));
}
