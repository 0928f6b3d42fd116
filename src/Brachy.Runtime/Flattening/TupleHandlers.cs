namespace Brachy;

/// <summary>A handler of tuples, some of whose items can be made static.</summary>
internal interface ITupleHandler<T>
{
    int Length { get; }

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

    public static TreeHandler<T> Choose<T>(TreeHandler<T> handler, bool isStatic) => isStatic ? new ExplicitStaticHandler<T>() : handler;
}

internal sealed class TupleHandler<T1>(TreeHandler<T1> first)
    : TreeHandler<ValueTuple<T1>>, ITupleHandler<ValueTuple<T1>>
{
    public int Length => 1;

    public override void Flatten(ValueTuple<T1> value, TreeFlattener flattener)
    {
        TupleItem.Flatten(value.Item1, first, "Item1", flattener);
    }

    public override ValueTuple<T1> Unflatten(TreeUnflattener unflattener) =>
        new(first.Unflatten(unflattener));

    public TreeHandler<ValueTuple<T1>> WithStatics(ReadOnlySpan<bool> isStatic) =>
        new TupleHandler<T1>(TupleItem.Choose(first, isStatic[0]));
}

internal sealed class TupleHandler<T1, T2>(TreeHandler<T1> first, TreeHandler<T2> second)
    : TreeHandler<(T1, T2)>, ITupleHandler<(T1, T2)>
{
    public int Length => 2;

    public override void Flatten((T1, T2) value, TreeFlattener flattener)
    {
        TupleItem.Flatten(value.Item1, first, "Item1", flattener);
        TupleItem.Flatten(value.Item2, second, "Item2", flattener);
    }

    public override (T1, T2) Unflatten(TreeUnflattener unflattener) =>
        (first.Unflatten(unflattener), second.Unflatten(unflattener));

    public TreeHandler<(T1, T2)> WithStatics(ReadOnlySpan<bool> isStatic) =>
        new TupleHandler<T1, T2>(TupleItem.Choose(first, isStatic[0]), TupleItem.Choose(second, isStatic[1]));
}

internal sealed class TupleHandler<T1, T2, T3>(TreeHandler<T1> first, TreeHandler<T2> second, TreeHandler<T3> third)
    : TreeHandler<(T1, T2, T3)>, ITupleHandler<(T1, T2, T3)>
{
    public int Length => 3;

    public override void Flatten((T1, T2, T3) value, TreeFlattener flattener)
    {
        TupleItem.Flatten(value.Item1, first, "Item1", flattener);
        TupleItem.Flatten(value.Item2, second, "Item2", flattener);
        TupleItem.Flatten(value.Item3, third, "Item3", flattener);
    }

    public override (T1, T2, T3) Unflatten(TreeUnflattener unflattener) =>
        (first.Unflatten(unflattener), second.Unflatten(unflattener), third.Unflatten(unflattener));

    public TreeHandler<(T1, T2, T3)> WithStatics(ReadOnlySpan<bool> isStatic) =>
        new TupleHandler<T1, T2, T3>(TupleItem.Choose(first, isStatic[0]), TupleItem.Choose(second, isStatic[1]), TupleItem.Choose(third, isStatic[2]));
}

internal sealed class TupleHandler<T1, T2, T3, T4>(TreeHandler<T1> first, TreeHandler<T2> second, TreeHandler<T3> third, TreeHandler<T4> fourth)
    : TreeHandler<(T1, T2, T3, T4)>, ITupleHandler<(T1, T2, T3, T4)>
{
    public int Length => 4;

    public override void Flatten((T1, T2, T3, T4) value, TreeFlattener flattener)
    {
        TupleItem.Flatten(value.Item1, first, "Item1", flattener);
        TupleItem.Flatten(value.Item2, second, "Item2", flattener);
        TupleItem.Flatten(value.Item3, third, "Item3", flattener);
        TupleItem.Flatten(value.Item4, fourth, "Item4", flattener);
    }

    public override (T1, T2, T3, T4) Unflatten(TreeUnflattener unflattener) =>
        (first.Unflatten(unflattener), second.Unflatten(unflattener), third.Unflatten(unflattener), fourth.Unflatten(unflattener));

    public TreeHandler<(T1, T2, T3, T4)> WithStatics(ReadOnlySpan<bool> isStatic) =>
        new TupleHandler<T1, T2, T3, T4>(TupleItem.Choose(first, isStatic[0]), TupleItem.Choose(second, isStatic[1]), TupleItem.Choose(third, isStatic[2]), TupleItem.Choose(fourth, isStatic[3]));
}

