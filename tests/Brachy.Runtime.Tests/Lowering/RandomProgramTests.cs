using Brachy.Compilation;
using Brachy.Tests.Shared;
using CsCheck;

namespace Brachy.Tests.Lowering;

/// <summary>Thousands of small random programs give equal results eagerly, interpreted and compiled.</summary>
public class RandomProgramTests
{
    private const int Programs = 2000;

    /// <summary>A program, and what it is compiled with: see <see cref="PassVariants"/>.</summary>
    private static readonly Gen<(int[] Code, string Variant)> s_program =
        Gen.Select(Gen.Int[0, 1_000_000].Array[3, 14], Gen.Int[0, (PassVariants.All.Count * 3 / 2) - 1].Select(
            i => i < PassVariants.All.Count ? PassVariants.All[i] : PassVariants.EveryPass));

    [Fact]
    public void BackendsAgree()
    {
        var (runAsVectorCode, runInChains) = (0, 0);
        s_program.Sample(
        program =>
        {
            var (code, variant) = program;
            var plain = PassVariants.RunPlain(() => Compiled("no pass", x => Run(code, x), Backend.Interpreter, Run(code, Inputs())));
            foreach (var backend in new[] { Backend.Interpreter, Backend.TorchScript })
            {
                PassVariants.Run(variant, () => Compiled(variant, x => Run(code, x), backend, plain));
            }

            runAsVectorCode += PassVariants.Run(variant, () => IsEqualAsVectorCode(variant, x => Run(code, x), plain)) ? 1 : 0;
            runInChains += PassVariants.Run(variant, () => IsEqualInChains(variant, x => Run(code, x), plain)) ? 1 : 0;
        },
        iter: Programs,
        threads: 1);

        Assert.True(runInChains > Programs / 4, $"{runInChains} of {Programs} programs had chains in vector code.");

        Assert.True(runAsVectorCode > Programs / 4, $"{runAsVectorCode} of {Programs} programs ran as vector code.");
    }

    [Fact]
    public void GradientsAgree()
    {
        var runAsVectorCode = 0;
        s_program.Sample(
        program =>
        {
            var (code, variant) = program;
            var gradient = Grad.Of((Tensor[] x) => Run(code, x).Select(t => t.sum().to(DType.Float64)).Aggregate((a, b) => a + b));
            var plain = PassVariants.RunPlain(() => Compiled("no pass", gradient, Backend.Interpreter, gradient(Inputs())));
            PassVariants.Run(variant, () => Compiled(variant, gradient, Backend.TorchScript, plain));
            runAsVectorCode += PassVariants.Run(variant, () => IsEqualAsVectorCode(variant, gradient, plain)) ? 1 : 0;
        },
        iter: Programs / 4,
        threads: 1);

        Assert.True(runAsVectorCode > 0, $"{runAsVectorCode} programs ran as vector code.");
    }

    private static bool IsEqualAsVectorCode(string variant, Func<Tensor[], Tensor[]> function, Tensor[] expected)
    {
        try
        {
            Compiled(variant, function, Backend.VectorCode, expected);

            // Small blocks of rows, as of large values.
            using var parts = TeamStep.CutInto(bytes: expected.Length % 2 == 0 ? 1 : 100);
            Compiled($"{variant}, small blocks", function, Backend.VectorCode, expected);
            return true;
        }
        catch (NotSupportedException)
        {
            return false;
        }
    }

    /// <summary>As on a machine that saves a second for each element of a chain, however short.</summary>
    private static bool IsEqualInChains(string variant, Func<Tensor[], Tensor[]> function, Tensor[] expected)
    {
        using var costs = MachineCosts.Scope(
            MachineCosts.Fixed.With(MachineCost.LostPerElement, -1).With(MachineCost.LostPerElementInCache, -1));
        var isInChains = false;
        Compiled(
            $"{variant}, chains", function, new ChainBackend(fewestSeconds: 0), expected,
            executable => isInChains = executable is StagedExecutable);
        return isInChains;
    }

