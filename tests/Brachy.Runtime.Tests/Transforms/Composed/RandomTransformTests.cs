using Brachy.Compilation;
using Brachy.CompilerServices;
using CsCheck;

namespace Brachy.Tests.Transforms.Composed;

/// <summary>
/// Random functions under random stacks of transforms, in any order, against plain arithmetic that knows none of them, in float64.
/// </summary>
public class RandomTransformTests
{
    private const int Cases = 50;

    private const double Tolerance = 1e-8;

    private static readonly Gen<(int Op, int A, int B)[]> s_steps =
        Gen.Select(Gen.Int[0, RandomFunction.Operations - 1], Gen.Int[0, 99], Gen.Int[0, 99]).Array[1, 8];

    private static readonly Gen<int[]> s_stack = Gen.Int[0, Wrapping.All.Count - 1].Array[2, 5];

    private static readonly Backend[] s_backends = [Backend.Interpreter, Backend.TorchScript, Backend.Default];

    /// <summary>Other cases for each, and the same ones in each run.</summary>
    [Theory]
    [InlineData("0000000000001")]
    [InlineData("0000000000002")]
    [InlineData("0000000000003")]
    [InlineData("0000000000004")]
    [InlineData("0000000000005")]
    [InlineData("0000000000006")]
    public void StacksOfTransformsMeanWhatTheyMeanOneByOne(string seed)
    {
        var cases = Gen.Select(s_steps, s_stack, Gen.Int[0, s_backends.Length - 1]).Array[Cases].Single(_ => true, seed);
        RequireNone(cases.Select(c => Fault(c.Item1, c.Item2, s_backends[c.Item3])));
    }

    /// <summary>Each pair of transforms, once.</summary>
    [Theory]
    [Trait("Category", "Quick")]
    [MemberData(nameof(Transforms))]
    public void EachTransformWorksInsideEachOther(string outer)
    {
        (int, int, int)[] steps = [(4, 0, 0), (1, 1, 0), (16, 2, 1), (17, 3, 0), (9, 4, 2)];
        var last = Wrapping.All.Select((w, i) => (w, i)).Single(w => w.w.Name == outer).i;
        RequireNone(Enumerable.Range(0, Wrapping.All.Count).Select(inner => Fault(steps, [inner, last], backend: null)));
    }

    public static TheoryData<string> Transforms => [.. Wrapping.All.Select(w => w.Name)];

    private static void RequireNone(IEnumerable<string?> faults)
    {
        string[] found = [.. faults.OfType<string>()];
        Assert.True(found.Length == 0, string.Join(Environment.NewLine + Environment.NewLine, found));
    }

    /// <param name="steps">The function.</param>
    /// <param name="stack">The transforms, innermost first. Those that would differentiate too often are left out.</param>
    /// <param name="backend">What all of it is compiled for; null for eager code only.</param>
    private static string? Fault((int Op, int A, int B)[] steps, int[] stack, Backend? backend)
    {
        var function = new RandomFunction(steps);
        Func<Tensor, Tensor> composed = function.Run;
        Func<Jet[], int, Jet[]> reference = (x, _) => function.Run(x);
        var (order, names) = (0, new List<string>());
        foreach (var wrapping in stack.Select(i => Wrapping.All[i]).Where(w => (order + w.Order) <= 3 && (order += w.Order) >= 0))
        {
            composed = wrapping.Wrap(composed, names.Count);
            reference = wrapping.Reference(reference);
            names.Add(wrapping.Name);
        }

        double[] at = [0.8, -0.5, 0.3];
        var expected = Array.ConvertAll(reference(Array.ConvertAll(at, a => (Jet)a), 0), y => y.Value);
        var what = $"{string.Join(" in ", names)} of {string.Join(", ", steps.Select(s => $"{s}"))}";
        try
        {
            var x = Tensor.FromArray(at, [at.Length]);
            foreach (var (found, how) in new[] { (composed(x), "eagerly"), (Compiled(composed, backend)?.Invoke(x), $"{backend}") })
            {
                if (found is not null && (found.dtype != DType.Float64 || found.shape != (Shape)(long[])[at.Length]
                    || !found.ToArray<double>().Zip(expected, IsClose).All(same => same)))
                {
                    return $"{what}, {how}: {string.Join(", ", expected)} expected, {string.Join(", ", found.ToArray<double>())} found";
                }
            }

            return null;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return $"{what}, {backend}: {error}";
        }
    }

    private static JitFunction<Arguments<Tensor>, Tensor>? Compiled(Func<Tensor, Tensor> function, Backend? backend) =>
        backend is null ? null : Jit.Compile(function, backend: backend);

    private static bool IsClose(double found, double expected) =>
        Math.Abs(found - expected) <= Tolerance * Math.Max(1, Math.Abs(expected));
}
