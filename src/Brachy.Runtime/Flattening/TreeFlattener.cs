using System.Runtime.CompilerServices;
using Brachy.Trees;

namespace Brachy.CompilerServices;

/// <summary>
/// Walks values and takes them apart into tensors (leaves) and everything else (the static part). Handlers call it in a
/// fixed order; <see cref="TreeUnflattener"/> puts values together in the same order.
/// </summary>
public sealed partial class TreeFlattener
{
    internal static readonly object NullLeaf = new NamedMarker("no tensor");
    internal static readonly object TreeMarker = new NamedMarker("a structure tree");
    internal static readonly object ListMarker = new NamedMarker("a list");
    internal static readonly object DictionaryMarker = new NamedMarker("a dictionary");

    private readonly List<string> _path = [];
    private readonly TensorPositions _positions = new();
    private Token[] _tokens = new Token[64];
    private Tensor[] _leaves = new Tensor[16];
    private List<string>? _tokenPaths;
    private List<string>? _leafPaths;
    private List<FlattenedTree>? _trees;
    private List<int>? _leafArguments;
    private List<LeafOwner>? _leafOwners;
    private TreeDef? _expected;
    private Token[] _expectedTokens = [];
    private int _tokenCount;
    private int _depth;
    private int _treeDepth;
    private int _ownDepth;
    private int _argument;
    private bool _donated;

    internal int LeafCount { get; private set; }

    /// <summary>Whether everything so far was equal to what was expected.</summary>
    internal bool Matches { get; private set; }

    /// <summary>Whether a static part is being made, and not compared.</summary>
    internal bool IsRecording => _expected is null;

    internal ReadOnlySpan<Tensor> Leaves => _leaves.AsSpan(0, LeafCount);

    /// <summary>Starts an argument of a function: sets its name, and whether its tensors are given away.</summary>
    public void Argument(string name, bool donated = false)
    {
        _donated = donated;
        _depth = 0;
        _argument++;
        if (_expected is null)
        {
            _path.Clear();
            _path.Add(name);
        }
    }

    /// <summary>Enters a member.</summary>
    /// <exception cref="ArgumentException">It is too far down: the value contains itself.</exception>
    public void Push(string name)
    {
        if (_expected is null)
        {
            _path.Add(name);
        }

        if (NestingDepth.IsTooDeep(++_depth))
        {
            throw new ArgumentException((_expected is null ? TreeDepth.Endless(Path) : TreeDepth.Endless()).Message);
        }
    }

    /// <summary>Leaves the member entered last.</summary>
    public void Pop()
    {
        _depth--;
        if (_expected is null)
        {
            _path.RemoveAt(_path.Count - 1);
        }
    }

    /// <summary>A tensor, or none.</summary>
    public void Leaf(Tensor? tensor)
    {
        if (tensor is null)
        {
            Structure(NullLeaf);
            return;
        }

        if (_expected is null)
        {
            _leafPaths?.Add(Path);
            _leafArguments?.Add(_argument);
            _leafOwners?.Add(_treeDepth == 0 ? LeafOwner.Argument : _ownDepth > 0 ? LeafOwner.RankOfTree : LeafOwner.Tree);
            var leaf = tensor.Number is null ? tensor : F.full(Shape.Scalar, tensor.Number.Value, tensor.dtype);
            AddLeaf(leaf);
            Add(new Token(leaf.Type, _donated ? 1 : 0));
        }
        else if (Matches)
        {
            if (tensor.Number is { } number)
            {
                tensor = F.full(Shape.Scalar, number, tensor.dtype);
            }

            ref readonly var token = ref Next();
            if (IsOf(token.Value, tensor.Type))
            {
                AddLeaf(tensor);
            }
            else
            {
                Matches = false;
            }
        }
    }

