using Brachy.CompilerServices;

namespace Brachy.Transforms;

/// <summary>What the caller of a transform says about some arguments of a function.</summary>
internal sealed class ArgumentRoles
{
    private readonly bool[] _static;

    private ArgumentRoles(bool[] marked, bool[] isStatic)
    {
        Marked = marked;
        _static = isStatic;
    }

    /// <summary>For each argument whether its tensors are donated, in a compiled function, or differentiated, in a gradient.</summary>
    public bool[] Marked { get; }

    public static ArgumentRoles OfJit(int count, int[]? donate) => new(Positions(donate, count, nameof(donate)), new bool[count]);

    /// <summary>What was said about sizes that vary.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such argument.</exception>
    public static IReadOnlyList<VaryingDims>? OfVarying(int count, IReadOnlyList<VaryingDims>? varying)
    {
        Positions(varying?.Select(dims => dims.Argument).ToArray(), count, nameof(varying));
        return varying;
    }

    public static ArgumentRoles OfLift(int count, int[]? staticArguments) =>
        new(new bool[count], Positions(staticArguments, count, nameof(staticArguments)));

    /// <summary>The roles where the first argument is differentiated.</summary>
    public static ArgumentRoles OfGradient(int count, int[]? staticArguments)
    {
        var isStatic = Positions(staticArguments, count, nameof(staticArguments));
        return isStatic[0]
            ? throw new ArgumentException("The first argument is differentiated, so that it cannot be static.", nameof(staticArguments))
            : new(Positions([0], count, ""), isStatic);
    }

    /// <summary>The handler of an argument.</summary>
    /// <exception cref="NotSupportedException">There is none, and the argument is not declared static.</exception>
    public TreeHandler<T> Handler<T>(int position) => _static[position] ? new ExplicitStaticHandler<T>() : TreeHandler.For<T>();

    internal static bool[] Positions(int[]? positions, int count, string parameter)
    {
        var chosen = new bool[count];
        foreach (var position in positions ?? [])
        {
            if (position < 0 || position >= count)
            {
                throw new ArgumentOutOfRangeException(
                    parameter, position, $"The function has {count} arguments; positions go from 0 to {count - 1}.");
            }

            chosen[position] = true;
        }

        return chosen;
    }
}
