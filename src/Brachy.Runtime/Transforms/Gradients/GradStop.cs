using Brachy.CompilerServices;

namespace Brachy;

/// <summary>Values through which no gradient flows.</summary>
public static partial class Grad
{
    /// <summary>The same value, in which every tensor is hidden from differentiation: no derivative of any order passes it.</summary>
    /// <typeparam name="T">A tensor, structure tree, <c>[Tree]</c> type, or a tuple or list of them.</typeparam>
    /// <param name="value">The value. It stays as it is.</param>
    /// <returns>
    /// A value of the same structure that shares the memory of its tensors. For one tensor see also <see cref="F.stop_gradient"/>.
    /// </returns>
    public static T StopGradient<T>(T value)
    {
        var handler = TreeHandler.For<T>();
        var flattener = new TreeFlattener();
        flattener.BeginRecording(withPaths: false);
        handler.Flatten(value, flattener);
        var definition = flattener.EndRecording();
        var leaves = flattener.Leaves.ToArray();

        // With nothing to differentiate, the tensors themselves do, in a tree of the caller's own.
        var isTraced = Trace.Current is not null;
        return handler.Unflatten(
            new TreeUnflattener(definition, isTraced ? Array.ConvertAll(leaves, F.stop_gradient) : leaves, forCaller: !isTraced));
    }
}
