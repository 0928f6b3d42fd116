using Brachy.Compilation;
using Brachy.Extending;

namespace Brachy;

/// <summary>
/// A loop for a batch: the same loop, whose step computes the batch. Where the number of steps differs from sample to sample, it goes on
/// for as long as any sample does, and leaves those that have ended as they are.
/// </summary>
internal static class LoopBatching
{
    public static BatchedTensor[] Run(BatchArgs<LoopSettings> x) =>
        Trace.Current is not { IsSymbolic: true } ? Compute(x) : x.Settings.Condition is null ? RecordScan(x) : RecordWhile(x);

    /// <summary>A loop over values, step by step.</summary>
    private static BatchedTensor[] Compute(BatchArgs<LoopSettings> x)
    {
        var (settings, context) = (x.Settings, x.Context);
        var inputs = x.Inputs.ToArray();
        var captured = inputs[settings.FirstCaptured..];
        var carries = inputs[settings.FirstCarry..settings.FirstSlice];
        var slices = Array.ConvertAll(inputs[settings.FirstSlice..settings.FirstCaptured], SlicesFirst);
        var count = settings.HasCount ? inputs[0] : default(BatchedTensor?);
        var length = count is { } known ? MostSteps(known) : settings.Length ?? long.MaxValue;
        var rows = new List<BatchedTensor[]>();
        var steps = new BatchedTensor(F.full([], 0, DType.Int64), false);
        while (rows.Count < length)
        {
            var row = settings.Reverse ? length - 1 - rows.Count : rows.Count;
            var alive = settings.Condition is { } test ? BatchedReplay.Run(context, test.Graph, [.. carries, .. captured])[0]
                : count is { IsBatched: true } own ? new(own.Value > row, true)
                : default(BatchedTensor?);
            if (settings.Condition is not null && !alive!.Value.Value.any().item<bool>())
            {
                break;
            }

            var here = Array.ConvertAll(slices, slice => slice with { Value = F.select(slice.Value, 0, row) });
            var results = BatchedReplay.Run(context, settings.Step.Graph, [.. carries, .. here, .. captured]);
            var next = results[..settings.Carries];
            var given = results[settings.Carries..];
            if (alive is { IsBatched: true } some)
            {
                next = [.. next.Select((value, i) => Where(some.Value, value, carries[i], context))];
                given = Array.ConvertAll(
                    given, value => Where(some.Value, value, new(F.zeros_like(value.Value), value.IsBatched), context));
                steps = Where(some.Value, new(steps.Value + 1, steps.IsBatched), steps, context);
            }
            else
            {
                steps = new(steps.Value + 1, steps.IsBatched);
            }

            carries = next;
            rows.Add(given);
        }

        if (settings.Reverse)
        {
            rows.Reverse();
        }

        var stacks = settings.Step.Graph.Outputs.Skip(settings.Carries).Select(
            (output, i) => Stack(output.Type, [.. rows.Select(row => row[i])], settings.Length, context));
        return [.. carries, .. stacks, .. settings.GivesCount ? [steps] : Array.Empty<BatchedTensor>()];
    }

    private static long MostSteps(BatchedTensor count) => !count.IsBatched ? count.Value.item<long>()
        : count.Value.numel() == 0 ? 0 : count.Value.max().item<long>();

    private static BatchedTensor Where(Tensor alive, BatchedTensor next, BatchedTensor before, BatchContext context) =>
        new(BatchedBodies.Choose(alive, BatchedBodies.As(true, next, context), BatchedBodies.As(true, before, context)), true);

    private static BatchedTensor Stack(TensorType type, BatchedTensor[] rows, long? length, BatchContext context)
    {
        var isBatched = Array.Exists(rows, row => row.IsBatched);
        var one = BatchedBodies.TypeOf(isBatched, type, context);
        Tensor[] all = [
            .. rows.Select(row => BatchedBodies.As(isBatched, row, context)),
            .. Enumerable.Repeat(F.zeros(one.Shape, one.DType, one.Device), (int)(length!.Value - rows.Length))];
        return all.Length == 0 ? new(F.zeros([0, .. type.Shape], type.DType, type.Device), false)
            : new(F.stack(all, isBatched ? 1 : 0), isBatched);
    }

    /// <summary>What a loop reads slice by slice, with the slices along dim 0.</summary>
    private static BatchedTensor SlicesFirst(BatchedTensor stack) =>
        stack.IsBatched ? stack with { Value = F.transpose(stack.Value, 0, 1) } : stack;

    private static BatchedTensor BatchFirst(Tensor stack, bool isBatched) => new(isBatched ? F.transpose(stack, 0, 1) : stack, isBatched);

    private static BatchedTensor[] RecordScan(BatchArgs<LoopSettings> x)
    {
        var (settings, context) = (x.Settings, x.Context);
        var step = settings.Step.Graph;
        var inputs = x.Inputs.ToArray();
        var length = settings.Length!.Value;
        var ownCount = settings.HasCount && inputs[0].IsBatched;
        var loop = BatchedLoop.Of(x, ownCount);
        var slices = Array.ConvertAll(inputs[settings.FirstSlice..settings.FirstCaptured], SlicesFirst);
        var types = loop.CarryTypes().Concat(step.Inputs.Skip(settings.Carries).Take(settings.Slices).Select(
            (input, i) => BatchedBodies.TypeOf(slices[i].IsBatched, input.Type, context)));
        Func<Tensor>[] reads = [.. slices.Select(slice => (Func<Tensor>)(() => slice.Value))];
        if (ownCount)
        {
            types = types.Append(new TensorType(Shape.Scalar, DType.Int64));
            reads = [.. reads, () => F.arange(length)];
        }

        var given = Array.Empty<bool>();
        var body = TracedBody.Of("a step for a batch", [.. types.Select(type => (type, "a batch"))], arguments =>
        {
            var alive = ownCount ? inputs[0].Value > arguments[^1] : null;
            (var outputs, given) = loop.Step(arguments[..(settings.Carries + settings.Slices)], slices, alive);
            return outputs;
        });
        var results = RecordedLoop.Scan(
            body, loop.FirstCarries(), reads, length, settings.Reverse, settings.HasCount && !ownCount ? inputs[0].Value : null,
            settings.Checkpoint);
        return loop.Results(results, given);
    }

