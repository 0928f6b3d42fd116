using System.Linq;
using Microsoft.CodeAnalysis;

namespace Brachy.Generators;

/// <summary>Attributes that tell tools what is generated.</summary>
internal static class GeneratedAttributes
{
    /// <summary>Written by a program.</summary>
    public static readonly string Code =
        $"global::System.CodeDom.Compiler.GeneratedCode(\"Brachy\", \"{typeof(GeneratedAttributes).Assembly.GetName().Version.ToString(2)}"
        + "\")";

    /// <summary>Not for users to test.</summary>
    public const string NoCoverage = "global::System.Diagnostics.CodeAnalysis.ExcludeFromCodeCoverage";

    /// <summary>A step into it goes on to what it calls: methods of users.</summary>
    public const string StepThrough = "global::System.Diagnostics.DebuggerStepThrough";

    /// <summary>No line of a stack trace.</summary>
    public const string NoStackTrace = "global::System.Diagnostics.StackTraceHidden";

    /// <summary>Not offered by editors.</summary>
    public const string NotBrowsable =
        "global::System.ComponentModel.EditorBrowsable(global::System.ComponentModel.EditorBrowsableState.Never)";

    /// <summary>
    /// The attributes of the generated half of a property. It is the user's, so that other analyzers shall look at it: not
    /// <see cref="Code"/>.
    /// </summary>
    public static EquatableArray<string> OfHalf(IPropertySymbol property) =>
        property.GetAttributes().Any(a => a.AttributeClass?.FullNotNull() == NoCoverage + "Attribute")
            ? EquatableArray<string>.Empty
            : new[] { NoCoverage }.ToEquatableArray();

    /// <summary>The attributes of a property or another member without steps.</summary>
    public static void Member(SourceWriter writer) => writer.Attributes(Code, NoCoverage);

    /// <summary>The attributes of a property that editors do not offer.</summary>
    public static void HiddenMember(SourceWriter writer) => writer.Attributes(Code, NoCoverage, NotBrowsable);

    /// <summary>The attributes of a method or constructor.</summary>
    public static void Method(SourceWriter writer, params string[] more) => writer.Attributes([Code, NoCoverage, StepThrough, .. more]);
}
