using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Brachy.Generators;

/// <summary>How symbols are written in generated code.</summary>
internal static class TypeNames
{
    private static readonly SymbolDisplayFormat s_full = SymbolDisplayFormat.FullyQualifiedFormat
        .AddMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    private static readonly SymbolDisplayFormat s_dotted = new(
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypesAndNamespaces);

    private static readonly TypeMemo<string> s_fullNotNull = new(type => type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat));

    private static readonly SymbolMemo<INamedTypeSymbol, string> s_metadata = new(MetadataOf);

    /// <summary>With namespaces and nullability.</summary>
    public static string Full(this ITypeSymbol type) => type is INamedTypeSymbol { IsGenericType: false, TypeKind: not TypeKind.Error }
        ? type is { IsReferenceType: true, NullableAnnotation: NullableAnnotation.Annotated }
            ? type.FullNotNull() + "?"
            : type.FullNotNull()
        : type.ToDisplayString(s_full);

    /// <summary>With namespaces, without the nullability of references.</summary>
    public static string FullNotNull(this ITypeSymbol type) => s_fullNotNull.Of(type);

    /// <summary>For people: <c>Namespace.Outer.Inner</c>.</summary>
    public static string Dotted(this INamedTypeSymbol type) => type.ToDisplayString(s_dotted);

    /// <summary>For messages: <c>List&lt;Tensor&gt;</c>.</summary>
    public static string Short(this ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat);

    public static string Identifier(string name) =>
        SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None && SyntaxFacts.GetContextualKeywordKind(name) == SyntaxKind.None
            ? name
            : "@" + name;

    /// <summary>Whether a reference somewhere in the type may be null.</summary>
    public static bool MentionsNullable(this ITypeSymbol type) => type.Full() != type.FullNotNull();

    public static string Quoted(string text) => SymbolDisplay.FormatLiteral(text, quote: true);

    /// <summary>The name as it is compiled, unique in the assembly: <c>Namespace.Outer+Inner`1</c>.</summary>
    public static string Metadata(this INamedTypeSymbol type) => s_metadata.Of(type.OriginalDefinition);

    private static string MetadataOf(INamedTypeSymbol type)
    {
        if (type.ContainingType is { } outer)
        {
            return $"{outer.Metadata()}+{type.MetadataName}";
        }

        var containing = type.ContainingNamespace.IsGlobalNamespace ? "" : type.ContainingNamespace.ToDisplayString(s_dotted) + ".";
        return containing + type.MetadataName;
    }
}
