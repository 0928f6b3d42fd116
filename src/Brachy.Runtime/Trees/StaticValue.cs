using System.Collections;
using System.Globalization;

namespace Brachy;

/// <summary>Values that are not traced: compared by content, snapshotted so that a later change is seen as a new value.</summary>
internal static class StaticValue
{
    /// <summary>A copy of the same type, for the collections whose type can be made anew; other values are returned as they are.</summary>
    public static object? Copy(object? value) => value switch
    {
        null or string or ValueType or GlobalConfig => value,
        Array array => CopyArray(array),
        List<object?> list => list.ConvertAll(Copy),
        List<string> list => new List<string>(list),
        List<int> list => new List<int>(list),
        List<long> list => new List<long>(list),
        List<float> list => new List<float>(list),
        List<double> list => new List<double>(list),
        List<bool> list => new List<bool>(list),
        Dictionary<string, object?> map => map.ToDictionary(e => e.Key, e => Copy(e.Value), map.Comparer),
        Dictionary<string, string> map => new Dictionary<string, string>(map, map.Comparer),
        Dictionary<string, int> map => new Dictionary<string, int>(map, map.Comparer),
        Dictionary<string, long> map => new Dictionary<string, long>(map, map.Comparer),
        Dictionary<string, double> map => new Dictionary<string, double>(map, map.Comparer),
        Dictionary<string, bool> map => new Dictionary<string, bool>(map, map.Comparer),
        HashSet<string> set => new HashSet<string>(set, set.Comparer),
        _ => value,
    };

    /// <summary>A copy that later changes to the original do not reach. Serves comparison: the type of a collection may differ.</summary>
    public static object? Snapshot(object? value)
    {
        var copy = Copy(value);
        if (!ReferenceEquals(copy, value))
        {
            return copy;
        }

        return value switch
        {
            null or string or ValueType => value,
            IDictionary dictionary => SnapshotDictionary(dictionary),
            IList list => list.Cast<object?>().Select(Snapshot).ToList(),
            _ => value,
        };
    }

    /// <summary>Whether two values have the same content. Objects of other types than collections use their own Equals.</summary>
    public static bool ContentEquals(object? left, object? right)
    {
        if (ReferenceEquals(left, right))
        {
            return true;
        }

        return (left, right) switch
        {
            (null, _) or (_, null) => false,
            (double a, double b) => BitConverter.DoubleToInt64Bits(a) == BitConverter.DoubleToInt64Bits(b),
            (float a, float b) => BitConverter.SingleToInt32Bits(a) == BitConverter.SingleToInt32Bits(b),
            (string or ValueType, _) => left.Equals(right),
            (IDictionary a, IDictionary b) => DictionaryEquals(a, b),
            (IList a, IList b) => ListEquals(a, b),
            (ISet<string> a, ISet<string> b) => a.SetEquals(b),
            _ => left.Equals(right),
        };
    }

    public static string Format(object? value) => value switch
    {
        null => "null",
        string text => $"\"{text}\"",
        IDictionary dictionary => $"{{{string.Join(", ", dictionary.Keys.Cast<object>().Select(key => $"{key}: {Format(dictionary[key])}"))}}}",
        IList list => $"[{string.Join(", ", list.Cast<object?>().Select(Format))}]",
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? value.GetType().Name,
    };

    private static Array CopyArray(Array array)
    {
        var copy = (Array)array.Clone();
        if (copy is object?[] objects)
        {
            for (var i = 0; i < objects.Length; i++)
            {
                objects[i] = Copy(objects[i]);
            }
        }

        return copy;
    }

    private static Dictionary<object, object?> SnapshotDictionary(IDictionary dictionary)
    {
        var copy = new Dictionary<object, object?>();
        foreach (DictionaryEntry entry in dictionary)
        {
            copy.Add(entry.Key, Snapshot(entry.Value));
        }

        return copy;
    }

    private static bool DictionaryEquals(IDictionary left, IDictionary right)
    {
        if (left.Count != right.Count)
        {
            return false;
        }

        foreach (DictionaryEntry entry in left)
        {
            if (!right.Contains(entry.Key) || !ContentEquals(entry.Value, right[entry.Key]))
            {
                return false;
            }
        }

        return true;
    }

    private static bool ListEquals(IList left, IList right)
    {
        if (left.Count != right.Count)
        {
            return false;
        }

        for (var i = 0; i < left.Count; i++)
        {
            if (!ContentEquals(left[i], right[i]))
            {
                return false;
            }
        }

        return true;
    }
}