    /// <summary>A value that is not traced: compared by content.</summary>
    /// <exception cref="ArgumentException">It holds tensors, or cannot be compared by content.</exception>
    public void Static<T>(T value)
    {
        if (_expected is null)
        {
            Add(new Token(Snapshot(value), 1) { Original = value });
        }
        else if (Matches)
        {
            var expected = Next().Value;
            Matches = typeof(T).IsPrimitive && typeof(T) != typeof(double) && typeof(T) != typeof(float)
                ? expected is T typed && EqualityComparer<T>.Default.Equals(typed, value)
                : StaticValue.Matches(expected, value);
        }
    }

    /// <summary>
    /// What decides how a value is built, and is none itself: a count, a key, whether something is there. Compared, and read again, as
    /// <see cref="Static"/>.
    /// </summary>
    public void Layout<T>(T value)
    {
        if (_expected is null)
        {
            Add(new Token(value, 0) { Original = value });
        }
        else
        {
            Static(value);
        }
    }

    /// <summary>A structure tree. A tensor that stands at several of its places is one leaf.</summary>
    public void Tree(StructureTree? tree)
    {
        if (tree is null)
        {
            Structure(NullLeaf);
            return;
        }

        if (_expected is not null)
        {
            if (Matches)
            {
                MatchTree(tree);
            }

            return;
        }

        Structure(TreeMarker);
        if (_treeDepth++ == 0)
        {
            BeginTree();
        }

        var (token, leaf) = (_tokenCount, LeafCount);
        tree.Flatten(this);
        if (--_treeDepth == 0)
        {
            _tokens[token - 1] = new Token(TreeMarker, 0) { Original = ExtentFrom(token, leaf) };
            _trees?.Add(new(tree, Path, _argument, token.._tokenCount, leaf..LeafCount));
        }
    }

    /// <summary>Says of the next tensors that each rank has its own, until <see cref="EndOfRank"/>.</summary>
    internal void BeginOfRank() => _ownDepth++;

    /// <summary>Ends what <see cref="BeginOfRank"/> began.</summary>
    internal void EndOfRank() => _ownDepth--;

    /// <summary>A value of a structure tree.</summary>
    public void Value(TreeValue value)
    {
        if (!Matches)
        {
            return;
        }

        switch (value.Value)
        {
            case null:
                Structure(NullLeaf);
                break;
            case Tensor tensor:
                TreeLeaf(tensor);
                break;
            case StructureTree tree:
                Tree(tree);
                break;
            case TreeValue[] list:
                Structure(ListMarker);
                Layout(list.Length);
                for (var i = 0; i < list.Length; i++)
                {
                    Push(IsRecording ? TreeKey.Of(i) : "");
                    Value(list[i]);
                    Pop();
                }

                break;
            case TreeDictionary<TreeValue> dictionary:
                Structure(DictionaryMarker);
                Structure(dictionary.KeySet);
                foreach (var (key, item) in dictionary)
                {
                    Push(key);
                    Value(item);
                    Pop();
                }

                break;
            default:
                throw new InvalidOperationException($"A tree holds {Article.With(TypeText.OfValue(value.Value))}.");
        }
    }

    /// <summary>Starts collecting leaves and the static part.</summary>
    /// <param name="withPaths">Whether to note member paths, for messages.</param>
    /// <param name="withTrees">Whether to keep the structure trees themselves, with all their tensors.</param>
    internal void BeginRecording(bool withPaths, bool withTrees = false)
    {
        Reset();
        _tokenPaths = withPaths ? [] : null;
        _leafPaths = withPaths ? [] : null;
        _leafArguments = withPaths ? [] : null;
        _trees = withTrees ? [] : null;
        _leafOwners = withPaths ? [] : null;
        Matches = true;
    }

    /// <summary>Starts collecting leaves of a value that may be as expected; see <see cref="Matches"/>.</summary>
    internal void BeginMatching(TreeDef expected)
    {
        Reset();
        (_expected, _expectedTokens) = (expected, expected.Tokens);
        Matches = true;
    }

