namespace Brachy;

/// <summary>The parts of a tensor, as its brackets name them; see <see cref="Tensor.at"/>.</summary>
public readonly struct TensorAt
{
    private readonly Tensor _x;

    internal TensorAt(Tensor x) => _x = x;

    /// <summary>One part, named as by the brackets of a tensor; also by a mask of its leading dims.</summary>
    public TensorPart this[params ReadOnlySpan<TensorIndex> indices] => new(_x, indices.ToArray());
}

/// <summary>A part of a tensor. Tensors are immutable: to change it is to make a new one.</summary>
public readonly struct TensorPart
{
    private readonly Tensor _x;
    private readonly TensorIndex[] _indices;

    internal TensorPart(Tensor x, TensorIndex[] indices) => (_x, _indices) = (x, indices);

    /// <summary>The part itself, as <c>x[…]</c> gives it.</summary>
    public Tensor get() => F.index(_x, _indices);

    /// <summary>
    /// The whole tensor with a value in this part, as after PyTorch's <c>x[…] = value</c>. Shape and dtype: as the tensor.
    /// </summary>
    /// <param name="value">Broadcasts to the part, and is cast to the element type of the tensor.</param>
    /// <exception cref="ShapeException">The part does not exist, or the value does not broadcast to it.</exception>
    /// <exception cref="NativeOpException">A tensor used as an index names an element that does not exist.</exception>
    public Tensor set(Tensor value) => F.index_set(_x, _indices, value, add: false);

    /// <summary>
    /// The whole tensor with a value added to this part. Where a tensor of indices repeats an element, all its values are added.
    /// </summary>
    /// <inheritdoc cref="set"/>
    public Tensor add(Tensor value) => F.index_set(_x, _indices, value, add: true);
}
