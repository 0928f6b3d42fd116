namespace Brachy.CompilerServices;

internal sealed class TensorHandler : TreeHandler<Tensor>
{
    public override void Flatten(Tensor value, TreeFlattener flattener) => flattener.Leaf(value);

    public override Tensor Unflatten(TreeUnflattener unflattener) => unflattener.Leaf()!;
}

internal sealed class StructureTreeHandler : TreeHandler<StructureTree>
{
    public override void Flatten(StructureTree value, TreeFlattener flattener) => flattener.Tree(value);

    public override StructureTree Unflatten(TreeUnflattener unflattener) => unflattener.Tree()!;
}

internal sealed class RngKeyHandler : TreeHandler<RngKey>
{
    public override void Flatten(RngKey value, TreeFlattener flattener) => flattener.Leaf(value?.Tensor);

    public override RngKey Unflatten(TreeUnflattener unflattener) => unflattener.Leaf() is { } tensor ? new RngKey(tensor) : null!;
}

internal sealed class StaticHandler<T> : TreeHandler<T>
{
    public static readonly StaticHandler<T> Instance = new();

    public override void Flatten(T value, TreeFlattener flattener) => flattener.Static(value);

    public override T Unflatten(TreeUnflattener unflattener) => unflattener.Static<T>();
}

internal sealed class ArrayHandler<T>(TreeHandler<T> element) : TreeHandler<T[]>
{
    public override void Flatten(T[] value, TreeFlattener flattener) => Sequence.Flatten(value, element, flattener);

    public override T[] Unflatten(TreeUnflattener unflattener) => Sequence.Unflatten(element, unflattener);
}

internal sealed class ListHandler<T>(TreeHandler<T> element) : TreeHandler<List<T>>
{
    public override void Flatten(List<T> value, TreeFlattener flattener) => Sequence.Flatten(value, element, flattener);

    public override List<T> Unflatten(TreeUnflattener unflattener) =>
        Sequence.Unflatten(element, unflattener) is { } items ? [.. items] : null!;
}

internal sealed class ReadOnlyListHandler<T>(TreeHandler<T> element) : TreeHandler<IReadOnlyList<T>>
{
    public override void Flatten(IReadOnlyList<T> value, TreeFlattener flattener) => Sequence.Flatten(value, element, flattener);

    public override IReadOnlyList<T> Unflatten(TreeUnflattener unflattener) => Sequence.Unflatten(element, unflattener);
}

internal static class Sequence
{
    public static void Flatten<T>(IReadOnlyList<T>? value, TreeHandler<T> element, TreeFlattener flattener)
    {
        flattener.Layout(value?.Count ?? -1);
        for (var i = 0; i < (value?.Count ?? 0); i++)
        {
            flattener.Push(i.ToString(System.Globalization.CultureInfo.InvariantCulture));
            element.Flatten(value![i], flattener);
            flattener.Pop();
        }
    }

    public static T[] Unflatten<T>(TreeHandler<T> element, TreeUnflattener unflattener)
    {
        var count = unflattener.Static<int>();
        if (count < 0)
        {
            return null!;
        }

        var value = new T[count];
        for (var i = 0; i < value.Length; i++)
        {
            value[i] = element.Unflatten(unflattener);
        }

        return value;
    }
}

internal sealed class DictionaryHandler<T>(TreeHandler<T> element) : TreeHandler<Dictionary<string, T>>
{
    public override void Flatten(Dictionary<string, T> value, TreeFlattener flattener)
    {
        flattener.Layout(value?.Count ?? -1);
        foreach (var (key, item) in value ?? [])
        {
            flattener.Layout(key);
            flattener.Push(key);
            element.Flatten(item, flattener);
            flattener.Pop();
        }
    }

    public override Dictionary<string, T> Unflatten(TreeUnflattener unflattener)
    {
        var count = unflattener.Static<int>();
        if (count < 0)
        {
            return null!;
        }

        var value = new Dictionary<string, T>(count);
        for (var i = 0; i < count; i++)
        {
            var key = unflattener.Static<string>();
            value.Add(key, element.Unflatten(unflattener));
        }

        return value;
    }
}
