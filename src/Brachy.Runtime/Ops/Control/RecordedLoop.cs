using Brachy.Compilation;
using Brachy.Extending;

namespace Brachy;

/// <summary>Turns a traced step into a loop of the graph that is being recorded.</summary>
internal static class RecordedLoop
{
    /// <summary>Records a loop of a known number of steps.</summary>
    /// <param name="step">From carries and slices to the next carries and what is stacked.</param>
    /// <param name="carries">The first carries.</param>
    /// <param name="slices">Makes the tensors whose slices the steps read. Only those that are read are made.</param>
    /// <param name="length">The number of steps, or the most there may be.</param>
    /// <param name="reverse">Whether the last slice comes first.</param>
    /// <param name="count">The number of steps, if only the run tells.</param>
    /// <param name="checkpoint">Whether a gradient computes again what the steps computed.</param>
    /// <returns>The last carries and the stacks.</returns>
    public static Tensor[] Scan(
        TracedBody step, Tensor[] carries, IReadOnlyList<Func<Tensor>> slices, long length, bool reverse, Tensor? count = null,
        bool checkpoint = false)
    {
        if (count is null && length > 0)
        {
            step.Hoist();
        }

        var settings = new LoopSettings(Empty, null, 0, 0, length, reverse) { HasCount = count is not null, Checkpoint = checkpoint };
        if (step.Checks.Count == 0)
        {
            return Record(F.Scan, step, null, carries, slices, settings, count).Results;
        }

        var checks = new LoopChecks(step.Checks, new LoopPlace(reverse ? length : null));
        var (results, _) = Record(
            F.Scan, checks.Carried(step, carries.Length), null, [.. carries, .. checks.Begin()], slices, settings, count);
        return checks.HandOn(results, carries.Length);
    }

    /// <summary>Records a loop that goes on while a condition holds.</summary>
    /// <param name="condition">From carries to whether there is another step.</param>
    /// <param name="step">From carries to the next ones.</param>
    /// <param name="carries">The first carries.</param>
    /// <param name="maxSteps">The most steps there may be; null for any number.</param>
    /// <param name="checkpoint">Whether a gradient computes again what the steps computed.</param>
    /// <returns>The last carries.</returns>
    public static Tensor[] While(TracedBody condition, TracedBody step, Tensor[] carries, long? maxSteps, bool checkpoint = false)
    {
        var settings = new LoopSettings(Empty, Empty, 0, 0, maxSteps, Reverse: false) { Checkpoint = checkpoint };
        if (condition.Checks.Count + step.Checks.Count == 0)
        {
            return Record(F.While, step, condition, carries, [], settings).Results;
        }

        if (maxSteps == 0)
        {
            return Record(F.While, step.WithoutChecks(), condition.WithoutChecks(), carries, [], settings).Results;
        }

        var checks = new LoopChecks([.. condition.Checks, .. step.Checks], new LoopPlace());
        var (checkedCondition, checkedStep, begin) = checks.Carried(condition, step, carries, maxSteps);
        var (results, _) = Record(F.While, checkedStep, checkedCondition, [.. carries, .. begin], [], settings);
        return checks.HandOn(results, carries.Length)[..carries.Length];
    }

    /// <summary>Records a loop like one that was recorded, with other steps.</summary>
    /// <param name="primitive">Its primitive.</param>
    /// <param name="step">From carries and slices to the next carries and what is stacked.</param>
    /// <param name="condition">From carries to whether there is another step; null for a number of steps.</param>
    /// <param name="carries">The first carries.</param>
    /// <param name="slices">Makes the tensors whose slices the steps read.</param>
    /// <param name="settings">Its settings.</param>
    /// <param name="count">The number of steps, if only the run tells.</param>
    /// <returns>The last carries and the stacks, and the number of steps if it gives that.</returns>
    public static (Tensor[] Results, Tensor? Count) Again(
        Primitive primitive, TracedBody step, TracedBody? condition, Tensor[] carries, IReadOnlyList<Func<Tensor>> slices,
        LoopSettings settings, Tensor? count)
    {
        if (!settings.MayBeEmpty)
        {
            step.Hoist();
        }

        return Record(primitive, step, condition, carries, slices, settings with { Overwritten = [] }, count);
    }

