namespace Brachy.CompilerServices;

/// <summary>Compares by content what a caller declared static, whether or not it could be taken apart.</summary>
internal sealed class ExplicitStaticHandler<T> : TreeHandler<T>
{
    /// <exception cref="ArgumentException">The type is one of tensors.</exception>
    public ExplicitStaticHandler()
    {
        if (typeof(T) == typeof(Tensor) || typeof(T) == typeof(StructureTree) || typeof(T) == typeof(RngKey))
        {
            throw new ArgumentException(
                $"{Article.Capital(TypeText.Of(typeof(T)))} cannot be static: its values would be built into what a transform makes of the "
                + "function. Do not declare it static; it is then traced.");
        }
    }

    public override void Flatten(T value, TreeFlattener flattener)
    {
        // What is recorded without error is never matched by a value that holds tensors.
        if (flattener.IsRecording)
        {
            ThrowIfItHoldsTensors(value, flattener.Path);
        }

        flattener.Static(value);
    }

    public override T Unflatten(TreeUnflattener unflattener) => unflattener.Static<T>();

    private static void ThrowIfItHoldsTensors(T value, string path)
    {
        var flattener = new TreeFlattener();
        flattener.BeginRecording(withPaths: true);
        flattener.Argument(path);
        if (TreeHandler.Find<T>() is { } handler)
        {
            handler.Flatten(value, flattener);
        }
        else if (BoxedHandler.For(value) is { } boxed)
        {
            boxed.Flatten(value!, flattener);
        }

        if (flattener.LeafCount > 0)
        {
            throw new ArgumentException(
                $"'{path}' is declared static, but this {TypeText.OfValue(value)} holds tensors, whose values would be built into what a "
                + "transform makes of " +
                "the function. Do not declare it static; it is then taken apart.");
        }
    }
}
