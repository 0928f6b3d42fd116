using Brachy.Compilation;
using Brachy.CompilerServices;
using Brachy.Telemetry;

namespace Brachy.IO.Tracing;

/// <summary>
/// The program with formulas, run to see whether it computes what the function computes for sizes for which its graph is another: a sum
/// over one element, say, is left out.
/// </summary>
/// <param name="function">The function.</param>
/// <param name="probes">What is known of it.</param>
/// <param name="prepare">Rewrites a graph before it is written; null for nothing.</param>
internal sealed class GeneralProgram(ExportedFunction function, SizeProbes probes, Func<Graph, Graph>? prepare) : IDisposable
{
    // More than that is not computed to find out.
    private const long MostElements = 1L << 24;
    private const double Rounding = 1e-4;
    private const double HalfRounding = 3e-2;

    private readonly CompiledSubject _subject = new(function.Name, "export", function.Arguments.TensorTypes());
    private VaryingProgram? _program;

    /// <summary>Whether the program gives for some sizes what the graph of the function for these sizes gives.</summary>
    /// <param name="own">The function's graph for the sizes.</param>
    /// <param name="sizes">The sizes.</param>
    public bool Gives(Graph own, long[] sizes)
    {
        // What is made of nothing in a dim that has elements otherwise is no matter of formulas, but of each program that runs a file.
        if ((sizes.Contains(0) && own.Outputs.Any(output => output.Type.Shape.NumElements > 0))
            || own.AllEquations().Sum(equation => equation.Outputs.Sum(output => output.Type.Shape.NumElements)) > MostElements)
        {
            return false;
        }

        var inputs = own.Inputs.Select(InputFor).ToArray();
        var donated = new bool[inputs.Length];
        try
        {
            _program ??= Compile(donated);
            using var exact = Compiler.Compile(own, donated, Backend.Interpreter, _subject);
            var (expected, actual) = (exact.Run(inputs, function.Name, null), _program.At(sizes).Run(inputs, function.Name, null));
            return expected.Zip(actual).All(pair => IsClose(pair.First, pair.Second));
        }
        catch (Exception error) when (error is SizesDifferException or NativeOpException or ArgumentException or NotSupportedException)
        {
            return false;
        }
    }

    /// <summary>Kernels for special cases would not survive sizes of 0: neither ops nor passes bring them in.</summary>
    private VaryingProgram Compile(bool[] donated)
    {
        using var passes = CompilerPasses.Disable([.. CompilerPasses.Names]);
        var graphs = probes.Traces.Select(traced => PortableOps.Pass.RunDeep(
            LayersInSteps.Run(prepare?.Invoke(traced.Graph) ?? traced.Graph), donated));
        return VaryingCompiler.Compile([.. graphs], probes.Points, probes.Solver, donated, _subject);
    }

    public void Dispose() => _program?.Dispose();

    /// <summary>A weight as it is; real numbers drawn; of others those of the example, over and over.</summary>
    private Tensor InputFor(Var variable, int leaf)
    {
        var (type, example) = (variable.Type, function.Leaves[leaf]);
        if (function.IsWeight[leaf])
        {
            return example;
        }

        if (type.DType.IsFloatingPoint())
        {
            return Rng.Normal(type.Shape, key: Rng.Seed(leaf)).to(type.DType);
        }

        for (var dim = 0; dim < type.Rank; dim++)
        {
            var count = example.shape[dim];
            if (count != type.Shape[dim])
            {
                example = count == 0 ? F.zeros(type.Shape, type.DType)
                    : F.index_select(example, dim, F.remainder(F.arange(type.Shape[dim]), count));
            }
        }

        return example;
    }

    private static bool IsClose(Tensor expected, Tensor actual)
    {
        if (!expected.Type.Equals(actual.Type))
        {
            return false;
        }

        var rounding = expected.dtype is DType.Float16 or DType.BFloat16 ? HalfRounding : Rounding;
        return F.allclose(expected.to(DType.Float64), actual.to(DType.Float64), rounding, rounding, equal_nan: true).item<bool>();
    }
}
