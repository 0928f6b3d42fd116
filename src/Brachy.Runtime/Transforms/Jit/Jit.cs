using Brachy.Compilation;
using Brachy.CompilerServices;

namespace Brachy;

/// <summary>Compiles functions: traced once for each static part of their arguments, then one native call.</summary>
public static partial class Jit
{
    /// <summary>Set to 1 in the environment, runs every jitted function eagerly.</summary>
    public const string DisableVariable = "BRACHY_DISABLE_JIT";

    private static readonly bool s_disabledByEnvironment = Environment.GetEnvironmentVariable(DisableVariable) is "1" or "true";

    [ThreadStatic]
    private static DisabledScope? s_disabled;

    /// <summary>Raised after each trace, with the reason.</summary>
    public static event Action<JitEvent>? Traced;

    /// <summary>
    /// Raised once when a function has been traced more than 8 times. Without a subscriber, a line goes to standard error.
    /// </summary>
    public static event Action<JitEvent>? TracedTooOften;

    /// <summary>Whether jitted functions run eagerly on this thread.</summary>
    public static bool IsDisabled =>
        s_disabledByEnvironment || (s_disabled is not null && ThreadScopes.Innermost(ref s_disabled) is not null);

    /// <summary>
    /// Runs jitted functions of this thread eagerly until the result is disposed, for debugging. That should be on the same thread: it
    /// belongs around no <c>await</c> or <c>yield</c>.
    /// </summary>
    public static IDisposable Disable() => s_disabled = new DisabledScope(s_disabled);

    /// <summary>Compiles a function whose arguments are taken apart by a handler. Generated code calls this.</summary>
    /// <param name="name">The name, for messages.</param>
    /// <param name="arguments">Takes the arguments apart.</param>
    /// <param name="result">Puts the result together.</param>
    /// <param name="function">The function.</param>
    /// <param name="backend">What runs the graph; <see cref="Backend.Default"/> by default.</param>
    public static JitFunction<TArguments, TResult> Create<TArguments, TResult>(
        string name, TreeHandler<TArguments> arguments, TreeHandler<TResult> result, Func<TArguments, TResult> function,
        Backend? backend = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new JitFunction<TArguments, TResult>(name, arguments, result, function, backend ?? Backend.Default);
    }

    internal static void OnTraced(JitEvent happened, bool isWarning)
    {
        Traced?.Invoke(happened);
        if (!isWarning)
        {
            return;
        }

        if (TracedTooOften is { } handler)
        {
            handler(happened);
        }
        else
        {
            Console.Error.WriteLine(
                $"warning: {happened.Function} has been traced {happened.Number} times. Last reason: {happened.Reason}. " +
                "Values that change at each call should be Tensor arguments, and changing shapes padded or bucketed; see "
                    + "JitFunction.Explain().");
        }
    }

    /// <summary>A name for messages out of the expression of a function.</summary>
    internal static string NameOf(Delegate function, string expression)
    {
        ArgumentNullException.ThrowIfNull(function);
        var line = string.Join(' ', expression.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= 60 ? line : line[..57] + "...";
    }

    private sealed class DisabledScope(DisabledScope? outer) : IDisposable, IThreadScope<DisabledScope>
    {
        private volatile bool _isClosed;

        public DisabledScope? Outer { get; } = outer;

        public bool IsClosed => _isClosed;

        public void Dispose() => _isClosed = true;
    }
}
