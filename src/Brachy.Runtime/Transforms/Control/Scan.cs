namespace Brachy;

/// <summary>Loops over the slices of tensors.</summary>
public static partial class Control
{
    /// <summary>
    /// Runs a function for each slice of tensors along their first dim, with a state that goes from step to step, and stacks what the steps
    /// give: <c>lax.scan</c> of JAX.
    /// </summary>
    /// <typeparam name="TState">The state.</typeparam>
    /// <typeparam name="TInput">What is looped over.</typeparam>
    /// <typeparam name="TOutput">What a step gives.</typeparam>
    /// <param name="step">From the state and one slice to the next state, of the same types, and what the step gives.</param>
    /// <param name="init">The first state.</param>
    /// <param name="xs">Tensors of shape [length, ...]; a step sees [...].</param>
    /// <param name="reverse">Whether the last slice comes first. The stacks are in the order of the slices all the same.</param>
    /// <param name="checkpoint">
    /// Whether a gradient computes again what the steps computed, and keeps only the states: less memory, about a third more time.
    /// </param>
    /// <returns>The last state, and what the steps gave: tensors of shape [length, ...].</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ShapeException">A tensor to loop over has no dims or another length, or there is none.</exception>
    /// <exception cref="ArgumentException">The state comes back with other types, or steps give different ones.</exception>
    /// <exception cref="NotSupportedException">Transforms do not know one of the types.</exception>
    public static (TState State, TOutput Outputs) Scan<TState, TInput, TOutput>(
        Func<TState, TInput, (TState State, TOutput Output)> step, TState init, TInput xs, bool reverse = false, bool checkpoint = false)
    {
        ArgumentNullException.ThrowIfNull(step);
        var (state, slices) = (ControlValue<TState>.Of(init, "state"), ControlValue<TInput>.Of(xs, "xs"));
        return ScanSlices("Control.Scan", step, state, slices, LengthOf(slices, "Control.Scan"), reverse, checkpoint);
    }

    /// <summary>Runs a function a number of times, with a state that goes from step to step, and stacks what the steps give.</summary>
    /// <inheritdoc cref="Scan{TState, TInput, TOutput}(Func{TState, TInput, ValueTuple{TState, TOutput}}, TState, TInput, bool, bool)"/>
    /// <param name="step">From the state to the next one, of the same types, and what the step gives.</param>
    /// <param name="init">The first state.</param>
    /// <param name="length">The number of steps.</param>
    /// <param name="checkpoint">
    /// Whether a gradient computes again what the steps computed, and keeps only the states: less memory, about a third more time.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="length"/> is negative.</exception>
    public static (TState State, TOutput Outputs) Scan<TState, TOutput>(
        Func<TState, (TState State, TOutput Output)> step, TState init, long length, bool checkpoint = false)
    {
        ArgumentNullException.ThrowIfNull(step);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        return ScanSlices(
            "Control.Scan", (state, _) => step(state), ControlValue<TState>.Of(init, "state"), ControlValue<ValueTuple>.Of(default, "xs"),
            length, reverse: false, checkpoint);
    }

    private static (TState State, TOutput Outputs) ScanSlices<TState, TInput, TOutput>(
        string function, Func<TState, TInput, (TState State, TOutput Output)> step, ControlValue<TState> state,
        ControlValue<TInput> slices, long length, bool reverse, bool checkpoint)
    {
        if (IsTraced)
        {
            return ScanTraced(function, step, state, slices, length, reverse, checkpoint);
        }

        return length > 0 ? ScanEagerly(function, step, state, slices, length, reverse) : ScanNothing(function, step, state, slices);
    }

    private static (TState State, TOutput Outputs) ScanTraced<TState, TInput, TOutput>(
        string function, Func<TState, TInput, (TState State, TOutput Output)> step, ControlValue<TState> state, ControlValue<TInput> slices,
        long length, bool reverse, bool checkpoint)
    {
        ControlValue<TOutput>? output = null;
        var inputs = state.Inputs().Concat(slices.Inputs().Select(slice => (SliceOf(slice.Type), slice.Path)));
        var count = state.Leaves.Length;
        var body = TracedBody.Of($"the step of {function}", [.. inputs], arguments =>
        {
            var (next, given) = step(state.With(arguments[..count]), slices.With(arguments[count..]));
            var after = ControlValue<TState>.Of(next, "state");
            RequireSame(state, after, function);
            output = ControlValue<TOutput>.Of(given, "output");
            return [.. after.Leaves, .. output.Leaves];
        });
        var results = RecordedLoop.Scan(
            body, state.Leaves, [.. slices.Leaves.Select(leaf => (Func<Tensor>)(() => leaf))], length, reverse, count: null, checkpoint);
        return (state.With(results[..count]), output!.With(results[count..]));
    }

