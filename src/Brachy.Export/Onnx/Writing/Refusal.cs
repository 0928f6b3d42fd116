namespace Brachy.IO.Onnx;

/// <summary>What cannot be written.</summary>
/// <param name="Path">The node of the tree; empty for none.</param>
/// <param name="Op">The op.</param>
/// <param name="Reason">Why; null when there is no rule.</param>
internal sealed record Refusal(string Path, string Op, string? Reason)
{
    /// <summary>For example <c>'dropout' in 'layers.1': it draws random numbers</c>.</summary>
    public override string ToString() =>
        $"'{Op}'{(Path.Length > 0 ? $" in '{Path}'" : "")}{(Reason is null ? "" : $": {Reason}")}";
}

/// <summary>A rule cannot write a use of its op.</summary>
internal sealed class RuleRefusedException(string reason) : Exception(reason);
