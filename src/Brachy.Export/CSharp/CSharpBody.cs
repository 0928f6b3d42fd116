using Brachy.Compilation;

namespace Brachy.IO.CSharp;

/// <summary>Writes a body of a loop or a choice, as a lambda before its operation.</summary>
internal sealed class CSharpBody(
    CSharpLines lines, CSharpNames names, CSharpNumbers numbers, string owner, Instruction use, int place, string[] operands)
{
    /// <param name="variants">The body, for each of the sizes that it was traced for.</param>
    /// <returns>Its variable.</returns>
    public string Write(IReadOnlyList<Routine> variants)
    {
        var role = use.Settings is not LoopForm ? "branch" : place == 0 ? "step" : "condition";
        var variable = names.Take($"{use.Op}_{role}", role);
        var body = names.Take(role, role);
        lines.Add($"var {variable} = {owner}.Body({body} =>");
        lines.Add("{");
        lines.Depth++;
        var routine = new CSharpRoutine(lines, names, numbers, body, variants);
        for (var i = 0; i < variants[0].Inputs.Count; i++)
        {
            var (name, comment) = Describe(i);
            routine.WriteInput(i, names.Take(name, "value"), name: null, comment);
        }

        routine.WriteInstructions();
        routine.WriteOutputs(null);
        lines.Depth--;
        lines.Add("});");
        return variable;
    }

    /// <summary>What an input is called, and what it is.</summary>
    private (string Name, string Comment) Describe(int input)
    {
        if (use.Settings is not LoopForm loop)
        {
            return ($"inner {operands[input + 1]}", operands[input + 1]);
        }

        if (input < loop.Carries)
        {
            return ("carry", $"{operands[loop.FirstCarry + input]}, then the result of the step before");
        }

        var isSlice = place == 0 && input < loop.Carries + loop.Slices;
        var operand = operands[loop.FirstCarry + input + (place == 0 ? 0 : loop.Slices)];
        return isSlice ? ($"{operand} row", $"a row of {operand}") : ($"inner {operand}", operand);
    }
}
