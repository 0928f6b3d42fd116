using System.Collections.Generic;

namespace Brachy.Generators;

/// <summary>Writes the registrations of a project.</summary>
internal static class RegistrationEmitter
{
    /// <summary>A file with a class that registers when the assembly is loaded.</summary>
    /// <param name="origin">What the file was generated from.</param>
    /// <param name="summary">What the class does.</param>
    /// <param name="name">The name of the class.</param>
    /// <param name="statements">The registrations.</param>
    public static string Emit(string origin, string summary, string name, IEnumerable<string> statements)
    {
        var writer = new SourceWriter(origin);

        // Types that are obsolete or experimental are known all the same; where users mention them, they are warned.
        writer.Directive("#pragma warning disable");
        writer.Line("namespace Brachy.Generated;");
        writer.Separate();
        writer.Summary(summary);
        GeneratedAttributes.Member(writer);
        writer.Open($"file static class {name}");
        writer.Summary("Runs when the assembly is loaded.");
        writer.Line("[global::System.Runtime.CompilerServices.ModuleInitializer]");
        writer.Open("internal static void Register()");
        foreach (var statement in statements)
        {
            writer.Line(statement);
        }

        writer.Close();
        writer.Close();
        return writer.ToString();
    }
}
