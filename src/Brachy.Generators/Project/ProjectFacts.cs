using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Brachy.Generators;

/// <summary>What the files of one compilation say together. All generators of a run share it, and what they ask of its semantics.</summary>
internal sealed class ProjectFacts
{
    private static readonly ConditionalWeakTable<Compilation, ProjectFacts> s_known = new();

    private readonly WeakReference<Compilation> _compilation;
    private readonly Dictionary<SyntaxTree, SemanticModel> _models = [];

    private ProjectFacts(Compilation compilation, CancellationToken cancellation)
    {
        _compilation = new(compilation);
        Files = [.. compilation.SyntaxTrees.Select(tree => SourceFacts.Of(tree, cancellation))];
        var aliases = new HashSet<string>(Files.SelectMany(file => file.GlobalAliases));
        Marked = [.. Files.SelectMany(file => aliases.Count == 0 ? file.Marked : file.Marked.Concat(file.MarkedBy(aliases)))];
        var isGlobal = Files.Any(file => file.HasGlobalUsing);
        Codes = [.. Files.SelectMany(file => file.Codes(isGlobal))];
        Version = Marked.IsEmpty && Codes.IsEmpty && Files.All(file => file.Contents.Count == 0)
            ? ProjectVersion.Unconcerned
            : ProjectVersion.Of(compilation, Files);
    }

    public ImmutableArray<SourceFacts> Files { get; }

    /// <summary>Declarations with one of the attributes.</summary>
    public ImmutableArray<MemberDeclarationSyntax> Marked { get; }

    /// <summary>Members with calls whose types matter.</summary>
    public ImmutableArray<CodeWithCalls> Codes { get; }

    public ProjectVersion Version { get; }

    public Compilation Compilation =>
        _compilation.TryGetTarget(out var compilation) ? compilation : throw new InvalidOperationException("The compilation is gone.");

    public static ProjectFacts Of(Compilation compilation, CancellationToken cancellation) =>
        s_known.TryGetValue(compilation, out var facts) ? facts : Remember(compilation, cancellation);

    /// <summary>One for each file, so that what is bound once is known to all that ask.</summary>
    public SemanticModel ModelOf(SyntaxTree tree)
    {
        lock (_models)
        {
            if (!_models.TryGetValue(tree, out var model))
            {
                _models.Add(tree, model = Compilation.GetSemanticModel(tree));
            }

            return model;
        }
    }

    private static ProjectFacts Remember(Compilation compilation, CancellationToken cancellation)
    {
        var facts = new ProjectFacts(compilation, cancellation);
        return s_known.GetValue(compilation, _ => facts);
    }
}
