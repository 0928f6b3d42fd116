using System.Collections.Concurrent;
using System.ComponentModel;
using System.Numerics;

namespace Brachy.CompilerServices;

/// <summary>
/// The types whose values are compared, snapshotted and copied by content where they are static: records and structs member by member,
/// collections item by item. Generated code registers those of a project that its declarations give to Brachy, and those marked
/// <see cref="StaticAttribute">[Static]</see>; call <c>Register</c> for types that it cannot name (private ones, anonymous ones, generic
/// ones with type arguments that it has not seen) and for collections of your own. Such a type that is not registered is refused where
/// something in it can change.
/// </summary>
public static class StaticContent
{
    private static readonly ConcurrentDictionary<Type, Content> s_known = new();

    private static readonly Lock s_adding = new();
    private static readonly List<Action> s_sources = [];
    private static volatile bool s_hasSources;

    static StaticContent()
    {
        RegisterCollectionsOf<bool>();
        RegisterCollectionsOf<int>();
        RegisterCollectionsOf<long>();
        RegisterCollectionsOf<float>();
        RegisterCollectionsOf<double>();
        RegisterCollectionsOf<string>();
        RegisterCollectionsOf<object?>();
        RegisterMemory<bool>();
        RegisterMemory<byte>();
        RegisterMemory<sbyte>();
        RegisterMemory<short>();
        RegisterMemory<ushort>();
        RegisterMemory<int>();
        RegisterMemory<uint>();
        RegisterMemory<long>();
        RegisterMemory<ulong>();
        RegisterMemory<char>();
        RegisterMemory<Half>();
        RegisterMemory<float>();
        RegisterMemory<double>();
        RegisterMemory<decimal>();
        RegisterMemory<string>();

        // Their Equals takes -0 for 0.
        Register<Complex>(["Real", "Imaginary"], static v => [v.Real, v.Imaginary], null);
        Register<Vector2>(["X", "Y"], static v => [v.X, v.Y], null);
        Register<Vector3>(["X", "Y", "Z"], static v => [v.X, v.Y, v.Z], null);
        Register<Vector4>(["X", "Y", "Z", "W"], static v => [v.X, v.Y, v.Z, v.W], null);
        Register<Quaternion>(["X", "Y", "Z", "W"], static v => [v.X, v.Y, v.Z, v.W], null);
        Register<Plane>(["Normal", "D"], static v => [v.Normal, v.D], null);
        Register<Matrix3x2>(["X", "Y", "Z"], static v => [v.X, v.Y, v.Z], null);
        Register<Matrix4x4>(["X", "Y", "Z", "W"], static v => [v.X, v.Y, v.Z, v.W], null);
    }

    /// <summary>Adds registrations that are run when a type is first looked for; a later source does not replace what is known.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static void AddSource(Action register)
    {
        ArgumentNullException.ThrowIfNull(register);
        lock (s_adding)
        {
            s_sources.Add(register);
            s_hasSources = true;
        }
    }

