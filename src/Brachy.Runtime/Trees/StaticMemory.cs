using System.Collections.Concurrent;

namespace Brachy;

/// <summary>
/// Parts of arrays that are static values: <see cref="Memory{T}"/>, <see cref="ReadOnlyMemory{T}"/> and <see cref="ArraySegment{T}"/>. Their <c>Equals</c>
/// asks for the same array, but others may write to it; so their items count, and a copy has an array of its own.
/// </summary>
internal abstract class StaticMemory : Content
{
    private static readonly ConcurrentDictionary<Type, StaticMemory?> s_known = new();

    /// <summary>How values of a type are taken apart; null when it is none of these.</summary>
    public static StaticMemory? Of(Type type) => type is { IsValueType: true, IsGenericType: true } ? s_known.GetOrAdd(type, Make) : null;

    /// <summary>A new array of the items.</summary>
    /// <exception cref="ArgumentException">It is the default of a segment, which has no array.</exception>
    public abstract Array Items(object value);

    /// <summary>A value of the type over an array.</summary>
    protected abstract object Over(Array items);

    public override object Copy(object value, StaticCopier copier) => Over((Array)copier.Copy(Items(value))!);

    private static StaticMemory? Make(Type type)
    {
        var definition = type.GetGenericTypeDefinition();
        var form = definition == typeof(Memory<>) ? typeof(OfMemory<>)
            : definition == typeof(ReadOnlyMemory<>) ? typeof(OfReadOnlyMemory<>)
            : definition == typeof(ArraySegment<>) ? typeof(OfSegment<>)
            : null;
        return form is null ? null : (StaticMemory)Activator.CreateInstance(form.MakeGenericType(type.GetGenericArguments()))!;
    }

    private sealed class OfMemory<T> : StaticMemory
    {
        public override Array Items(object value) => ((Memory<T>)value).ToArray();

        protected override object Over(Array items) => new Memory<T>((T[])items);
    }

    private sealed class OfReadOnlyMemory<T> : StaticMemory
    {
        public override Array Items(object value) => ((ReadOnlyMemory<T>)value).ToArray();

        protected override object Over(Array items) => new ReadOnlyMemory<T>((T[])items);
    }

    private sealed class OfSegment<T> : StaticMemory
    {
        public override Array Items(object value) => ((ArraySegment<T>)value) is { Array: not null } segment
            ? segment.ToArray()
            : throw new ArgumentException("An ArraySegment that was never given an array (default) is passed as a static value. Use ArraySegment.Empty for one without items.");

        protected override object Over(Array items) => new ArraySegment<T>((T[])items);
    }
}
