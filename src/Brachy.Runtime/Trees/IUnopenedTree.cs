namespace Brachy.Trees;

/// <summary>What a tree holds, as long as nobody has looked at it.</summary>
internal interface IUnopenedTree
{
    /// <summary>Puts it together: a tree that nobody else has.</summary>
    StructureTree Open();
}
