using Brachy.Extending;
using Brachy.Native;
using static Brachy.F;
using static Brachy.FourierRules;

namespace Brachy;

/// <summary>The dims of a complex transform, libtorch's number of the scaling, and the direction.</summary>
internal sealed record FourierSettings(Shape Dims, long Norm, bool Forward) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("dims", Dims), ("norm", Norm), ("forward", Forward)];
}

/// <summary>The dim of a transform of real numbers, and libtorch's number of the scaling.</summary>
internal sealed record RealFourierSettings(long Dim, long Norm) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("dim", Dim), ("norm", Norm)];
}

/// <summary>The dim of a transform to real numbers, libtorch's number of the scaling, and the size of the result.</summary>
internal sealed record InverseRealFourierSettings(long Dim, long Norm, long N) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("dim", Dim), ("norm", Norm), ("n", N)];
}

// Discrete Fourier transforms of pairs, and of real numbers along one dim. They are linear: the gradient of each is its
// transpose, another of them.
public static partial class F
{
    public static partial class fft
    {
        internal static readonly Primitive<FourierSettings> ComplexToComplex = new("fft_c2c")
        {
            Abstract = x =>
            {
                RequirePairs(x);
                RequireElements(x, x.Settings.Dims.AsSpan());
                return x[0];
            },
            Eager = x => FourierKernels.Invoke(
                "c2c", x[0], x.Temporary(TorchSharp.torch.tensor(x.Settings.Dims.Sizes)), x.Settings.Norm, x.Settings.Forward)[0],
            Script = x => UnlessEmpty(x, $"torch.view_as_real(torch._fft_c2c({Complex(x)}, {Script.Ints(x.Settings.Dims)}, "
                + $"{x.Settings.Norm}, {Script.Flag(x.Settings.Forward)}))"),
            Batching = Batching.Dims<FourierSettings>((s, batch) => s with { Dims = batch.Dims(s.Dims) }),
            Vjp = Vjp.Rule<FourierSettings>(
                (g, y, x) => [FourierTransforms.ComplexTransform(g, x.Settings with { Forward = !x.Settings.Forward })]),
            Jvp = Jvp.Linear(),
        };

        internal static readonly Primitive<RealFourierSettings> RealToComplex = new("fft_r2c")
        {
            Abstract = x =>
            {
                RequireParts(x);
                RequireElements(x, x.Settings.Dim);
                var sizes = x[0].Shape.ToArray();
                sizes[x.Settings.Dim] = (sizes[x.Settings.Dim] / 2) + 1;
                return x[0].WithShape([.. sizes, 2]);
            },
            Eager = x => FourierKernels.Invoke("r2c", x[0], x.Settings.Dim, x.Settings.Norm)[0],
            Script = x => UnlessEmpty(x, $"torch.view_as_real(torch._fft_r2c({x[0]}, [{x.Settings.Dim}], {x.Settings.Norm}, True))"),
            Batching = Batching.Dims<RealFourierSettings>((s, batch) => s with { Dim = batch.Dim(s.Dim) }),
            Vjp = Vjp.Rule<RealFourierSettings>((g, y, x) =>
            {
                // The way back counts all frequencies twice that have a mirror image.
                var (dim, size) = (x.Settings.Dim, x[0].shape[(int)x.Settings.Dim]);
                return [FourierTransforms.BackTransform(g * Multiplicity(size, dim, g, 0.5), dim, x.Settings.Norm, size)];
            }),
            Jvp = Jvp.Linear(),
        };

