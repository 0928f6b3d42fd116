using System.Collections;
using System.Collections.Concurrent;
using System.Numerics;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Brachy;

/// <summary>
/// The content of structs and records that generated code does not know, such as those of other assemblies, found by reflection: their <c>Equals</c> asks
/// what their fields refer to for identity, takes -0 for 0, and may leave fields out.
/// </summary>
internal sealed class StaticFields : Content
{
    private static readonly ConcurrentDictionary<Type, StaticFields?> s_known = new();

    private readonly Type _type;
    private readonly FieldInfo[] _fields;
    private readonly MethodInfo? _clone;

    private StaticFields(Type type, FieldInfo[] fields, MethodInfo? clone)
    {
        (_type, _fields, _clone) = (type, fields, clone);
        Names = Array.ConvertAll(fields, NameOf);
    }

    public override string[] Names { get; }

    /// <summary>The content of a type; null when it is no struct or record, or when <c>Equals</c> tells its values apart exactly.</summary>
    public static StaticFields? Of(Type type) => s_known.GetOrAdd(type, Make);

    public override object?[] Members(object value) => _type.IsDefined(typeof(InlineArrayAttribute), inherit: false)
        ? throw new ArgumentException($"A {_type.Name}, an inline array, is passed as a static value, but its items cannot be compared. Pass an array.")
        : Array.ConvertAll(_fields, field => field.GetValue(value));

    public override object Copy(object value, StaticCopier copier)
    {
        var members = Members(value);
        var copies = Array.ConvertAll(members, copier.Copy);
        if (members.Zip(copies).All(pair => ReferenceEquals(pair.First, pair.Second)))
        {
            return value;
        }

        // Two fields that refer to one object would refer to two.
        var objects = members.Where(member => member is not (null or string or ValueType)).ToArray();
        if (objects.Distinct(ReferenceEqualityComparer.Instance).Count() != objects.Length)
        {
            copier.Share(_type.Name);
            return value;
        }

        var copy = _clone is null ? RuntimeHelpers.GetObjectValue(value) : _clone.Invoke(value, null)!;
        for (var i = 0; i < _fields.Length; i++)
        {
            _fields[i].SetValue(copy, copies[i]);
        }

        return copy;
    }

    private static StaticFields? Make(Type type)
    {
        // Collections and tuples go by their items, and this library's own types by their Equals.
        var clone = CloneOf(type);
        if ((!type.IsValueType && clone is null) || type.IsAssignableTo(typeof(IEnumerable)) || type.IsAssignableTo(typeof(ITuple)) || type.Assembly == typeof(StaticFields).Assembly)
        {
            return null;
        }

        // A fixed buffer shows its first element alone; such structs hold no references, and are compared by their bits.
        var fields = FieldsOf(type);
        var isExact = IsExact(type) || Array.Exists(fields, field => field.IsDefined(typeof(FixedBufferAttribute)));
        return isExact ? null : new(type, fields, clone);
    }

    /// <summary>Whether equal values of a type are the same: nothing in it is a real number, or can be changed from elsewhere.</summary>
    private static bool IsExact(Type type) =>
        type == typeof(string) || type == typeof(BigInteger) || type == typeof(DateTime) || type == typeof(DateTimeOffset) || type == typeof(decimal)
        || type.IsEnum || (type.IsPrimitive && type != typeof(float) && type != typeof(double))
        || (type.IsValueType && type != typeof(Half) && !type.IsPrimitive && !type.IsDefined(typeof(InlineArrayAttribute), inherit: false)
            && Array.TrueForAll(FieldsOf(type), field => IsExact(field.FieldType)))
        || (CloneOf(type) is not null && Array.TrueForAll(FieldsOf(type), field => field.IsInitOnly && IsExact(field.FieldType)));

    private static FieldInfo[] FieldsOf(Type type)
    {
        var fields = new List<FieldInfo>();
        for (var current = type; current is not null && current != typeof(object); current = current.BaseType)
        {
            fields.AddRange(current.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly));
        }

        return [.. fields];
    }

    /// <summary>What copies a record class for <c>with</c>.</summary>
    private static MethodInfo? CloneOf(Type type) => type.IsClass ? type.GetMethod("<Clone>$", BindingFlags.Instance | BindingFlags.Public) : null;

    /// <summary>The name of the property, or parameter, that the compiler made a field for.</summary>
    private static string NameOf(FieldInfo field) => field.Name is ['<', ..] && field.Name.IndexOf('>', StringComparison.Ordinal) is > 1 and var end ? field.Name[1..end] : field.Name;
}
