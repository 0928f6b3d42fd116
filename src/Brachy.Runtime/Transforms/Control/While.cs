namespace Brachy;

/// <summary>Loops that end when a condition does not hold, and loops over numbers.</summary>
public static partial class Control
{
    /// <summary>Runs a function as long as a condition of the state holds: <c>lax.while_loop</c> of JAX.</summary>
    /// <typeparam name="T">The state.</typeparam>
    /// <param name="condition">From the state to one truth value: whether there is another step.</param>
    /// <param name="step">From the state to the next one, of the same types.</param>
    /// <param name="init">The first state.</param>
    /// <param name="maxSteps">
    /// The most steps there are, whatever the condition says; null for any number. A gradient needs it, and keeps room for that many steps.
    /// </param>
    /// <param name="checkpoint">
    /// Whether a gradient computes again what the steps computed, and keeps only the states: less memory, about a third more time.
    /// </param>
    /// <returns>The last state.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxSteps"/> is negative.</exception>
    /// <exception cref="ArgumentException">The state comes back with other types.</exception>
    /// <exception cref="ShapeException">The condition has more than one element.</exception>
    /// <exception cref="DTypeException">The condition is no truth value.</exception>
    /// <exception cref="NotSupportedException">Transforms do not know the type of the state.</exception>
    public static T While<T>(Func<T, Tensor> condition, Func<T, T> step, T init, long? maxSteps = null, bool checkpoint = false)
    {
        ArgumentNullException.ThrowIfNull(condition);
        ArgumentNullException.ThrowIfNull(step);
        ArgumentOutOfRangeException.ThrowIfNegative(maxSteps ?? 0, nameof(maxSteps));
        var state = ControlValue<T>.Of(init, "state");
        return RunWhile("Control.While", condition, step, state, maxSteps, checkpoint);
    }

    /// <summary>Runs a function for each number from a first to a last: <c>lax.fori_loop</c> of JAX.</summary>
    /// <typeparam name="T">The state.</typeparam>
    /// <param name="from">The first number.</param>
    /// <param name="to">The number before which it ends.</param>
    /// <param name="step">From the number, an int64 scalar, and the state to the next state, of the same types.</param>
    /// <param name="init">The first state.</param>
    /// <param name="checkpoint">
    /// Whether a gradient computes again what the steps computed, and keeps only the states: less memory, about a third more time.
    /// </param>
    /// <returns>The last state; <paramref name="init"/> when there is no number.</returns>
    /// <exception cref="ArgumentNullException">A function is null.</exception>
    /// <exception cref="ArgumentException">The state comes back with other types.</exception>
    /// <exception cref="NotSupportedException">Transforms do not know the type of the state.</exception>
    public static T For<T>(long from, long to, Func<Tensor, T, T> step, T init, bool checkpoint = false)
    {
        ArgumentNullException.ThrowIfNull(step);
        var length = Math.Max(from, to) - from;
        return ScanSlices(
            "Control.For", (T state, Tensor i) => (step(i, state), default(ValueTuple)), ControlValue<T>.Of(init, "state"),
            ControlValue<Tensor>.Of(F.arange(from, from + length), "i"), length, reverse: false, checkpoint).State;
    }

    /// <summary>Runs a function for each number from a first to a last, which are known only when it runs.</summary>
    /// <typeparam name="T">The state.</typeparam>
    /// <param name="from">The first number: one int64 value.</param>
    /// <param name="to">The number before which it ends: one int64 value.</param>
    /// <param name="step">From the number, an int64 scalar, and the state to the next state, of the same types.</param>
    /// <param name="init">The first state.</param>
    /// <param name="maxSteps">The most steps there are; null for any number. A gradient needs it, and keeps room for them.</param>
    /// <param name="checkpoint">
    /// Whether a gradient computes again what the steps computed, and keeps only the states: less memory, about a third more time.
    /// </param>
    /// <returns>The last state; <paramref name="init"/> when there is no number.</returns>
    /// <inheritdoc cref="While{T}" path="/exception"/>
    public static T For<T>(
        Tensor from, Tensor to, Func<Tensor, T, T> step, T init, long? maxSteps = null, bool checkpoint = false)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        ArgumentNullException.ThrowIfNull(step);
        var (first, end) = (ScalarOf(from, "Control.For", "from", DType.Int64), ScalarOf(to, "Control.For", "to", DType.Int64));
        ArgumentOutOfRangeException.ThrowIfNegative(maxSteps ?? 0, nameof(maxSteps));
        return RunWhile(
            "Control.For", state => state.I < end, state => (state.I + 1, step(state.I, state.State)),
            ControlValue<(Tensor I, T State)>.Of((first, init), "state"), maxSteps, checkpoint).State;
    }

    private static T RunWhile<T>(
        string function, Func<T, Tensor> condition, Func<T, T> step, ControlValue<T> state, long? maxSteps, bool checkpoint) =>
        IsTraced
            ? WhileTraced(function, condition, step, state, maxSteps, checkpoint)
            : WhileEagerly(function, condition, step, state, maxSteps);

    private static T WhileTraced<T>(
        string function, Func<T, Tensor> condition, Func<T, T> step, ControlValue<T> state, long? maxSteps, bool checkpoint)
    {
        var inputs = state.Inputs().ToArray();
        var test = TracedBody.Of(
            $"the condition of {function}", inputs,
            arguments => [ScalarOf(condition(state.With(arguments)), function, "the condition", DType.Bool)]);
        var body = TracedBody.Of($"the step of {function}", inputs, arguments =>
        {
            var after = ControlValue<T>.Of(step(state.With(arguments)), "state");
            RequireSame(state, after, function);
            return after.Leaves;
        });
        return state.With(RecordedLoop.While(test, body, state.Leaves, maxSteps, checkpoint));
    }

    private static T WhileEagerly<T>(
        string function, Func<T, Tensor> condition, Func<T, T> step, ControlValue<T> state, long? maxSteps)
    {
        var (memory, place) = (new EagerMemory(), new LoopPlace());
        for (var i = 0L; i != maxSteps; i++)
        {
            using var scope = EagerMemory.BeginStep();
            try
            {
                if (!ScalarOf(condition(state.With(state.Leaves)), function, "the condition", DType.Bool).item<bool>())
                {
                    break;
                }

                var after = ControlValue<T>.Of(step(state.With(state.Leaves)), "state");
                RequireSame(state, after, function);
                memory.EndStep(scope, after.Leaves, []);
                state = after;
            }
            catch (CheckFailedException error) when (error.LeaveStep(place, i))
            {
                throw;
            }
        }

        return state.With(memory.Results(state.Leaves));
    }
}
