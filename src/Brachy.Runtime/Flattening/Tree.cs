using Brachy.CompilerServices;

namespace Brachy.Trees;

/// <summary>Questions about values that transforms take apart.</summary>
public static class Tree
{
    /// <summary>
    /// Whether a value is made of tensors only, so that all of it is traced: taken apart, it leaves nothing that transforms must compare by
    /// content. Structure is no content: keys, lengths, and what is absent. Numbers, strings, settings, the aux values and apply functions
    /// of structure trees are.
    /// </summary>
    /// <param name="value">
    /// A tensor, tree, key, <c>[Tree]</c> value, or tuples, arrays, lists and dictionaries of them; of an <see cref="object"/> the run-time
    /// type counts (<see cref="TreeHandler.Dynamic"/>).
    /// </param>
    /// <returns>True for empty collections and null too; false for what transforms cannot take at all.</returns>
    public static bool IsTraceable<T>(T value)
    {
        var flattener = new TreeFlattener();
        flattener.BeginRecording(withPaths: false);
        try
        {
            if (TreeHandler.Find<T>() is { } handler)
            {
                handler.Flatten(value, flattener);
            }
            else
            {
                TreeHandler.Dynamic.Flatten(value, flattener);
            }
        }
        catch (ArgumentException)
        {
            // A static part that cannot even be compared.
            return false;
        }

        return flattener.EndRecording().Tokens.All(token => !token.IsStatic && token.Value is not ApplyFn);
    }
}
