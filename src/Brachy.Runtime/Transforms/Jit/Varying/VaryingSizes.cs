using Brachy.CompilerServices;

namespace Brachy;

/// <summary>Which sizes of a function's arguments vary, as its author said.</summary>
internal sealed class VaryingSizes
{
    private readonly VaryingDims[] _declared;

    /// <exception cref="ArgumentException">A declaration names nothing, or a name is empty.</exception>
    public VaryingSizes(IReadOnlyList<VaryingDims> declared)
    {
        _declared = [.. declared];
        foreach (var dims in _declared)
        {
            if (dims.Names.All(name => name is null) || dims.Names.Contains(""))
            {
                throw new ArgumentException(
                    "Sizes that vary need names, such as \"batch\"; null stands for a fixed one.", nameof(declared));
            }

            ArgumentOutOfRangeException.ThrowIfNegative(dims.Typical);
        }

        Names = [.. _declared.SelectMany(dims => dims.Names).OfType<string>().Distinct()];
        Typical = [.. Names.Select(
            name => _declared.Where(dims => dims.Names.Contains(name)).Select(dims => dims.Typical).FirstOrDefault(size => size > 0))];
    }

    /// <summary>The names, each once.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>For each name the size by which the compiler decides; 0 for that of the first call.</summary>
    public IReadOnlyList<long> Typical { get; }

    /// <summary>The static part of arguments, with types whose sizes are named. It is for all sizes.</summary>
    /// <exception cref="ArgumentException">A name stands for no dim of any tensor, or one dim has two.</exception>
    public TreeDef Generalize(TreeDef definition)
    {
        var tokens = definition.Tokens.ToArray();
        var found = new HashSet<string>();
        var leaf = 0;
        for (var i = 0; i < tokens.Length; i++)
        {
            if (!tokens[i].IsLeaf)
            {
                continue;
            }

            var type = (TensorType)tokens[i].Value!;
            if (NamesOf(definition, leaf++, type) is { } names)
            {
                found.UnionWith(names.OfType<string>());
                tokens[i] = new Token(new VaryingType(type, names), tokens[i].Bits);
            }
        }

        return Names.FirstOrDefault(name => !found.Contains(name)) is { } missing
            ? throw new ArgumentException(
                $"The size '{missing}' is declared to vary, but no tensor of the arguments has a dim that it names. The tensors are "
                + $"{string.Join(", ", definition.TensorTypes())}.")
            : definition.WithTokens(tokens);
    }

    private string?[]? NamesOf(TreeDef definition, int leaf, TensorType type)
    {
        var path = definition.LeafPaths![leaf];
        var below = path.IndexOf('.', StringComparison.Ordinal) is var dot and >= 0 ? path[(dot + 1)..] : "";
        string?[]? names = null;
        foreach (var dims in _declared.Where(dims => dims.Argument == definition.LeafArguments![leaf]
            && (dims.Member is null || below == dims.Member || below.StartsWith(dims.Member + ".", StringComparison.Ordinal))))
        {
            for (var dim = 0; dim < Math.Min(type.Rank, dims.Names.Count); dim++)
            {
                if (dims.Names[dim] is { } name)
                {
                    names ??= new string?[type.Rank];
                    names[dim] = names[dim] is { } other && other != name
                        ? throw new ArgumentException($"Dim {dim} of '{path}' is named '{other}' and '{name}'.")
                        : name;
                }
            }
        }

        return names;
    }
}