    private static BatchedTensor[] RecordWhile(BatchArgs<LoopSettings> x)
    {
        var (settings, context) = (x.Settings, x.Context);
        var loop = BatchedLoop.Of(x, ownCount: false);
        var number = BatchedBodies.TypeOf(loop.EndsBySample, new TensorType(Shape.Scalar, DType.Int64), context);
        var inputs = loop.CarryTypes().Append(number).Select(type => (type, "a batch")).ToArray();
        var test = TracedBody.Of("a condition for a batch", inputs, arguments => [loop.Condition(arguments[..^1]).any()]);
        var given = Array.Empty<bool>();
        var body = TracedBody.Of("a step for a batch", inputs, arguments =>
        {
            var alive = loop.EndsBySample ? loop.Condition(arguments[..^1]) : null;
            (var outputs, given) = loop.Step(arguments[..^1], [], alive);
            var steps = alive is null ? arguments[^1] + 1 : F.where(alive, arguments[^1] + 1, arguments[^1]);
            return [.. outputs[..settings.Carries], steps, .. outputs[settings.Carries..]];
        });
        var results = RecordedLoop.While(
            test, body, [.. loop.FirstCarries(), F.zeros(number.Shape, DType.Int64)], settings.Length);
        var count = new BatchedTensor(results[settings.Carries], loop.EndsBySample);
        var others = loop.Results([.. results[..settings.Carries], .. results[(settings.Carries + 1)..]], given);
        return settings.GivesCount ? [.. others, count] : others;
    }

    /// <summary>A loop of which it is known which carries differ from sample to sample.</summary>
    private sealed class BatchedLoop(LoopSettings settings, BatchedTensor[] inputs, bool[] carries, bool endsBySample, BatchContext context)
    {
        private readonly BatchedTensor[] _captured = inputs[settings.FirstCaptured..];

        /// <summary>Whether the condition differs from sample to sample.</summary>
        public bool EndsBySample => endsBySample;

        public static BatchedLoop Of(BatchArgs<LoopSettings> x, bool ownCount)
        {
            var (settings, context) = (x.Settings, x.Context);
            bool[] batched = [.. x.Inputs.Skip(settings.FirstCarry).Select(input => input.IsBatched)];
            var ends = ownCount;
            bool changed;
            do
            {
                changed = false;
                if (settings.Condition is { } condition && !ends)
                {
                    bool[] seen = [.. batched[..settings.Carries], .. batched[(settings.Carries + settings.Slices)..]];
                    ends = BatchedBodies.BatchedOutputs(condition.Graph, seen, context)[0];
                }

                var outputs = BatchedBodies.BatchedOutputs(settings.Step.Graph, batched, context);
                for (var i = 0; i < settings.Carries; i++)
                {
                    if (!batched[i] && (ends || outputs[i]))
                    {
                        batched[i] = changed = true;
                    }
                }
            }
            while (changed);

            return new(settings, [.. x.Inputs], batched[..settings.Carries], ends, context);
        }

        public IEnumerable<TensorType> CarryTypes() => settings.Step.Graph.Inputs.Take(settings.Carries).Select(
            (input, i) => BatchedBodies.TypeOf(carries[i], input.Type, context));

        public Tensor[] FirstCarries() => [.. inputs[settings.FirstCarry..settings.FirstSlice].Select(
            (value, i) => BatchedBodies.As(carries[i], value, context))];

        public Tensor Condition(Tensor[] before)
        {
            var value = BatchedReplay.Run(context, settings.Condition!.Graph, [.. Values(before), .. _captured])[0];
            return BatchedBodies.As(endsBySample, value, context);
        }

        /// <summary>One step, and which of what it gives to stacks differs from sample to sample.</summary>
        public (Tensor[] Outputs, bool[] Given) Step(Tensor[] arguments, BatchedTensor[] slices, Tensor? alive)
        {
            var before = arguments[..settings.Carries];
            var read = slices.Select((slice, i) => new BatchedTensor(arguments[settings.Carries + i], slice.IsBatched));
            var results = BatchedReplay.Run(context, settings.Step.Graph, [.. Values(before), .. read, .. _captured]);
            var outputs = new Tensor[results.Length];
            var given = new bool[results.Length - settings.Carries];
            for (var i = 0; i < outputs.Length; i++)
            {
                var isCarry = i < settings.Carries;
                var isBatched = isCarry ? carries[i] : results[i].IsBatched || alive is not null;
                outputs[i] = BatchedBodies.As(isBatched, results[i], context);
                if (alive is not null)
                {
                    outputs[i] = BatchedBodies.Choose(alive, outputs[i], isCarry ? before[i] : F.zeros_like(outputs[i]));
                }

                if (!isCarry)
                {
                    given[i - settings.Carries] = isBatched;
                }
            }

            return (outputs, given);
        }

        public BatchedTensor[] Results(Tensor[] results, bool[] given) =>
        [
            .. carries.Select((isBatched, i) => new BatchedTensor(results[i], isBatched)),
            .. given.Select((isBatched, i) => BatchFirst(results[settings.Carries + i], isBatched)),
        ];

        private IEnumerable<BatchedTensor> Values(Tensor[] before) => before.Select((value, i) => new BatchedTensor(value, carries[i]));
    }
}
