using System;
using Microsoft.CodeAnalysis;

namespace Brachy.Generators;

/// <summary>Adds generated files.</summary>
internal static class SourceOutput
{
    /// <summary>Adds a file; if it cannot be written, says so of its one declaration, and leaves the others as they are.</summary>
    /// <param name="output">Takes the file.</param>
    /// <param name="scope">What it is for.</param>
    /// <param name="member">The member that it is for, with its dot, or empty.</param>
    /// <param name="emit">Writes the file.</param>
    public static void AddFile(this SourceProductionContext output, TypeScope scope, string member, Func<string> emit)
    {
        try
        {
            output.AddSource($"{scope.FileName}.g.cs", emit());
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            output.ReportDiagnostic(Diagnostic.Create(
                DiagnosticDescriptors.GeneratorFailed, Location.None, scope.DisplayName + member, $"{e.GetType().Name}: {e.Message}"));
        }
    }
}
