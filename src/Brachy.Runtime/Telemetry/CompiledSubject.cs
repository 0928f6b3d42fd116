namespace Brachy.Telemetry;

/// <summary>What spans about one compiled version of a function say.</summary>
/// <param name="Function">The function's name.</param>
/// <param name="Reason">Why it was traced.</param>
/// <param name="Shapes">The types of its tensors, each with its path; of many the first.</param>
internal sealed record CompiledSubject(string Function, string Reason, string[] Shapes);
