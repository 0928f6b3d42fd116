using Brachy.Compilation;
using Brachy.Extending;
using CsCheck;

namespace Brachy.Tests.Ops;

/// <summary>Fourier transforms: values and gradients against libtorch's and against sums of sines and cosines, and the way back.</summary>
public class FourierTests
{
    private static readonly Tensor s_rows = Make.Real([3, 6]);
    private static readonly Tensor s_odd = Make.Real([2, 5]);
    private static readonly Tensor s_cube = Make.Real([2, 4, 3]);
    private static readonly Tensor s_pairs = Make.Real([3, 4, 2]);
    private static readonly Tensor s_images = Make.Real([2, 3, 5, 2]);
    private static readonly Tensor s_signal = Make.Real([2, 23]);
    private static readonly Tensor s_spectra = Make.Real([2, 5, 6, 2]);

    // A tensor of pairs is a complex one: ours and theirs say so by view_as_complex.
    private static readonly Dictionary<string, (Func<Tensor, Tensor> Ours, string Theirs, Tensor X)> s_cases = new(ByNorm())
    {
        ["fft of reals"] = (x => Real(F.fft.fft_(x)), "torch.view_as_real(torch.fft_fft(x))", s_odd),
        ["fft, cut"] = (
            x => Real(F.fft.fft_(Complex(x), 3, 0)), "torch.view_as_real(torch.fft_fft(torch.view_as_complex(x), 3, 0))", s_images),
        ["fft, with zeros"] = (
            x => Real(F.fft.fft_(Complex(x), 7)), "torch.view_as_real(torch.fft_fft(torch.view_as_complex(x), 7))", s_pairs),
        ["ifft of reals"] = (x => Real(F.fft.ifft(x, dim: 0)), "torch.view_as_real(torch.resolve_conj(torch.fft_ifft(x, dim=0)))", s_rows),
        ["rfft, odd"] = (x => Real(F.fft.rfft(x)), "torch.view_as_real(torch.fft_rfft(x))", s_odd),
        ["rfft, cut, first dim"] = (x => Real(F.fft.rfft(x, 2, 0)), "torch.view_as_real(torch.fft_rfft(x, 2, 0))", s_rows),
        ["rfft, with zeros"] = (x => Real(F.fft.rfft(x, 9)), "torch.view_as_real(torch.fft_rfft(x, 9))", s_rows),
        ["irfft, odd"] = (x => F.fft.irfft(Complex(x), 7), "torch.fft_irfft(torch.view_as_complex(x), 7)", s_pairs),
        ["irfft, cut"] = (x => F.fft.irfft(Complex(x), 3), "torch.fft_irfft(torch.view_as_complex(x), 3)", s_pairs),
        ["irfft, with zeros"] = (x => F.fft.irfft(Complex(x), 12, 0), "torch.fft_irfft(torch.view_as_complex(x), 12, 0)", s_pairs),
        ["irfft to one"] = (x => F.fft.irfft(Complex(x), 1), "torch.fft_irfft(torch.view_as_complex(x), 1)", s_pairs),
        ["hfft, size"] = (x => F.fft.hfft(Complex(x), 5), "torch.fft_hfft(torch.view_as_complex(x), 5)", s_pairs),
        ["rfftn of all"] = (x => Real(F.fft.rfftn(x)), "torch.view_as_real(torch.fft_rfftn(x))", s_cube),
        ["rfftn, sizes"] = (x => Real(F.fft.rfftn(x, [3, 5])), "torch.view_as_real(torch.fft_rfftn(x, [3, 5]))", s_cube),
        ["rfftn, dims"] = (x => Real(F.fft.rfftn(x, [-1, 5], [2, 0])), "torch.view_as_real(torch.fft_rfftn(x, [-1, 5], [2, 0]))", s_cube),
        ["irfftn, dims"] = (
            x => F.fft.irfftn(Complex(x), [3, 4], [2, 0]), "torch.fft_irfftn(torch.view_as_complex(x), [3, 4], [2, 0])", s_images),
        ["irfft2, odd"] = (x => F.fft.irfft2(Complex(x), [3, 7]), "torch.fft_irfft2(torch.view_as_complex(x), [3, 7])", s_images),
        ["fft2 of reals"] = (x => Real(F.fft.fft2(x, [2, 4], [0, 1])), "torch.view_as_real(torch.fft_fft2(x, [2, 4], [0, 1]))", s_cube),
        ["fftn of all"] = (x => Real(F.fft.fftn(Complex(x))), "torch.view_as_real(torch.fft_fftn(torch.view_as_complex(x)))", s_images),
        ["fftshift"] = (x => F.fft.fftshift(x), "torch.fft_fftshift(x)", s_cube),
        ["fftshift of a dim"] = (x => F.fft.fftshift(x, 2), "torch.fft_fftshift(x, [2])", s_cube),
        ["ifftshift"] = (x => F.fft.ifftshift(x), "torch.fft_ifftshift(x)", s_odd),
        ["fftshift of complex"] = (
            x => Real(F.fft.ifftshift(F.fft.fftshift(Complex(x)) * 2, -1)),
            "torch.view_as_real(torch.fft_ifftshift(torch.fft_fftshift(torch.view_as_complex(x)) * 2, [-1]))", s_images),
        ["complex arithmetic"] = (
            x => Real((Complex(x) * Complex(x[0]) - 2 + x[0, 0, 0]) / (Complex(x[1]).conj() + x[0, 0, 1] - Complex(x))
                + (3 - Complex(x)) * 2 / x[1, 1, 1]),
            "torch.view_as_real((torch.view_as_complex(x) * torch.view_as_complex(x[0]) - 2 + x[0, 0, 0]) / "
            + "(torch.view_as_complex(x[1]).conj() + x[0, 0, 1] - torch.view_as_complex(x)) + (3 - torch.view_as_complex(x)) * 2 / x[1, 1, "
            + "1])",
            s_pairs),
        ["abs and angle"] = (
            x => Complex(x).abs() + Complex(x).angle(), "torch.view_as_complex(x).abs() + torch.view_as_complex(x).angle()", s_pairs),
        ["abs at 0"] = (x => Complex(x * 0).abs(), "torch.view_as_complex(x * 0).abs()", s_pairs),
        ["polar"] = (x => Real(F.polar(F.square(x), x * 2)), "torch.view_as_real(torch.polar(torch.square(x), x * 2))", s_odd),
        ["stft"] = (
            x => Real(F.stft(x, 8)), "torch.view_as_real(torch.stft(torch.reflection_pad1d(x, [4, 4]), 8, 2, 8, torch.ones(8, "
                + "dtype=torch.float64), return_complex=True))", s_signal),
        ["stft, window"] = (
            x => Real(F.stft(x, 9, 2, 6, F.hann_window(6, dtype: DType.Float64))),
            "torch.view_as_real(torch.stft(torch.reflection_pad1d(x, [4, 4]), 9, 2, 6, torch.hann_window(6, dtype=torch.float64), "
            + "return_complex=True))", s_signal),
        ["stft, two-sided"] = (
            x => Real(F.stft(x[0], 7, 3, center: false, normalized: true, onesided: false)),
            "torch.view_as_real(torch.stft(x[0], 7, 3, normalized=True, onesided=False, return_complex=True))", s_signal),
        ["istft"] = (
            x => F.istft(Complex(x), 8, 2, window: F.hann_window(8, dtype: DType.Float64)),
            "torch.istft(torch.view_as_complex(x), 8, 2, window=torch.hann_window(8, dtype=torch.float64))", s_spectra),
        ["istft, length"] = (
            x => F.istft(Complex(x[0]), 8, 3, 7, F.hamming_window(7, dtype: DType.Float64), normalized: true, length: 17),
            "torch.istft(torch.view_as_complex(x[0]), 8, 3, 7, torch.hamming_window(7, dtype=torch.float64), normalized=True, length=17)",
            s_spectra),
        ["istft, two-sided, not centered"] = (
            x => F.istft(Complex(x), 5, 2, center: false, onesided: false),
            "torch.istft(torch.view_as_complex(x), 5, 2, window=torch.ones(5, dtype=torch.float64), center=False, onesided=False)",
            s_spectra),
    };

