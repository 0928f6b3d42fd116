using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Brachy.Generators;

/// <summary>
/// Writes one file per project that makes known how static values are compared and copied by content. It starts from the types that Brachy
/// meets: those of [Static] members, of what [Jit] methods, modules and transforms take and give, of [Tree] types and of aux values, those
/// marked [Static], and what these hold or are bases of. Other types are nowhere used in code: those in which something can change are
/// refused, by name, where they turn up.
/// </summary>
[Generator]
public sealed class ContentGenerator : IIncrementalGenerator
{
    internal const string Step = "Contents";

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var declared = ProjectState.Models(context).Select(static (models, _) => models.Contents);
        var given = CodeState.Of(context)
            .Select(static (code, cancellation) =>
                code.Select((node, model) => Contents(node, model, cancellation)).Distinct().ToEquatableArray())
            .WithTrackingName(CodeState.BindStep)
            .SelectMany(static (models, _) => models);
        var all = declared.Combine(given.Collect())
            .Select(static (parts, _) => ContentModel.Select(parts.Left.Concat(parts.Right)))
            .WithTrackingName(Step);
        context.RegisterSourceOutput(all, static (output, statements) =>
        {
            if (statements.Count > 0)
            {
                output.AddSource("Brachy.StaticContent.g.cs", ContentEmitter.Emit(statements));
            }
        });
    }

    private static IEnumerable<ContentModel> Contents(SyntaxNode node, SemanticModel model, CancellationToken cancellation)
    {
        if (model.Compilation.AssemblyName == BrachyTypes.RuntimeAssembly)
        {
            return [];
        }

        var called = node is InvocationExpressionSyntax call ? TransformCalls.TypesOf(call, model, cancellation) : [];
        var met = called.Concat(TypesOf(AuxValues.Of(node))).Select(ContentRegistration.OfMet);
        return met.Concat(TypesOf(node as ObjectCreationExpressionSyntax).Select(ContentRegistration.OfMade));

        IEnumerable<ITypeSymbol> TypesOf(ExpressionSyntax? value) =>
            value is not null && model.GetTypeInfo(value, cancellation).Type is { } type ? [type] : [];
    }
}
