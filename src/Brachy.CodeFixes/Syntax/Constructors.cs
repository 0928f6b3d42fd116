using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Brachy.CodeFixes;

/// <summary>Lets the constructors of a class assign what was the initial value of a member.</summary>
internal static class Constructors
{
    /// <summary>
    /// Puts a property in the place of a member, and its value into the constructors, in whichever parts of the class they are; in one that
    /// is added if there is none.
    /// </summary>
    public static async Task<Solution> MoveValueAsync(
        Document document, MemberDeclarationSyntax member, PropertyDeclarationSyntax property, ExpressionSyntax? value,
        CancellationToken cancellation)
    {
        var type = (TypeDeclarationSyntax)member.Parent!;
        var model = await document.GetSemanticModelAsync(cancellation).ConfigureAwait(false);
        if (value is null || model!.GetDeclaredSymbol(type, cancellation) is not { } symbol)
        {
            var root = await document.GetSyntaxRootAsync(cancellation).ConfigureAwait(false);
            return document.WithSyntaxRoot(root!.ReplaceNode(member, property)).Project.Solution;
        }

        var before = type.Members.TakeWhile(m => m != member).OfType<PropertyDeclarationSyntax>().Select(p => p.Identifier.ValueText);
        var assignment = new Assignment(property.Identifier.Text, Text(value), [.. before]);
        var isAdded = !DeclaredTypes.Written(document.Project.Solution, symbol).Any(part => OfInstances(part.Part).Any());
        return await DeclaredTypes.ChangeAsync(document.Project.Solution, symbol, (old, part) =>
        {
            if (old == type)
            {
                part = part.ReplaceNode(part.Members[type.Members.IndexOf(member)], property);
            }

            return !isAdded ? assignment.In(part) : old == type ? assignment.InNew(part) : part;
        }, cancellation).ConfigureAwait(false);
    }

    /// <summary>How visible a constructor is that is added to a class.</summary>
    public static string Access(this TypeDeclarationSyntax type) =>
        type.Modifiers.Any(SyntaxKind.AbstractKeyword) ? "protected" : "public";

    private static IEnumerable<ConstructorDeclarationSyntax> OfInstances(TypeDeclarationSyntax type) =>
        type.Members.OfType<ConstructorDeclarationSyntax>().Where(c => !c.Modifiers.Any(SyntaxKind.StaticKeyword));

    private static string Text(ExpressionSyntax value) =>
        value is CollectionExpressionSyntax or BaseObjectCreationExpressionSyntax or LiteralExpressionSyntax
            ? value.WithoutTrivia().ToString()
            : value.WithoutTrivia().ToFullString();

    /// <summary>Values are assigned in the order of the members, as initializers are: one may draw a random number after another.</summary>
    private sealed record Assignment(string Name, string Value, string[] Before)
    {
        public TypeDeclarationSyntax In(TypeDeclarationSyntax type) => type.ReplaceNodes(
            OfInstances(type).Where(c => c.Initializer?.IsKind(SyntaxKind.ThisConstructorInitializer) != true),
            (_, constructor) => constructor switch
            {
                { Body: { } body } => constructor.WithBody(body.WithStatements(body.Statements.Insert(Place(body), Statement()))),
                { ExpressionBody: { } body } => Constructor(constructor, body.Expression),
                _ => constructor,
            });

        public TypeDeclarationSyntax InNew(TypeDeclarationSyntax type) =>
            type.WithMember(Nodes.Member($"{type.Access()} {type.Identifier.Text}()\n{{\n{Name} = {Value};\n}}"));

        private ConstructorDeclarationSyntax Constructor(ConstructorDeclarationSyntax constructor, ExpressionSyntax only) => constructor
            .WithExpressionBody(null).WithSemicolonToken(default)
            .WithBody(SyntaxFactory.Block(Statement(), Nodes.Statement(only.ToString() + ";")))
            .WithTrailingTrivia(constructor.GetTrailingTrivia()).Laid();

        private StatementSyntax Statement() => Nodes.Statement($"{Name} = {Value};");

        private int Place(BlockSyntax body) => body.Statements.TakeWhile(statement => statement is ExpressionStatementSyntax
        {
            Expression: AssignmentExpressionSyntax { Left: IdentifierNameSyntax name },
        } && Before.Contains(name.Identifier.ValueText)).Count();
    }
}
