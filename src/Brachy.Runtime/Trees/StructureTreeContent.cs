using Brachy.Trees;

namespace Brachy;

// What a node holds. A tree that compiled code gave is made of nodes and dictionaries when it is looked at, since most such trees only go
// into the next call.
public sealed partial class StructureTree
{
    private TreeDictionary<TreeValue>? _params;
    private TreeDictionary<TreeValue>? _buffers;
    private TreeDictionary<object?>? _aux;
    private TreeDictionary<StructureTree>? _submodules;
    private ApplyFn? _applyFn;

    // Volatile: who reads that there is none sees the content that was written before. Nothing ever becomes unopened again.
    private volatile IUnopenedTree? _unopened;

    /// <summary>A tree that is put together when somebody looks at it.</summary>
    /// <param name="content">What it holds.</param>
    internal StructureTree(IUnopenedTree content) => _unopened = content;

    /// <summary>What the tree holds, when nobody has looked at it.</summary>
    internal IUnopenedTree? Unopened => _unopened;

    private TreeDictionary<TreeValue>? OwnParams
    {
        get => Opened._params;
        set
        {
            Opened._params = value;
            TreeEdits.Note();
        }
    }

    private TreeDictionary<TreeValue>? OwnBuffers
    {
        get => Opened._buffers;
        set
        {
            Opened._buffers = value;
            TreeEdits.Note();
        }
    }

    private TreeDictionary<object?>? OwnAux
    {
        get => Opened._aux;
        set
        {
            Opened._aux = value;
            TreeEdits.Note();
        }
    }

    private TreeDictionary<StructureTree>? OwnSubmodules
    {
        get => Opened._submodules;
        set
        {
            Opened._submodules = value;
            TreeEdits.Note();
        }
    }

    private StructureTree Opened
    {
        get
        {
            if (_unopened is { } content)
            {
                Open(content);
            }

            return this;
        }
    }

    private void Open(IUnopenedTree content)
    {
        // Of threads that look at once, one puts the tree together, so that all see, and edit, the same nodes.
        lock (content)
        {
            if (_unopened is not null)
            {
                var made = content.Open();
                (_params, _buffers, _aux, _submodules) = (made._params, made._buffers, made._aux, made._submodules);
                _applyFn = made._applyFn;
                _unopened = null;
            }
        }
    }
}
