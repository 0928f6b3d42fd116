using Brachy.CompilerServices;
using Brachy.Tests.OnnxFiles;
using Brachy.Extending;
using Brachy.IO.TorchScript;
using Brachy.IO.Tracing;
using Brachy.Tests.Ops;
using Brachy.Tests.Shared;

namespace Brachy.Tests.TorchScript;

/// <summary>Every row of <see cref="OpSamples"/> as a program, loaded by libtorch and run.</summary>
public class TorchScriptOpTests
{
    private static readonly Dictionary<string, OpSample> s_rows = OpSamples.All.ToDictionary(sample => sample.ToString());

    public static TheoryData<string> Rows => [.. s_rows.Keys];

    [Theory]
    [MemberData(nameof(Rows))]
    public void TheProgramComputesWhatTheKernelComputes(string row)
    {
        var sample = s_rows[row];
        var inputs = sample.Inputs();
        inputs = sample.Through?.Invoke(inputs) ?? inputs;
        var expected = sample.Primitive.BindUntyped(sample.Settings ?? Settings.None, inputs);
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "op.pt");
        using (var stream = File.Create(file))
        {
            new TorchScriptProgram(TracedProgram.Trace(OnnxRun.FunctionOf(sample, inputs), [], foldWeights: false), null).Write(stream);
        }

        using var program = new LoadedProgram(file);
        var actual = program.Run([.. inputs.Where(x => x.Number is null)]);

        Assert.Equal(expected.Length, actual.Length);
        foreach (var (own, other) in expected.Zip(actual))
        {
            Close.Assert(own, other, own.dtype switch { DType.Float16 => 2e-3, DType.BFloat16 => 1.6e-2, _ => 1e-5 });
        }
    }
}
