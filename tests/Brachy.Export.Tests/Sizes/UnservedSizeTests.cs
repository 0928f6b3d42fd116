using Brachy.IO;
using Brachy.NN;
using Brachy.Tests.OnnxFiles;
using Brachy.Tests.Shared;
using Brachy.Tests.TorchScript;

namespace Brachy.Tests.Sizes;

/// <summary>Where a function is another program for some sizes, files run for all others, and fail for these by path and op.</summary>
public class UnservedSizeTests
{
    [Fact]
    public void ASqueezeOfOneElement() => Check(
        (Tensor x) => F.squeeze(x * 2), (n, _) => F.ones([n, 3]), [0, 2, 9],
        "n = 1 is not served: there the program is another from 'reshape'", [1], new VaryingDims(0, "n"));

    [Fact]
    public void AMaximumOfNothing() => Check(
        (Tensor x) => F.amax(x, [0]), (n, _) => F.ones([n, 3]), [1, 2, 9], "n = 0 is not served: ", [0], new VaryingDims(0, "n"));

    [Fact]
    public void ABranchOfCSharpForShortInputs() => Check(
        (Tensor x) => x.shape[0] < 5 ? F.exp(x) : F.sin(x), (n, _) => F.ones([n]), [0, 5, 6, 30],
        "n = 1 to 4 is not served: there the program is another from 'exp' on", [1, 3, 4], new VaryingDims(0, "n"));

    [Fact]
    public void ATableThatEnds() => Check(
        (Tensor x) => F.ones([100, 2])[..(int)x.shape[0]] + x, (n, _) => F.ones([n, 2]), [0, 1, 100], "n >= 101 is not served: ",
        [101, 300], new VaryingDims(0, "n"));

    [Fact]
    public void TwoSizesThatAreOneTogether() => Check(
        (Tensor x) => x.shape[0] * x.shape[1] == 1 ? F.exp(x) : F.sin(x), (n, m) => F.ones([n, m]), [0, 2, 4],
        "n = 1, m = 1 is not served: there the program is another from 'exp' on", [1], new VaryingDims(0, "n", "m"));

    [Fact]
    public void NumbersOfSizesInABodyStayFormulas() => Check(
        (Tensor x) => Control.Scan(
            (Tensor sum, Tensor row) => (sum + (row * F.full([row.shape[0]], 1.0 / row.shape[0]) * F.arange(row.shape[0])), row.mean()),
            F.zeros([x.shape[1]]), x).State,
        (n, _) => F.ones([3, n]), [2, 6, 9], "", [], new VaryingDims(0, null, "n"));

    [Fact]
    public void TheMessageNamesTheModule()
    {
        using var rng = Rng.Scope(seed: 1);
        var (model, config) = new Sequential(new Linear(3, 2), new Lambda(x => F.squeeze(x)));
        using var folder = new TemporaryFolder();
        var (onnx, script) = (folder["model.onnx"], folder["model.pt"]);
        OnnxExport.Onnx(onnx, (model, config), [F.ones([2, 3])], new() { Varying = [new(0, "batch")] });
        Export.TorchScript(script, (model, config), [F.ones([2, 3])], new() { Varying = [new(0, "batch")] });

        const string Message = "batch = 1 is not served: there the program is another from 'reshape' in '1' on.";
        Assert.Contains(
            Message, Assert.ThrowsAny<Exception>(() => OnnxRun.Run(File.ReadAllBytes(onnx), F.ones([1, 3]))).Message,
            StringComparison.Ordinal);
        using var program = new LoadedProgram(script);
        Assert.Contains(
            Message, Assert.ThrowsAny<Exception>(() => program.Run(F.ones([1, 3]))).Message, StringComparison.Ordinal);
        Assert.Equal([4, 2], program.Run(F.ones([4, 3]))[0].shape);
    }

    private static void Check(
        Func<Tensor, Tensor> function, Func<long, long, Tensor> input, long[] served, string message, long[] unserved, VaryingDims varying)
    {
        using var stream = new MemoryStream();
        OnnxExport.Onnx(stream, function, input(6, 5), new() { Varying = [varying] });
        using var session = OnnxRun.Session(stream.ToArray());
        using var folder = new TemporaryFolder();
        Export.TorchScript(folder["model.pt"], function, input(6, 5), new() { Varying = [varying] });
        using var program = new LoadedProgram(folder["model.pt"]);
        foreach (var size in served)
        {
            var x = input(size, 1);
            Close.Assert(function(x), OnnxRun.Run(session, x)[0]);
            Close.Assert(function(x), program.Run(x)[0]);
        }

        foreach (var size in unserved)
        {
            var x = input(size, 1);
            var errors = new[]
            {
                Assert.ThrowsAny<Exception>(() => OnnxRun.Run(session, x)), Assert.ThrowsAny<Exception>(() => program.Run(x)),
            };
            Assert.All(errors, error => Assert.Contains(message, error.Message, StringComparison.Ordinal));
        }
    }
}
