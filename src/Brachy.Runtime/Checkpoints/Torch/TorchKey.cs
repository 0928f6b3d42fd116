using System.Numerics;
using System.Runtime.CompilerServices;

namespace Brachy.IO;

/// <summary>
/// A key of a dictionary, equal to another as in Python: numbers by value, whatever their type (1, 1.0 and True are one key), texts and
/// bytes by content, tuples item by item, and objects only to themselves.
/// </summary>
internal readonly struct TorchKey : IEquatable<TorchKey>
{
    // A small file can describe tuples that take forever to compare. Those of more items, or of longer texts, are equal to themselves only.
    private const int MaxCost = 100;
    private const int LettersPerCost = 64;
    private readonly TorchValue _value;
    private readonly int? _hash;

    public TorchKey(TorchValue value)
    {
        _value = value;
        var hash = default(HashCode);
        var left = MaxCost;
        _hash =
            (value.Value is not TorchValue[]) ? Hash(Normal(value.Value)) : TryHash(value, ref hash, ref left) ? hash.ToHashCode() : null;
    }

    public bool Equals(TorchKey other) =>
        ReferenceEquals(_value, other._value) || (_hash is { } hash && hash == other._hash && AreEqual(_value, other._value));

    public override bool Equals(object? obj) => obj is TorchKey other && Equals(other);

    public override int GetHashCode() => _hash ?? RuntimeHelpers.GetHashCode(_value);

    private static bool AreEqual(TorchValue left, TorchValue right)
    {
        if (ReferenceEquals(left, right))
        {
            return true;
        }

        return (Normal(left.Value), Normal(right.Value)) switch
        {
            (null, null) => true,
            (long or double or BigInteger or Complex or string, _) pair => pair.Item1.Equals(pair.Item2) && pair.Item1 is not double.NaN,
            (byte[] a, byte[] b) => a.AsSpan().SequenceEqual(b),
            (TorchValue[] a, TorchValue[] b) => a.Length == b.Length && a.Zip(b).All(p => AreEqual(p.First, p.Second)),
            _ => false,
        };
    }

    /// <summary>Adds all that is in a tuple; false when that is too much.</summary>
    private static bool TryHash(TorchValue value, ref HashCode hash, ref int left)
    {
        var normal = Normal(value.Value);
        left -= 1 + (normal switch
        {
            string text => text.Length / LettersPerCost,
            byte[] bytes => bytes.Length / LettersPerCost,
            BigInteger number => (int)Math.Min(number.GetBitLength() / LettersPerCost, MaxCost),
            _ => 0,
        });
        if (left < 0)
        {
            return false;
        }

        if (normal is not TorchValue[] tuple)
        {
            hash.Add(Hash(normal) ?? RuntimeHelpers.GetHashCode(value));
            return true;
        }

        hash.Add(tuple.Length);
        foreach (var item in tuple)
        {
            if (!TryHash(item, ref hash, ref left))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>By content; null for objects, which have none.</summary>
    private static int? Hash(object? value)
    {
        switch (value)
        {
            case null:
                return 1;
            case byte[] bytes:
                var hash = default(HashCode);
                hash.AddBytes(bytes);
                return hash.ToHashCode();
            case long or double or BigInteger or Complex or string:
                return HashCode.Combine(value);
            default:
                return null;
        }
    }

    /// <summary>One form for numbers that are equal.</summary>
    private static object? Normal(object? value) => value switch
    {
        bool truth => truth ? 1L : 0L,
        Complex { Imaginary: 0 } number => Normal(number.Real),
        double number when double.IsInteger(number) => PickleText.Shortest(new BigInteger(number)),
        _ => value,
    };
}
