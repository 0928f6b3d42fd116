using System.Linq;
using Brachy.Generators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Brachy.CodeFixes;

/// <summary>Turns members into properties that are kept in a module's tree.</summary>
internal static class Properties
{
    /// <summary>A property whose body is left to the generator.</summary>
    public static PropertyDeclarationSyntax AsPartial(this PropertyDeclarationSyntax property, bool isSettable)
    {
        var trailing = property.GetTrailingTrivia();
        var accessors = property.AccessorList?.Accessors.Select(a => a.Body is null && a.ExpressionBody is null
            ? a
            : a.WithBody(null).WithExpressionBody(null).WithSemicolonToken(SyntaxFactory.Token(SyntaxKind.SemicolonToken))
                .WithTrailingTrivia(SyntaxFactory.Space)).ToList()
            ?? [Accessor(SyntaxKind.GetAccessorDeclaration)];
        if (isSettable && accessors.All(a => a.IsKind(SyntaxKind.GetAccessorDeclaration)))
        {
            accessors.Add(Accessor(SyntaxKind.SetAccessorDeclaration));
        }

        var list = SyntaxFactory.AccessorList(SyntaxFactory.List(accessors));
        list = property.AccessorList is { } old && !old.ToString().Contains("\n")
            ? old.WithAccessors(list.Accessors).WithoutTrailingTrivia()
            : Inline(list);
        return property
            .WithIdentifier(property.Identifier.WithTrailingTrivia(SyntaxFactory.Space))
            .WithAccessorList(list).WithExpressionBody(null).WithInitializer(null).WithSemicolonToken(default)
            .WithTrailingTrivia(trailing)
            .With(SyntaxKind.PartialKeyword);
    }

    /// <summary>A setting with a default; null where there is one, or the value is no constant.</summary>
    public static PropertyDeclarationSyntax? WithDefault(
        this PropertyDeclarationSyntax property, AttributeSyntax config, ExpressionSyntax value, FixSite site)
    {
        if (!site.Model.GetConstantValue(value, site.Cancellation).HasValue
            || config.ArgumentList?.Arguments.Any(a => a.NameEquals?.Name.Identifier.ValueText == "Default") == true)
        {
            return null;
        }

        var given = SyntaxFactory.ParseAttributeArgumentList($"(Default = {value})")!.Arguments[0];
        var list = (config.ArgumentList ?? SyntaxFactory.AttributeArgumentList()).AddArguments(given).Laid();
        return property.ReplaceNode(config, config.WithArgumentList(list));
    }

    /// <summary>The roles a value of a type may have in a module, the likeliest first; an empty one for a submodule.</summary>
    public static string[] RolesOf(ITypeSymbol type) => type switch
    {
        _ when type.IsTensor() || type.IsStructureTree() || type.IsTreeValue() => ["Param", "Buffer"],
        _ when type.IsRngKey() => ["Buffer"],
        _ when ModuleIn(type) is not null => [""],
        _ => ["Static"],
    };

    /// <summary>The module that a value is, or that a list of them has.</summary>
    public static ITypeSymbol? ModuleIn(ITypeSymbol type) => type switch
    {
        _ when type.IsModule() => type,
        IArrayTypeSymbol { ElementType: var element } when element.IsModule() => element,
        INamedTypeSymbol { TypeArguments.Length: 1 } list when list.TypeArguments[0].IsModule() => list.TypeArguments[0],
        _ => null,
    };

    /// <summary>The type that a module keeps a value as: lists of modules in a ModuleList.</summary>
    public static TypeSyntax TypeFor(ITypeSymbol type, TypeSyntax written) => !type.IsModule() && ModuleIn(type) is { } element
        ? SyntaxFactory.ParseTypeName(
            $"global::Brachy.NN.ModuleList<{element.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat)}>").WithTriviaFrom(written)
            .Laid()
        : written;

    private static AccessorDeclarationSyntax Accessor(SyntaxKind kind) => SyntaxFactory.AccessorDeclaration(kind)
        .WithSemicolonToken(SyntaxFactory.Token(SyntaxKind.SemicolonToken)).WithTrailingTrivia(SyntaxFactory.Space);

    private static AccessorListSyntax Inline(AccessorListSyntax list) => list
        .WithOpenBraceToken(SyntaxFactory.Token(SyntaxKind.OpenBraceToken).WithTrailingTrivia(SyntaxFactory.Space))
        .WithAccessors(SyntaxFactory.List(list.Accessors.Select(a =>
            a.WithoutLeadingTrivia().WithTrailingTrivia(SyntaxFactory.Space))))
        .WithCloseBraceToken(SyntaxFactory.Token(SyntaxKind.CloseBraceToken));
}
