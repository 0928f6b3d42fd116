namespace Brachy;

/// <summary>
/// Decides how many threads libtorch uses for a graph. Kernels that take a few microseconds lose more by waking a second
/// thread than they gain.
/// </summary>
internal static class ThreadPolicy
{
    // About 15 µs on one AVX2 core.
    private const double SmallWork = 2e6;

    // Arithmetic that takes about as long as reading or writing one element through a vectorised kernel.
    private const double WorkPerElement = 10;

    /// <summary>Whether every equation is so small that one thread is faster.</summary>
    public static bool IsBestOnOneThread(Graph graph) => graph.Equations.All(equation => Work(equation) < SmallWork);

    private static double Work(Equation equation)
    {
        var elements = equation.Outputs.Sum(o => (double)o.Type.Shape.NumElements) + equation.Inputs.Sum(i => (double)i.Type.Shape.NumElements);
        return Math.Max(Products(equation), WorkPerElement * elements);
    }

    /// <summary>The number of multiplications and additions of matrix products, attention and convolutions; 0 for all else.</summary>
    public static double Products(Equation equation)
    {
        var primitive = equation.Primitive;
        if (primitive == F.MatMul || primitive == F.Linear)
        {
            return 2.0 * equation.Outputs[0].Type.Shape.NumElements * equation.Inputs[0].Type.Shape[^1];
        }

        if (primitive == F.AddMatMul)
        {
            return 2.0 * equation.Outputs[0].Type.Shape.NumElements * equation.Inputs[1].Type.Shape[^1];
        }

        if (primitive == F.FlashAttention || primitive == F.FlashAttentionBackward)
        {
            return 4.0 * equation.Outputs[0].Type.Shape.NumElements * equation.Inputs[2].Type.Shape[2];
        }

        if (primitive != F.Convolution && primitive != F.ConvolutionBackward)
        {
            return 0;
        }

        // Each element of the side that the windows are counted on meets all kernels of its channel.
        var first = primitive == F.Convolution ? 0 : 1;
        var (input, weight) = (equation.Inputs[first].Type.Shape, equation.Inputs[first + 1].Type.Shape);
        var result = primitive == F.Convolution ? equation.Outputs[0].Type.Shape : equation.Inputs[0].Type.Shape;
        var windows = (bool)((Attributes)equation.Settings)["transposed"]! ? input : result;
        return 2.0 * windows.NumElements * weight.NumElements / weight[0];
    }
}
