using Brachy.Compilation;

namespace Brachy.Tests.Ops;

/// <summary>Random convolutions, forward and their gradients, eager and compiled, in float32 and bfloat16, against float64.</summary>
internal static class RandomConvolutions
{
    // Of the largest value. Sums of some thousand products lose about 1e-6 in float32; bfloat16 has 8 bits. Kernels that drop data are
    // off by a tenth and more.
    private static readonly (DType DType, double Tolerance)[] s_types = [(DType.Float32, 2e-5), (DType.BFloat16, 3e-2)];

    /// <summary>How many of the compiled functions so far called operators of oneDNN by name.</summary>
    public static int ScriptsWithOneDnn { get; private set; }

    /// <summary>What is wrong, in words.</summary>
    public static IReadOnlyList<string> Run(int seed, int count)
    {
        var random = new Random(seed);
        var problems = new List<string>();
        for (var i = 0; i < count; i++)
        {
            using var scope = TensorScope.Begin();
            var convolution = new RandomConvolution(random);
            foreach (var (dtype, tolerance) in s_types)
            {
                // Half precision costs libtorch ten times as long; every third one will do.
                if (dtype == DType.Float32 || i % 3 == 0)
                {
                    Check(convolution, dtype, tolerance, problems);
                }
            }
        }

        return problems;
    }

    private static void Check(RandomConvolution convolution, DType dtype, double tolerance, List<string> problems)
    {
        var (operands, cotangent) = convolution.Make(dtype);
        var expected = convolution.Expected(operands, cotangent);
        Compare("eager", convolution.Ours(operands, cotangent), expected);

        // Tuples, because probes run before the handlers of this assembly's arrays are registered.
        var compiled = Jit.Compile(
            (Tensor x, Tensor w, Tensor b, Tensor g) =>
            {
                var results = convolution.Ours(operands.Length > 2 ? [x, w, b] : [x, w], g);
                return (results[0], results[1], results[2], results.Length > 3 ? results[3] : b);
            },
            backend: Backend.TorchScript);
        var (y, byInput, byWeight, byBias) = compiled.Invoke(
            operands[0], operands[1], operands.Length > 2 ? operands[2] : operands[1], cotangent);
        Compare("compiled", [y, byInput, byWeight, byBias], expected);
        compiled.ClearCache();

        // Known weights, what is added and an activation: fused where there is a kernel for it.
        var frozen = Jit.Compile((Tensor x) => F.relu(convolution.Apply([x, .. operands[1..]]) + 1), backend: Backend.TorchScript);
        Compare("with known weights", [frozen.Invoke(operands[0])], [Array.ConvertAll(expected[0], y => Math.Max(y + 1, 0))]);
        ScriptsWithOneDnn += frozen.Script!.Contains("mkldnn", StringComparison.Ordinal) ? 1 : 0;
        frozen.ClearCache();

        void Compare(string how, Tensor[] actual, double[][] right)
        {
            for (var i = 0; i < right.Length; i++)
            {
                var values = actual[i].to(DType.Float64).ToArray<double>();
                var scale = 1 + right[i].Max(Math.Abs);
                var worst = values.Zip(right[i], (a, b) => Math.Abs(a - b) / scale)
                    .Select(e => double.IsNaN(e) ? double.PositiveInfinity : e).Max();
                if (values.Length != right[i].Length || worst > tolerance)
                {
                    var what = i == 0 ? "result" : $"gradient {i - 1}";
                    problems.Add(FormattableString.Invariant(
                        $"{convolution}, {dtype.Name()}, {how}: {what} is off by {worst:G2} of the largest value"));
                }
            }
        }
    }
}
