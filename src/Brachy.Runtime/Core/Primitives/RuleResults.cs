using System.Runtime.CompilerServices;
using TorchSharp;

namespace Brachy.Extending;

/// <summary>The result types of a primitive: one, or several.</summary>
[CollectionBuilder(typeof(TensorTypes), nameof(Create))]
public readonly struct TensorTypes : IEnumerable<TensorType>
{
    private TensorTypes(TensorType[] items) => Items = items;

    internal TensorType[] Items { get; }

    /// <summary>Several results.</summary>
    public static TensorTypes Create(ReadOnlySpan<TensorType> items) => new(items.ToArray());

    /// <summary>One result.</summary>
    public static implicit operator TensorTypes(TensorType type) => new([type]);

    /// <inheritdoc/>
    public IEnumerator<TensorType> GetEnumerator() => ((IEnumerable<TensorType>)Items).GetEnumerator();

    System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => Items.GetEnumerator();
}

/// <summary>The results of a kernel: one, or several.</summary>
[CollectionBuilder(typeof(NativeTensors), nameof(Create))]
public readonly struct NativeTensors : IEnumerable<torch.Tensor>
{
    private NativeTensors(torch.Tensor[] items) => Items = items;

    internal torch.Tensor[] Items { get; }

    /// <summary>Several results.</summary>
    public static NativeTensors Create(ReadOnlySpan<torch.Tensor> items) => new(items.ToArray());

    /// <summary>One result.</summary>
    public static implicit operator NativeTensors(torch.Tensor tensor) => new([tensor]);

    /// <summary>Several results.</summary>
    public static implicit operator NativeTensors(torch.Tensor[] tensors) => new(tensors);

    /// <inheritdoc/>
    public IEnumerator<torch.Tensor> GetEnumerator() => ((IEnumerable<torch.Tensor>)Items).GetEnumerator();

    System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => Items.GetEnumerator();
}
