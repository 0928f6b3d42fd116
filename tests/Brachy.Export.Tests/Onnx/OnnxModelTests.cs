using Brachy.IO;

namespace Brachy.Export.Tests;

/// <summary>Whole models, run by ONNX Runtime and by Brachy.</summary>
public class OnnxModelTests
{
    [Fact]
    public void PerceptronForAnyBatch()
    {
        using var rng = Rng.Scope(seed: 1);
        var (model, config) = new Mlp(4, 8, 3);
        var x = F.ones([5, 4]);
        using var stream = new MemoryStream();
        IO.Export.Onnx(stream, (model, config), [x], new() { Varying = [new(0, "batch")] });
        using var session = OnnxRun.Session(stream.ToArray());
        Assert.Equal(["x"], session.InputNames);
        Assert.Equal(["output"], session.OutputNames);
        Assert.Equal("batch", session.InputMetadata["x"].SymbolicDimensions[0]);
        Assert.Equal("batch", session.OutputMetadata["output"].SymbolicDimensions[0]);
        foreach (var batch in new long[] { 1, 2, 7 })
        {
            var input = F.arange(batch * 4).to(DType.Float32).reshape(batch, 4) / 10;
            Close.Assert(model.Apply(config, input).Output, OnnxRun.Run(session, input)[0]);
        }
    }
}
