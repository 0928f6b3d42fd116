namespace Brachy;

internal sealed class TupleHandler<T1, T2>(TreeHandler<T1> first, TreeHandler<T2> second)
    : TreeHandler<(T1, T2)>
{
    public override void Flatten((T1, T2) value, TreeFlattener flattener)
    {
        flattener.Push("Item1");
        first.Flatten(value.Item1, flattener);
        flattener.Pop();
        flattener.Push("Item2");
        second.Flatten(value.Item2, flattener);
        flattener.Pop();
    }

    public override (T1, T2) Unflatten(TreeUnflattener unflattener) =>
        (first.Unflatten(unflattener), second.Unflatten(unflattener));
}

internal sealed class TupleHandler<T1, T2, T3>(TreeHandler<T1> first, TreeHandler<T2> second, TreeHandler<T3> third)
    : TreeHandler<(T1, T2, T3)>
{
    public override void Flatten((T1, T2, T3) value, TreeFlattener flattener)
    {
        flattener.Push("Item1");
        first.Flatten(value.Item1, flattener);
        flattener.Pop();
        flattener.Push("Item2");
        second.Flatten(value.Item2, flattener);
        flattener.Pop();
        flattener.Push("Item3");
        third.Flatten(value.Item3, flattener);
        flattener.Pop();
    }

    public override (T1, T2, T3) Unflatten(TreeUnflattener unflattener) =>
        (first.Unflatten(unflattener), second.Unflatten(unflattener), third.Unflatten(unflattener));
}

internal sealed class TupleHandler<T1, T2, T3, T4>(TreeHandler<T1> first, TreeHandler<T2> second, TreeHandler<T3> third, TreeHandler<T4> fourth)
    : TreeHandler<(T1, T2, T3, T4)>
{
    public override void Flatten((T1, T2, T3, T4) value, TreeFlattener flattener)
    {
        flattener.Push("Item1");
        first.Flatten(value.Item1, flattener);
        flattener.Pop();
        flattener.Push("Item2");
        second.Flatten(value.Item2, flattener);
        flattener.Pop();
        flattener.Push("Item3");
        third.Flatten(value.Item3, flattener);
        flattener.Pop();
        flattener.Push("Item4");
        fourth.Flatten(value.Item4, flattener);
        flattener.Pop();
    }

    public override (T1, T2, T3, T4) Unflatten(TreeUnflattener unflattener) =>
        (first.Unflatten(unflattener), second.Unflatten(unflattener), third.Unflatten(unflattener), fourth.Unflatten(unflattener));
}

internal sealed class TupleHandler<T1, T2, T3, T4, T5>(TreeHandler<T1> first, TreeHandler<T2> second, TreeHandler<T3> third, TreeHandler<T4> fourth, TreeHandler<T5> fifth)
    : TreeHandler<(T1, T2, T3, T4, T5)>
{
    public override void Flatten((T1, T2, T3, T4, T5) value, TreeFlattener flattener)
    {
        flattener.Push("Item1");
        first.Flatten(value.Item1, flattener);
        flattener.Pop();
        flattener.Push("Item2");
        second.Flatten(value.Item2, flattener);
        flattener.Pop();
        flattener.Push("Item3");
        third.Flatten(value.Item3, flattener);
        flattener.Pop();
        flattener.Push("Item4");
        fourth.Flatten(value.Item4, flattener);
        flattener.Pop();
        flattener.Push("Item5");
        fifth.Flatten(value.Item5, flattener);
        flattener.Pop();
    }

    public override (T1, T2, T3, T4, T5) Unflatten(TreeUnflattener unflattener) =>
        (first.Unflatten(unflattener), second.Unflatten(unflattener), third.Unflatten(unflattener), fourth.Unflatten(unflattener), fifth.Unflatten(unflattener));
}
