namespace Brachy.CompilerServices;

/// <summary>
/// Handlers of the tuples that functions over models most often give, so that they are known even where the generator cannot
/// see them: in generic code, and where a type comes from generated members.
/// </summary>
internal static class CommonTuples
{
    /// <summary>Registers all tuples of two, three and four items, each a tensor or a structure tree.</summary>
    public static void RegisterAll()
    {
        Start(TreeHandler.Tensor);
        Start(TreeHandler.StructureTree);
    }

    private static void Start<T1>(TreeHandler<T1> first)
    {
        RegisterFrom(first, TreeHandler.Tensor);
        RegisterFrom(first, TreeHandler.StructureTree);
    }

    private static void RegisterFrom<T1, T2>(TreeHandler<T1> first, TreeHandler<T2> second)
    {
        TreeHandler.Register(TreeHandler.Tuple(first, second));
        RegisterFrom(first, second, TreeHandler.Tensor);
        RegisterFrom(first, second, TreeHandler.StructureTree);
    }

    private static void RegisterFrom<T1, T2, T3>(TreeHandler<T1> first, TreeHandler<T2> second, TreeHandler<T3> third)
    {
        TreeHandler.Register(TreeHandler.Tuple(first, second, third));
        TreeHandler.Register(TreeHandler.Tuple(first, second, third, TreeHandler.Tensor));
        TreeHandler.Register(TreeHandler.Tuple(first, second, third, TreeHandler.StructureTree));
    }
}
