using System.Numerics;
using Brachy.Extending;

namespace Brachy.Compilation;

/// <summary>
/// Gradients of convolutions over one or two dims, of one group: by the input a convolution with the kernels turned around, by the weights
/// <see cref="KernelGradient{T, TTile}"/>, by the bias sums.
/// </summary>
internal static unsafe class ConvolutionGradientKernels
{
    // Of larger strides most of what the convolution reads would be zeros.
    private const int MostStrides = 4;

    /// <summary>Whether there is a rule for such gradients.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="weight">The shape of the weights.</param>
    public static bool Fits(ConvolutionBackwardSettings settings, Shape weight) =>
        settings is { Dims: <= 2, Groups: 1, Transposed: false }
        && (settings.OutputMask[0] == 0 || (settings.Stride.NumElements <= MostStrides && Enumerable.Range(0, settings.Dims).All(d =>
            settings.Padding[d] <= settings.Dilation[d] * (weight[d + 2] - 1))));

    public static bool Rule(VectorArgs x, ConvolutionBackwardSettings settings) =>
        ConvolutionSteps.AreImages(x, settings) && Fits(settings, x.Types[2].Shape)
        && x.OfType(x.Output().DType, settings, Rule<float>, Rule<double>);

    private static bool Rule<T>(VectorArgs x, ConvolutionBackwardSettings settings)
        where T : unmanaged, INumber<T> => Tiles.Select<Gradients<T>, bool>(new(x, settings));

    private readonly struct Gradients<T>(VectorArgs x, ConvolutionBackwardSettings settings) : ITileFunction<bool>
        where T : unmanaged, INumber<T>
    {
        public bool Of<TTile>()
            where TTile : struct, ITile
        {
            var (image, weight) = (x.Types[1].Shape, x.Types[2].Shape);
            var size = ConvolutionSteps.SizeOf(image, weight, x.Types[0].Shape, settings);
            var byInput = InputGradient(size);
            var byWeight = new KernelGradient<T, TTile>(size);
            var wanted = settings.OutputMask;
            if (wanted[1] != 0 && byWeight.MostLength > VectorCompiler.MostElements)
            {
                return false;
            }

            var (gradient, result) = (ConvolutionSteps.Pixels(x, x[0]), 0);
            if (wanted[0] != 0)
            {
                ConvolutionSteps.Add<T, TTile>(
                    x, byInput, false, Spread(gradient, size, byInput), x[2], KernelOrder.Turned(byInput), default,
                    ConvolutionSteps.Images(x, result++, image));
            }

            if (wanted[1] != 0)
            {
                AddWeights(byWeight, x.Dense(gradient), x.Result(result++));
            }

            if (wanted[2] != 0)
            {
                ColumnSums.Add<T>(x, x.Dense(gradient), x.Result(result));
            }

            return true;
        }

        /// <summary>The convolution that gives the gradient by the input, of the spread gradient of the result.</summary>
        private static ConvolutionSize InputGradient(ConvolutionSize size)
        {
            return new(size.Images, size.Outputs, size.Channels, 1, Dim(size.Y), Dim(size.X));

            static ConvolvedDim Dim(ConvolvedDim dim)
            {
                var reach = dim.Dilation * (dim.Kernel - 1);
                return new(dim.Size + (2 * dim.Padding) - reach, dim.Kernel, 1, reach - dim.Padding, dim.Dilation, dim.Size);
            }
        }

        /// <summary>The gradient with zeros where windows of the convolution do not begin.</summary>
        private Layout Spread(Layout gradient, ConvolutionSize size, ConvolutionSize spread)
        {
            if (size is { Y.Stride: 1, X.Stride: 1 })
            {
                return gradient;
            }

            var result = x.Scratch(gradient.DType, [size.Images, spread.Y.Size, spread.X.Size, size.Outputs]);
            var strides = result.Strides;
            var copy = CopyKernels.Copy(gradient, result.Part(
                0, gradient.Shape, [strides[0], strides[1] * size.Y.Stride, strides[2] * size.X.Stride, strides[3]]));
            x.AddCopied(gradient.Count);
            x.Add(memory =>
            {
                result.Span<T>(memory).Clear();
                copy(memory);
            });
            return result;
        }

        private void AddWeights<TTile>(KernelGradient<T, TTile> gradient, Layout ofResult, Layout result)
            where TTile : struct, ITile
        {
            var (image, dtype) = (ConvolutionSteps.Pixels(x, x[1]), result.DType);
            var threads = KnownProducts.MostThreads(gradient.Size);
            var planes = x.Scratch(dtype, [gradient.PlanesLength]);
            var strips = x.Scratch(dtype, [gradient.StripsLength]);
            var sums = x.Scratch(dtype, [gradient.SumsLength]);
            var scratch = x.Scratch(dtype, [Math.Min(threads, gradient.Parts), gradient.ScratchLength]);
            foreach (var step in Enum.GetValues<KernelGradientStep>())
            {
                var parts = KernelGradientWork<T, TTile>.Parts(gradient, step);
                x.Add(memory => ThreadTeam.Shared.Run(
                    Math.Min(threads, ThreadTeam.ThreadsOfCaller), parts, new KernelGradientWork<T, TTile>(
                        gradient, step, ConvolutionSteps.At<T>(image, memory), ofResult.Address(memory), planes.Address(memory),
                        strips.Address(memory), sums.Address(memory), scratch.Address(memory), result.Address(memory))));
            }
        }
    }
}
