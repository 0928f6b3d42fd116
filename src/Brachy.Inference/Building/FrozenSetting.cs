using System.Collections;
using System.Runtime.CompilerServices;

namespace Brachy.Inference;

/// <summary>The value of a setting: a number, a truth value, a text, an element type, or a list of whole numbers in brackets.</summary>
[CollectionBuilder(typeof(FrozenSetting), nameof(Create))]
public sealed class FrozenSetting : IEnumerable<FrozenNumber>
{
    private FrozenSetting(object value) => Value = value;

    /// <summary>A <see cref="FrozenNumber"/>, an array of them, a bool, a string or a <see cref="DType"/>.</summary>
    internal object Value { get; }

    /// <summary>A whole number.</summary>
    public static implicit operator FrozenSetting(int value) => new((FrozenNumber)value);

    /// <summary>A whole number.</summary>
    public static implicit operator FrozenSetting(long value) => new((FrozenNumber)value);

    /// <summary>A real number.</summary>
    public static implicit operator FrozenSetting(double value) => new((FrozenNumber)value);

    /// <summary>A truth value.</summary>
    public static implicit operator FrozenSetting(bool value) => new(value);

    /// <summary>A text.</summary>
    public static implicit operator FrozenSetting(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return new(value);
    }

    /// <summary>An element type.</summary>
    public static implicit operator FrozenSetting(DType value) => new(value);

    /// <summary>A number, or a formula of sizes.</summary>
    public static implicit operator FrozenSetting(FrozenNumber value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return new(value);
    }

    /// <summary>A list of whole numbers; one writes it in brackets.</summary>
    /// <param name="values">The numbers.</param>
    public static FrozenSetting Create(ReadOnlySpan<FrozenNumber> values) => new(values.ToArray());

    /// <inheritdoc/>
    public IEnumerator<FrozenNumber> GetEnumerator() =>
        ((IEnumerable<FrozenNumber>)(Value as FrozenNumber[] ?? [])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The value, for messages.</summary>
    public override string ToString() => Value switch
    {
        FrozenNumber[] list => $"[{string.Join(", ", list.Select(number => $"{number}"))}]",
        DType dtype => $"{dtype}",
        string text => $"\"{text}\"",
        _ => $"{Value}",
    };
}
