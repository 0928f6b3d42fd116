namespace Brachy.Generators;

/// <summary>Writes the registrations of a project.</summary>
internal static class RegistrationEmitter
{
    public static string Emit(EquatableArray<string> registrations)
    {
        var writer = new SourceWriter("[Tree] types, modules and calls of transforms");
        writer.Line("namespace Brachy.Generated;");
        writer.Separate();
        writer.Summary("Makes known to transforms how to take this project's types apart.");
        writer.Block("file static class TreeRegistration", () =>
        {
            writer.Summary("Runs when the assembly is loaded.");
            writer.Line("[global::System.Runtime.CompilerServices.ModuleInitializer]");
            writer.Block("internal static void Register()", () =>
            {
                foreach (var registration in registrations)
                {
                    writer.Line($"{HandlerExpression.Class}.Register({registration});");
                }
            });
        });
        return writer.ToString();
    }
}
