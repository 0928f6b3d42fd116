using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Brachy.Generators;

/// <summary>
/// Writes one file per project that makes known how static values are compared and copied by content: its records, structs that hold more
/// than plain values, and the collections among [Static] members, arguments of [Jit] methods and transforms, and aux values.
/// </summary>
[Generator]
public sealed class ContentGenerator : IIncrementalGenerator
{
    internal const string Step = "Contents";

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var declared = context.SyntaxProvider
            .CreateSyntaxProvider(
                static (node, _) =>
                    node is RecordDeclarationSyntax or StructDeclarationSyntax or ObjectCreationExpressionSyntax { Type: GenericNameSyntax }
                        || HasEquals(node) || TransformCalls.IsCandidate(node) || AuxValue(node) is not null,
                static (syntax, cancellation) =>
                    Types(syntax.Node, syntax.SemanticModel, cancellation).SelectMany(ContentRegistration.Of).ToEquatableArray())
            .SelectMany(static (statements, _) => statements);
        var all = declared.Collect()
            .Combine(Marked(context, "Static").Collect())
            .Combine(Marked(context, "Jit").Collect())
            .Combine(Marked(context, "Tree").Collect())
            .Select(static (parts, _) => EquatableArray.Merge(parts.Left.Left.Left, parts.Left.Left.Right, parts.Left.Right, parts.Right))
            .WithTrackingName(Step);
        context.RegisterSourceOutput(all, static (output, statements) =>
        {
            if (statements.Count > 0)
            {
                output.AddSource("Brachy.StaticContent.g.cs", ContentEmitter.Emit(statements));
            }
        });
    }

    private static IncrementalValuesProvider<string> Marked(IncrementalGeneratorInitializationContext context, string attribute) =>
        context.SyntaxProvider
            .ForAttributeWithMetadataName(
                $"Brachy.{attribute}Attribute",
                static (_, _) => true,
                static (syntax, _) => TypesOf(syntax.TargetSymbol).SelectMany(ContentRegistration.Of).ToEquatableArray())
            .SelectMany(static (statements, _) => statements);

    private static IEnumerable<ITypeSymbol> TypesOf(ISymbol symbol) => symbol switch
    {
        IPropertySymbol property => [property.Type],
        IParameterSymbol parameter => [parameter.Type],
        IMethodSymbol method => method.Parameters.Select(p => p.Type).Append(method.ReturnType),
        ITypeSymbol type => [type],
        _ => [],
    };

    private static IEnumerable<ITypeSymbol> Types(SyntaxNode node, SemanticModel model, CancellationToken cancellation)
    {
        if (model.Compilation.AssemblyName == BrachyTypes.RuntimeAssembly)
        {
            return [];
        }

        if (node is InvocationExpressionSyntax call && TransformCalls.IsCandidate(node))
        {
            return TransformCalls.TypesOf(call, model, cancellation);
        }

        var type = node is TypeDeclarationSyntax declaration
            ? model.GetDeclaredSymbol(declaration, cancellation) as ITypeSymbol
            : model.GetTypeInfo(AuxValue(node) ?? node, cancellation).Type;
        return type is null ? [] : [type];
    }

    private static bool HasEquals(SyntaxNode node) =>
        node is ClassDeclarationSyntax declaration
        && declaration.Members.Any(m => m is MethodDeclarationSyntax { Identifier.ValueText: "Equals" });

    /// <summary>What is given to a key of something called Aux, if the node does that.</summary>
    private static ExpressionSyntax? AuxValue(SyntaxNode node) => node switch
    {
        AssignmentExpressionSyntax { Left: ElementAccessExpressionSyntax { Expression: var target }, Right: var value }
            when IsAux(target) => value,
        AssignmentExpressionSyntax
        {
            Left: ImplicitElementAccessSyntax, Right: var value, Parent.Parent: AssignmentExpressionSyntax { Left: var target }
        } when IsAux(target) => value,
        InvocationExpressionSyntax { ArgumentList.Arguments: { Count: 2 } arguments, Expression: MemberAccessExpressionSyntax called }
            when called.Name.Identifier.ValueText is "RegisterAux" or "RecursiveRegisterAux"
                || (called.Name.Identifier.ValueText == "Add" && IsAux(called.Expression)) => arguments[1].Expression,
        _ => null,
    };

    private static bool IsAux(ExpressionSyntax target) =>
        target is IdentifierNameSyntax { Identifier.ValueText: "Aux" } or MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Aux" };
}