    /// <summary>Compiles a function of given-away inputs, compares its results with those expected, and gives them.</summary>
    private static Tensor[] Compiled(
        string variant, Func<Tensor[], Tensor[]> function, Backend backend, Tensor[] expected, Action<Executable>? look = null)
    {
        var compiled = Jit.Compile(function, donate: [0], backend: backend);
        var results = compiled.Invoke(Inputs());
        GraphChecker.Check(compiled.Graph!);
        Assert.Equal(expected.Length, results.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i].Type, results[i].Type);
            AssertClose(expected[i], results[i], $"{backend} with {variant}, result {i} of\n{compiled.Graph}{compiled.Script}");
        }

        look?.Invoke(compiled.LastExecutable!);
        compiled.ClearCache();
        return results;
    }

    private static Tensor[] Inputs() => [Input([2, 3], 0.3), Input([3], -0.7), Input([2, 1], 1.1), Input([], 0.5)];

    private static Tensor Input(Shape shape, double offset) =>
        F.sin(F.arange(shape.NumElements).to(DType.Float64).reshape(shape) + offset);

    /// <summary>Interprets numbers as a program over a growing list of values; the last three are its results.</summary>
    internal static Tensor[] Run(int[] code, Tensor[] inputs)
    {
        var values = inputs.ToList();
        foreach (var word in code)
        {
            var a = values[word / 31 % values.Count];
            var b = values[word / 977 % values.Count];
            values.Add(Step(word % 33, a, Broadcasts(a.shape, b.shape) ? b : a));
        }

        return [.. values.TakeLast(3)];
    }

    private static bool Broadcasts(Shape a, Shape b)
    {
        for (var i = 1; i <= Math.Min(a.Rank, b.Rank); i++)
        {
            if (a[^i] != b[^i] && a[^i] != 1 && b[^i] != 1)
            {
                return false;
            }
        }

        return true;
    }

    private static Tensor Step(int op, Tensor a, Tensor b)
    {
        var dim = a.ndim == 0 ? 0 : -1;
        return op switch
        {
            0 => a + b,
            1 => a - b,
            2 => a * b,
            3 => a / (b * b + 1),
            4 => F.maximum(a, b),
            5 => F.minimum(a, 0.25),
            6 => F.tanh(a),
            7 => F.exp(-(a * a)),
            8 => F.sigmoid(a),
            9 => F.relu(a),
            10 => F.where(a > 0, a, b),
            11 => a.sum(),
            12 => a.sum(dim, keepdim: true),
            13 => a.mean(),
            14 => a.reshape(-1),
            15 => a.ndim >= 2 ? a.transpose(0, 1) : a.unsqueeze(0),
            16 => F.softmax(a, dim),
            17 => F.log_softmax(a, dim),
            18 => a.ndim == 2 && b.ndim == 2 && a.shape[1] == b.shape[0] && a.dtype == b.dtype ? a.matmul(b) : a * 0.5,
            19 => a.ndim >= 1 ? F.cat([a, a], 0)[..(int)Math.Min(3, a.shape[0])] : a + 2,
            20 => F.sin(a) * 3,
            21 => a.ndim >= 1 ? a[0] : -a,
            22 => F.stop_gradient(a) * b,
            23 => F.abs(a) + 0.1,
            24 => F.log(F.abs(a) + 1),
            25 => (a > b).to(DType.Float64),
            26 => a.to(DType.Float32),
            27 => F.stack([a, a * 2], 0).sum(0),
            28 => a.argmax().to(DType.Float64) + a,
            29 => F.clamp(a, -0.5, 0.5),
            30 => a.ndim == 2 ? a + F.tanh(a).matmul(F.tanh(a).transpose(0, 1)).matmul(a) : a * a,
            31 => a.ndim >= 1 && a.shape[0] > 1 ? (a[..1] * 2) + F.sin(a[1..]).sum(0, keepdim: true) : a - b,
            _ => a.expand(F.stack([a, a], 0).shape),
        };
    }

    internal static void AssertClose(Tensor expected, Tensor actual, string what)
    {
        var tolerance = what.Contains("float32", StringComparison.Ordinal) ? 1e-4 : 1e-9;
        var (e, a) = (expected.to(DType.Float64).ToArray<double>(), actual.to(DType.Float64).ToArray<double>());
        for (var i = 0; i < e.Length; i++)
        {
            var same = e[i].Equals(a[i]) || Math.Abs(e[i] - a[i]) <= tolerance * Math.Max(1, Math.Abs(e[i]));
            Assert.True(same, $"element {i}: {e[i]} and {a[i]}; {what}");
        }
    }
}
