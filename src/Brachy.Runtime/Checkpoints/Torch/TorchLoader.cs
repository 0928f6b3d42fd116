using System.Runtime.InteropServices;
using TorchSharp;

namespace Brachy.IO;

/// <summary>Checks what a pickle gave as a whole, and reads the tensors in it into memory.</summary>
/// <param name="file">The file.</param>
/// <param name="isSwapped">Whether the bytes of elements stand in the other order.</param>
/// <param name="pickleLength">The length of the pickles.</param>
internal sealed class TorchLoader(CheckpointFile file, bool isSwapped, long pickleLength)
{
    // Python's own pickler stops at its recursion limit, which is a thousand.
    private const int MaxDepth = 1000;
    private const int CopiesPerByte = 2;
    private const int FreeCopies = 4096;

    // What is not a view of the file's memory, but a copy with other signs, may together take so many bytes.
    private const long MaxSigned = 1L << 24;
    private readonly List<TorchValue> _tensors = [];
    private readonly List<object> _made = [];
    private long _copied;

    /// <summary>Puts tensors in place of their descriptions, in a value and all that it holds: all of them, or none.</summary>
    /// <exception cref="CheckpointException">The values nest too deeply, or cannot be read.</exception>
    public void Load(TorchValue root)
    {
        Visit(root);
        try
        {
            var tensors = new Dictionary<StoredTensor, object>();
            RequireSmall(_tensors.Select(v => v.Value).OfType<StoredTensor>().Distinct());
            foreach (var sharing in _tensors.Select(v => v.Value).OfType<StoredTensor>().Distinct()
                .GroupBy(t => (t.Memory, t.Element.DType)))
            {
                ReadMemory([.. sharing], tensors);
            }

            foreach (var value in _tensors)
            {
                value.Value = value.Value is StoredTensor stored ? tensors[stored] : Made(((NumpyArray)value.Value!).ToTensor());
            }
        }
        catch (Exception error)
        {
            foreach (var made in _made)
            {
                (made as Tensor ?? ((ComplexTensor)made).Pairs).Dispose();
            }

            if (error is ExternalException)
            {
                throw new CheckpointException(
                    file.Path, $"holds a tensor that libtorch refuses: {error.Message.Split('\n')[0].TrimEnd('.')}", inner: error);
            }

            throw;
        }
    }

    /// <summary>
    /// Finds the tensors, and refuses values that hold each other too deeply for a program that walks through them. A value that stands at
    /// many places, or holds itself, is visited once.
    /// </summary>
    private void Visit(TorchValue root)
    {
        const int Open = -1;
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
            top.Height = isKnown && height != Open ? Math.Max(top.Height, height + 1) : top.Height;
            path.Push(top);
            if (!isKnown)
            {
                Enter(child);
            }

            if (top.Height + path.Count > MaxDepth)
            {
                throw file.Refused($"the pickle nests more than {MaxDepth} values");
            }
        }

        void Enter(TorchValue value)
        {
            heights.Add(value, Open);
            path.Push((value, Children(value).GetEnumerator(), 0));
        }
    }

    private IEnumerable<TorchValue> Children(TorchValue value)
    {
        if (value.Value is TorchStorage storage)
        {
            value.Value = storage.Whole;
        }
        else if (value.Value is TorchObject array && NumpyValues.IsArray(array))
        {
            value.Value = NumpyValues.Array(array, Charge) ?? array;
        }

        switch (value.Value)
        {
            case TorchDictionary dictionary:
                return dictionary.Children();
            case IReadOnlyList<TorchValue> list:
                return list;
            case TorchObject item:
                return item.Children();
            case StoredTensor or NumpyArray:
                _tensors.Add(value);
                return [];
            default:
                return [];
        }
    }

    private void Charge(long count)
    {
        _copied += count;
        if (_copied > (pickleLength * CopiesPerByte) + FreeCopies)
        {
            throw file.Refused("the pickle has arrays of NumPy that are together longer than itself");
        }
    }

    private void RequireSmall(IEnumerable<StoredTensor> tensors)
    {
        if (tensors.Where(t => t.IsNegative || t.IsConjugate).Sum(t => (decimal)t.ByteSize) is var bytes
            && bytes > Math.Max(file.Length, MaxSigned))
        {
            throw file.Refused(
                $"the negative and conjugate views in it would take {bytes} bytes, more than the file",
                "Save tensor.resolve_conj().resolve_neg() in Python.");
        }
    }

    /// <summary>Reads memory once; its tensors are views of it.</summary>
    private void ReadMemory(StoredTensor[] tensors, Dictionary<StoredTensor, object> made)
    {
        var (memory, dtype) = (tensors[0].Memory, tensors[0].Element.DType);
        using var torchScope = torch.NewDisposeScope();
        using var bytes = memory.Open!();
        var elements = TensorMemory.ReadMemory(file, bytes, [memory.Length / dtype.ItemSize()], dtype, isSwapped);
        var pressure = memory.Length;
        foreach (var tensor in tensors)
        {
            made.Add(tensor, Made(View(tensor, elements, tensors.Length > 1, pressure)));
            pressure = 0;
        }
    }

    private static object View(StoredTensor tensor, torch.Tensor elements, bool isShared, long pressure)
    {
        var (isComplex, isEmpty) = (tensor.Element.IsComplex, tensor.Size.Contains(0));
        long[] sizes = isComplex ? [.. tensor.Size, 2] : tensor.Size.Sizes;

        // The stride of a dim of one element means nothing, and may be any number.
        var steps = tensor.Size.Zip(tensor.Stride, (size, stride) => size == 1 ? 1 : stride);
        long[] strides = isComplex ? [.. steps.Select(s => s * 2), 1] : [.. steps];
        var view =
            isEmpty ? torch.empty(sizes, dtype: elements.dtype) : elements.as_strided(sizes, strides, tensor.Offset * (isComplex ? 2 : 1));
        var isSigned = !isEmpty && (tensor.IsNegative || tensor.IsConjugate);
        if (isSigned)
        {
            view = tensor.IsNegative ? view.neg() : view.clone();
            if (tensor.IsConjugate)
            {
                view.select(-1, 1).neg_();
            }
        }

        var type = new TensorType(Shape.Own(sizes), tensor.Element.DType);
        var result = new Tensor(type, new Buffer(view, pressure, isShared: !isEmpty && !isSigned && (isShared || !tensor.IsDense)));
        return isComplex ? new ComplexTensor(result) : result;
    }

    private object Made(object tensor)
    {
        _made.Add(tensor);
        return tensor;
    }
}
