using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;

namespace Brachy.Generators;

/// <summary>
/// A compilation as pipelines see it: equal to another in which every declaration means the same. Pipelines keep the first of equal
/// states, so it holds its facts weakly; whoever asks for them runs because the state is new.
/// </summary>
internal sealed class ProjectState(ProjectFacts facts) : IEquatable<ProjectState>
{
    /// <summary>The step that binds declarations.</summary>
    internal const string ParseStep = "ParsedDeclarations";

    private readonly ProjectVersion _version = facts.Version;
    private readonly WeakReference<ProjectFacts> _facts = new(facts);

    public ProjectFacts Facts =>
        _facts.TryGetTarget(out var facts) ? facts : throw new InvalidOperationException("The compilation is gone.");

    /// <summary>The state of the project at each run.</summary>
    public static IncrementalValueProvider<ProjectState> Of(IncrementalGeneratorInitializationContext context) =>
        context.CompilationProvider.Select(static (compilation, cancellation) =>
            new ProjectState(ProjectFacts.Of(compilation, cancellation)));

    /// <summary>The declarations of the project, parsed anew only when one may mean something else.</summary>
    public static IncrementalValueProvider<ProjectModels> Models(IncrementalGeneratorInitializationContext context) =>
        Of(context).Select(static (state, cancellation) => ProjectModels.Of(state.Facts, cancellation)).WithTrackingName(ParseStep);

    public bool Equals(ProjectState? other) => other is not null && _version.Equals(other._version);

    public override bool Equals(object? obj) => Equals(obj as ProjectState);

    public override int GetHashCode() => _version.GetHashCode();
}

/// <summary>
/// Code with calls whose types matter, as pipelines see it: equal where its text is, and every declaration means the same.
/// </summary>
internal sealed class CodeState(ProjectFacts facts, CodeWithCalls code) : IEquatable<CodeState>
{
    /// <summary>The steps that bind code.</summary>
    internal const string BindStep = "BoundCode";

    private readonly ProjectVersion _version = facts.Version;
    private readonly string _digest = code.Digest;
    private readonly WeakReference<ProjectFacts> _facts = new(facts);
    private readonly WeakReference<CodeWithCalls> _code = new(code);

    /// <summary>The members of the project whose code has such calls.</summary>
    public static IncrementalValuesProvider<CodeState> Of(IncrementalGeneratorInitializationContext context) =>
        context.CompilationProvider.SelectMany(static (compilation, cancellation) => All(ProjectFacts.Of(compilation, cancellation)));

    /// <summary>Asks something of each call.</summary>
    public IEnumerable<T> Select<T>(Func<SyntaxNode, SemanticModel, IEnumerable<T>> select)
    {
        if (!_facts.TryGetTarget(out var facts) || !_code.TryGetTarget(out var code))
        {
            throw new InvalidOperationException("The compilation is gone.");
        }

        return code.Calls.SelectMany(call => select(call, facts.ModelOf(call.SyntaxTree)));
    }

    public bool Equals(CodeState? other) => other is not null && _digest == other._digest && _version.Equals(other._version);

    public override bool Equals(object? obj) => Equals(obj as CodeState);

    public override int GetHashCode() => _digest.GetHashCode();

    private static IEnumerable<CodeState> All(ProjectFacts facts) =>
        facts.Codes.Select(code => new CodeState(facts, code));
}
