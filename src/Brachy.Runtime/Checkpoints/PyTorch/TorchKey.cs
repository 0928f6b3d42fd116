using System.Numerics;
using System.Runtime.CompilerServices;

namespace Brachy;

/// <summary>
/// A key of a dictionary, equal to another as in Python: numbers by value, whatever their type (1, 1.0 and True are one key), texts and
/// bytes by content, tuples item by item, and objects only to themselves.
/// </summary>
internal readonly struct TorchKey(TorchValue value) : IEquatable<TorchKey>
{
    // A small file can describe tuples that would take forever to compare; beyond this many items they count as different.
    private const int MaxItems = 1000;
    private readonly TorchValue _value = value;

    public bool Equals(TorchKey other)
    {
        var left = MaxItems;
        return AreEqual(_value, other._value, ref left);
    }

    public override bool Equals(object? obj) => obj is TorchKey other && Equals(other);

    public override int GetHashCode() => Hash(_value, depth: 0);

    private static bool AreEqual(TorchValue left, TorchValue right, ref int itemsLeft)
    {
        if (ReferenceEquals(left, right))
        {
            return true;
        }

        switch (Normal(left.Value), Normal(right.Value))
        {
            case (null, null):
                return true;
            case (long or double or BigInteger or Complex or string, _) pair:
                return pair.Item1.Equals(pair.Item2) && pair.Item1 is not double.NaN;
            case (byte[] a, byte[] b):
                return a.AsSpan().SequenceEqual(b);
            case (TorchValue[] a, TorchValue[] b) when a.Length == b.Length:
                for (var i = 0; i < a.Length; i++)
                {
                    if (--itemsLeft < 0 || !AreEqual(a[i], b[i], ref itemsLeft))
                    {
                        return false;
                    }
                }

                return true;
            default:
                return false;
        }
    }

    private static int Hash(TorchValue value, int depth)
    {
        switch (Normal(value.Value))
        {
            case null:
                return 1;
            case byte[] bytes:
                var ofBytes = default(HashCode);
                ofBytes.AddBytes(bytes);
                return ofBytes.ToHashCode();
            case TorchValue[] tuple:
                var ofTuple = default(HashCode);
                ofTuple.Add(tuple.Length);
                for (var i = 0; i < Math.Min(tuple.Length, 8) && depth < 3; i++)
                {
                    ofTuple.Add(Hash(tuple[i], depth + 1));
                }

                return ofTuple.ToHashCode();
            case long or double or BigInteger or Complex or string:
                return HashCode.Combine(Normal(value.Value));
            default:
                return RuntimeHelpers.GetHashCode(value);
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
