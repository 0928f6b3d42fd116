using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Brachy.Generators;

/// <summary>The models of all declarations of a project, parsed in one pass.</summary>
/// <param name="Modules">Module classes.</param>
/// <param name="Faulty">Partial properties that get bodies that throw.</param>
/// <param name="Trees">[Tree] types.</param>
/// <param name="Jits">[Jit] methods.</param>
/// <param name="Registrations">Handlers of their types.</param>
/// <param name="Checkpoints">What checkpoints must know of them.</param>
/// <param name="Contents">The types of their static values, and those that may be such.</param>
/// <param name="HasFaults">Whether the generator has something to report; where is asked at each run, since lines move.</param>
/// <param name="Failures">Declarations at which the generator itself failed, and how.</param>
internal sealed record ProjectModels(
    EquatableArray<ModuleModel> Modules,
    EquatableArray<FaultyProperties> Faulty,
    EquatableArray<TreeModel> Trees,
    EquatableArray<JitModel> Jits,
    EquatableArray<string> Registrations,
    EquatableArray<string> Checkpoints,
    EquatableArray<ContentModel> Contents,
    bool HasFaults,
    EquatableArray<Failure> Failures)
{
    private static readonly ConditionalWeakTable<ProjectFacts, ProjectModels> s_known = new();

    public static ProjectModels Of(ProjectFacts facts, CancellationToken cancellation) =>
        s_known.TryGetValue(facts, out var models) ? models : Remember(facts, cancellation);

    private static ProjectModels Remember(ProjectFacts facts, CancellationToken cancellation)
    {
        var models = new ProjectParser(facts, cancellation).Parse();
        lock (s_known)
        {
            if (s_known.TryGetValue(facts, out var first))
            {
                return first;
            }

            s_known.Add(facts, models);
            return models;
        }
    }
}

/// <summary>A declaration at which the generator failed.</summary>
/// <param name="Declaration">Its symbol, as documentation names it.</param>
/// <param name="Message">What went wrong.</param>
internal sealed record Failure(string Declaration, string Message);
