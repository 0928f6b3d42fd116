using System.Globalization;

namespace Brachy.Extending;

/// <summary>
/// The settings of one use of a primitive, such as dims and flags. Each kind of settings is a record that derives from this one and is
/// declared beside its primitive. Equal when all settings are equal; reals by their bits, since 0 and -0 divide differently.
/// </summary>
/// <remarks>
/// A setting is an integer, a real number, a truth value, a string, a <see cref="Shape"/> (for any list of integers), a
/// <see cref="DType"/>, a <see cref="Scalar"/>, a <see cref="Device"/> or null: immutable, and compared by its content. An array is not.
/// </remarks>
public abstract record Settings
{
    /// <summary>No settings.</summary>
    public static NoSettings None { get; } = new();

    /// <summary>
    /// The settings by PyTorch's names, in the order in which graphs print them. All of them: those that are left out are not printed.
    /// </summary>
    public abstract IReadOnlyList<(string Name, object? Value)> Entries { get; }

    /// <summary>Whether both are of one kind, and no real number among the <see cref="Entries"/> differs by its bits alone.</summary>
    public virtual bool Equals(Settings? other)
    {
        if (ReferenceEquals(this, other))
        {
            return true;
        }

        if (other is null || EqualityContract != other.EqualityContract)
        {
            return false;
        }

        // The records that derive from this one compare each setting, but take 0 and -0 for equal.
        var (mine, others) = (Entries, other.Entries);
        if (mine.Count != others.Count)
        {
            return false;
        }

        for (var i = 0; i < mine.Count; i++)
        {
            if (mine[i].Value is double left && others[i].Value is double right
                && BitConverter.DoubleToInt64Bits(left) != BitConverter.DoubleToInt64Bits(right))
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public override int GetHashCode() => EqualityContract.GetHashCode();

    /// <summary>What is left of a use when only some results are wanted; null where that is all of it.</summary>
    /// <param name="wanted">For each result whether it is wanted.</param>
    internal virtual PrunedUse? Prune(IReadOnlyList<bool> wanted) => null;

    /// <summary>For example <c>dim=1 keepdim=True</c>.</summary>
    public sealed override string ToString() => string.Join(" ", Entries.Select(e => $"{e.Name}={Format(e.Value)}"));

    private static string Format(object? value) => value switch
    {
        null => "None",
        DType dtype => dtype.Name(),
        double real => new Scalar(real).ToString(),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}

/// <summary>The settings of a primitive that has none.</summary>
public sealed record NoSettings : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [];
}
