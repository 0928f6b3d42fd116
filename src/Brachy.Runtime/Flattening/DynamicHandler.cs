namespace Brachy.CompilerServices;

/// <summary>Takes apart values whose type is known only when the program runs; see <see cref="TreeHandler.Dynamic"/>.</summary>
internal sealed class DynamicHandler : TreeHandler<object?>
{
    /// <summary>More levels than any value of use has; a collection that contains itself has no end.</summary>
    private static readonly object s_static = new StaticMarker();

    public override void Flatten(object? value, TreeFlattener flattener)
    {
        if (!flattener.Matches)
        {
            return;
        }

        if (value is null)
        {
            flattener.Structure(TreeFlattener.NullLeaf);
        }
        else if (BoxedHandler.For(value) is { } handler)
        {
            flattener.Structure(handler);
            handler.Flatten(value, flattener);
        }
        else
        {
            if (flattener.IsRecording && !StaticValue.IsKnown(value))
            {
                throw new ArgumentException(
                    $"'{flattener.Path}' is {Article.With(TypeText.OfValue(value))}, which may hold tensors that nobody would find. Mark "
                    + "the type [Tree] to take it apart; if it holds none, mark the type [Static], declare the argument static, or call "
                    + "StaticContent.RegisterPlain once.");
            }

            flattener.Structure(s_static);
            flattener.Static(value);
        }
    }

    public override object? Unflatten(TreeUnflattener unflattener)
    {
        var kind = unflattener.Structure<object>();
        return kind is BoxedHandler handler ? handler.Unflatten(unflattener)
            : ReferenceEquals(kind, s_static) ? unflattener.Static<object?>()
            : null;
    }

    private sealed class StaticMarker
    {
        public override string ToString() => "a static value";
    }
}

internal sealed class TreeValueHandler : TreeHandler<TreeValue>
{
    public override void Flatten(TreeValue value, TreeFlattener flattener) => flattener.Value(value);

    public override TreeValue Unflatten(TreeUnflattener unflattener) => unflattener.Value();
}
