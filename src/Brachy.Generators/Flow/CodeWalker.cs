using Microsoft.CodeAnalysis;

namespace Brachy.Generators;

/// <summary>Walks through code in the order in which it runs.</summary>
internal abstract class CodeWalker
{
    /// <summary>Runs an operation.</summary>
    protected abstract void Walk(IOperation operation);

    /// <summary>Runs what is read to find one place that is written.</summary>
    protected virtual void WalkPlace(IOperation place) => WalkChildren(place);

    /// <summary>Writes one place.</summary>
    protected abstract void Assign(IOperation place);

    protected void WalkChildren(IOperation operation)
    {
        foreach (var child in operation.ChildOperations)
        {
            Walk(child);
        }
    }

    /// <summary>What is assigned is not read, unless it is a part of something.</summary>
    protected void WalkTarget(IOperation target)
    {
        foreach (var place in Writes.Places(target))
        {
            WalkPlace(place);
        }
    }

    protected void AssignTarget(IOperation target)
    {
        foreach (var place in Writes.Places(target))
        {
            Assign(place);
        }
    }
}