        internal static readonly Primitive<InverseRealFourierSettings> ComplexToReal = new("fft_c2r")
        {
            Abstract = x =>
            {
                RequirePairs(x);
                RequireElements(x, x.Settings.Dim);
                var sizes = x[0].Shape.ToArray()[..^1];
                var n = x.Settings.N;
                if (n < 1 || sizes[x.Settings.Dim] != (n / 2) + 1)
                {
                    throw new ShapeException($"{x.Primitive.Name}: {n} real numbers have {(n / 2) + 1} frequencies, but x is {x[0]}.");
                }

                sizes[x.Settings.Dim] = n;
                return x[0].WithShape(sizes);
            },
            Eager = x => FourierKernels.Invoke("c2r", x[0], x.Settings.Dim, x.Settings.Norm, x.Settings.N)[0],
            Script = x => UnlessEmpty(x, $"torch._fft_c2r({Complex(x)}, [{x.Settings.Dim}], {x.Settings.Norm}, {x.Settings.N})"),
            Batching = Batching.Dims<InverseRealFourierSettings>((s, batch) => s with { Dim = batch.Dim(s.Dim) }),
            Vjp = Vjp.Rule<InverseRealFourierSettings>((g, y, x) =>
            {
                var spectrum = FourierTransforms.RealTransform(g, x.Settings.Dim, x.Settings.Norm);
                return [spectrum * Multiplicity(x.Settings.N, x.Settings.Dim, spectrum, 2)];
            }),
            Jvp = Jvp.Linear(),
        };
    }
}

/// <summary>The rules of transforms.</summary>
file static class FourierRules
{
    // MKL refuses a batch of no transforms.
    public static readonly EagerScript FourierKernels = new(
        """
        def c2c(x, dims, norm: int, forward: bool):
            if x.numel() == 0:
                return [x.clone()]
            over: List[int] = dims.tolist()
            pairs = torch.complex(torch.select(x, -1, 0), torch.select(x, -1, 1))
            return [torch.view_as_real(torch._fft_c2c(pairs, over, norm, forward))]

        def r2c(x, dim: int, norm: int):
            if x.numel() == 0:
                sizes = x.size()
                sizes[dim] = sizes[dim] // 2 + 1
                return [torch.zeros(sizes + [2], dtype=x.dtype, device=x.device)]
            return [torch.view_as_real(torch._fft_r2c(x, [dim], norm, True))]

        def c2r(x, dim: int, norm: int, n: int):
            if x.numel() == 0:
                sizes = x.size()[:-1]
                sizes[dim] = n
                return [torch.zeros(sizes, dtype=x.dtype, device=x.device)]
            return [torch._fft_c2r(torch.complex(torch.select(x, -1, 0), torch.select(x, -1, 1)), [dim], norm, n)]

        """);

    // Asked when it runs: the number of transforms may vary.
    public static string UnlessEmpty(ScriptArgs x, string transform) =>
        $"({transform} if {x[0]}.numel() > 0 else torch.zeros({Script.Ints(x.Outputs[0].Shape)}, "
        + $"dtype={Script.Type(x.Outputs[0].DType)}, device={x[0]}.device))";

    /// <summary>
    /// A number for each frequency that has a mirror image, and 1 for the others: 0, and the highest of an even size.
    /// </summary>
    public static Tensor Multiplicity(long size, long dim, Tensor like, double mirrored)
    {
        var k = arange((size / 2) + 1, device: like.device);
        var alone = logical_or(eq(k, 0), eq(k * 2, size));
        var along = new long[like.ndim];
        Array.Fill(along, 1);
        along[dim] = (size / 2) + 1;
        return reshape(to(where(alone, 1.0, mirrored), like.dtype), along);
    }

    // A copy, since libtorch takes pairs as complex numbers only where they lie side by side from an even place on.
    public static string Complex(ScriptArgs x) => $"torch.complex(torch.select({x[0]}, -1, 0), torch.select({x[0]}, -1, 1))";

    public static void RequireParts(AbstractArgs x)
    {
        if (x[0].DType is not (DType.Float32 or DType.Float64))
        {
            throw new DTypeException(
                $"{x.Primitive.Name}: x must be float32 or float64, but is {x[0]}; cast it with x.to(DType.Float32).");
        }
    }

    public static void RequirePairs(AbstractArgs x)
    {
        RequireParts(x);
        if (x[0].Rank == 0 || x[0].Shape[^1] != 2)
        {
            throw new ShapeException($"{x.Primitive.Name}: x must hold pairs, [..., 2], but is {x[0]}.");
        }
    }

    public static void RequireElements(AbstractArgs x, params ReadOnlySpan<long> dims)
    {
        foreach (var dim in dims)
        {
            if (x[0].Shape[(int)dim] == 0)
            {
                throw new ShapeException($"{x.Primitive.Name}: dim {dim} of {x[0].Shape} has no elements to transform.");
            }
        }
    }
}
