using System.Collections;
using System.Runtime.CompilerServices;

namespace Brachy.CompilerServices;

/// <summary>Copies static values, so that a change of the one does not reach the other.</summary>
internal sealed class StaticCopier
{
    private int _depth;
    private string? _shared;

    private StaticCopier()
    {
    }

    /// <summary>
    /// A copy of the same type. What cannot change, and collections of a type that cannot be made anew, are returned as they are.
    /// </summary>
    /// <exception cref="ArgumentException">A collection contains itself.</exception>
    public static object? Of(object? value) => IsPlain(value) ? value : new StaticCopier().Copy(value);

    /// <summary>A copy that shares nothing that can change.</summary>
    /// <exception cref="ArgumentException">There is none, or a collection contains itself.</exception>
    public static object? Whole(object? value)
    {
        var copier = new StaticCopier();
        var copy = copier.Copy(value);
        return copier._shared is null ? copy : throw new ArgumentException(
            $"A static value holds {Article.With(copier._shared)}, which cannot be copied, so that whoever changes it would change what "
            + "later calls give. Use an array, a list, an immutable collection or a record, or make the type known once with "
            + "StaticContent.RegisterCollection or StaticContent.Register.");
    }

    /// <summary>Notes that something which can change is not copied.</summary>
    public void Share(string what) => _shared ??= what;

    public object? Copy(object? value)
    {
        if (IsPlain(value))
        {
            return value;
        }

        if (NestingDepth.IsTooDeep(_depth++))
        {
            throw StaticValue.Endless();
        }

        var copy = value switch
        {
            Array array => CopyArray(array),
            BitArray bits => new BitArray(bits),
            _ when StaticContent.Find(value!.GetType()) is { } content => content.Copy(value, this),
            IEnumerable sequence when !StaticValue.IsUninitialized(sequence) =>
                Shared(value, StaticValue.IsImmutable(sequence) ? sequence.Cast<object?>() : null),
            ITuple tuple => Shared(value, Enumerable.Range(0, tuple.Length).Select(i => tuple[i])),
            _ => value,
        };
        _depth--;
        return copy;
    }

    private static bool IsPlain(object? value) =>
        value is null or string or Delegate or Type or IStaticContent or Shape || StaticValue.IsPlainNumber(value);

    /// <summary>The value itself, which is no loss when it is immutable and its items are.</summary>
    private object Shared(object value, IEnumerable<object?>? immutable)
    {
        if (immutable?.All(item => ReferenceEquals(Copy(item), item)) != true)
        {
            Share(TypeText.OfValue(value));
        }

        return value;
    }

    private Array CopyArray(Array array)
    {
        var copy = (Array)array.Clone();
        if (array.Length == 0 || HoldsPlainItems(array))
        {
            return copy;
        }

        var index = new int[array.Rank];
        for (var i = 0; i < array.Rank; i++)
        {
            index[i] = array.GetLowerBound(i);
        }

        do
        {
            copy.SetValue(Copy(array.GetValue(index)), index);
        }
        while (Next(index, array));

        return copy;
    }

    /// <summary>Whether cloning such an array is enough; other arrays are copied item by item.</summary>
    private static bool HoldsPlainItems(Array array) => array is bool[] or char[] or string[]
        or sbyte[] or byte[] or short[] or ushort[] or int[] or uint[] or long[] or ulong[] or nint[] or nuint[]
        or Half[] or float[] or double[] or decimal[];

    private static bool Next(int[] index, Array array)
    {
        for (var i = index.Length - 1; i >= 0; i--)
        {
            if (++index[i] <= array.GetUpperBound(i))
            {
                return true;
            }

            index[i] = array.GetLowerBound(i);
        }

        return false;
    }
}
