namespace Brachy.Compilation;

/// <summary>
/// The compiler's passes by name, and their switches. The choice of one thread for graphs of small kernels, that of vector code
/// (<see cref="Backend.VectorCode"/>), for whole graphs and for chains of elementwise ops in others, and that of oneDNN's kernels for LSTM
/// layers, compiled or not, count as passes. All are on; turning one off helps to find out what it does to a graph
/// (<see cref="JitFunction.Graph"/>), to a result or to a time.
/// </summary>
public static class CompilerPasses
{
    /// <summary>Names passes, separated by commas, that stay off in the whole process.</summary>
    public const string DisableVariable = "BRACHY_DISABLE_PASSES";

    internal const string OneThread = "one thread";
    internal const string VectorCode = "vector code";
    internal const string FusedChains = "fused chains";
    internal const string FusedLstm = "fused lstm";

    private static readonly HashSet<string> s_disabledByEnvironment =
        [.. (Environment.GetEnvironmentVariable(DisableVariable) ?? "").Split(
            ',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];

    [ThreadStatic]
    private static DisabledScope? s_disabled;

    /// <summary>The names, in the order in which the passes run.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [.. Passes.All.Select(pass => pass.Name), OneThread, VectorCode, FusedChains, FusedLstm];

    /// <summary>
    /// Turns passes off for what is compiled on this thread until the result is disposed, which should be on the same thread: it belongs
    /// around no <c>await</c> or <c>yield</c>. What was compiled before stays as it is.
    /// </summary>
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

        return s_disabled = new DisabledScope([.. names], s_disabled);
    }

    /// <summary>The passes that are off for what this thread compiles, beside those of the environment.</summary>
    internal static IReadOnlyList<string> OfThisThread
    {
        get
        {
            var names = new List<string>();
            for (var scope = ThreadScopes.Innermost(ref s_disabled); scope is not null; scope = ThreadScopes.OpenFrom(scope.Outer))
            {
                names.AddRange(scope.Names);
            }

            return names;
        }
    }

    /// <summary>Whether a pass is off for what this thread compiles.</summary>
    internal static bool IsDisabled(string name) => s_disabledByEnvironment.Contains(name) || OfThisThread.Contains(name);

    private sealed class DisabledScope(string[] names, DisabledScope? outer) : IDisposable, IThreadScope<DisabledScope>
    {
        private volatile bool _isClosed;

        public string[] Names { get; } = names;

        public DisabledScope? Outer { get; } = outer;

        public bool IsClosed => _isClosed;

        public void Dispose() => _isClosed = true;
    }
}
