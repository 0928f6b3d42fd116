using Brachy.Extending;

namespace Brachy;

/// <summary>Writes a loop in TorchScript.</summary>
internal static class LoopScript
{
    public static string Write(ScriptArgs<LoopSettings> x)
    {
        var settings = x.Settings;
        string[] carries = [.. Enumerable.Range(0, settings.Carries).Select(i => x.Let(First(x, i)))];
        string[] captured = [.. Enumerable.Range(settings.FirstCaptured, x.Count - settings.FirstCaptured).Select(i => x[i])];
        string[] stacks = [.. Enumerable.Range(settings.Carries, settings.Stacks).Select(i => x.Let(Stack(x, i)))];
        if (settings.Condition is null)
        {
            var length = settings.HasCount ? x.Let($"int({x[0]})") : $"{settings.Length}";
            var counter = x.NewName();
            var row = settings.Reverse ? $"{length} - 1 - {counter}" : counter;
            bool[] own = [];
            x.Block($"for {counter} in range({length})", () => own = WriteStep(x, row, carries, stacks, captured));
            Separate(x, carries, own);
            return Tuple([.. carries, .. stacks]);
        }
        else
        {
            var (count, goesOn) = (x.Let("0"), x.NewName());
            WriteCondition();
            bool[] own = [];
            x.Block($"while {goesOn}", () =>
            {
                own = WriteStep(x, count, carries, stacks, captured);
                x.Statement($"{count} = {count} + 1");
                WriteCondition();
            });
            Separate(x, carries, own);
            return Tuple([
                .. carries, .. stacks,
                .. settings.GivesCount ? [$"torch.scalar_tensor({count}, dtype={(int)DType.Int64})"] : Array.Empty<string>()
            ]);

            void WriteCondition()
            {
                var holds = x.Body(settings.Condition.Graph, [.. carries, .. captured], [], living: 0).Names[0];
                x.Statement($"{goesOn} = bool({holds})" + (settings.Length is { } most ? $" and {count} < {most}" : ""));
            }
        }
    }

    /// <summary>The first value of a carry: the result of a loop without steps must not lie in the memory of an operand.</summary>
    private static string First(ScriptArgs<LoopSettings> x, int carry)
    {
        var operand = x[x.Settings.FirstCarry + carry];
        return x.Settings.MayBeEmpty && !x.Settings.Overwritten.Contains(carry) ? $"torch.clone({operand}, memory_format=0)" : operand;
    }

    private static string Stack(ScriptArgs<LoopSettings> x, int result)
    {
        var type = x.Outputs[result];

        // Rows that are never reached are zeros.
        var kind = x.Settings.MayBeEmpty ? "zeros" : "empty";
        return $"torch.{kind}({Script.Ints(type.Shape)}, dtype={Script.Type(type.DType)}, device={Script.Device(type.Device)})";
    }

    /// <returns>For each carry whether it now has memory of its own.</returns>
    private static bool[] WriteStep(ScriptArgs<LoopSettings> x, string row, string[] carries, string[] stacks, string[] captured)
    {
        var settings = x.Settings;
        var at = settings.Slices + stacks.Length > 0 ? x.Let(row) : "";
        string[] slices = [.. Enumerable.Range(settings.FirstSlice, settings.Slices).Select(i => x.Let($"torch.select({x[i]}, 0, {at})"))];
        var (names, own) = x.Body(settings.Step.Graph, [.. carries, .. slices, .. captured], settings.Overwritten, living: carries.Length);
        for (var i = 0; i < stacks.Length; i++)
        {
            x.Statement($"torch.select({stacks[i]}, 0, {at}).copy_({names[settings.Carries + i]})");
        }

        if (carries.Length > 0)
        {
            x.Statement($"{string.Join(", ", carries)} = {string.Join(", ", names.Take(carries.Length))}");
        }

        return [.. own];
    }

    private static void Separate(ScriptArgs<LoopSettings> x, string[] carries, bool[] own)
    {
        for (var i = 0; i < carries.Length; i++)
        {
            if (!own[i])
            {
                x.Statement($"{carries[i]} = torch.clone({carries[i]}, memory_format=0)");
            }
        }
    }

    private static string Tuple(string[] values) => values.Length == 1 ? values[0] : $"({string.Join(", ", values)})";
}
