namespace Brachy.Generators;

/// <summary>Writes the registrations of types that are compared and copied by content.</summary>
internal static class ContentEmitter
{
    public static string Emit(EquatableArray<string> statements)
    {
        var writer = new SourceWriter("records, structs and collections that are static values");
        writer.Directive("#pragma warning disable");
        writer.Line("namespace Brachy.Generated;");
        writer.Separate();
        writer.Summary("Makes known how this project's static values are compared and copied by content.");
        writer.Open("file static class StaticContentRegistration");
        writer.Summary("Runs when the assembly is loaded; what it adds runs when it is first needed.");
        writer.Line("[global::System.Runtime.CompilerServices.ModuleInitializer]");
        writer.Line("internal static void Add() => global::Brachy.CompilerServices.StaticContent.AddSource(Register);");
        writer.Separate();
        writer.Open("private static void Register()");
        foreach (var statement in statements)
        {
            writer.Line(statement);
        }

        writer.Close();
        writer.Close();
        return writer.ToString();
    }
}
