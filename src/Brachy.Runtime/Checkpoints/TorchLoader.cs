using TorchSharp;

namespace Brachy;

/// <summary>Checks what a pickle gave as a whole, and reads the tensors in it into memory.</summary>
internal sealed class TorchLoader(TorchArchive archive)
{
    private const int MaxDepth = 500;
    private readonly List<TorchValue> _tensors = [];

    public TorchValue Load()
    {
        var root = new PickleReader(archive.File, archive.ReadPickle(), new TorchGlobals(archive)).Read();
        RequireTree(root);
        ReadTensors();
        return root;
    }

    /// <summary>
    /// Refuses containers that hold themselves, or hold each other too deeply for a program that walks through them, and collects the
    /// tensors. A container that stands at many places is visited once.
    /// </summary>
    private void RequireTree(TorchValue root)
    {
        const int open = -1;
        var heights = new Dictionary<TorchValue, int>();
        var path = new Stack<(TorchValue Value, IEnumerator<TorchValue> Children, int Height)>();
        Enter(root);
        while (path.TryPop(out var top))
        {
            if (!top.Children.MoveNext())
            {
                heights[top.Value] = top.Height;
                if (path.TryPop(out var parent))
                {
                    path.Push(parent with { Height = Math.Max(parent.Height, top.Height + 1) });
                }

                continue;
            }

            var child = top.Children.Current;
            var isKnown = heights.TryGetValue(child, out var height);
            if (isKnown && height == open)
            {
                throw archive.File.Refused("data.pkl holds a container that contains itself", "Save tensors and plain containers only.");
            }

            top.Height = isKnown ? Math.Max(top.Height, height + 1) : top.Height;
            path.Push(top);
            if (!isKnown)
            {
                Enter(child);
            }

            if (top.Height + path.Count > MaxDepth)
            {
                throw archive.File.Refused($"data.pkl nests more than {MaxDepth} containers");
            }
        }

        void Enter(TorchValue value)
        {
            IEnumerable<TorchValue> children = [];
            switch (value.Value)
            {
                case OrderedDictionary<string, TorchValue> dictionary:
                    children = dictionary.Values;
                    break;
                case IReadOnlyList<TorchValue> list:
                    children = list;
                    break;
                case StoredTensor:
                    _tensors.Add(value);
                    break;
                case TorchStorage or TorchGlobal:
                    throw archive.File.Refused($"data.pkl holds {value.Describe()} as a value", "A checkpoint may hold tensors and containers only.");
                default:
                    break;
            }

            heights.Add(value, open);
            path.Push((value, children.GetEnumerator(), 0));
        }
    }

    /// <summary>Puts memory in place of the descriptions: all of them, or none.</summary>
    private void ReadTensors()
    {
        var made = new Dictionary<StoredTensor, Tensor>();
        try
        {
            foreach (var sharing in _tensors.Select(v => (StoredTensor)v.Value!).Distinct().GroupBy(t => t.Storage, ReferenceEqualityComparer.Instance))
            {
                ReadStorage([.. sharing], made);
            }
        }
        catch
        {
            foreach (var tensor in made.Values)
            {
                tensor.Dispose();
            }

            throw;
        }

        foreach (var value in _tensors)
        {
            value.Value = made[(StoredTensor)value.Value!];
        }
    }

    /// <summary>Reads a storage once; its tensors are views of it.</summary>
    private void ReadStorage(StoredTensor[] tensors, Dictionary<StoredTensor, Tensor> made)
    {
        var (entry, dtype) = (tensors[0].Storage.Entry, tensors[0].DType);
        if (tensors.Any(t => t.DType != dtype))
        {
            throw archive.File.Refused($"reads '{entry.Name}' with several element types", "Save copies of such views: tensor.clone() in Python.");
        }

        using var torchScope = torch.NewDisposeScope();
        var memory = TensorMemory.ReadMemory(archive.File, entry.Offset, [entry.Length / dtype.ItemSize()], dtype);
        var pressure = entry.Length;
        foreach (var tensor in tensors)
        {
            var isEmpty = tensor.Size.Contains(0);
            var native = isEmpty ? torch.empty(tensor.Size.Sizes, dtype: dtype.ToTorch()) : memory.as_strided(tensor.Size.Sizes, tensor.Stride.Sizes, tensor.Offset);
            var isShared = !isEmpty && (tensors.Length > 1 || !tensor.IsDense);
            made.Add(tensor, new Tensor(new TensorType(tensor.Size, dtype), new Buffer(native, pressure, isShared)));
            pressure = 0;
        }
    }
}
