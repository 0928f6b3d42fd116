using Brachy.Extending;
using static Brachy.F;

namespace Brachy;

/// <summary>Gradients that go back to where an element came from.</summary>
internal static class PoolingGradients
{
    public static Tensor max_pool2d_backward(Tensor g, Tensor indices, Tensor x) => MaxPool2dBackward.Bind(g, indices, x);

    /// <summary>
    /// Adds elements into the places of images or volumes that their numbers name; their transpose is to take them from there.
    /// </summary>
    public static Tensor put_back(Tensor elements, Tensor indices, Shape shape)
    {
        var zeros = F.zeros([shape[0], shape[1], Shape.Create(shape.AsSpan()[2..]).NumElements], elements.dtype, elements.device);
        return reshape(scatter_add(zeros, 2, flatten(indices, 2), flatten(elements, 2)), shape);
    }
}
