namespace Brachy.Trees;

/// <summary>The parts that a node of a <see cref="StructureTree"/> has besides its submodules, as a set.</summary>
[Flags]
public enum TreeParts
{
    /// <summary>No part.</summary>
    None = 0,

    /// <summary><see cref="StructureTree.Params"/>.</summary>
    Params = 1,

    /// <summary><see cref="StructureTree.Buffers"/>.</summary>
    Buffers = 2,

    /// <summary><see cref="StructureTree.Aux"/>.</summary>
    Aux = 4,

    /// <summary><see cref="StructureTree.ApplyFn"/>.</summary>
    Apply = 8,

    /// <summary>What is traced and what a call changes: params and buffers.</summary>
    State = Params | Buffers,

    /// <summary>What is part of the compile key: aux values and apply functions.</summary>
    Static = Aux | Apply,

    /// <summary>All parts.</summary>
    All = State | Static,
}
