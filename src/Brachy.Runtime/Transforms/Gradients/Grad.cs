namespace Brachy;

/// <summary>
/// Derivatives of functions. Inside a trace they become part of the graph; otherwise the same rules run on concrete
/// tensors, so that a debugger, data-dependent control flow and <c>item()</c> work. Transforms nest to any order.
/// </summary>
public static partial class Grad
{
}
