using Brachy.CompilerServices;

namespace Brachy;

/// <summary>Where the tensors of arguments have the sizes that vary.</summary>
internal sealed class SizePlaces
{
    private readonly (int Leaf, int Dim, int Name)[] _places;
    private readonly IReadOnlyList<string> _paths;

    /// <param name="arguments">The static part, with named sizes.</param>
    /// <param name="names">The names.</param>
    public SizePlaces(TreeDef arguments, IReadOnlyList<string> names)
    {
        Names = names;
        _paths = arguments.LeafPaths!;
        _places = [.. arguments.Tokens.Where(token => token.IsLeaf).Select((token, leaf) => (Type: token.Value as VaryingType, leaf))
            .SelectMany(place => (place.Type?.Names ?? []).Select((name, dim) => (place.leaf, dim, name)))
            .Where(place => place.name is not null)
            .Select(place => (place.leaf, place.dim, names.Index().First(other => other.Item == place.name).Index))];
    }

    public IReadOnlyList<string> Names { get; }

    /// <summary>Reads the sizes of a call.</summary>
    /// <param name="leaves">The tensors.</param>
    /// <param name="sizes">Receives the size of each name.</param>
    /// <param name="function">The function, for messages.</param>
    /// <exception cref="VaryingSizeException">Sizes of one name differ, or one is too large.</exception>
    public void Read(ReadOnlySpan<Tensor> leaves, Span<long> sizes, string function)
    {
        sizes.Fill(-1);
        foreach (var (leaf, dim, name) in _places)
        {
            var size = leaves[leaf].Type.Shape[dim];
            if (sizes[name] != size && (sizes[name] >= 0 || size > int.MaxValue))
            {
                throw Mismatch(leaves, leaf, dim, name, function);
            }

            sizes[name] = size;
        }
    }

    /// <summary>All sizes of the tensors that have no name.</summary>
    public HashSet<long> FixedSizes(IReadOnlyList<Tensor> leaves) =>
        [.. leaves.SelectMany((leaf, i) => leaf.Type.Shape.Where((_, dim) => !_places.Any(place => place.Leaf == i && place.Dim == dim)))];

    /// <summary>For example <c>batch (dim 0 of 'x' and 'y')</c>.</summary>
    public override string ToString() => string.Join("; ", Names.Select((name, n) => $"{name} ({Describe(_places
        .Where(place => place.Name == n).Select(place => (_paths[place.Leaf], place.Dim)))})"));

    /// <summary>For example <c>dim 0 of 'x' and 'y', dim 1 of 'z'</c>.</summary>
    public static string Describe(IEnumerable<(string Path, int Dim)> places) => string.Join(", ", places.GroupBy(place => place.Dim)
        .Select(group => $"dim {group.Key} of {PathsOf([.. group.Select(place => place.Path)])}"));

    private static string PathsOf(string[] paths) => paths.Length <= 4
        ? string.Join(" and ", paths.Select(path => $"'{path}'"))
        : $"{string.Join(", ", paths.Take(3).Select(path => $"'{path}'"))} and {paths.Length - 3} more";

    private VaryingSizeException Mismatch(ReadOnlySpan<Tensor> leaves, int leaf, int dim, int name, string function)
    {
        var size = leaves[leaf].Type.Shape[dim];
        if (size > int.MaxValue)
        {
            return new($"{function}: size {size} of '{_paths[leaf]}' (dim {dim}) is too large for a size that varies; "
                + $"they go up to {int.MaxValue}.");
        }

        var first = _places.First(place => place.Name == name);
        return new($"{function}: the size '{Names[name]}' is {leaves[first.Leaf].Type.Shape[first.Dim]} in dim {first.Dim} of "
            + $"'{_paths[first.Leaf]}' ({leaves[first.Leaf].Type}), and {size} in dim {dim} of '{_paths[leaf]}' ({leaves[leaf].Type}). "
            + "Equal names are equal sizes.");
    }
}