    public static TheoryData<string> Names => [.. s_cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void ValuesAndGradientsAreThoseOfLibtorch(string name)
    {
        var (ours, theirs, x) = s_cases[name];
        CompositeCheck.ValueAndGradient(name, ours, t => ScriptedReference.Run(theirs, t), x, 1e-10);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void CompiledGradientsAreThoseComputedAtOnce(string name)
    {
        var (ours, _, x) = s_cases[name];
        var gradient = Grad.Of((Tensor t) => F.sum(F.square(ours(t))));
        OpCheck.AssertClose(gradient(x), Jit.Compile((Tensor t) => gradient(t)).Invoke(x), 1e-9, name);
    }

    [Fact]
    public void TransformsAreSumsOfSinesAndCosinesAndHaveAWayBack()
    {
        Gen.Select(Gen.Long[1, 20], Gen.Long[0, 3], Gen.Int[0, 1000]).Sample((n, batch, seed) =>
        {
            var x = Make.Real([batch, n], seed: seed + 1);
            var k = F.arange(n).to(DType.Float64);
            var angles = F.outer(k, k) * (-2 * Math.PI / n);
            var expected = F.complex(F.matmul(x, F.cos(angles)), F.matmul(x, F.sin(angles)));
            OpCheck.AssertClose(expected.Pairs, F.fft.fft_(x).Pairs, 1e-10, $"fft of {n}");
            OpCheck.AssertClose(expected.Pairs[.., ..(int)((n / 2) + 1)], F.fft.rfft(x).Pairs, 1e-10, $"rfft of {n}");
            foreach (var norm in new[] { "backward", "ortho", "forward" })
            {
                OpCheck.AssertClose(x, F.fft.irfft(F.fft.rfft(x, norm: norm), n, norm: norm), 1e-10, $"irfft of {n}");
                OpCheck.AssertClose(x, F.fft.ifft(F.fft.fft_(x, norm: norm), norm: norm).real, 1e-10, $"ifft of {n}");
                OpCheck.AssertClose(x, F.fft.hfft(F.fft.ihfft(x, norm: norm), n, norm: norm), 1e-10, $"hfft of {n}");
            }
        }, iter: 60, threads: 1);
    }

    [Fact]
    public void ASignalComesBackFromItsShortTimeSpectrum()
    {
        Gen.Select(Gen.Long[2, 12], Gen.Long[1, 4], Gen.Long[13, 40], Gen.Bool, Gen.Bool).Sample(
            (size, hop, length, normalized, onesided) =>
            {
                var x = Make.Real([2, length]);
                var window = F.hamming_window(size, dtype: DType.Float64);
                var spectrum = F.stft(x, size, Math.Min(hop, size), window: window, normalized: normalized, onesided: onesided);
                var back = F.istft(spectrum, size, Math.Min(hop, size), window: window, normalized: normalized, onesided: onesided);
                var covered = (int)Math.Min(length, back.shape[1]);
                Assert.True(covered > length - size - hop);
                OpCheck.AssertClose(x[.., ..covered], back[.., ..covered], 1e-9, $"stft of {length} by {size}, hop {hop}");
            }, iter: 60, threads: 1);
    }

    [Fact]
    public void ComplexTensorsGoThroughJitAndGradients()
    {
        var x = Complex(s_pairs);
        var filter = Jit.Compile((ComplexTensor c) => c * c.conj() + 1);
        OpCheck.AssertClose((x * x.conj() + 1).Pairs, filter.Invoke(x).Pairs, 1e-12, "compiled");
        var gradient = Grad.Of((ComplexTensor c) => F.sum(F.square(c.abs())))(x);
        OpCheck.AssertClose(s_pairs * 2, gradient.Pairs, 1e-12, "slopes by real and imaginary part");
        Assert.Equal([3L, 4], x.shape);
        Assert.Equal(2, x.ndim);
        Assert.Equal(DType.Float64, x.dtype);
        OpCheck.AssertClose(s_pairs, x.transpose(0, -1).transpose(0, 1).reshape(12).reshape(3, 4).Pairs, 0, "shapes");
        OpCheck.AssertClose(
            Make.Values([2], 0.6e200, -0.8e200), (1e200 / F.complex(F.full([], 0.6, DType.Float64), F.full([], 0.8, DType.Float64))).Pairs,
            1e-12, "large quotient");
    }

    [Fact]
    public void FrequenciesAndWindowsAreThoseOfLibtorch()
    {
        foreach (var n in new[] { 1, 2, 5, 8 })
        {
            CompositeCheck.Value("fftfreq", ScriptedReference.Run($"torch.fft_fftfreq({n}, 0.5, dtype=torch.float64)"), F.fft.fftfreq(
                n, 0.5, DType.Float64));
            CompositeCheck.Value(
                "rfftfreq", ScriptedReference.Run($"torch.fft_rfftfreq({n}, 2.0, dtype=torch.float32)"), F.fft.rfftfreq(n, 2));
        }

        foreach (var n in new[] { 0, 1, 2, 7, 8 })
        {
            foreach (var periodic in new[] { true, false })
            {
                var rest = $"({n}, {Script.Flag(periodic)}";
                (string Theirs, Tensor Ours)[] windows =
                [
                    ($"torch.hann_window{rest}, dtype=torch.float64)", F.hann_window(n, periodic, DType.Float64)),
                    ($"torch.hamming_window{rest}, dtype=torch.float64)", F.hamming_window(n, periodic, dtype: DType.Float64)),
                    ($"torch.hamming_window{rest}, 0.6, 0.4, dtype=torch.float64)", F.hamming_window(n, periodic, 0.6, 0.4, DType.Float64)),
                    ($"torch.blackman_window{rest}, dtype=torch.float64)", F.blackman_window(n, periodic, DType.Float64)),
                    ($"torch.bartlett_window{rest}, dtype=torch.float64)", F.bartlett_window(n, periodic, DType.Float64)),
                    ($"torch.kaiser_window{rest}, 7.5, dtype=torch.float64)", F.kaiser_window(n, periodic, 7.5, DType.Float64)),
                    ($"torch.kaiser_window{rest}, dtype=torch.float32)", F.kaiser_window(n, periodic)),
                ];
                Assert.All(windows, w => CompositeCheck.Value(w.Theirs, ScriptedReference.Run(w.Theirs), w.Ours));
            }
        }
    }

    [Fact]
    public void ASingleNumberHasNothingToShift()
    {
        var x = F.full([], 3.0, DType.Float64);
        Assert.Equal(3, (double)F.fft.fftshift(x, 0));
        Assert.Equal(3, (double)F.fft.ifftshift(x, -1));
        Assert.Equal(3, (double)F.fft.fftshift(new ComplexTensor(F.full([2], 3.0, DType.Float64)), 0).Pairs[1]);
        Assert.Throws<ShapeException>(() => F.fft.fftshift(x, 1));
    }

    [Fact]
    public void WhatDoesNotFitIsRefused()
    {
        Assert.Throws<ShapeException>(() => F.fft.rfft(F.ones([])));
        Assert.Throws<ShapeException>(() => F.fft.rfft(F.ones([3, 0])));
        Assert.Throws<ShapeException>(() => F.fft.rfft(s_odd, 0));
        Assert.Throws<ShapeException>(() => F.fft.rfft(s_odd, -1));
        Assert.Throws<ShapeException>(() => F.fft.rfft(s_odd, dim: 2));
        Assert.Throws<ShapeException>(() => F.fft.irfft(F.complex(s_odd[.., ..1], s_odd[.., ..1])));
        Assert.Throws<ArgumentException>(() => F.fft.rfft(s_odd, norm: "both"));
        Assert.Throws<ShapeException>(() => F.fft.rfftn(s_cube, [2], [0, 1]));
        Assert.Throws<ShapeException>(() => F.fft.rfftn(s_cube, dim: [0, 0]));
        Assert.Throws<ShapeException>(() => F.fft.rfftn(s_cube, dim: []));
        Assert.Throws<DTypeException>(() => F.fft.rfft(s_odd.to(DType.Float16)));
        Assert.Equal(DType.Float32, F.fft.rfft(F.arange(4)).dtype);
        Assert.Throws<ShapeException>(() => F.view_as_complex(s_odd));
        Assert.Throws<DTypeException>(() => F.view_as_complex(F.ones([2], DType.Int64)));
        Assert.Throws<ShapeException>(() => F.hann_window(-1));
        Assert.Throws<DTypeException>(() => F.hann_window(3, dtype: DType.Int64));
        Assert.Throws<ShapeException>(() => F.stft(s_signal, 24, center: false));
        Assert.Throws<ShapeException>(() => F.stft(s_signal, 8, 0));
        Assert.Throws<ShapeException>(() => F.stft(s_signal, 8, 2, 9));
        Assert.Throws<ShapeException>(() => F.stft(s_signal, 8, 2, 6, F.ones([8], DType.Float64)));
        Assert.Throws<ShapeException>(() => F.stft(s_cube, 2));
        Assert.Throws<ShapeException>(() => F.istft(Complex(s_spectra), 16));
        Assert.Throws<ArgumentException>(
            () => F.istft(Complex(s_spectra), 8, 8, window: F.hann_window(8, dtype: DType.Float64), center: false));
    }

    [Fact]
    public void NoTransformsAreNone()
    {
        var f = Jit.Compile(
            (Tensor x) => F.fft.irfft(F.fft.ifft(F.fft.rfft(x), dim: 1), n: 6), backend: Backend.TorchScript, varying: [new(0, "batch")]);
        foreach (var size in new[] { 5, 0, 1 })
        {
            var x = F.sin(F.arange(size * 6).to(DType.Float64)).reshape(size, 6);
            var expected = F.fft.irfft(F.fft.ifft(F.fft.rfft(x), dim: 1), n: 6);
            Assert.Equal([size, 6], expected.shape);
            Assert.True((bool)F.isclose(expected, f.Invoke(x)).all());
        }

        Assert.Equal(1, f.TraceCount);
    }

    private static ComplexTensor Complex(Tensor pairs) => F.view_as_complex(pairs);

    private static Tensor Real(ComplexTensor x) => F.view_as_real(x);

    private static IEnumerable<KeyValuePair<string, (Func<Tensor, Tensor>, string, Tensor)>> ByNorm()
    {
        foreach (var norm in new[] { "backward", "ortho", "forward" })
        {
            (string Name, Func<Tensor, Tensor> Ours, string Theirs, Tensor X)[] cases =
            [
                ("fft", x => Real(F.fft.fft_(Complex(x), norm: norm)),
                    "torch.view_as_real(torch.fft_fft(torch.view_as_complex(x), norm='NORM'))", s_pairs),
                ("ifft", x => Real(F.fft.ifft(Complex(x), dim: 0, norm: norm)),
                    "torch.view_as_real(torch.fft_ifft(torch.view_as_complex(x), dim=0, norm='NORM'))", s_pairs),
                ("rfft", x => Real(F.fft.rfft(x, norm: norm)), "torch.view_as_real(torch.fft_rfft(x, norm='NORM'))", s_rows),
                ("irfft", x => F.fft.irfft(Complex(x), norm: norm), "torch.fft_irfft(torch.view_as_complex(x), norm='NORM')", s_pairs),
                ("hfft", x => F.fft.hfft(Complex(x), norm: norm), "torch.fft_hfft(torch.view_as_complex(x), norm='NORM')", s_pairs),
                ("ihfft", x => Real(F.fft.ihfft(x, norm: norm)), "torch.view_as_real(torch.resolve_conj(torch.fft_ihfft(x, norm='NORM')))",
                    s_rows),
                ("fft2", x => Real(F.fft.fft2(Complex(x), norm: norm)),
                    "torch.view_as_real(torch.fft_fft2(torch.view_as_complex(x), norm='NORM'))", s_images),
                ("ifft2", x => Real(F.fft.ifft2(Complex(x), norm: norm)),
                    "torch.view_as_real(torch.fft_ifft2(torch.view_as_complex(x), norm='NORM'))", s_images),
                ("ifftn", x => Real(F.fft.ifftn(Complex(x), norm: norm)),
                    "torch.view_as_real(torch.fft_ifftn(torch.view_as_complex(x), norm='NORM'))", s_images),
                ("rfft2", x => Real(F.fft.rfft2(x, norm: norm)), "torch.view_as_real(torch.fft_rfft2(x, norm='NORM'))", s_cube),
                ("irfft2", x => F.fft.irfft2(Complex(x), norm: norm), "torch.fft_irfft2(torch.view_as_complex(x), norm='NORM')", s_images),
                ("irfftn", x => F.fft.irfftn(Complex(x), norm: norm), "torch.fft_irfftn(torch.view_as_complex(x), norm='NORM')", s_images),
            ];
            foreach (var (name, ours, theirs, x) in cases)
            {
                yield return KeyValuePair.Create<string, (Func<Tensor, Tensor>, string, Tensor)>(
                    $"{name}, {norm}", (ours, theirs.Replace("NORM", norm, StringComparison.Ordinal), x));
            }
        }
    }
}
