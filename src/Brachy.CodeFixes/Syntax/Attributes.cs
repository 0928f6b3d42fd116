using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Brachy.CodeFixes;

/// <summary>Adds, removes and changes attributes, and leaves comments and layout as they are.</summary>
internal static class Attributes
{
    public static readonly string[] Roles = ["Param", "Buffer", "Static", "Config", "Submodule"];

    /// <summary>The name without namespace and ending.</summary>
    public static string Short(this AttributeSyntax attribute)
    {
        var name = attribute.Name switch
        {
            QualifiedNameSyntax qualified => qualified.Right.Identifier.ValueText,
            AliasQualifiedNameSyntax alias => alias.Name.Identifier.ValueText,
            SimpleNameSyntax simple => simple.Identifier.ValueText,
            _ => "",
        };
        return name.EndsWith("Attribute", System.StringComparison.Ordinal) ? name.Substring(0, name.Length - "Attribute".Length) : name;
    }

    public static AttributeSyntax? Find(SyntaxList<AttributeListSyntax> lists, params string[] names) =>
        lists.SelectMany(l => l.Attributes).FirstOrDefault(a => names.Contains(a.Short()));

    /// <summary>The same attribute under another name.</summary>
    public static AttributeSyntax Named(this AttributeSyntax attribute, string name)
    {
        var simple = SyntaxFactory.IdentifierName(name);
        return attribute.WithName(attribute.Name switch
        {
            QualifiedNameSyntax qualified => qualified.WithRight(simple),
            AliasQualifiedNameSyntax alias => alias.WithName(simple),
            _ => simple.WithTriviaFrom(attribute.Name),
        });
    }

    /// <summary>A member with one more attribute: on the same line, or on one of its own.</summary>
    public static MemberDeclarationSyntax With(this MemberDeclarationSyntax member, string attribute, bool ownLine)
    {
        var leading = member.GetLeadingTrivia();
        var list = List(attribute).WithLeadingTrivia(leading);
        var indent = leading.LastOrDefault();
        list = list.WithTrailingTrivia(SyntaxFactory.TriviaList(!ownLine ? [SyntaxFactory.Space]
            : indent.IsKind(SyntaxKind.WhitespaceTrivia) ? [LineEnds.Of(member.SyntaxTree), indent]
            : new[] { LineEnds.Of(member.SyntaxTree) }));
        var bare = member.WithLeadingTrivia();
        return bare.WithAttributeLists(bare.AttributeLists.Insert(0, list));
    }

    public static ParameterSyntax With(this ParameterSyntax parameter, string attribute)
    {
        var list = List(attribute).WithLeadingTrivia(parameter.GetLeadingTrivia()).WithTrailingTrivia(SyntaxFactory.Space);
        var bare = parameter.WithLeadingTrivia();
        return bare.WithAttributeLists(bare.AttributeLists.Insert(0, list));
    }

    /// <summary>A member or parameter without an attribute.</summary>
    public static T Without<T>(this T node, AttributeSyntax attribute)
        where T : SyntaxNode
    {
        var list = (AttributeListSyntax)attribute.Parent!;
        if (list.Attributes.Count > 1)
        {
            var rest = list.Attributes.Remove(attribute);
            return node.ReplaceNode(list, list.WithAttributes(rest));
        }

        // What is said beside the attribute may be about the member, and stays.
        var said = list.GetTrailingTrivia().SkipWhile(t => t.IsKind(SyntaxKind.WhitespaceTrivia)).ToArray();
        var keeps = said.Any(t => t.Kind() is SyntaxKind.SingleLineCommentTrivia or SyntaxKind.MultiLineCommentTrivia);
        var next = list.GetLastToken().GetNextToken();
        var isFirst = node.GetFirstToken() == list.GetFirstToken();
        var leading = keeps ? list.GetLeadingTrivia().AddRange(said).AddRange(next.LeadingTrivia)
            : isFirst ? list.GetLeadingTrivia()
            : next.LeadingTrivia;
        var index = node.DescendantNodes().OfType<AttributeListSyntax>().TakeWhile(l => l != list).Count();
        var marked = node.ReplaceToken(next, next.WithLeadingTrivia(leading));
        return marked.RemoveNode(
            marked.DescendantNodes().OfType<AttributeListSyntax>().ElementAt(index), SyntaxRemoveOptions.KeepNoTrivia)!;
    }

    private static AttributeListSyntax List(string attribute) =>
        ((CompilationUnitSyntax)SyntaxFactory.ParseCompilationUnit($"[{attribute}] class A;")).Members[0].AttributeLists[0]
            .WithoutTrivia();
}
