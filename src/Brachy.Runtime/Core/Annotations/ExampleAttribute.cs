namespace Brachy;

/// <summary>
/// An example argument, with which the build checks shapes: after compilation it runs the shape rules of everything that
/// <c>Forward</c> (or a <c>[Jit]</c> method) calls, without computing, and reports a shape that does not fit as an error at its line.
/// </summary>
/// <remarks>
/// <para>On a <see cref="Tensor"/>: its sizes, outermost first. A size is a number, or a name that stands for any number: equal names
/// are equal sizes. No sizes at all: a tensor without dims.</para>
/// <para>On a parameter of a constructor or of another type: its value; the elements for an array. A parameter with a default
/// value needs none. On a <c>StructureTree</c>: the class of the module or optimizer whose tree it is, as <c>typeof(AdamW)</c>;
/// a <c>GlobalConfig</c> after it is that of the same module.</para>
/// <para>The property <c>BrachyCheckExamples</c> of a project turns the check off with <c>false</c>.</para>
/// </remarks>
/// <param name="value">The sizes, the value or the elements.</param>
/// <example><code>public Tensor Forward([Example("B", 784)] Tensor x)</code></example>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class ExampleAttribute(params object?[]? value) : Attribute
{
    /// <summary>The sizes, the value or the elements.</summary>
    public IReadOnlyList<object?> Value { get; } = value ?? [null];

    /// <summary>The element type of a tensor; float32 by default.</summary>
    public DType DType { get; set; } = DType.Float32;
}
