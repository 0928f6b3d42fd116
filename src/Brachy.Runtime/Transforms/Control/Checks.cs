namespace Brachy;

/// <summary>Conditions that values must meet, in code that may be compiled.</summary>
/// <remarks>
/// Eagerly a condition that does not hold throws at once. In compiled code it is computed with everything else and looked at when the call
/// has ended; then the exception says message, module path, index, and the steps of loops around. It costs a few small operators.
/// </remarks>
public static class Checks
{
    /// <summary>Set to 1 in the environment, turns all checks off.</summary>
    public const string DisableVariable = "BRACHY_DISABLE_CHECKS";

    private static volatile bool s_isEnabled = Environment.GetEnvironmentVariable(DisableVariable) is not ("1" or "true");

    /// <summary>
    /// Whether conditions are checked; they are by default. What is compiled while they are not has no checks in it, and keeps none; what
    /// was compiled before computes them, and throws for none; a <c>While</c> in it still ends where one fails.
    /// </summary>
    public static bool IsEnabled
    {
        get => s_isEnabled;
        set => s_isEnabled = value;
    }

    /// <summary>
    /// Throws if an element of a condition is false: at once, or after the call of the compiled function this is part of.
    /// </summary>
    /// <param name="condition">Truth values of any shape.</param>
    /// <param name="message">What is wrong if one is false.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="DTypeException">The condition holds no truth values.</exception>
    /// <exception cref="CheckFailedException">An element is false.</exception>
    public static void Require(Tensor condition, string message)
    {
        ArgumentNullException.ThrowIfNull(condition);
        ArgumentNullException.ThrowIfNull(message);
        if (condition.dtype != DType.Bool)
        {
            throw new DTypeException($"Checks.Require: a condition is made of truth values, but this is {condition.Type}; compare it.");
        }

        if (!IsEnabled || condition.numel() == 0)
        {
            return;
        }

        if (Trace.Current is { IsSymbolic: true } trace)
        {
            trace.Checks.Add(new PendingCheck(message, condition.Type, [FirstFalse(condition)]));
            return;
        }

        // Read, not computed: a tape would record ops, which a function that computes again repeats.
        var first = Array.IndexOf(condition.ToArray<bool>(), false);
        if (first >= 0)
        {
            throw Failure(new PendingCheck(message, condition.Type, []), [first], null);
        }
    }

    /// <summary>The checks of a trace as one tensor, and what to do with its values after a run.</summary>
    internal static (Tensor? Values, IReadOnlyList<PendingCheck> Checks) Collect(Trace trace)
    {
        PendingCheck[] checks = [.. trace.Checks];
        return checks.Length == 0
            ? (null, checks)
            : (F.stack([.. checks.SelectMany(check => check.Values).Select(value => value.to(Device.CPU))]), checks);
    }

    /// <summary>Throws for the check that failed first.</summary>
    /// <param name="checks">The checks.</param>
    /// <param name="values">Their values.</param>
    /// <param name="result">What the function gave.</param>
    internal static void ThrowIfFailed(IReadOnlyList<PendingCheck> checks, long[] values, object? result)
    {
        if (!IsEnabled)
        {
            return;
        }

        var next = 0;
        (PendingCheck Check, long[] Values)? first = null;
        foreach (var check in checks)
        {
            var own = values[next..(next += check.Count)];
            if (own[0] >= 0 && (first is not { } before || check.FailedBefore(own, before.Check, before.Values)))
            {
                first = (check, own);
            }
        }

        if (first is { } failed)
        {
            throw Failure(failed.Check, failed.Values, result);
        }
    }

    private static CheckFailedException Failure(PendingCheck check, long[] values, object? result)
    {
        var places = new List<string>();
        if (check.Type.Rank > 0)
        {
            places.Add($"at [{string.Join(", ", IndexOf(values[0], check.Type.Shape))}] of {check.Type.Shape}");
        }

        places.AddRange(check.Loops.Select((loop, i) => loop.Of(values[i + 1])));
        return new(check.Message, places, check.Place.Copy(), result);
    }

    private static long[] IndexOf(long position, Shape shape)
    {
        var index = new long[shape.Rank];
        for (var d = shape.Rank - 1; d >= 0; d--)
        {
            (position, index[d]) = Math.DivRem(position, shape[d]);
        }

        return index;
    }

    /// <summary>The position of the first element that is false, in row-major order; -1 for none.</summary>
    private static Tensor FirstFalse(Tensor condition)
    {
        var count = condition.numel();
        var first = F.where(F.reshape(condition, [count]), count, F.arange(count, device: condition.device)).min();
        return F.where(F.eq(first, count), F.full([], -1, DType.Int64, condition.device), first);
    }
}