internal sealed class TupleHandler<T1, T2, T3, T4, T5>(TreeHandler<T1> first, TreeHandler<T2> second, TreeHandler<T3> third, TreeHandler<T4> fourth, TreeHandler<T5> fifth)
    : TreeHandler<(T1, T2, T3, T4, T5)>, ITupleHandler<(T1, T2, T3, T4, T5)>
{
    public int Length => 5;

    public override void Flatten((T1, T2, T3, T4, T5) value, TreeFlattener flattener)
    {
        TupleItem.Flatten(value.Item1, first, "Item1", flattener);
        TupleItem.Flatten(value.Item2, second, "Item2", flattener);
        TupleItem.Flatten(value.Item3, third, "Item3", flattener);
        TupleItem.Flatten(value.Item4, fourth, "Item4", flattener);
        TupleItem.Flatten(value.Item5, fifth, "Item5", flattener);
    }

    public override (T1, T2, T3, T4, T5) Unflatten(TreeUnflattener unflattener) =>
        (first.Unflatten(unflattener), second.Unflatten(unflattener), third.Unflatten(unflattener), fourth.Unflatten(unflattener), fifth.Unflatten(unflattener));

    public TreeHandler<(T1, T2, T3, T4, T5)> WithStatics(ReadOnlySpan<bool> isStatic) =>
        new TupleHandler<T1, T2, T3, T4, T5>(TupleItem.Choose(first, isStatic[0]), TupleItem.Choose(second, isStatic[1]), TupleItem.Choose(third, isStatic[2]), TupleItem.Choose(fourth, isStatic[3]), TupleItem.Choose(fifth, isStatic[4]));
}

internal sealed class TupleHandler<T1, T2, T3, T4, T5, T6>(TreeHandler<T1> first, TreeHandler<T2> second, TreeHandler<T3> third, TreeHandler<T4> fourth, TreeHandler<T5> fifth, TreeHandler<T6> sixth)
    : TreeHandler<(T1, T2, T3, T4, T5, T6)>, ITupleHandler<(T1, T2, T3, T4, T5, T6)>
{
    public int Length => 6;

    public override void Flatten((T1, T2, T3, T4, T5, T6) value, TreeFlattener flattener)
    {
        TupleItem.Flatten(value.Item1, first, "Item1", flattener);
        TupleItem.Flatten(value.Item2, second, "Item2", flattener);
        TupleItem.Flatten(value.Item3, third, "Item3", flattener);
        TupleItem.Flatten(value.Item4, fourth, "Item4", flattener);
        TupleItem.Flatten(value.Item5, fifth, "Item5", flattener);
        TupleItem.Flatten(value.Item6, sixth, "Item6", flattener);
    }

    public override (T1, T2, T3, T4, T5, T6) Unflatten(TreeUnflattener unflattener) =>
        (first.Unflatten(unflattener), second.Unflatten(unflattener), third.Unflatten(unflattener), fourth.Unflatten(unflattener), fifth.Unflatten(unflattener), sixth.Unflatten(unflattener));

    public TreeHandler<(T1, T2, T3, T4, T5, T6)> WithStatics(ReadOnlySpan<bool> isStatic) =>
        new TupleHandler<T1, T2, T3, T4, T5, T6>(TupleItem.Choose(first, isStatic[0]), TupleItem.Choose(second, isStatic[1]), TupleItem.Choose(third, isStatic[2]), TupleItem.Choose(fourth, isStatic[3]), TupleItem.Choose(fifth, isStatic[4]), TupleItem.Choose(sixth, isStatic[5]));
}

