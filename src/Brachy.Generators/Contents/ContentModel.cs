using System.Collections.Generic;

namespace Brachy.Generators;

/// <summary>What generated code says about the static values of a type, and of what it is made of.</summary>
/// <param name="Needs">
/// Groups of names of types. It is only said where each group has one that Brachy meets; always, if there are none.
/// </param>
/// <param name="Meets">The names of the types that values of the type are or may hold, so that Brachy meets those too.</param>
/// <param name="Statements">Make them known.</param>
/// <param name="Refusals">What is said whether the type is met or not.</param>
/// <param name="Unmarked">The name of a type whose values are refused unless it is met; empty where its <c>Equals</c> will do.</param>
internal sealed record ContentModel(
    EquatableArray<EquatableArray<string>> Needs,
    EquatableArray<string> Meets,
    EquatableArray<string> Statements,
    EquatableArray<string> Refusals,
    string Unmarked = "")
{
    /// <summary>The statements of all models that have to do with Brachy.</summary>
    public static EquatableArray<string> Select(IEnumerable<ContentModel> models)
    {
        var (met, statements) = (new HashSet<string>(), new HashSet<string>());
        var waiting = new List<ContentModel>(new HashSet<ContentModel>(models));
        foreach (var model in waiting)
        {
            statements.UnionWith(model.Refusals);
        }

        // What one meets may be what another needs.
        for (var before = -1; waiting.Count != before;)
        {
            before = waiting.Count;
            waiting.RemoveAll(model => model.AddTo(met, statements));
        }

        foreach (var model in waiting)
        {
            if (model.Unmarked.Length > 0)
            {
                statements.Add(ContentRegistration.Unmarked(model.Unmarked));
            }
        }

        return EquatableArray.Sorted(statements);
    }

    /// <summary>Adds what is said, if the type has to do with Brachy.</summary>
    private bool AddTo(HashSet<string> met, HashSet<string> statements)
    {
        foreach (var group in Needs)
        {
            if (!met.Overlaps(group))
            {
                return false;
            }
        }

        met.UnionWith(Meets);
        statements.UnionWith(Statements);
        return true;
    }
}
