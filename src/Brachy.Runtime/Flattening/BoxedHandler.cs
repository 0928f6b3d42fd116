using System.Collections.Concurrent;

namespace Brachy.CompilerServices;

/// <summary>A handler of values whose type is known only when the program runs.</summary>
internal abstract class BoxedHandler
{
    private static readonly ConcurrentDictionary<Type, BoxedHandler> s_registered = new();

    /// <summary>The type of the values.</summary>
    public abstract Type Type { get; }

    public static void Register<T>(TreeHandler<T> handler) => s_registered.TryAdd(typeof(T), Box(handler));

    /// <summary>The handler of a value by its run-time type, or null for one that is not taken apart.</summary>
    public static BoxedHandler? For(object? value) =>
        value is null ? null
        : BuiltIn.Handlers.TryGetValue(value.GetType(), out var handler) || s_registered.TryGetValue(value.GetType(), out handler) ? handler
        : null;

    public abstract void Flatten(object value, TreeFlattener flattener);

    public abstract object? Unflatten(TreeUnflattener unflattener);

    /// <inheritdoc/>
    public override string ToString() => Article.With(TypeText.Of(Type));

    private static BoxedHandler Box<T>(TreeHandler<T> handler) => new Boxed<T>(handler);

    private sealed class Boxed<T>(TreeHandler<T> handler) : BoxedHandler
    {
        public override Type Type => typeof(T);

        public override void Flatten(object value, TreeFlattener flattener) => handler.Flatten((T)value, flattener);

        public override object? Unflatten(TreeUnflattener unflattener) => handler.Unflatten(unflattener);
    }

    // A class of its own, since TreeHandler's initialization registers handlers here.
    private static class BuiltIn
    {
        /// <summary>The types that are taken apart even where a handler was registered that does not.</summary>
        public static readonly Dictionary<Type, BoxedHandler> Handlers = new[]
        {
            Box(TreeHandler.Tensor),
            Box(TreeHandler.StructureTree),
            Box(new RngKeyHandler()),
            Box(new TreeValueHandler()),
            Box(TreeHandler.Array(TreeHandler.Tensor)),
            Box(TreeHandler.List(TreeHandler.Tensor)),
            Box(TreeHandler.Dictionary(TreeHandler.Tensor)),
            Box(TreeHandler.Array(TreeHandler.StructureTree)),
            Box(TreeHandler.List(TreeHandler.StructureTree)),
            Box(TreeHandler.Dictionary(TreeHandler.StructureTree)),
            Box(TreeHandler.Array(TreeHandler.Dynamic)),
            Box(TreeHandler.List(TreeHandler.Dynamic)),
            Box(TreeHandler.Dictionary(TreeHandler.Dynamic)),
        }.ToDictionary(handler => handler.Type);
    }
}
