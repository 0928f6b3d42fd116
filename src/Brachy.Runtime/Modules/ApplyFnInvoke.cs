using Brachy.CompilerServices;

namespace Brachy.Trees;

// Calls that leave the caller's tree as it is.
public sealed partial class ApplyFn<TInput, TOutput>
{
    /// <summary>Applies the function to a copy of a tree, so that the tree given is left as it is.</summary>
    /// <returns>The tree after the call, and the output.</returns>
    public (StructureTree Tree, TOutput Output) Invoke(StructureTree tree, GlobalConfig config, TInput input)
    {
        ArgumentNullException.ThrowIfNull(tree);
        ArgumentNullException.ThrowIfNull(config);
        var copy = tree.Copy();

        // Eagerly and outside a gradient, nothing else can need the intermediate results.
        if (Trace.Current is not null || TreeHandler.Find<TOutput>() is null)
        {
            return (copy, Run(copy, config, input));
        }

        using var scope = TensorScope.Begin();
        var output = scope.Keep(Run(copy, config, input));
        return (copy, output);
    }
}
