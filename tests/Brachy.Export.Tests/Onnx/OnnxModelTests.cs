using Brachy.IO;
using Brachy.NN;

namespace Brachy.Tests.OnnxFiles;

/// <summary>Whole models, run by ONNX Runtime and by Brachy.</summary>
public class OnnxModelTests
{
    [Fact]
    public void PerceptronForAnyBatch()
    {
        using var rng = Rng.Scope(seed: 1);
        var (model, config) = new Mlp(4, 8, 3);
        var x = F.ones([5, 4]);
        var file = Write(model, config, [x], new() { Varying = [new(0, "batch")], InputNames = ["x"] });
        using var session = OnnxRun.Session(file);
        Assert.Equal(["x"], session.InputNames);
        Assert.Equal(["output"], session.OutputNames);
        Assert.Equal("batch", session.InputMetadata["x"].SymbolicDimensions[0]);
        Assert.Equal("batch", session.OutputMetadata["output"].SymbolicDimensions[0]);
        foreach (var batch in new long[] { 0, 1, 2, 7 })
        {
            Agree(session, model, config, Rng.Normal([batch, 4]));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ConvolutionsWithBatchNorm(bool fold)
    {
        using var rng = Rng.Scope(seed: 2);
        var (model, config) = new SmallConvNet();
        (model, _) = SmallConvNet.Apply(model, config, Rng.Normal([4, 3, 8, 8]) * 2 + 1);
        var evaluated = config.With("train_mode", false);
        var options = new OnnxOptions { Varying = [new(0, "batch")], FoldWeights = fold };
        var file = Write(model, evaluated, [Rng.Normal([2, 3, 8, 8])], options);
        using var session = OnnxRun.Session(file);
        foreach (var batch in new long[] { 0, 1, 3, 6 })
        {
            Agree(session, model, evaluated, Rng.Normal([batch, 3, 8, 8]));
        }

        Assert.Equal(!fold, Names(file).Contains("norm.running_mean"));
    }

    [Fact]
    public void CausalAttentionForAnyBatchAndLength()
    {
        using var rng = Rng.Scope(seed: 3);
        var (model, config) = new AttentionModel(12, 3);
        var evaluated = config.With("train_mode", false);
        var file = Write(model, evaluated, [Rng.Normal([2, 5, 12])], new() { Varying = [new(0, "batch", "time")] });
        using var session = OnnxRun.Session(file);
        foreach (var (batch, time) in new[] { (1L, 4L), (3L, 9L), (5L, 2L), (1L, 1L), (4L, 1L), (0L, 3L), (2L, 0L) })
        {
            Agree(session, model, evaluated, Rng.Normal([batch, time, 12]));
        }
    }

    [Fact]
    public void TokensToClasses()
    {
        using var rng = Rng.Scope(seed: 4);
        var (model, config) = new TokenClassifier();
        var evaluated = config.With("train_mode", false);
        var tokens = Rng.RandInt(0, 11, [3, 6]);
        var file = Write(model, evaluated, [tokens], new() { Varying = [new(0, "batch")] });
        using var session = OnnxRun.Session(file);
        foreach (var batch in new long[] { 0, 1, 4 })
        {
            Agree(session, model, evaluated, Rng.RandInt(0, 11, [batch, 6]));
        }
    }

    [Fact]
    public void LoopsAndChoices()
    {
        Tensor Run(Tensor x, Tensor flag)
        {
            var (total, ys) = Control.Scan((Tensor s, Tensor row) => (s * 0.5 + row, s - row), F.zeros([3]), x);
            var grown = Control.While((Tensor s) => F.sum(s * s) < 100, s => s * 1.5, total + 1);
            var chosen = Control.Cond(flag, (Tensor v) => v + 1, (Tensor v) => v * -2, grown);
            return chosen + F.sum(ys, 0);
        }

        var x = F.arange(12).to(DType.Float32).reshape(4, 3) / 7;
        using var stream = new MemoryStream();
        OnnxExport.Onnx(stream, (Tensor x, Tensor flag) => Run(x, flag), x, Tensor.FromArray([true], []));
        using var session = OnnxRun.Session(stream.ToArray());
        Assert.Equal(["x", "flag"], session.InputNames);
        foreach (var choice in new[] { true, false })
        {
            var flag = Tensor.FromArray([choice], []);
            Close.Assert(Run(x, flag), OnnxRun.Run(session, x, flag)[0]);
        }
    }

    [Fact]
    public void NodesAndWeightsHaveThePathsOfTheTree()
    {
        using var rng = Rng.Scope(seed: 5);
        var (model, config) = new Mlp(4, 8, 3);
        var file = Write(model, config, [F.ones([2, 4])], new());
        var weights = OnnxFile.ReadWeights(new MemoryStream(file));
        var (other, _) = new Mlp(4, 8, 3);
        var (loaded, report) = Import.FromStateDict(
            other, weights.Where(w => !w.Key.Contains('/')).ToDictionary(w => w.Key, w => w.Value));
        Assert.Empty(report.Missing);
        foreach (var (path, tensor) in model.Tensors())
        {
            Close.Assert(tensor, loaded.Tensors().First(t => t.Path == path).Tensor, 0);
        }

        Assert.Contains("hidden/Gemm", System.Text.Encoding.UTF8.GetString(file), StringComparison.Ordinal);
    }

    [Fact]
    public void TreesInsideOfTuplesAreWeightsToo()
    {
        using var rng = Rng.Scope(seed: 5);
        var (model, config) = new Mlp(4, 8, 3);
        var x = Rng.Normal([2, 4]);
        using var stream = new MemoryStream();
        OnnxExport.Onnx(
            stream, ((StructureTree Model, Tensor X) pair) => F.exp(Mlp.Apply(pair.Model, config, pair.X).Output), (model, x));
        using var session = OnnxRun.Session(stream.ToArray());
        Assert.Single(session.InputNames);
        Assert.Contains("hidden.weight", Names(stream.ToArray()));
        Assert.Contains("hidden/Gemm", System.Text.Encoding.UTF8.GetString(stream.ToArray()), StringComparison.Ordinal);
        Close.Assert(F.exp(model.Apply(config, x).Output), OnnxRun.Run(session, x)[0]);
    }

    [Fact]
    public void EqualModelsGiveEqualBytes()
    {
        using var rng = Rng.Scope(seed: 6);
        var (model, config) = new SmallConvNet();
        var evaluated = config.With("train_mode", false);
        byte[] Once() => Write(model, evaluated, [F.ones([2, 3, 8, 8])], new() { Varying = [new(0, "batch")] });
        Assert.Equal(Once(), Once());
    }

    [Fact]
    public void LargeWeightsLieBesideTheModel()
    {
        using var folder = new Brachy.Tests.Shared.TemporaryFolder();
        using var rng = Rng.Scope(seed: 7);
        var (model, config) = new Mlp(40, 80, 30);
        var path = Path.Combine(folder.Path, "model.onnx");
        OnnxExport.Onnx(path, (model, config), [F.ones([2, 40])], new() { ExternalDataThreshold = 0 });
        Assert.Equal(["model.onnx", "model.onnx.data"], Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order());
        Assert.True(new FileInfo(path).Length < 4000);
        var x = Rng.Normal([2, 40]);
        using var session = new Microsoft.ML.OnnxRuntime.InferenceSession(path);
        Close.Assert(model.Apply(config, x).Output, OnnxRun.Run(session, x)[0]);
        Close.Assert((Tensor)model["hidden.weight"], OnnxFile.ReadWeights(path)["hidden.weight"], 0);
    }

    [Fact]
    public void NoDataFileIsLeftWhereTheModelHoldsAllTensors()
    {
        using var folder = new Brachy.Tests.Shared.TemporaryFolder();
        using var rng = Rng.Scope(seed: 7);
        var (small, config) = new Mlp(4, 8, 3);
        OnnxExport.Onnx(folder["small.onnx"], (small, config), [F.ones([2, 4])], new() { ExternalDataThreshold = 0 });
        Assert.Equal(["small.onnx"], Directory.GetFiles(folder.Path).Select(Path.GetFileName));

        var (large, _) = new Mlp(40, 80, 30);
        var other = folder["large.onnx.data"];
        File.WriteAllText(other, "someone else's");
        OnnxExport.Onnx(folder["large.onnx"], (large, config), [F.ones([2, 40])]);
        Assert.True(File.Exists(other));
        OnnxExport.Onnx(folder["large.onnx"], (large, config), [F.ones([2, 40])], new() { ExternalDataThreshold = 0 });
        OnnxExport.Onnx(folder["large.onnx"], (large, config), [F.ones([2, 40])]);
        Assert.False(File.Exists(other));
    }

    [Fact]
    public void AModelThatTrainsItsBuffersIsRefused()
    {
        using var rng = Rng.Scope(seed: 8);
        var (model, config) = new SmallConvNet();
        var error = Assert.Throws<ArgumentException>(
            () => OnnxExport.Onnx(new MemoryStream(), (model, config), [F.ones([2, 3, 8, 8])]));
        Assert.Contains("'norm.running_mean'", error.Message, StringComparison.Ordinal);
        Assert.Contains("config.With(\"train_mode\", false)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AFunctionThatGivesNoTensorIsRefused()
    {
        var error = Assert.Throws<ArgumentException>(() => OnnxExport.Onnx(new MemoryStream(), (Tensor a) => 3, F.zeros([2])));
        Assert.Contains("gives no tensor", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RefusalsNameAllPathsAndOps()
    {
        using var folder = new Brachy.Tests.Shared.TemporaryFolder();
        using var rng = Rng.Scope(seed: 8);
        var (model, config) = new Noisy();
        var path = Path.Combine(folder.Path, "model.onnx");
        var error = Assert.Throws<NotSupportedException>(() => OnnxExport.Onnx(path, (model, config), [F.ones([2, 4])]));
        Assert.Contains("in 'dropout'", error.Message, StringComparison.Ordinal);
        Assert.Contains("random", error.Message, StringComparison.Ordinal);
        Assert.Contains("'lgamma': no operators of ONNX", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void SizesThatNoFormulaGivesAreRefusedWithTheOp()
    {
        var error = Assert.Throws<VaryingSizeException>(() => OnnxExport.Onnx(
            new MemoryStream(), (Tensor x) => x.shape[0] % 2 == 0 ? F.exp(x) : F.sin(x), F.ones([4]),
            new() { Varying = [new(0, "n")] }));
        Assert.Contains("exp", error.Message, StringComparison.Ordinal);
        var odd = Assert.Throws<VaryingSizeException>(() => OnnxExport.Onnx(
            new MemoryStream(), (Tensor x) => F.permute(F.diag(x), 1, 0), F.ones([4]), new() { Varying = [new(0, "n")] }));
        Assert.Contains("n = ", odd.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OptionsAreChecked()
    {
        using var rng = Rng.Scope(seed: 9);
        var (model, config) = new Mlp(4, 8, 3);
        void Write(OnnxOptions options) => OnnxExport.Onnx(new MemoryStream(), (model, config), [F.ones([2, 4])], options);
        Assert.Throws<ArgumentOutOfRangeException>(() => Write(new() { Opset = 19 }));
        Assert.Throws<ArgumentException>(() => Write(new() { InputNames = ["a", "b"] }));
        Assert.Throws<ArgumentException>(() => Write(new() { InputNames = ["same"], OutputNames = ["same"] }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Write(new() { Varying = [new(1, "batch")] }));
        Assert.Throws<ArgumentException>(() => Write(new() { OutputNames = ["hidden.weight"] }));
    }

    private static byte[] Write(StructureTree model, GlobalConfig config, Tensor[] inputs, OnnxOptions options)
    {
        using var stream = new MemoryStream();
        OnnxExport.Onnx(stream, (model, config), inputs, options);
        return stream.ToArray();
    }

    private static IEnumerable<string> Names(byte[] file) => OnnxFile.ReadInfo(new MemoryStream(file)).Select(info => info.Name);

    private static void Agree(
        Microsoft.ML.OnnxRuntime.InferenceSession session, StructureTree model, GlobalConfig config, Tensor input) =>
        Close.Assert(model.Apply(config, input).Output, OnnxRun.Run(session, input)[0]);
}