    private static Graph Empty { get; } = new([], [], [], []);

    private static (Tensor[] Results, Tensor? Count) Record(
        Primitive primitive, TracedBody step, TracedBody? condition, Tensor[] carries, IReadOnlyList<Func<Tensor>> slices,
        LoopSettings settings, Tensor? count = null)
    {
        // What no step changes need not go from step to step: the steps see it as they see what they capture.
        var isFixed = carries.Select((_, i) => ReferenceEquals(step.Outputs[i], step.Inputs[i])).ToArray();
        int[] moving = [.. Enumerable.Range(0, carries.Length).Where(i => !isFixed[i])];
        int[] unchanged = [.. Enumerable.Range(0, carries.Length).Where(i => isFixed[i])];
        var used = new HashSet<Tensor>(step.Ops.SelectMany(op => op.Inputs).Concat(step.Outputs), ReferenceEqualityComparer.Instance);
        int[] read = [.. Enumerable.Range(carries.Length, slices.Count).Where(i => used.Contains(step.Inputs[i]))];
        Tensor[] captured = [.. step.Captured().Concat(condition?.Captured() ?? []).Distinct<Tensor>(ReferenceEqualityComparer.Instance)];
        Tensor[] stacked = [.. step.Outputs[carries.Length..]];
        Tensor[] given = [.. moving.Select(i => step.Outputs[i]), .. stacked];
        Tensor[] kept = Trace.Current!.OpenGradients > 0 && settings.Length is not null ? Kept(step, moving, given, settings) : [];
        settings = settings with
        {
            Step = Graph.FromOps(
                step.Ops, [.. moving.Concat(read).Select(i => step.Inputs[i]), .. captured, .. unchanged.Select(i => step.Inputs[i])],
                [.. given, .. kept]),
            Condition = condition is null ? null : Graph.FromOps(
                condition.Ops, [.. moving.Select(i => condition.Inputs[i]), .. captured, .. unchanged.Select(i => condition.Inputs[i])],
                condition.Outputs),
            Carries = moving.Length,
            Slices = read.Length,
        };
        var results = primitive.BindUntyped(settings, [
            .. count is null ? Array.Empty<Tensor>() : [count], .. moving.Select(i => carries[i]),
            .. read.Select(i => slices[i - carries.Length]()), .. captured, .. unchanged.Select(i => carries[i])]);
        var last = (Tensor[])carries.Clone();
        for (var i = 0; i < moving.Length; i++)
        {
            last[moving[i]] = results[i];
        }

        return ([.. last, .. results[moving.Length..(moving.Length + stacked.Length)]], settings.GivesCount ? results[^1] : null);
    }

    /// <summary>
    /// What a gradient may need of the steps: all that is neither given nor as cheap to compute again. Dead code takes out what it does not
    /// need.
    /// </summary>
    private static Tensor[] Kept(TracedBody step, int[] moving, Tensor[] given, LoopSettings settings)
    {
        var stacked = given[moving.Length..];

        // The carries before each step are those after the one before, which the stacks of results often hold already.
        var carries = moving.Select(i => settings is { HasCount: true, Reverse: true } ? step.Inputs[i] : step.Outputs[i]);
        var values = settings.Checkpoint ? carries : carries.Concat(step.Ops.Where(IsWorthKeeping).SelectMany(op => op.Outputs));
        return [.. values.Distinct<Tensor>(ReferenceEqualityComparer.Instance).Where(
            value => !stacked.Contains(value, ReferenceEqualityComparer.Instance))];
    }

    /// <summary>Whether it costs something to compute the results of an op again.</summary>
    internal static bool IsWorthKeeping(RecordedOp op) => op.Inputs.Length > 0 && !op.Primitive.IsView;
}
