namespace Brachy;

/// <summary>
/// Handlers of the tuples that functions over models most often give, so that they are known even where the generator cannot
/// see them: in generic code, and where a type comes from generated members.
/// </summary>
internal static class CommonTuples
{
    public static void RegisterAll()
    {
        TreeHandler.Register(TreeHandler.Tuple(TreeHandler.Tensor, TreeHandler.Tensor));
        TreeHandler.Register(TreeHandler.Tuple(TreeHandler.Tensor, TreeHandler.StructureTree));
        TreeHandler.Register(TreeHandler.Tuple(TreeHandler.StructureTree, TreeHandler.Tensor));
        TreeHandler.Register(TreeHandler.Tuple(TreeHandler.StructureTree, TreeHandler.StructureTree));
        TreeHandler.Register(TreeHandler.Tuple(TreeHandler.Tensor, TreeHandler.Tensor, TreeHandler.Tensor));
        TreeHandler.Register(TreeHandler.Tuple(TreeHandler.Tensor, TreeHandler.Tensor, TreeHandler.StructureTree));
        TreeHandler.Register(TreeHandler.Tuple(TreeHandler.Tensor, TreeHandler.StructureTree, TreeHandler.Tensor));
        TreeHandler.Register(TreeHandler.Tuple(TreeHandler.Tensor, TreeHandler.StructureTree, TreeHandler.StructureTree));
        TreeHandler.Register(TreeHandler.Tuple(TreeHandler.StructureTree, TreeHandler.Tensor, TreeHandler.Tensor));
        TreeHandler.Register(TreeHandler.Tuple(TreeHandler.StructureTree, TreeHandler.Tensor, TreeHandler.StructureTree));
        TreeHandler.Register(TreeHandler.Tuple(TreeHandler.StructureTree, TreeHandler.StructureTree, TreeHandler.Tensor));
        TreeHandler.Register(TreeHandler.Tuple(TreeHandler.StructureTree, TreeHandler.StructureTree, TreeHandler.StructureTree));
        TreeHandler.Register(TreeHandler.Tuple(TreeHandler.Tensor, TreeHandler.Tensor, TreeHandler.Tensor, TreeHandler.Tensor));
        TreeHandler.Register(TreeHandler.Tuple(TreeHandler.Tensor, TreeHandler.Tensor, TreeHandler.Tensor, TreeHandler.StructureTree));
        TreeHandler.Register(TreeHandler.Tuple(TreeHandler.Tensor, TreeHandler.Tensor, TreeHandler.StructureTree, TreeHandler.Tensor));
        TreeHandler.Register(TreeHandler.Tuple(TreeHandler.Tensor, TreeHandler.Tensor, TreeHandler.StructureTree, TreeHandler.StructureTree));
        TreeHandler.Register(TreeHandler.Tuple(TreeHandler.Tensor, TreeHandler.StructureTree, TreeHandler.Tensor, TreeHandler.Tensor));
        TreeHandler.Register(TreeHandler.Tuple(TreeHandler.Tensor, TreeHandler.StructureTree, TreeHandler.Tensor, TreeHandler.StructureTree));
        TreeHandler.Register(TreeHandler.Tuple(TreeHandler.Tensor, TreeHandler.StructureTree, TreeHandler.StructureTree, TreeHandler.Tensor));
        TreeHandler.Register(TreeHandler.Tuple(TreeHandler.Tensor, TreeHandler.StructureTree, TreeHandler.StructureTree, TreeHandler.StructureTree));
        TreeHandler.Register(TreeHandler.Tuple(TreeHandler.StructureTree, TreeHandler.Tensor, TreeHandler.Tensor, TreeHandler.Tensor));
        TreeHandler.Register(TreeHandler.Tuple(TreeHandler.StructureTree, TreeHandler.Tensor, TreeHandler.Tensor, TreeHandler.StructureTree));
        TreeHandler.Register(TreeHandler.Tuple(TreeHandler.StructureTree, TreeHandler.Tensor, TreeHandler.StructureTree, TreeHandler.Tensor));
        TreeHandler.Register(TreeHandler.Tuple(TreeHandler.StructureTree, TreeHandler.Tensor, TreeHandler.StructureTree, TreeHandler.StructureTree));
        TreeHandler.Register(TreeHandler.Tuple(TreeHandler.StructureTree, TreeHandler.StructureTree, TreeHandler.Tensor, TreeHandler.Tensor));
        TreeHandler.Register(TreeHandler.Tuple(TreeHandler.StructureTree, TreeHandler.StructureTree, TreeHandler.Tensor, TreeHandler.StructureTree));
        TreeHandler.Register(TreeHandler.Tuple(TreeHandler.StructureTree, TreeHandler.StructureTree, TreeHandler.StructureTree, TreeHandler.Tensor));
        TreeHandler.Register(TreeHandler.Tuple(TreeHandler.StructureTree, TreeHandler.StructureTree, TreeHandler.StructureTree, TreeHandler.StructureTree));
    }
}