    /// <summary>Whether a matched value was as expected to its end.</summary>
    internal bool EndMatching() => Matches && _tokenCount == _expectedTokens.Length;

    internal TreeDef EndRecording() => new(_tokens.AsSpan(0, _tokenCount).ToArray(), _tokenPaths, _leafPaths)
    {
        LeafArguments = _leafArguments,
        Trees = _trees,
        LeafOwners = _leafOwners,
    };

    /// <summary>Lets go of the tensors of the last walk.</summary>
    internal void Clear()
    {
        Array.Clear(_leaves, 0, LeafCount);
        Reset();
    }

    /// <summary>Something that decides the structure: markers, key sets, apply functions.</summary>
    internal void Structure(object? value)
    {
        if (_expected is null)
        {
            Add(new Token(value, 0));
        }
        else if (Matches)
        {
            var expected = Next().Value;
            Matches = ReferenceEquals(expected, value) || (expected is not null && expected.Equals(value));
        }
    }

    /// <summary>The member path, when paths are noted.</summary>
    internal string Path => string.Join('.', _path);

    private object? Snapshot(object? value)
    {
        try
        {
            return StaticValue.Snapshot(value);
        }
        catch (ArgumentException error) when (_path.Count > 0)
        {
            throw new ArgumentException($"'{Path}': {error.Message}", error);
        }
    }

    private void TreeLeaf(Tensor tensor)
    {
        // Numbers become tensors of their own.
        if (_treeDepth == 0 || tensor.Number is not null)
        {
            _isLasting = false;
            Leaf(tensor);
            return;
        }

        if (_expected is not null)
        {
            Matches = MatchTensor(tensor);
            return;
        }

        var position = PositionOf(tensor);
        if (position < 0)
        {
            Leaf(tensor);
        }
        else
        {
            Add(new Token(new SharedLeaf(position), 0));
        }
    }

    private TreeExtent ExtentFrom(int token, int leaf)
    {
        var tokens = _tokens.AsSpan(token.._tokenCount);
        var showsEdits = true;
        foreach (ref readonly var piece in tokens)
        {
            showsEdits &= piece.IsStatic
                ? piece.Value is null or string or Shape or Size2d || StaticValue.IsPlainNumber(piece.Value)
                : !ReferenceEquals(piece.Value, ListMarker);
        }

        return new(token, tokens.Length, leaf, LeafCount - leaf) { ShowsEdits = showsEdits };
    }

    private void Reset()
    {
        (_expected, _expectedTokens) = (null, []);
        _tokenPaths = null;
        _leafPaths = null;
        _leafArguments = null;
        _trees = null;
        _leafOwners = null;
        _path.Clear();
        _tokenCount = 0;
        LeafCount = 0;
        _treeDepth = 0;
        _ownDepth = 0;
        _depth = 0;
        _argument = -1;
        _donated = false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref readonly Token Next()
    {
        var (tokens, at) = (_expectedTokens, _tokenCount);
        if ((uint)at >= (uint)tokens.Length)
        {
            Matches = false;
            return ref Token.End;
        }

        _tokenCount = at + 1;
        return ref tokens[at];
    }

    private void Add(Token token)
    {
        if (_tokenCount == _tokens.Length)
        {
            Array.Resize(ref _tokens, 2 * _tokenCount);
        }

        _tokens[_tokenCount++] = token;
        _tokenPaths?.Add(Path);
    }

    private void AddLeaf(Tensor tensor)
    {
        if (LeafCount == _leaves.Length)
        {
            Reserve(LeafCount + 1);
        }

        _leaves[LeafCount++] = tensor;
    }

    private void Reserve(int leaves)
    {
        if (leaves > _leaves.Length)
        {
            Array.Resize(ref _leaves, Math.Max(leaves, 2 * _leaves.Length));
        }
    }

    private sealed class NamedMarker(string name)
    {
        public override string ToString() => name;
    }
}
