using System.Linq;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Brachy.Generators;

/// <summary>Tells files that name Brachy, in a using or anywhere else, from those that have nothing to do with it.</summary>
internal static class BrachyFiles
{
    private static readonly ConditionalWeakTable<SyntaxTree, string> s_answers = new();

    public static bool Names(SyntaxTree tree) => s_answers.GetValue(tree, Compute).Length > 0;

    // Most files do not have the word at all, which is soon seen.
    private static string Compute(SyntaxTree tree) => tree.GetText().ToString().Contains(BrachyTypes.Namespace)
        && tree.GetRoot().DescendantTokens().Any(t => t.IsKind(SyntaxKind.IdentifierToken) && t.ValueText == BrachyTypes.Namespace)
            ? BrachyTypes.Namespace
            : "";
}
