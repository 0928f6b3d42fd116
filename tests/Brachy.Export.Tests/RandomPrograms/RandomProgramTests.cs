using Brachy.CompilerServices;
using Brachy.IO.TorchScript;
using Brachy.IO.Tracing;
using Brachy.Tests.Frozen;
using Brachy.Tests.OnnxFiles;
using Brachy.Tests.Shared;
using Brachy.Tests.TorchScript;
using CsCheck;

namespace Brachy.Tests.RandomPrograms;

/// <summary>Random programs, written in both formats, compute what they compute eagerly.</summary>
public class RandomProgramTests
{
    private const int Programs = 80;
    private const long Rows = 5;

    private static readonly Gen<int[]> s_code = Gen.Int[0, 100_000_000].Array[2, 9];

    [Fact]
    public void OfFixedSizes() => s_code.Sample(
        code =>
        {
            if (Eager(code, Rows) is not { } expected)
            {
                return;
            }

            foreach (var program in Written(code, []))
            {
                using (program)
                {
                    Agree(program, expected, Rows);
                }
            }
        },
        iter: Programs,
        threads: 1);

    [Fact]
    public void OfAnySize()
    {
        var written = 0;
        s_code.Sample(
            code =>
            {
                if (Eager(code, Rows) is null)
                {
                    return;
                }

                IRunnable[] programs;
                try
                {
                    programs = [.. Written(code, RandomProgram.Varying)];
                }
                catch (Exception error) when (error is VaryingSizeException or ArgumentException)
                {
                    // Its numbers are no formulas of the size, or no result depends on it.
                    return;
                }

                written++;
                foreach (var program in programs)
                {
                    using (program)
                    {
                        foreach (var rows in new long[] { Rows, 0, 1, 2, 13 })
                        {
                            Agree(program, Eager(code, rows), rows);
                        }
                    }
                }
            },
            iter: Programs,
            threads: 1);

        Assert.True(written > Programs / 2, $"{written} of {Programs} programs were written for any size.");
    }

    /// <summary>The results, or null where the program refuses the size.</summary>
    private static Tensor[]? Eager(int[] code, long rows)
    {
        try
        {
            return RandomProgram.Run(code, RandomProgram.Inputs(rows));
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            return null;
        }
    }

    private static void Agree(IRunnable program, Tensor[]? expected, long rows)
    {
        Tensor[] actual;
        try
        {
            actual = program.Run(RandomProgram.Inputs(rows));
        }
        catch (Exception error) when (expected is null || (rows != Rows && IsRefusal(error)))
        {
            return;
        }

        Assert.True(expected is not null, $"{program} runs for {rows} rows, which Brachy refuses.");
        Assert.Equal(expected.Length, actual.Length);
        foreach (var (own, other) in expected.Zip(actual))
        {
            var difference = Close.Difference(own, other, 1e-6);
            Assert.True(difference is null, $"{program}, {rows} rows: {difference}");
        }
    }

    private static bool IsRefusal(Exception error) => error.Message.Contains("is not served", StringComparison.Ordinal);

    private static IEnumerable<IRunnable> Written(int[] code, IReadOnlyList<VaryingDims> varying)
    {
        yield return new OnnxProgram(OnnxRun.Write(Function(code), new() { Varying = varying }));
        if (Frozen(code, varying) is { } frozen)
        {
            yield return frozen;
        }

        yield return new ScriptProgram(TracedProgram.Trace(Function(code), varying, foldWeights: false));
    }

    /// <summary>Null where there are no kernels without libtorch for a program.</summary>
    private static FrozenProgram? Frozen(int[] code, IReadOnlyList<VaryingDims> varying)
    {
        try
        {
            return new(LoadedFrozen.Of(Function(code), varying));
        }
        catch (NotSupportedException)
        {
            return null;
        }
    }

    private static ExportedFunction Function(int[] code)
    {
        var tensors = TreeHandler.Array(TreeHandler.Tensor);
        TreeHandler.Register(tensors);
        return ExportedFunction.Of(
            "program", new ArgumentsHandler<Tensor[]>(Transforms.ArgumentRoles.OfJit(1, null)), tensors,
            new Arguments<Tensor[]>(RandomProgram.Inputs(Rows)), ["input"],
            arguments => RandomProgram.Run(code, arguments.Argument1));
    }

    private interface IRunnable : IDisposable
    {
        Tensor[] Run(Tensor[] inputs);
    }

    private sealed class OnnxProgram(byte[] file) : IRunnable
    {
        private readonly Microsoft.ML.OnnxRuntime.InferenceSession _session = OnnxRun.Session(file);

        public Tensor[] Run(Tensor[] inputs) => OnnxRun.Run(_session, inputs);

        public void Dispose() => _session.Dispose();

        public override string ToString() => "ONNX";
    }

    private sealed class FrozenProgram(LoadedFrozen program) : IRunnable
    {
        public Tensor[] Run(Tensor[] inputs) => program.Run(inputs);

        public void Dispose()
        {
        }

        public override string ToString() => "frozen";
    }

    private sealed class ScriptProgram : IRunnable
    {
        private readonly TemporaryFolder _folder = new();
        private readonly LoadedProgram _program;

        public ScriptProgram(TracedProgram program)
        {
            using (var stream = File.Create(_folder["program.pt"]))
            {
                new TorchScriptProgram(program, null).Write(stream);
            }

            _program = new(_folder["program.pt"]);
        }

        public Tensor[] Run(Tensor[] inputs) => _program.Run(inputs);

        public void Dispose()
        {
            _program.Dispose();
            _folder.Dispose();
        }

        public override string ToString() => "TorchScript";
    }
}
