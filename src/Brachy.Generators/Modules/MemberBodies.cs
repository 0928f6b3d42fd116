using System;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Brachy.Generators;

/// <summary>The code of methods of a project, wherever it is written. What binds each file is kept for all analyses.</summary>
internal sealed class MemberBodies
{
    private static readonly ConditionalWeakTable<Compilation, MemberBodies> s_known = new();

    private readonly WeakReference<Compilation> _compilation;
    private readonly ConditionalWeakTable<SyntaxTree, SemanticModel> _models = new();

    private MemberBodies(Compilation compilation) => _compilation = new(compilation);

    /// <summary>Those of a project, which all analyzers share.</summary>
    public static MemberBodies Of(Compilation compilation) => s_known.GetValue(compilation, key => new MemberBodies(key));

    /// <summary>The control flow of a method, constructor or accessor, or null without code in this project.</summary>
    public ControlFlowGraph? Of(IMethodSymbol method, CancellationToken cancellation) => OperationOf(method, cancellation) switch
    {
        IConstructorBodyOperation constructor => ControlFlowGraph.Create(constructor, cancellation),
        IMethodBodyOperation body => ControlFlowGraph.Create(body, cancellation),
        IBlockOperation { Parent: null } expression => ControlFlowGraph.Create(expression, cancellation),
        _ => null,
    };

    /// <summary>The code of a method, constructor or accessor, or null without code in this project.</summary>
    public IOperation? OperationOf(IMethodSymbol method, CancellationToken cancellation)
    {
        var symbol = method.OriginalDefinition;
        symbol = symbol.PartialImplementationPart ?? symbol;
        var syntax = symbol.DeclaringSyntaxReferences.Select(r => r.GetSyntax(cancellation)).FirstOrDefault();
        if (syntax is not (BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or ArrowExpressionClauseSyntax)
            || !_compilation.TryGetTarget(out var compilation) || !compilation.ContainsSyntaxTree(syntax.SyntaxTree))
        {
            return null;
        }

        var model = _models.GetValue(syntax.SyntaxTree, tree => compilation.GetSemanticModel(tree));
        return model.GetOperation(syntax, cancellation);
    }
}
