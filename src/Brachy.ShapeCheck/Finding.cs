namespace Brachy.ShapeCheck;

/// <summary>Something to report, in the form that MSBuild reads: <c>file(line,column): error BRACHY070: message</c>.</summary>
internal sealed record Finding(string Id, bool IsError, string? File, int Line, int Column, string Message)
{
    public override string ToString()
    {
        var origin = File is null ? "Brachy" : $"{File}({Line},{Column})";
        var oneLine = string.Join(' ', Message.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries));
        return $"{origin}: {(IsError ? "error" : "warning")} {Id}: {oneLine}";
    }
}