internal sealed class TupleHandler<T1, T2, T3, T4, T5, T6, T7>(TreeHandler<T1> first, TreeHandler<T2> second, TreeHandler<T3> third, TreeHandler<T4> fourth, TreeHandler<T5> fifth, TreeHandler<T6> sixth, TreeHandler<T7> seventh)
    : TreeHandler<(T1, T2, T3, T4, T5, T6, T7)>, ITupleHandler<(T1, T2, T3, T4, T5, T6, T7)>
{
    public int Length => 7;

    public override void Flatten((T1, T2, T3, T4, T5, T6, T7) value, TreeFlattener flattener)
    {
        TupleItem.Flatten(value.Item1, first, "Item1", flattener);
        TupleItem.Flatten(value.Item2, second, "Item2", flattener);
        TupleItem.Flatten(value.Item3, third, "Item3", flattener);
        TupleItem.Flatten(value.Item4, fourth, "Item4", flattener);
        TupleItem.Flatten(value.Item5, fifth, "Item5", flattener);
        TupleItem.Flatten(value.Item6, sixth, "Item6", flattener);
        TupleItem.Flatten(value.Item7, seventh, "Item7", flattener);
    }

    public override (T1, T2, T3, T4, T5, T6, T7) Unflatten(TreeUnflattener unflattener) =>
        (first.Unflatten(unflattener), second.Unflatten(unflattener), third.Unflatten(unflattener), fourth.Unflatten(unflattener), fifth.Unflatten(unflattener), sixth.Unflatten(unflattener), seventh.Unflatten(unflattener));

    public TreeHandler<(T1, T2, T3, T4, T5, T6, T7)> WithStatics(ReadOnlySpan<bool> isStatic) =>
        new TupleHandler<T1, T2, T3, T4, T5, T6, T7>(TupleItem.Choose(first, isStatic[0]), TupleItem.Choose(second, isStatic[1]), TupleItem.Choose(third, isStatic[2]), TupleItem.Choose(fourth, isStatic[3]), TupleItem.Choose(fifth, isStatic[4]), TupleItem.Choose(sixth, isStatic[5]), TupleItem.Choose(seventh, isStatic[6]));
}

internal sealed class TupleHandler<T1, T2, T3, T4, T5, T6, T7, TRest>(TreeHandler<T1> first, TreeHandler<T2> second, TreeHandler<T3> third, TreeHandler<T4> fourth, TreeHandler<T5> fifth, TreeHandler<T6> sixth, TreeHandler<T7> seventh, TreeHandler<TRest> rest)
    : TreeHandler<ValueTuple<T1, T2, T3, T4, T5, T6, T7, TRest>>, ITupleHandler<ValueTuple<T1, T2, T3, T4, T5, T6, T7, TRest>>
    where TRest : struct
{
    public int Length => 7 + ((rest as ITupleHandler<TRest>)?.Length ?? 0);

    public override void Flatten(ValueTuple<T1, T2, T3, T4, T5, T6, T7, TRest> value, TreeFlattener flattener)
    {
        TupleItem.Flatten(value.Item1, first, "Item1", flattener);
        TupleItem.Flatten(value.Item2, second, "Item2", flattener);
        TupleItem.Flatten(value.Item3, third, "Item3", flattener);
        TupleItem.Flatten(value.Item4, fourth, "Item4", flattener);
        TupleItem.Flatten(value.Item5, fifth, "Item5", flattener);
        TupleItem.Flatten(value.Item6, sixth, "Item6", flattener);
        TupleItem.Flatten(value.Item7, seventh, "Item7", flattener);
        TupleItem.Flatten(value.Rest, rest, "Rest", flattener);
    }

    public override ValueTuple<T1, T2, T3, T4, T5, T6, T7, TRest> Unflatten(TreeUnflattener unflattener) =>
        new(first.Unflatten(unflattener), second.Unflatten(unflattener), third.Unflatten(unflattener), fourth.Unflatten(unflattener), fifth.Unflatten(unflattener), sixth.Unflatten(unflattener), seventh.Unflatten(unflattener), rest.Unflatten(unflattener));

    public TreeHandler<ValueTuple<T1, T2, T3, T4, T5, T6, T7, TRest>> WithStatics(ReadOnlySpan<bool> isStatic) =>
        new TupleHandler<T1, T2, T3, T4, T5, T6, T7, TRest>(TupleItem.Choose(first, isStatic[0]), TupleItem.Choose(second, isStatic[1]), TupleItem.Choose(third, isStatic[2]), TupleItem.Choose(fourth, isStatic[3]), TupleItem.Choose(fifth, isStatic[4]), TupleItem.Choose(sixth, isStatic[5]), TupleItem.Choose(seventh, isStatic[6]), rest is ITupleHandler<TRest> more ? more.WithStatics(isStatic[7..]) : rest);
}
