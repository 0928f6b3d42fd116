namespace Brachy.CompilerServices;

/// <summary>A handler of tuples, some of whose items can be made static.</summary>
internal interface ITupleHandler<T>
{
    int Length { get; }

    /// <summary>Takes a tuple apart whose items are the arguments of a function.</summary>
    void FlattenArguments(T value, ReadOnlySpan<string> names, TreeFlattener flattener);

    /// <summary>The same handler, except that some items are compared by content as a whole.</summary>
    TreeHandler<T> WithStatics(ReadOnlySpan<bool> isStatic);
}

internal static class TupleItem
{
    public static void Flatten<T>(T value, TreeHandler<T> handler, string name, TreeFlattener flattener)
    {
        flattener.Push(name);
        handler.Flatten(value, flattener);
        flattener.Pop();
    }

    public static void FlattenArgument<T>(T value, TreeHandler<T> handler, string name, TreeFlattener flattener)
    {
        flattener.Argument(name);
        handler.Flatten(value, flattener);
    }

    public static TreeHandler<T> Choose<T>(TreeHandler<T> handler, bool isStatic) => isStatic ? new ExplicitStaticHandler<T>() : handler;
}
