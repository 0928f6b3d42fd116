namespace Brachy.CompilerServices;

/// <summary>Whose a tensor is where a program has several ranks.</summary>
internal enum LeafOwner
{
    /// <summary>An argument of its own, such as a rank's share of a batch.</summary>
    Argument,

    /// <summary>A structure tree that all ranks have.</summary>
    Tree,

    /// <summary>A part of a structure tree of which each rank has its own.</summary>
    RankOfTree,
}