    /// <summary>A record or struct that is compared, and copied, member by member.</summary>
    /// <param name="names">The names of the members that are stored, for messages.</param>
    /// <param name="members">The values of these members, in order.</param>
    /// <param name="copy">
    /// From a value and copies of its members, to a copy; null where neither the value nor what its members hold can change.
    /// </param>
    /// <param name="notCopied">The name of a member that can change and that <paramref name="copy"/> cannot replace.</param>
    public static void Register<T>(string[] names, Func<T, object?[]> members, Func<T, object?[], T>? copy, string? notCopied = null)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(members);
        s_known.TryAdd(typeof(T), new MemberContent<T>([.. names], members, copy, notCopied));
    }

    /// <summary>A type whose values cannot change and hold no tensors, and whose <c>Equals</c> is by value.</summary>
    public static void RegisterPlain<T>()
        where T : notnull => s_known.TryAdd(typeof(T), new PlainContent());

    /// <summary>
    /// Refuses values of a type, wherever static values go, unless the type is registered: generated code calls it for types that it cannot
    /// take apart, and in which something can change that their <c>Equals</c> would not see.
    /// </summary>
    /// <param name="project">Any type of the type's assembly.</param>
    /// <param name="name">The full name of the type, or of its generic definition.</param>
    /// <param name="reason">What is wrong, as in "it has the settable member 'A'", from "has" on.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static void Refuse(Type project, string name, string reason)
    {
        ArgumentNullException.ThrowIfNull(project);
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(reason);
        StaticRefusals.Add(project.Assembly, name, reason);
    }

    /// <summary>
    /// Refuses values of a generic type where a type argument is none that <c>Equals</c> compares by content, unless it is registered with
    /// these arguments.
    /// </summary>
    /// <param name="project">Any type of the type's assembly.</param>
    /// <param name="name">The full name of the generic definition.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static void RefuseUnseen(Type project, string name)
    {
        ArgumentNullException.ThrowIfNull(project);
        ArgumentNullException.ThrowIfNull(name);
        StaticRefusals.AddUnseen(project.Assembly, name);
    }

    /// <summary>
    /// Refuses values of a type, wherever static values go, unless it is registered: generated code calls it for types that no declaration
    /// gives to Brachy, and whose values <c>Equals</c> does not tell apart by content.
    /// </summary>
    /// <param name="project">Any type of the type's assembly.</param>
    /// <param name="name">The full name of the type.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public static void RefuseUnmarked(Type project, string name)
    {
        ArgumentNullException.ThrowIfNull(project);
        ArgumentNullException.ThrowIfNull(name);
        StaticRefusals.AddUnmarked(project.Assembly, name);
    }

    /// <summary>A collection that is compared, and copied, item by item.</summary>
    /// <typeparam name="TCollection">The type the collections have when the program runs.</typeparam>
    /// <typeparam name="TItem">The type of the items.</typeparam>
    /// <param name="copy">From a collection and copies of its items, to a collection of them.</param>
    /// <param name="isUnordered">Whether collections with the same items in another order are the same, as for sets.</param>
    public static void RegisterCollection<TCollection, TItem>(
        Func<TCollection, IEnumerable<TItem>, TCollection> copy, bool isUnordered = false)
        where TCollection : IEnumerable<TItem>
    {
        ArgumentNullException.ThrowIfNull(copy);
        s_known.TryAdd(typeof(TCollection), new CollectionContent<TCollection, TItem>(copy) { IsUnordered = isUnordered });
    }

    /// <summary>
    /// Parts of arrays (<see cref="Memory{T}"/>, <see cref="ReadOnlyMemory{T}"/>, <see cref="ArraySegment{T}"/>) that are compared, and
    /// copied, item by item. Those of numbers, truth values, characters and texts are known.
    /// </summary>
    /// <typeparam name="T">The type of the items.</typeparam>
    public static void RegisterMemory<T>()
    {
        s_known.TryAdd(typeof(Memory<T>), new StaticMemory.OfMemory<T>());
        s_known.TryAdd(typeof(ReadOnlyMemory<T>), new StaticMemory.OfReadOnlyMemory<T>());
        s_known.TryAdd(typeof(ArraySegment<T>), new StaticMemory.OfSegment<T>());
    }

    /// <summary>How values of a type are compared and copied; null for what is compared by <c>Equals</c>, or by its items.</summary>
    /// <exception cref="ArgumentException">Neither would see a change, and the type is not registered.</exception>
    internal static Content? Find(Type type) => Known(type) ?? (StaticRefusals.Reason(type) is { } reason
        ? throw new ArgumentException($"{Article.Capital(TypeText.Of(type))} is passed as a static value, but {reason}")
        : null);

    /// <summary>What is registered for a type, or null.</summary>
    internal static Content? Known(Type type)
    {
        if (s_hasSources)
        {
            lock (s_adding)
            {
                s_sources.ForEach(register => register());
                s_sources.Clear();
                s_hasSources = false;
            }
        }

        return s_known.GetValueOrDefault(type);
    }

    /// <summary>Whether a type was registered, by generated code or by hand.</summary>
    internal static bool IsRegistered(Type type) => Known(type) is not null;

    private static void RegisterCollectionsOf<T>()
    {
        RegisterCollection<List<T>, T>(static (_, items) => [.. items]);
        RegisterCollection<HashSet<T>, T>(static (source, items) => new(items, source.Comparer), isUnordered: true);
        RegisterCollection<Dictionary<string, T>, KeyValuePair<string, T>>(static (source, items) => new(items, source.Comparer));
        Register<KeyValuePair<string, T>>(
            ["Key", "Value"], static pair => [pair.Key, pair.Value], static (pair, items) => new(pair.Key, (T)items[1]!));
    }
}

/// <summary>How static values of one type are compared and copied.</summary>
internal abstract class Content
{
    /// <summary>Whether collections with the same items in another order are the same.</summary>
    public bool IsUnordered { get; init; }

    /// <summary>The names of the members; null for what is not compared member by member.</summary>
    public virtual string[]? Names => null;

    /// <summary>The values of the members.</summary>
    public virtual object?[] Members(object value) => [];

    /// <summary>A copy, whose parts the copier makes.</summary>
    public abstract object Copy(object value, StaticCopier copier);
}

/// <summary>Values that never change and are compared by <c>Equals</c>.</summary>
internal sealed class PlainContent : Content
{
    public override object Copy(object value, StaticCopier copier) => value;
}

internal sealed class MemberContent<T>(string[] names, Func<T, object?[]> members, Func<T, object?[], T>? copy, string? notCopied) : Content
    where T : notnull
{
    public override string[] Names => names;

    public override object?[] Members(object value) => members((T)value);

    public override object Copy(object value, StaticCopier copier)
    {
        if (notCopied is not null)
        {
            copier.Share($"{TypeText.Of(typeof(T))}, whose '{notCopied}' cannot be set");
            return value;
        }

        return copy is null ? value : copy((T)value, Array.ConvertAll(members((T)value), copier.Copy));
    }
}

internal sealed class CollectionContent<TCollection, TItem>(Func<TCollection, IEnumerable<TItem>, TCollection> copy) : Content
    where TCollection : IEnumerable<TItem>
{
    // The items of these types are not boxed.
    private static readonly bool s_isPlain = typeof(TItem).IsPrimitive || typeof(TItem) == typeof(string);

    public override object Copy(object value, StaticCopier copier) =>
        copy((TCollection)value, s_isPlain ? (TCollection)value : [.. ((TCollection)value).Select(item => (TItem)copier.Copy(item)!)])!;
}