    private static (TState State, TOutput Outputs) ScanEagerly<TState, TInput, TOutput>(
        string function, Func<TState, TInput, (TState State, TOutput Output)> step, ControlValue<TState> state, ControlValue<TInput> slices,
        long length, bool reverse)
    {
        var (memory, place) = (new EagerMemory(), new LoopPlace(reverse ? length : null));
        ControlValue<TOutput>? output = null;
        var rows = new List<Tensor[]>();
        for (var i = 0L; i < length; i++)
        {
            using var scope = EagerMemory.BeginStep();
            try
            {
                var row = reverse ? length - 1 - i : i;
                var slice = slices.With(Array.ConvertAll(slices.Leaves, leaf => F.select(leaf, 0, row)));
                var (next, given) = step(state.With(state.Leaves), slice);
                var after = ControlValue<TState>.Of(next, "state");
                RequireSame(state, after, function);
                var outputHere = ControlValue<TOutput>.Of(given, "output");
                output ??= outputHere;
                RequireSameOutput(output, outputHere);
                if (outputHere.Leaves.Length > 0)
                {
                    rows.Add(outputHere.Leaves);
                }

                memory.EndStep(scope, after.Leaves, outputHere.Leaves);
                state = after;
            }
            catch (CheckFailedException error) when (error.LeaveStep(place, i))
            {
                throw;
            }
        }

        if (reverse)
        {
            rows.Reverse();
        }

        Tensor[] stacks = [.. output!.Leaves.Select((_, k) => F.stack([.. rows.Select(row => row[k])]))];
        return (state.With(memory.Results(state.Leaves)), output.With(stacks));
    }

    /// <summary>No step runs, so that only a trace of one tells what steps would give.</summary>
    private static (TState State, TOutput Outputs) ScanNothing<TState, TInput, TOutput>(
        string function, Func<TState, TInput, (TState State, TOutput Output)> step, ControlValue<TState> state, ControlValue<TInput> slices)
    {
        ControlValue<TOutput> output;
        using (var trace = Trace.BeginTypesInside($"the step of {function}"))
        {
            var first = state.Inputs().Select(input => trace.Argument(input.Type, input.Path)).ToArray();
            var slice = slices.Inputs().Select(input => trace.Argument(SliceOf(input.Type), input.Path)).ToArray();
            var (next, given) = step(state.With(first), slices.With(slice));
            RequireSame(state, ControlValue<TState>.Of(next, "state"), function);
            output = ControlValue<TOutput>.Of(given, "output");
        }

        return (
            state.With(new EagerMemory().Results(state.Leaves)),
            output.With(Array.ConvertAll(output.Leaves, leaf => F.zeros([0, .. leaf.shape], leaf.dtype, leaf.device))));
    }

    private static void RequireSameOutput<T>(ControlValue<T> first, ControlValue<T> here)
    {
        if (first.FindDifference(here) is { } difference)
        {
            throw new ArgumentException(
                $"Control.Scan: '{difference.Path}' is {difference.Expected} after one step and {difference.Found} after another; all "
                + "steps must give the same types, since what they give is stacked. " + difference.Advice());
        }
    }

    private static long LengthOf<T>(ControlValue<T> slices, string function)
    {
        long? length = null;
        for (var i = 0; i < slices.Leaves.Length; i++)
        {
            var type = slices.Leaves[i].Type;
            if (type.Rank == 0)
            {
                throw new ShapeException(
                    $"{function}: '{slices.PathOf(i)}' is {type}, which has no dim to loop over; let the step use it from outside "
                    + "instead.");
            }

            length ??= type.Shape[0];
            if (type.Shape[0] != length)
            {
                throw new ShapeException(
                    $"{function}: '{slices.PathOf(0)}' has {length} slices along its first dim, and '{slices.PathOf(i)}' ({type}) has "
                    + $"{type.Shape[0]}; they must be as many.");
            }
        }

        return length ?? throw new ShapeException(
            $"{function}: there is no tensor to loop over; give the number of steps: Control.Scan(step, init, length).");
    }

    private static TensorType SliceOf(TensorType type) => type.WithShape([.. type.Shape.Skip(1)]);
}
