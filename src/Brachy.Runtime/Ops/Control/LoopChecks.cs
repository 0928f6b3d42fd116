namespace Brachy;

/// <summary>
/// The checks of a loop: it carries the first failure of each from step to step, with the number of the step. They are int64 scalars, the
/// number of the step before them.
/// </summary>
/// <param name="checks">The checks, as they are in the bodies.</param>
/// <param name="place">The loop, for messages.</param>
internal sealed class LoopChecks(IReadOnlyList<PendingCheck> checks, LoopPlace place)
{
    private readonly TensorType _number = new(Shape.Scalar, DType.Int64, checks[0].Values[0].device);

    private int Carries => 1 + checks.Sum(check => check.Values.Length + 1);

    /// <summary>What is carried before the first step.</summary>
    public Tensor[] Begin() =>
        [.. Enumerable.Range(0, Carries).Select(i => F.full([], i == 0 ? 0 : -1, DType.Int64, _number.Device))];

    /// <summary>The step of a scan that carries its checks behind its own carries.</summary>
    /// <param name="step">The step.</param>
    /// <param name="carries">How many carries it has.</param>
    public TracedBody Carried(TracedBody step, int carries)
    {
        (TensorType, string)[] types = [.. step.Inputs.Select(input => (input.Type, "state")), .. NumberTypes()];
        return TracedBody.Of("the checks of a loop", [.. types[..carries], .. NumberTypes(), .. types[carries..^Carries]], inputs =>
        {
            var before = inputs[carries..(carries + Carries)];
            var (outputs, found) = step.Replay([.. inputs[..carries], .. inputs[(carries + Carries)..]]);
            return [
                .. outputs[..carries], before[0] + 1, .. After(before, found.Select(check => (check, before[0]))), .. outputs[carries..]];
        });
    }

    /// <summary>
    /// Condition and step of a loop that ends when a check has failed, as it does eagerly: a check is often what keeps a loop from going on
    /// for ever. The condition is computed with the step before it, since only steps carry something on.
    /// </summary>
    /// <param name="condition">The condition, whose checks come first.</param>
    /// <param name="step">The step.</param>
    /// <param name="carries">The first carries.</param>
    /// <param name="maxSteps">The most steps there may be, at least one; null for any number.</param>
    /// <returns>Both, and what is carried behind the others before the first step.</returns>
    public (TracedBody Condition, TracedBody Step, Tensor[] Begin) Carried(
        TracedBody condition, TracedBody step, Tensor[] carries, long? maxSteps)
    {
        var (holds, first) = condition.Replay(carries);
        var begin = Begin();
        Tensor[] failures = [
            .. After(begin, first.Select(check => (check, begin[0]))), .. begin[(1 + first.Sum(check => check.Values.Length + 1))..]];
        var goesOn = F.logical_and(holds[0], HaveHeld(failures));
        (TensorType, string)[] types = [
            .. step.Inputs.Select(input => (input.Type, "state")), .. NumberTypes(), (goesOn.Type, "whether the loop goes on")];
        var checkedStep = TracedBody.Of("the checks of a loop", types, inputs =>
        {
            var before = inputs[carries.Length..^1];
            var (outputs, found) = step.Replay(inputs[..carries.Length]);
            var next = before[0] + 1;
            var (holdsAfter, foundAfter) = condition.Replay(outputs);
            var after = After(before, [
                .. foundAfter.Select(check => (maxSteps is null ? check : Only(check, next < maxSteps.Value), next)),
                .. found.Select(check => (check, before[0]))]);
            return [.. outputs, next, .. after, F.logical_and(holdsAfter[0], HaveHeld(after))];
        });
        return (TracedBody.Of("the checks of a loop", types, inputs => [inputs[^1]]), checkedStep, [begin[0], .. failures, goesOn]);
    }

    /// <summary>Hands the checks on to what is around the loop.</summary>
    /// <param name="results">The results of the loop.</param>
    /// <param name="carries">How many of its carries are its own.</param>
    /// <returns>The own carries and the stacks.</returns>
    public Tensor[] HandOn(Tensor[] results, int carries)
    {
        var next = carries + 1;
        foreach (var check in checks)
        {
            Trace.Current!.Checks.Add(check.In(place, results[next..(next += check.Values.Length + 1)]));
        }

        return [.. results[..carries], .. results[next..]];
    }

    private IEnumerable<(TensorType, string)> NumberTypes() => Enumerable.Repeat((_number, "a check"), Carries);

    /// <summary>The failures after a step: those known before it, and new ones with its number.</summary>
    private static Tensor[] After(Tensor[] before, IEnumerable<(PendingCheck Check, Tensor Step)> found)
    {
        var after = new List<Tensor>();
        foreach (var (check, step) in found)
        {
            var first = after.Count + 1;
            var known = before[first] >= 0;
            Tensor[] here = [.. check.Values, step];
            after.AddRange(here.Select((value, k) => F.where(known, before[first + k], value)));
        }

        return [.. after];
    }

    /// <summary>A check that counts only where something is true.</summary>
    private static PendingCheck Only(PendingCheck check, Tensor isChecked) =>
        check.With([F.where(isChecked, check.Values[0], -1), .. check.Values[1..]]);

    private Tensor HaveHeld(Tensor[] failures)
    {
        var next = 0;
        Tensor? all = null;
        foreach (var check in checks)
        {
            var holds = failures[next] < 0;
            all = all is null ? holds : F.logical_and(all, holds);
            next += check.Values.Length + 1;
        }

        return all!;
    }
}
