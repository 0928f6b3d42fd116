using Brachy.CompilerServices;

namespace Brachy;

/// <summary>What a transform made of a function for one static part of its arguments.</summary>
internal abstract class CachedVersion(TreeDef arguments)
{
    private volatile bool _isDropped;

    public TreeDef Arguments { get; } = arguments;

    /// <summary>When it was used last, in calls of the function.</summary>
    public long LastUsed { get; set; }

    /// <summary>Whether it was dropped, so that no new call may find it.</summary>
    public bool IsDropped => _isDropped;

    /// <summary>Frees what it holds. Another thread may still be about to run it.</summary>
    public void Drop()
    {
        _isDropped = true;
        Free();
    }

    /// <summary>Frees what it holds.</summary>
    protected virtual void Free()
    {
    }
}
