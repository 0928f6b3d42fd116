namespace Brachy;

/// <summary>
/// The compiler's passes by name, and their switches. The choice of one thread for graphs of small kernels and that of vector code
/// (<see cref="Backend.VectorCode"/>) count as passes. All are on; turning one off helps to find out what it does to a graph
/// (<see cref="JitFunction.Graph"/>), to a result or to a time.
/// </summary>
public static class CompilerPasses
{
    /// <summary>Names passes, separated by commas, that stay off in the whole process.</summary>
    public const string DisableVariable = "BRACHY_DISABLE_PASSES";

    internal const string OneThread = "one thread";
    internal const string VectorCode = "vector code";

    private static readonly HashSet<string> s_disabledByEnvironment =
        [.. (Environment.GetEnvironmentVariable(DisableVariable) ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];

    [ThreadStatic]
    private static List<string>? s_disabled;

    /// <summary>The names, in the order in which the passes run.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Passes.All.Select(pass => pass.Name), OneThread, VectorCode];

    /// <summary>Turns passes off for what is compiled on this thread until the result is disposed. What was compiled before stays as it is.</summary>
    /// <param name="names">Names of passes.</param>
    /// <exception cref="ArgumentException">A name is not one of <see cref="Names"/>.</exception>
    public static IDisposable Disable(params IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        foreach (var name in names)
        {
            if (!Names.Contains(name))
            {
                throw new ArgumentException($"There is no pass '{name}'; the passes are {string.Join(", ", Names)}.", nameof(names));
            }
        }

        return new DisabledScope(names);
    }

    /// <summary>Whether a pass is off for what this thread compiles.</summary>
    internal static bool IsDisabled(string name) => s_disabledByEnvironment.Contains(name) || s_disabled?.Contains(name) == true;

    private sealed class DisabledScope : IDisposable
    {
        private readonly IReadOnlyList<string> _names;
        private readonly int _thread = Environment.CurrentManagedThreadId;
        private bool _disposed;

        public DisabledScope(IReadOnlyList<string> names)
        {
            _names = [.. names];
            (s_disabled ??= []).AddRange(_names);
        }

        public void Dispose()
        {
            if (_disposed)
            {
                return;
            }

            if (Environment.CurrentManagedThreadId != _thread)
            {
                throw new InvalidOperationException("CompilerPasses.Disable() must end on the thread that began it.");
            }

            _disposed = true;
            foreach (var name in _names)
            {
                s_disabled!.Remove(name);
            }
        }
    }
}
