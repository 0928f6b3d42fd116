using System.Collections.Concurrent;

namespace Brachy.CompilerServices;

/// <summary>Takes values of one type apart into tensors and a static part, and puts them together again.</summary>
/// <typeparam name="T">The type of the values.</typeparam>
public abstract class TreeHandler<T>
{
    /// <summary>Takes a value apart.</summary>
    public abstract void Flatten(T value, TreeFlattener flattener);

    /// <summary>Puts a value together, reading in the order that <see cref="Flatten"/> wrote in.</summary>
    public abstract T Unflatten(TreeUnflattener unflattener);
}

/// <summary>
/// The handlers of all types that transforms can take. Generated code registers those of <c>[Tree]</c> types and of the
/// tuples and collections that are passed to transforms.
/// </summary>
public static partial class TreeHandler
{
    static TreeHandler() => CommonTuples.RegisterAll();

    /// <summary>Handles tensors.</summary>
    public static TreeHandler<Tensor> Tensor { get; } = new TensorHandler();

    /// <summary>Handles structure trees.</summary>
    public static TreeHandler<StructureTree> StructureTree { get; } = new StructureTreeHandler();

    /// <summary>Handles what a param or buffer holds: a tensor, a tree, a list or dictionary of them, or nothing.</summary>
    public static TreeHandler<TreeValue> TreeValue { get; } = new TreeValueHandler();

    /// <summary>
    /// Handles values by the type they have when the program runs. Tensors, structure trees, keys and values of registered types are taken
    /// apart, and so, recursively, are <c>object[]</c>, <c>List&lt;object&gt;</c> and <c>Dictionary&lt;string, object&gt;</c>; arrays,
    /// lists and dictionaries of tensors or structure trees need no registration. All else is static.
    /// </summary>
    public static TreeHandler<object?> Dynamic { get; } = new DynamicHandler();

    /// <summary>Handles values that are not traced: compared by content.</summary>
    public static TreeHandler<T> Static<T>() => StaticHandler<T>.Instance;

    /// <summary>Handles arrays.</summary>
    public static TreeHandler<T[]> Array<T>(TreeHandler<T> element) => new ArrayHandler<T>(element);

    /// <summary>Handles lists.</summary>
    public static TreeHandler<List<T>> List<T>(TreeHandler<T> element) => new ListHandler<T>(element);

    /// <summary>Handles read-only lists; a result is an array.</summary>
    public static TreeHandler<IReadOnlyList<T>> ReadOnlyList<T>(TreeHandler<T> element) => new ReadOnlyListHandler<T>(element);

    /// <summary>Handles dictionaries; their keys are static and keep their order.</summary>
    public static TreeHandler<Dictionary<string, T>> Dictionary<T>(TreeHandler<T> value) => new DictionaryHandler<T>(value);

    /// <summary>Makes the handler of a type known to all transforms. A later registration of the same type is ignored.</summary>
    public static void Register<T>(TreeHandler<T> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        if (Registry<T>.Handler is null)
        {
            Registry<T>.Handler = handler;
            BoxedHandler.Register(handler);
        }
    }

    /// <summary>The handler of a type.</summary>
    /// <exception cref="NotSupportedException">There is none; the message says how to get one.</exception>
    public static TreeHandler<T> For<T>() => Registry<T>.Handler ?? BuiltIn<T>() ?? throw new NotSupportedException(
        $"Transforms do not know how to take {Article.With(TypeText.Of(typeof(T)))} apart into tensors and static values. If it holds no "
        + "tensors, make it static: by [Static] in a [Jit] method, by staticArguments or staticReturns of a lifted function, or everywhere "
        + $"by TreeHandler.Register(TreeHandler.Static<{TypeText.Of(typeof(T))}>()) once. If it holds some, mark your own type [Tree]; "
        + "tuples, arrays, lists and dictionaries are known where the source generator sees them passed to a transform.");

    /// <summary>The handler of a type, or null when there is none.</summary>
    internal static TreeHandler<T>? Find<T>() => Registry<T>.Handler ?? BuiltIn<T>();

    /// <summary>The tensors of a value, in order.</summary>
    internal static Tensor[] Leaves<T>(T value, TreeHandler<T> handler)
    {
        var flattener = new TreeFlattener();
        flattener.BeginRecording(withPaths: false);
        handler.Flatten(value, flattener);
        return flattener.Leaves.ToArray();
    }

    /// <summary>
    /// A value of which every tensor is replaced; the value itself when none changes. The current <see cref="TensorScope"/> frees them.
    /// </summary>
    internal static T Map<T>(T value, Func<Tensor, Tensor> function)
    {
        var handler = For<T>();
        var flattener = new TreeFlattener();
        flattener.BeginRecording(withPaths: false);
        handler.Flatten(value, flattener);
        var definition = flattener.EndRecording();
        var leaves = flattener.Leaves.ToArray();
        var mapped = leaves.Select(function).ToArray();
        return leaves.SequenceEqual(mapped) ? value : handler.Unflatten(new TreeUnflattener(definition, mapped, forCaller: false));
    }

    private static TreeHandler<T>? BuiltIn<T>()
    {
        object? handler = null;
        if (typeof(T) == typeof(Tensor))
        {
            handler = Tensor;
        }
        else if (typeof(T) == typeof(StructureTree))
        {
            handler = StructureTree;
        }
        else if (typeof(T) == typeof(TreeValue))
        {
            handler = TreeValue;
        }
        else if (typeof(T) == typeof(RngKey))
        {
            handler = new RngKeyHandler();
        }
        else if (typeof(T).IsPrimitive || typeof(T).IsEnum || typeof(T) == typeof(string) || typeof(T) == typeof(GlobalConfig)
            || typeof(T) == typeof(Shape) || typeof(T) == typeof(Device) || typeof(T) == typeof(Scalar) || typeof(T) == typeof(ValueTuple)
            || typeof(T).IsAssignableTo(typeof(IStaticContent)))
        {
            handler = Static<T>();
        }

        if (handler is not null)
        {
            Register((TreeHandler<T>)handler);
        }

        return (TreeHandler<T>?)handler;
    }

    private static class Registry<T>
    {
        public static volatile TreeHandler<T>? Handler;
    }
}
