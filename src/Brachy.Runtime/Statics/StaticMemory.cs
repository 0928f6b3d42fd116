namespace Brachy.CompilerServices;

/// <summary>
/// Parts of arrays that are static values: <see cref="Memory{T}"/>, <see cref="ReadOnlyMemory{T}"/> and <see cref="ArraySegment{T}"/>.
/// Their <c>Equals</c> asks for the same array, but others may write to it; so their items count, and a copy has an array of its own.
/// </summary>
internal abstract class StaticMemory : Content
{
    /// <summary>A new array of the items.</summary>
    /// <exception cref="ArgumentException">It is the default of a segment, which has no array.</exception>
    public abstract Array Items(object value);

    public override object Copy(object value, StaticCopier copier) => Over((Array)copier.Copy(Items(value))!);

    /// <summary>A value of the type over an array.</summary>
    protected abstract object Over(Array items);

    public sealed class OfMemory<T> : StaticMemory
    {
        public override Array Items(object value) => ((Memory<T>)value).ToArray();

        protected override object Over(Array items) => new Memory<T>((T[])items);
    }

    public sealed class OfReadOnlyMemory<T> : StaticMemory
    {
        public override Array Items(object value) => ((ReadOnlyMemory<T>)value).ToArray();

        protected override object Over(Array items) => new ReadOnlyMemory<T>((T[])items);
    }

    public sealed class OfSegment<T> : StaticMemory
    {
        public override Array Items(object value) => ((ArraySegment<T>)value) is { Array: not null } segment
            ? segment.ToArray()
            : throw new ArgumentException("An ArraySegment that was never given an array (default) is passed as a static value. Use "
                + "ArraySegment.Empty for one without items.");

        protected override object Over(Array items) => new ArraySegment<T>((T[])items);
    }
}
