using System;
using System.Collections.Generic;
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
        var (files, aliases, isGlobal) = (new List<SourceFacts>(), new HashSet<string>(), false);
        foreach (var tree in compilation.SyntaxTrees)
        {
            var file = SourceFacts.Of(tree, cancellation);
            files.Add(file);
            aliases.UnionWith(file.GlobalAliases);
            isGlobal |= file.HasGlobalUsing;
        }

        var (marked, codes, isConcerned) = (new List<MemberDeclarationSyntax>(), new List<CodeWithCalls>(), false);
        foreach (var file in files)
        {
            marked.AddRange(file.Marked);
            if (aliases.Count > 0)
            {
                marked.AddRange(file.MarkedBy(aliases));
            }

            codes.AddRange(file.Codes(isGlobal));
            isConcerned |= file.Contents.Count > 0;
        }

        (Files, Marked, Codes) = (files, marked, codes);
        Version = isConcerned || marked.Count > 0 || codes.Count > 0
            ? ProjectVersion.Of(compilation, files)
            : ProjectVersion.Unconcerned;
    }

    public IReadOnlyList<SourceFacts> Files { get; }

    /// <summary>Declarations with one of the attributes.</summary>
    public IReadOnlyList<MemberDeclarationSyntax> Marked { get; }

    /// <summary>Members with calls whose types matter.</summary>
    public IReadOnlyList<CodeWithCalls> Codes { get; }

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
        lock (s_known)
        {
            if (s_known.TryGetValue(compilation, out var first))
            {
                return first;
            }

            s_known.Add(compilation, facts);
            return facts;
        }
    }
}
