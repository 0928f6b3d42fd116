using Brachy.Trees;

namespace Brachy;

/// <summary>
/// A model as plain data: trained params, untrained buffers, static aux values, the function to apply, and submodules,
/// each an open dictionary that keeps its order. Editable by hand.
/// </summary>
public sealed partial class StructureTree : ITraced
{
    /// <summary>A node that holds nothing.</summary>
    public StructureTree()
    {
    }

    /// <summary>Trained values.</summary>
    public TreeDictionary<TreeValue> Params
    {
        get => (Opened._params ??= []).AsPartOfNode();
        set => OwnParams = value?.AsPartOfNode();
    }

    /// <summary>State that is not trained, such as running statistics.</summary>
    public TreeDictionary<TreeValue> Buffers
    {
        get => (Opened._buffers ??= []).AsPartOfNode();
        set => OwnBuffers = value?.AsPartOfNode();
    }

    /// <summary>Configuration that is part of the compile key: any value that is compared by content.</summary>
    public TreeDictionary<object?> Aux
    {
        get => Opened._aux ??= [];
        set => OwnAux = value;
    }

    /// <summary>What the node computes; null for a node that only holds values.</summary>
    public ApplyFn? ApplyFn
    {
        get => Opened._applyFn;
        set
        {
            Opened._applyFn = value;
            TreeEdits.Note();
        }
    }

    /// <summary>The nodes below.</summary>
    public TreeDictionary<StructureTree> Submodules
    {
        get => (Opened._submodules ??= []).AsPartOfNode();
        set => OwnSubmodules = value?.AsPartOfNode();
    }

    /// <summary>A node without state that computes a function.</summary>
    /// <param name="function">
    /// The function; it is part of the compile key. It should capture no tensors: compiled code would hold them as they were when it
    /// was traced, and no gradient would reach them.
    /// </param>
    /// <param name="name">The name in messages and checkpoints.</param>
    public static StructureTree FromFunc<TInput, TOutput>(Func<TInput, TOutput> function, string name = "function")
    {
        ArgumentNullException.ThrowIfNull(function);
        return new() { ApplyFn = new ApplyFn<TInput, TOutput>(name, (_, _, input) => function(input), identity: function) };
    }

    /// <summary>
    /// Every tensor with its path, as in PyTorch's <c>state_dict</c>: params, buffers, then submodules. One that stands at several
    /// places comes at each of them.
    /// </summary>
    public IEnumerable<(string Path, Tensor Tensor)> Tensors()
    {
        var result = new List<(string, Tensor)>();
        AddTensors(result, "", this);
        return result;
    }

    /// <summary>Every tensor once, with its first path: what counts as one weight, as in PyTorch's <c>parameters()</c>.</summary>
    public IEnumerable<(string Path, Tensor Tensor)> DistinctTensors() =>
        Tensors().DistinctBy(t => t.Tensor, ReferenceEqualityComparer.Instance);

    /// <summary>
    /// The same tree with every tensor of params and buffers replaced. A tensor that stands at several places is one weight: the
    /// function is called for its first path, and its result stands at all of them.
    /// </summary>
    /// <param name="function">From path and tensor to the new tensor; null leaves nothing there.</param>
    public StructureTree MapParamsBuffers(Func<string, Tensor, Tensor?> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return MapDistinct((path, tensor) => function(path, tensor));
    }

    /// <summary>
    /// Nodes, aux values, params and buffers with shapes and sizes, indented. The further places of a shared weight name its first:
    /// <c>weight: param float32[4, 6] = encoder.weight</c>.
    /// </summary>
    public override string ToString() => TreePrinter.Print(this);

    /// <summary>Takes over everything another tree holds.</summary>
    internal void ReplaceWith(StructureTree other)
    {
        (OwnParams, OwnBuffers, OwnAux, OwnSubmodules) = (other.OwnParams, other.OwnBuffers, other.OwnAux, other.OwnSubmodules);
        ApplyFn = other.ApplyFn;
    }

    /// <summary>
    /// As <see cref="MapParamsBuffers(Func{string, Tensor, Tensor})"/>, for a tree that is dropped soon: the current
    /// <see cref="TensorScope"/> frees its tensors.
    /// </summary>
    internal StructureTree MapInScope(Func<string, Tensor, Tensor> function) =>
        MapDistinct((path, tensor) => TreeValue.InScope(function(path, tensor)));

    /// <summary>The same tree with the value at every place of a tensor replaced.</summary>
    internal StructureTree MapValues(string path, Func<string, Tensor, TreeValue> function) => new()
    {
        _params = OwnParams?.Map((key, v) => v.Map(Join(path, key), function)),
        _buffers = OwnBuffers?.Map((key, v) => v.Map(Join(path, key), function)),
        _aux = OwnAux?.Map((key, v) => CopyAux(Join(path, key), v)),
        _applyFn = ApplyFn,
        _submodules = OwnSubmodules?.Map((key, t) => t.MapValues(Join(path, key), function)),
    };

    private static void AddTensors(List<(string Path, Tensor Tensor)> tensors, string path, TreeValue value)
    {
        switch (value.Value)
        {
            case Tensor tensor:
                tensors.Add((path, tensor));
                break;
            case StructureTree tree:
                AddEach(tree.OwnParams);
                AddEach(tree.OwnBuffers);
                for (var i = 0; i < tree.OwnSubmodules?.Count; i++)
                {
                    AddTensors(tensors, Join(path, tree.OwnSubmodules.KeySet[i]), tree.Below(tree.OwnSubmodules, i));
                }

                break;
            case TreeDictionary<TreeValue> dictionary:
                AddEach(dictionary);
                break;
            case TreeValue[] list:
                for (var i = 0; i < list.Length; i++)
                {
                    AddTensors(tensors, Join(path, TreeKey.Of(i)), list[i]);
                }

                break;
            default:
                break;
        }

        void AddEach(TreeDictionary<TreeValue>? values)
        {
            for (var i = 0; i < values?.Count; i++)
            {
                AddTensors(tensors, Join(path, values.KeySet[i]), values.ValueSpan[i]);
            }
        }
    }

    private StructureTree MapDistinct(Func<string, Tensor, TreeValue> function)
    {
        var mapped = new Dictionary<Tensor, TreeValue>(ReferenceEqualityComparer.Instance);
        return MapValues("", (path, tensor) =>
        {
            if (!mapped.TryGetValue(tensor, out var value))
            {
                value = function(path, tensor);
                mapped.Add(tensor, value);
            }

            return value;
        });
    }

    /// <summary>A node below this one.</summary>
    /// <exception cref="InvalidOperationException">It is null.</exception>
    private StructureTree Below(TreeDictionary<StructureTree> submodules, int index) => submodules.ValueSpan[index]
        ?? throw new InvalidOperationException(
            $"The submodule '{submodules.KeySet[index]}' of {ApplyFn?.Name ?? "a node"} is null; remove its key instead.");

    private static string Join(string path, string key) => TreePath.Join(path, key);
}
