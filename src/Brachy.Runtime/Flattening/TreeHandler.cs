using System.Collections.Concurrent;

namespace Brachy;

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
public static class TreeHandler
{
    static TreeHandler() => CommonTuples.RegisterAll();

    /// <summary>Handles tensors.</summary>
    public static TreeHandler<Tensor> Tensor { get; } = new TensorHandler();

    /// <summary>Handles structure trees.</summary>
    public static TreeHandler<StructureTree> StructureTree { get; } = new StructureTreeHandler();

    /// <summary>
    /// Handles values by the type they have when the program runs. Tensors, structure trees, keys and values of registered types are taken
    /// apart, and so, recursively, are <c>object[]</c>, <c>List&lt;object&gt;</c> and <c>Dictionary&lt;string, object&gt;</c>; arrays, lists and
    /// dictionaries of tensors or structure trees need no registration. All else is static.
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

    /// <summary>Handles tuples of one, which end tuples of more than seven.</summary>
    public static TreeHandler<ValueTuple<T1>> Tuple<T1>(TreeHandler<T1> first) =>
        new TupleHandler<T1>(first);

    /// <summary>Handles pairs.</summary>
    public static TreeHandler<(T1, T2)> Tuple<T1, T2>(TreeHandler<T1> first, TreeHandler<T2> second) =>
        new TupleHandler<T1, T2>(first, second);

    /// <summary>Handles triples.</summary>
    public static TreeHandler<(T1, T2, T3)> Tuple<T1, T2, T3>(TreeHandler<T1> first, TreeHandler<T2> second, TreeHandler<T3> third) =>
        new TupleHandler<T1, T2, T3>(first, second, third);

    /// <summary>Handles tuples of four.</summary>
    public static TreeHandler<(T1, T2, T3, T4)> Tuple<T1, T2, T3, T4>(TreeHandler<T1> first, TreeHandler<T2> second, TreeHandler<T3> third, TreeHandler<T4> fourth) =>
        new TupleHandler<T1, T2, T3, T4>(first, second, third, fourth);

    /// <summary>Handles tuples of five.</summary>
    public static TreeHandler<(T1, T2, T3, T4, T5)> Tuple<T1, T2, T3, T4, T5>(TreeHandler<T1> first, TreeHandler<T2> second, TreeHandler<T3> third, TreeHandler<T4> fourth, TreeHandler<T5> fifth) =>
        new TupleHandler<T1, T2, T3, T4, T5>(first, second, third, fourth, fifth);

    /// <summary>Handles tuples of six.</summary>
    public static TreeHandler<(T1, T2, T3, T4, T5, T6)> Tuple<T1, T2, T3, T4, T5, T6>(TreeHandler<T1> first, TreeHandler<T2> second, TreeHandler<T3> third, TreeHandler<T4> fourth, TreeHandler<T5> fifth, TreeHandler<T6> sixth) =>
        new TupleHandler<T1, T2, T3, T4, T5, T6>(first, second, third, fourth, fifth, sixth);

    /// <summary>Handles tuples of seven.</summary>
    public static TreeHandler<(T1, T2, T3, T4, T5, T6, T7)> Tuple<T1, T2, T3, T4, T5, T6, T7>(TreeHandler<T1> first, TreeHandler<T2> second, TreeHandler<T3> third, TreeHandler<T4> fourth, TreeHandler<T5> fifth, TreeHandler<T6> sixth, TreeHandler<T7> seventh) =>
        new TupleHandler<T1, T2, T3, T4, T5, T6, T7>(first, second, third, fourth, fifth, sixth, seventh);

    /// <summary>Handles tuples of more than seven, whose eighth and further elements are a tuple of their own.</summary>
    public static TreeHandler<ValueTuple<T1, T2, T3, T4, T5, T6, T7, TRest>> Tuple<T1, T2, T3, T4, T5, T6, T7, TRest>(
        TreeHandler<T1> first, TreeHandler<T2> second, TreeHandler<T3> third, TreeHandler<T4> fourth, TreeHandler<T5> fifth, TreeHandler<T6> sixth, TreeHandler<T7> seventh, TreeHandler<TRest> rest)
        where TRest : struct =>
        new TupleHandler<T1, T2, T3, T4, T5, T6, T7, TRest>(first, second, third, fourth, fifth, sixth, seventh, rest);

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
        $"Transforms do not know how to take a {typeof(T)} apart into tensors and static values. If it holds no tensors, make it static: by [Static] in a [Jit] " +
        $"method, by staticArguments or staticReturns of a lifted function, or everywhere by TreeHandler.Register(TreeHandler.Static<{typeof(T).Name}>()) once. If it holds " +
        "some, mark your own type [Tree]; tuples, arrays, lists and dictionaries are known where the source generator sees them passed to a transform.");

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

    /// <summary>A value of which every tensor is replaced; the value itself when none changes. The current <see cref="TensorScope"/> frees them.</summary>
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
