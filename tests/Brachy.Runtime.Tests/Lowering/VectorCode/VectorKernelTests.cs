using Brachy.Compilation;
using Brachy.Extending;
using Brachy.Tests.Ops;

namespace Brachy.Tests.Lowering;

/// <summary>
/// Every rule of vector code against libtorch's kernels: all rows of its primitive, in all element types, from memory in several layouts.
/// </summary>
public class VectorKernelTests
{
    private static readonly DType[] s_dtypes = [DType.Float32, DType.Float64, DType.Int64, DType.Bool, DType.UInt8];

    private static readonly (string Name, bool IsInside, Func<Tensor, Tensor> Lay)[] s_layouts =
    [
        ("dense", false, x => x),
        ("turned argument", false, Turned),
        ("turned value", true, Turned),
        ("part of a larger value", true, x => x.ndim == 0 ? x : F.slice(F.cat([x, x], -1), -1, 0, x.shape[^1])),
    ];

    public static TheoryData<string> PrimitiveNames => [.. TrainingKernels.All.Keys];

    [Theory]
    [MemberData(nameof(PrimitiveNames))]
    public void RuleComputesWhatTheKernelComputes(string name)
    {
        var ran = 0;
        foreach (var sample in OpSamples.All.Where(s => s.Primitive.Name == name))
        {
            foreach (var inputs in Variants(sample))
            {
                Tensor[] eager;
                try
                {
                    eager = OpCheck.Compute(sample, inputs);
                }
                catch (Exception error) when (error is DTypeException or ShapeException or NativeOpException)
                {
                    continue;
                }

                foreach (var (layout, isInside, lay) in s_layouts)
                {
                    ran += Agrees(sample, inputs, eager, layout, isInside, lay) ? 1 : 0;
                }

                // Each row by itself, on all threads.
                using var parts = TeamStep.CutInto(1);
                Agrees(sample, inputs, eager, "dense, cut into rows", false, x => x);
                Agrees(sample, inputs, eager, "turned value, cut into rows", true, Turned);
            }
        }

        Assert.True(ran >= 4, $"'{name}' ran {ran} times.");
    }

    [Fact]
    public void UniformNumbersAreThoseOfLibtorchBitByBit()
    {
        foreach (var dtype in new[] { DType.Float32, DType.Float64 })
        {
            // 700 words are more than the generator makes at a time.
            var compiled = Jit.Compile((Tensor key) => Rng.Uniform([700], dtype, new RngKey(key)), backend: Backend.VectorCode);
            foreach (var seed in new long[] { 0, 1, 5489, 0x7FFFFFFFFFFFFFFF, 0x123456789 })
            {
                var key = F.tensor(seed);
                Assert.Equal(
                    Rng.Uniform([700], dtype, new RngKey(key)).to(DType.Float64)
                        .ToArray<double>(), compiled.Invoke(key).to(DType.Float64).ToArray<double>());
            }
        }
    }

    [Fact]
    public void GeluKeepsToTheErrorOfItsFormula()
    {
        var x = F.linspace(-12, 12, 20011, DType.Float64);
        var exact = F.gelu(x).ToArray<double>();
        var single = x.to(DType.Float32);
        var ours = Jit.Compile((Tensor a) => F.gelu(a), backend: Backend.VectorCode).Invoke(single).ToArray<float>();
        var error = exact.Zip(ours, (e, o) => Math.Abs(e - o) / Math.Max(1, Math.Abs(e))).Max();
        Assert.True(error < 4e-7, $"error {error}");
    }

    private static bool Agrees(OpSample sample, Tensor[] inputs, Tensor[] eager, string layout, bool isInside, Func<Tensor, Tensor> lay)
    {
        Tensor[] results;
        try
        {
            results = isInside
                ? OpCheck.Compiled(sample, inputs, Backend.VectorCode, lay)
                : OpCheck.Compiled(sample, Array.ConvertAll(inputs, x => x.Number is null ? lay(x) : x), Backend.VectorCode);
        }
        catch (NotSupportedException refusal)
        {
            // What a rule throws would not be.
            Assert.StartsWith("Vector code cannot run ", refusal.Message, StringComparison.Ordinal);
            return false;
        }

        if (sample.Primitive == F.TopK)
        {
            // Which of equal elements comes first is not defined.
            var dim = ((TopKSettings)sample.Settings!).Dim;
            (eager, results) = ([eager[0], eager[0]], [results[0], inputs[0].ndim == 0 ? inputs[0] : F.gather(inputs[0], dim, results[1])]);
        }

        // Sums of hundreds of products, in another order.
        var tolerance = sample.Primitive == F.Convolution || sample.Primitive == F.ConvolutionBackward ? 16 : 4;
        for (var i = 0; i < eager.Length; i++)
        {
            Assert.Equal(eager[i].Type, results[i].Type);
            OpCheck.AssertClose(
                eager[i], results[i], tolerance * OpCheck.Rounding(eager[i].dtype),
                $"{sample} of {string.Join(", ", inputs.Select(x => x.Type))}, {layout}, result {i}");
        }

        return true;
    }

    private static IEnumerable<Tensor[]> Variants(OpSample sample)
    {
        yield return sample.Inputs();
        foreach (var dtype in s_dtypes)
        {
            for (var only = -1; only < sample.Inputs().Length; only++)
            {
                yield return [.. sample.Inputs().Select((x, i) => x.Number is null && (only < 0 || i == only) ? x.to(dtype) : x)];
            }
        }
    }

    /// <summary>The same values with the first and the last dim swapped in memory.</summary>
    private static Tensor Turned(Tensor x) => x.ndim < 2 ? x : F.contiguous(x.transpose(0, -1)).transpose(0, -1);
}
