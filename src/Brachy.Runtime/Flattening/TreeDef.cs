using Brachy.Trees;

namespace Brachy.CompilerServices;

/// <summary>One piece of the static part of a value: a leaf's type, a static value, or structure.</summary>
internal readonly struct Token(object? value, long bits)
{
    public static readonly Token End = new(new object(), 0);

    /// <summary>The piece, snapshotted.</summary>
    public readonly object? Value = value;

    /// <summary>
    /// For a leaf: whether it is donated or differentiated. Otherwise: whether it is a value of the caller's, and no structure.
    /// </summary>
    public readonly long Bits = bits;

    /// <summary>The static value as it was passed, before the snapshot.</summary>
    public object? Original { get; init; }

    public bool IsLeaf => Value is TensorType or VaryingType;

    /// <summary>Whether it is a value of the caller's that is compared by content.</summary>
    public bool IsStatic => !IsLeaf && Bits != 0;
}

/// <summary>A place of a tree that holds the same tensor as an earlier one.</summary>
/// <param name="Leaf">The position of the tensor among the leaves.</param>
internal sealed record SharedLeaf(int Leaf);

/// <summary>A structure tree among the values that were taken apart, in no other one.</summary>
/// <param name="Tree">The tree.</param>
/// <param name="Path">Its path.</param>
/// <param name="Argument">The position of its argument.</param>
/// <param name="Tokens">Its tokens.</param>
/// <param name="Leaves">Its tensors.</param>
internal sealed record FlattenedTree(StructureTree Tree, string Path, int Argument, Range Tokens, Range Leaves);

/// <summary>The static part of a value: everything but the tensors' elements. Equal static parts share compiled code.</summary>
internal sealed class TreeDef(Token[] tokens, IReadOnlyList<string>? paths, IReadOnlyList<string>? leafPaths)
{
    private const int DescribedTensors = 32;

    private object?[]? _leafTypes;

    public Token[] Tokens { get; } = tokens;

    /// <summary>For each leaf what its type must be: a <see cref="TensorType"/>, or a <see cref="VaryingType"/>.</summary>
    public object?[] LeafTypes => _leafTypes ??= [.. Tokens.Where(t => t.IsLeaf).Select(t => t.Value)];

    /// <summary>The member path of each token, when they were noted.</summary>
    public IReadOnlyList<string>? Paths { get; } = paths;

    public IReadOnlyList<string>? LeafPaths { get; } = leafPaths;

    /// <summary>For each leaf the position of its argument, when paths were noted.</summary>
    public IReadOnlyList<int>? LeafArguments { get; init; }

    /// <summary>The structure trees, when they were to be kept.</summary>
    public IReadOnlyList<FlattenedTree>? Trees { get; init; }

    /// <summary>For each leaf whose it is, when paths were noted.</summary>
    public IReadOnlyList<LeafOwner>? LeafOwners { get; init; }

    /// <summary>For each leaf whether it is donated.</summary>
    public bool[] DonatedLeaves() => [.. Tokens.Where(t => t.IsLeaf).Select(t => t.Bits != 0)];

    /// <summary>The positions of the donated, or differentiated, leaves.</summary>
    public int[] MarkedLeaves() => [.. DonatedLeaves().Index().Where(leaf => leaf.Item).Select(leaf => leaf.Index)];

    public int LeafCount => Tokens.Count(t => t.IsLeaf);

    /// <summary>
    /// The types of the tensors, each with its path where paths were noted; of many the first, and how many more there are.
    /// </summary>
    public string[] TensorTypes()
    {
        object[] types = [.. Tokens.Where(t => t.IsLeaf).Select(t => t.Value!)];
        var named = types.Take(DescribedTensors).Select((type, i) => LeafPaths is null ? $"{type}" : $"{LeafPaths[i]}: {type}");
        return types.Length <= DescribedTensors ? [.. named] : [.. named, $"and {types.Length - DescribedTensors} more"];
    }

    /// <summary>The same with copies of the static values, which later changes of the values do not reach.</summary>
    /// <exception cref="ArgumentException">A static value can change, and cannot be copied.</exception>
    public TreeDef WithOwnStatics() =>
        WithTokens([.. Tokens.Select((token, i) => token.IsStatic ? WithOwnValue(token, i) : token)]);

    /// <summary>The same with other tokens.</summary>
    public TreeDef WithTokens(Token[] tokens) =>
        new(Array.ConvertAll(tokens, WithOwnExtent), Paths, LeafPaths)
        {
            LeafArguments = LeafArguments,
            LeafOwners = LeafOwners,
            Trees = Trees,
        };

    public static bool TokenEquals(in Token left, in Token right) => StaticValue.SnapshotEquals(left.Value, right.Value);

    public string Describe(in Token token) => token.Value switch
    {
        SharedLeaf shared => LeafPaths is { } paths ? $"the same tensor as '{paths[shared.Leaf]}'" : "a shared tensor",
        TensorType or VaryingType => token.Value.ToString()!,
        KeySet keys => $"keys {keys}",
        ApplyFn apply => $"apply function {apply.Name}",
        var value => StaticText.Of(value),
    };

    private static Token WithOwnExtent(Token token) =>
        token.Original is TreeExtent extent ? new Token(token.Value, token.Bits) { Original = extent.Copy() } : token;

    private Token WithOwnValue(in Token token, int i)
    {
        try
        {
            return new Token(token.Value, token.Bits) { Original = StaticCopier.Whole(token.Original) };
        }
        catch (ArgumentException error) when (Paths is not null)
        {
            throw new ArgumentException($"'{Paths[i]}': {error.Message}", error);
        }
    }
}
