using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Brachy.Generators;

/// <summary>
/// Writes one file per project that makes known how static values are compared and copied by content: [Static] members, arguments of [Jit]
/// methods and transforms, aux values, and records, structs and generic collections in files that name Brachy. Types of other files are
/// nowhere used in code: those in which something can change are refused, by name, where they turn up.
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
                code.Select((node, model) => Types(node, model, cancellation)).SelectMany(ContentRegistration.Of).ToEquatableArray())
            .WithTrackingName(CodeState.BindStep)
            .SelectMany(static (statements, _) => statements);
        var all = declared.Combine(given.Collect())
            .Select(static (parts, _) => EquatableArray.Merge([.. parts.Left], parts.Right))
            .WithTrackingName(Step);
        context.RegisterSourceOutput(all, static (output, statements) =>
        {
            if (statements.Count > 0)
            {
                output.AddSource("Brachy.StaticContent.g.cs", ContentEmitter.Emit(statements));
            }
        });
    }

    private static IEnumerable<ITypeSymbol> Types(SyntaxNode node, SemanticModel model, CancellationToken cancellation)
    {
        if (model.Compilation.AssemblyName == BrachyTypes.RuntimeAssembly)
        {
            return [];
        }

        var called = node is InvocationExpressionSyntax call ? TransformCalls.TypesOf(call, model, cancellation) : [];
        return (AuxValues.Of(node) ?? node as ObjectCreationExpressionSyntax) is { } value
            && model.GetTypeInfo(value, cancellation).Type is { } type ? called.Append(type) : called;
    }
}
