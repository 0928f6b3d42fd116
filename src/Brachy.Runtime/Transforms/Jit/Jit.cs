using Brachy.Compilation;
using Brachy.CompilerServices;
using Brachy.Telemetry;

namespace Brachy;

/// <summary>Compiles functions: traced once for each static part of their arguments, then one native call.</summary>
public static partial class Jit
{
    /// <summary>Set to 1 in the environment, runs every jitted function eagerly.</summary>
    public const string DisableVariable = "BRACHY_DISABLE_JIT";

    private static readonly bool s_disabledByEnvironment = Environment.GetEnvironmentVariable(DisableVariable) is "1" or "true";

    private static int s_defaultCacheLimit = 64;

    [ThreadStatic]
    private static JitScope? s_scopes;

    /// <summary>Raised after each trace, when what was compiled can be called, with the reason.</summary>
    public static event Action<JitEvent>? Traced;

    /// <summary>
    /// Raised once when a function has been traced more than 8 times, those in <see cref="Warmup(Action)"/> aside. Without a subscriber, a
    /// line goes to standard error.
    /// </summary>
    public static event Action<JitEvent>? TracedTooOften;

    /// <summary>Raised after each of the runs in which libtorch finishes compiling a version, with its time.</summary>
    public static event Action<JitFirstRun>? FirstRun;

    /// <summary>
    /// Raised for each compiled version that was dropped because its function had more than <see cref="JitFunction.CacheLimit"/>. Without a
    /// subscriber, a line goes to standard error at the first of each function.
    /// </summary>
    public static event Action<JitEviction>? Evicted;

    /// <summary>
    /// How many compiled versions each function keeps whose <see cref="JitFunction.CacheLimit"/> was not set, and each function of
    /// <see cref="Static.Lift"/>: 64 at first. A change counts from the next version that a function makes.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Set below 1.</exception>
    public static int DefaultCacheLimit
    {
        get => Volatile.Read(ref s_defaultCacheLimit);
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            Volatile.Write(ref s_defaultCacheLimit, value);
        }
    }

    /// <summary>Whether jitted functions run eagerly on this thread.</summary>
    public static bool IsDisabled => s_disabledByEnvironment || IsInScope(JitScopeKind.Disabled);

    /// <summary>Whether jitted functions of this thread only warm up.</summary>
    internal static bool IsWarmingUp => IsInScope(JitScopeKind.Warmup);

    /// <summary>Whether jitted functions of this thread may be called in another way than usual: one look for all of them.</summary>
    internal static bool HasScope => s_disabledByEnvironment || s_scopes is not null;

    /// <summary>
    /// Runs jitted functions of this thread eagerly until the result is disposed, for debugging. That should be on the same thread: it
    /// belongs around no <c>await</c> or <c>yield</c>.
    /// </summary>
    public static IDisposable Disable() => s_scopes = new JitScope(JitScopeKind.Disabled, s_scopes);

    /// <summary>
    /// Makes some calls of jitted functions in order to prepare them: each function is traced and compiled for the arguments that it gets,
    /// and makes the first runs in which libtorch optimises, unless that was done before. The first such call of a service then takes no
    /// longer than any. Apart from that it is as if nothing had been called: arguments that a function would be given are copied, and can
    /// be used afterwards, and the thread's <see cref="RngScope"/> gives the same keys again.
    /// </summary>
    /// <param name="calls">
    /// Calls any jitted functions, by <c>StepJit(…)</c>, <c>JitApply(…)</c> or <c>function.Invoke(…)</c>, on this thread. They give results
    /// as always. Shapes and static values of the arguments count, and values do as far as kernels may refuse some.
    /// </param>
    /// <returns>What <paramref name="calls"/> returns.</returns>
    /// <exception cref="ArgumentException"><paramref name="calls"/> is asynchronous, so that it may go on after it returned.</exception>
    public static T Warmup<T>(Func<T> calls)
    {
        ArgumentNullException.ThrowIfNull(calls);
        if (typeof(T).IsAssignableTo(typeof(Task)) || typeof(T) == typeof(ValueTask)
            || (typeof(T).IsGenericType && typeof(T).GetGenericTypeDefinition() == typeof(ValueTask<>)))
        {
            throw new ArgumentException(
                "Warm-up counts for calls of this thread until the function returns, so that it cannot be asynchronous. Call Jit.Warmup "
                + "around the jitted functions inside it.", nameof(calls));
        }

        var rewind = RngScope.Mark();
        using var scope = new JitScope(JitScopeKind.Warmup, s_scopes);
        s_scopes = scope;
        try
        {
            return calls();
        }
        finally
        {
            rewind();
        }
    }

    /// <inheritdoc cref="Warmup{T}(Func{T})"/>
    public static void Warmup(Action calls)
    {
        ArgumentNullException.ThrowIfNull(calls);
        Warmup(() =>
        {
            calls();
            return true;
        });
    }

    /// <summary>Compiles a function whose arguments are taken apart by a handler. Generated code calls this.</summary>
    /// <param name="name">The name, for messages.</param>
    /// <param name="arguments">Takes the arguments apart.</param>
    /// <param name="result">Puts the result together.</param>
    /// <param name="function">The function.</param>
    /// <param name="backend">What runs the graph; <see cref="Backend.Default"/> by default.</param>
    /// <param name="varying">Which sizes of the arguments vary, so that one compiled version serves all of them; null for none.</param>
    /// <param name="ranks">How each rank of the program runs it on its share of the batch; null for a function of one.</param>
    public static JitFunction<TArguments, TResult> Create<TArguments, TResult>(
        string name, TreeHandler<TArguments> arguments, TreeHandler<TResult> result, Func<TArguments, TResult> function,
        Backend? backend = null, IReadOnlyList<VaryingDims>? varying = null, DataParallelAttribute? ranks = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new JitFunction<TArguments, TResult>(
            name, arguments, result, function, backend ?? Backend.Default, varying is { Count: > 0 } ? new(varying) : null, ranks);
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

    internal static void OnFirstRun(JitFirstRun run) => FirstRun?.Invoke(run);

    internal static void OnEvicted(JitEviction happened)
    {
        Instruments.Evictions.Add(1, new KeyValuePair<string, object?>(TelemetryTags.Function, happened.Function));
        if (Evicted is { } handler)
        {
            handler(happened);
        }
        else if (happened.Number == 1)
        {
            Console.Error.WriteLine(
                $"warning: {happened.Function} keeps at most {happened.Limit} compiled versions, and the one used longest ago was dropped, "
                + $"for ({string.Join(", ", happened.Shapes)}). When it is needed again, it is compiled again. Pad or bucket changing "
                + "shapes, pass changing values as Tensor arguments, or raise JitFunction.CacheLimit or Jit.DefaultCacheLimit.");
        }
    }

    /// <summary>A name for messages out of the expression of a function.</summary>
    internal static string NameOf(Delegate function, string expression)
    {
        ArgumentNullException.ThrowIfNull(function);
        var line = string.Join(' ', expression.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= 60 ? line : line[..57] + "...";
    }

    private static bool IsInScope(JitScopeKind kind)
    {
        if (s_scopes is null)
        {
            return false;
        }

        var scope = ThreadScopes.Innermost(ref s_scopes);
        while (scope is not null && scope.Kind != kind)
        {
            scope = ThreadScopes.OpenFrom(scope.Outer);
        }

        return scope is not null;
    }
}
