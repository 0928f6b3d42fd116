using System.Collections.Generic;
using System.Linq;

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
        var met = new HashSet<string>();
        var statements = new HashSet<string>();
        var waiting = models.Distinct().ToList();
        statements.UnionWith(waiting.SelectMany(model => model.Refusals));
        while (true)
        {
            var ready = waiting.Where(model => model.Needs.All(group => group.Any(met.Contains))).ToArray();
            if (ready.Length == 0)
            {
                break;
            }

            waiting = [.. waiting.Except(ready)];
            foreach (var model in ready)
            {
                met.UnionWith(model.Meets);
                statements.UnionWith(model.Statements);
            }
        }

        statements.UnionWith(
            waiting.Where(model => model.Unmarked.Length > 0).Select(model => ContentRegistration.Unmarked(model.Unmarked)));
        return EquatableArray.Merge([.. statements]);
    }
}
