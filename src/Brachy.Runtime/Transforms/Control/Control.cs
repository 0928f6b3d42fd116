namespace Brachy;

/// <summary>
/// Loops and choices that are part of compiled code: the function of a step or branch is traced once, whatever the number of steps.
/// Eagerly, and with the jit disabled, they are plain C# loops and choices that a debugger steps through. All can be differentiated.
/// </summary>
/// <remarks>
/// State, operands and results are tensors, structure trees, <c>[Tree]</c> values, and tuples, lists and dictionaries of them. What is no
/// tensor in a state must come back as it was. Functions may use tensors from outside; gradients reach these too. A random key must be part
/// of the state or of what is looped over, so that no two steps draw the same numbers.
/// </remarks>
public static partial class Control
{
    /// <summary>Whether what runs now is recorded for a graph.</summary>
    private static bool IsTraced => Trace.Current is { IsSymbolic: true };

    private static void RequireSame<T>(ControlValue<T> before, ControlValue<T> after, string function)
    {
        if (before.FindDifference(after) is { } difference)
        {
            throw new ArgumentException(
                $"{function}: '{difference.Path}' is {difference.Expected} before a step and {difference.Found} after it. "
                + difference.Advice());
        }
    }
}
