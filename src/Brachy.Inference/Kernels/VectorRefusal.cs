namespace Brachy.Compilation;

/// <summary>Why vector code cannot run a graph.</summary>
/// <param name="Instruction">What it cannot run.</param>
/// <param name="Inside">What it cannot run of its bodies; null if that is not why.</param>
/// <param name="Reason">Another reason; null for an instruction that has no rule.</param>
internal sealed record VectorRefusal(Instruction? Instruction, VectorRefusal? Inside = null, string? Reason = null)
{
    /// <summary>Names the innermost operation, and what it is in.</summary>
    public override string ToString()
    {
        var places = new List<string>();
        var refusal = this;
        for (; refusal.Inside is { } inside; refusal = inside)
        {
            places.Add(refusal.Instruction!.Op);
        }

        var what = refusal.Instruction?.ToString() ?? "a body";
        places.Reverse();
        return what + string.Concat(places.Select(place => $" in a body of {place}"))
            + (refusal.Reason is { } reason ? $": {reason}" : "");
    }
}
