using Brachy.Extending;
using TorchSharp;

namespace Brachy.Compilation;

/// <summary>
/// Computes a 3×3 convolution with known weights on blocks of 2×2 pixels from blocks of 4×4, which takes 16 products where the definition
/// takes 36: y = Aᵀ ((G w Gᵀ) ⊙ (Bᵀ x B)) A, summed over channels before the last step, so that the products are 16 matrix products
/// (Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", 2015, F(2×2, 3×3)). Float32 results are as accurate as oneDNN's;
/// an infinite pixel makes the whole block NaN.
/// </summary>
internal static class WinogradConvolutions
{
    // Fewer than 64 blocks do not pay for reading weights that are 16/9 as large, and transformed images should stay in the cache.
    private const long FewestBlocks = 64;
    private const long MostBlockChannels = 1 << 17;

    private static readonly Tensor s_input = OfBoth([[1, 0, -1, 0], [0, 1, 1, 0], [0, -1, 1, 0], [0, 1, 0, -1]]);
    private static readonly Tensor s_kernel = OfBoth([[1, 0, 0], [0.5f, 0.5f, 0.5f], [0.5f, -0.5f, 0.5f], [0, 0, 1]]);
    private static readonly Tensor s_output = OfBoth([[1, 1, 1, 0], [0, 1, -1, -1]]);

    public static Graph Run(Graph graph) => graph.Equations.Any(e => e.Primitive == F.Convolution)
        ? GraphReplay.Rewrite(graph, (_, equation, x) =>
            equation.Primitive == F.Convolution && x.Skip(1).All(GraphReplay.IsKnown) && IsBetter(equation)
                ? [Rewritten(x, F.Convolution.SettingsOf(equation).Padding, equation.Outputs[0].Type.Shape)] : null)
        : graph;

    private static bool IsBetter(Equation convolution)
    {
        var (image, weight, result) = (convolution.Inputs[0].Type, convolution.Inputs[1].Type.Shape, convolution.Outputs[0].Type.Shape);
        var settings = F.Convolution.SettingsOf(convolution);
        if (image is not { Rank: 4, DType: DType.Float32 } || image.Device != Device.CPU || settings is not { Transposed: false, Groups: 1 }
            || weight[2] != 3 || weight[3] != 3 || settings.Stride.Concat(settings.Dilation).Any(size => size != 1)
            || result[2] % 2 != 0 || result[3] % 2 != 0)
        {
            return false;
        }

        var blocks = result[0] * (result[2] / 2) * (result[3] / 2);
        return Math.Min(weight[0], weight[1]) >= MachineCosts.Current[MachineCost.FewestChannelsOfWinograd]
            && blocks >= FewestBlocks && blocks * Math.Max(weight[0], weight[1]) <= MostBlockChannels;
    }

    private static Tensor Rewritten(Tensor[] x, Shape padding, Shape result)
    {
        var (weight, images, outputs, rows, columns) = (x[1], result[0], result[1], result[2] / 2, result[3] / 2);
        var channels = weight.shape[1];
        var padded = F.pad(F.permute(x[0], 0, 2, 3, 1), [0, 0, padding[1], padding[1], padding[0], padding[0]]);

        // Element (a, b) of all blocks together: neighbours share two rows, so rows 0 and 1 of one block are rows 2
        // and 3 of the one before.
        var pairs = F.permute(F.reshape(padded, images, rows + 1, 2, columns + 1, 2, channels), 2, 4, 0, 1, 3, 5);
        pairs = F.cat([F.slice(pairs, 3, 0, rows), F.slice(pairs, 3, 1, rows + 1)], 0);
        var blocks = F.cat([F.slice(pairs, 4, 0, columns), F.slice(pairs, 4, 1, columns + 1)], 1);

        var transformed = F.matmul(s_input, F.reshape(blocks, 16, -1));
        var products = F.matmul(F.reshape(transformed, 16, -1, channels), Transformed(weight));
        var pixels = F.reshape(F.matmul(s_output, F.reshape(products, 16, -1)), 2, 2, images, rows, columns, outputs);
        var y = F.reshape(F.permute(pixels, 2, 3, 0, 4, 1, 5), images, 2 * rows, 2 * columns, outputs);
        return F.permute(x.Length > 2 ? y + x[2] : y, 0, 3, 1, 2);
    }

    /// <summary>The kernels, [out, in, 3, 3], as 16 matrices from channels to outputs: a tensor that no trace sees.</summary>
    private static Tensor Transformed(Tensor weight)
    {
        using var scope = torch.NewDisposeScope();
        using var use = weight.Use();
        using var kernel = s_kernel.Use();
        var elements = use.Torch.permute(2, 3, 1, 0).reshape(9, -1);
        var kernels = torch.mm(kernel.Torch, elements).reshape(16, weight.shape[1], weight.shape[0]);
        var type = new TensorType(kernels.shape, DType.Float32);
        return new Tensor(type, new Buffer(kernels, type.ByteSize, isShared: false));
    }

    /// <summary>A transform of the rows and of the columns of a block, as one matrix, which no scope of a caller frees.</summary>
    private static Tensor OfBoth(float[][] matrix)
    {
        var products = from a in matrix from b in matrix from x in a from y in b select x * y;
        return Tensor.FromArray(products.ToArray(), [matrix.Length * matrix.Length, matrix[0].Length * matrix[0].Length]).Alias();
    }
}
