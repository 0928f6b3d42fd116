using Brachy.Trees;

namespace Brachy;

/// <summary>
/// What params and buffers hold: a tensor, a structure tree, a list or dictionary of such values, or nothing.
/// Converts from and to those types.
/// </summary>
public readonly struct TreeValue : IEquatable<TreeValue>, ITraced
{
    private TreeValue(object? value) => Value = value;

    /// <summary>Nothing, as in a layer without bias.</summary>
    public static TreeValue None => default;

    /// <summary>The tensor, tree, list or dictionary itself.</summary>
    public object? Value { get; }

    /// <summary>Whether there is nothing here.</summary>
    public bool IsNone => Value is null;

    /// <summary>Whether this is a single tensor.</summary>
    public bool IsTensor => Value is Tensor;

    /// <summary>The tensor here.</summary>
    /// <exception cref="InvalidCastException">There is something else, or nothing.</exception>
    public Tensor Tensor => As<Tensor>();

    /// <summary>The structure tree here.</summary>
    /// <exception cref="InvalidCastException">There is something else, or nothing.</exception>
    public StructureTree Tree => As<StructureTree>();

    /// <summary>The list here.</summary>
    /// <exception cref="InvalidCastException">There is something else, or nothing.</exception>
    public IReadOnlyList<TreeValue> List => As<TreeValue[]>();

    /// <summary>The dictionary here.</summary>
    /// <exception cref="InvalidCastException">There is something else, or nothing.</exception>
    public TreeDictionary<TreeValue> Dictionary => As<TreeDictionary<TreeValue>>();

    /// <summary>Holds a tensor, which from now on lives as long as the tree.</summary>
    public static implicit operator TreeValue(Tensor? tensor)
    {
        if (tensor is not null)
        {
            TensorScope.Release(tensor);
        }

        return new TreeValue(tensor);
    }

    /// <summary>Holds a structure tree.</summary>
    public static implicit operator TreeValue(StructureTree? tree) => new(tree);

    /// <summary>Holds a list.</summary>
    public static implicit operator TreeValue(TreeValue[] list) => new(list);

    /// <summary>Holds a dictionary.</summary>
    public static implicit operator TreeValue(TreeDictionary<TreeValue> dictionary) => new(dictionary);

    /// <summary>The tensor here.</summary>
    /// <exception cref="InvalidCastException">There is something else, or nothing.</exception>
    public static implicit operator Tensor(TreeValue value) => value.Tensor;

    /// <summary>The structure tree here.</summary>
    /// <exception cref="InvalidCastException">There is something else, or nothing.</exception>
    public static implicit operator StructureTree(TreeValue value) => value.Tree;

    /// <summary>Whether both hold the same object.</summary>
    public static bool operator ==(TreeValue left, TreeValue right) => left.Equals(right);

    /// <summary>Whether they hold different objects.</summary>
    public static bool operator !=(TreeValue left, TreeValue right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(TreeValue other) => ReferenceEquals(Value, other.Value);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is TreeValue other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(Value);

    /// <inheritdoc/>
    public override string ToString() => Text("value", this);

    /// <summary>Holds a tensor that the current scope still frees.</summary>
    internal static TreeValue InScope(Tensor tensor) => new(tensor);

    /// <summary>The same containers anew, with every tensor replaced.</summary>
    internal TreeValue Map(string path, Func<string, Tensor, TreeValue> function) => Value switch
    {
        null => None,
        Tensor tensor => function(path, tensor),
        StructureTree tree => tree.MapValues(path, function),
        TreeValue[] list => list.Select((v, i) => v.Map(TreePath.Join(path, TreeKey.Of(i)), function)).ToArray(),
        TreeDictionary<TreeValue> dictionary => dictionary.Map((key, v) => v.Map(TreePath.Join(path, key), function)),
        _ => throw new InvalidOperationException($"A tree holds {Article.With(TypeText.OfValue(Value))} at '{path}'."),
    };

    /// <summary>Whether a tensor here, or below, is one that is looked for.</summary>
    internal bool Any(Predicate<Tensor> isWanted)
    {
        var open = new Stack<object?>([Value]);
        while (open.TryPop(out var next))
        {
            switch (next)
            {
                case Tensor tensor when isWanted(tensor):
                    return true;
                case TreeValue[] list:
                    Array.ForEach(list, value => open.Push(value.Value));
                    break;
                case TreeDictionary<TreeValue> dictionary:
                    Open(dictionary);
                    break;
                case StructureTree tree:
                    Open(tree.Params);
                    Open(tree.Buffers);
                    foreach (var child in tree.Submodules.ValueSpan)
                    {
                        open.Push(child);
                    }

                    break;
            }
        }

        return false;

        void Open(TreeDictionary<TreeValue> values)
        {
            foreach (var value in values.ValueSpan)
            {
                open.Push(value.Value);
            }
        }
    }

    private static string Text(string path, TreeValue value) => value.Value switch
    {
        null => "None",
        TreeValue[] list => $"[{string.Join(", ", list.Select((v, i) => Text(TreePath.Join(path, TreeKey.Of(i)), v)))}]",
        TreeDictionary<TreeValue> dictionary =>
            $"{{{string.Join(", ", dictionary.Select(e => $"{e.Key}: {Text(TreePath.Join(path, e.Key), e.Value)}"))}}}",
        var other => other.ToString() ?? "",
    };

    private T As<T>()
        where T : class =>
        Value as T
        ?? throw new InvalidCastException($"{Article.Capital(TypeText.Of(typeof(T)))} was expected here, but there is {Describe(Value)}.");

    private static string Describe(object? value) => value switch
    {
        null => "nothing",
        Tensor tensor => $"a tensor {tensor.Type}",
        StructureTree => "a structure tree",
        TreeValue[] => "a list",
        _ => "a dictionary",
    };
}
