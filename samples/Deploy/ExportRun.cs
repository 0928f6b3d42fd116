using System.Globalization;
using Brachy;
using Brachy.Inference;
using Brachy.IO;
using Quickstart;
using Quickstart.Data;
using Samples.Shared;
using Spectre.Console;
using TorchSharp;

namespace Deploy;

/// <summary>Trains, exports, and looks whether the files compute what the model computes.</summary>
internal static class ExportRun
{
    private const int TestImages = 1000;

    public static int Run(ExportOptions options)
    {
        Directory.CreateDirectory(options.Folder);
        var model = StepProgress.Run(DigitModel.Steps(options), onStep => DigitModel.Train(
            options, loss => onStep(string.Create(CultureInfo.InvariantCulture, $"loss {loss:F3}"))));
        var (onnx, torchScript, frozen) = Write(model, options.Folder);
        var (images, labels) = DigitModel.Data(TestImages, options.Seed, DigitSplit.Test);
        var expected = Classifier.Apply(model.Model, model.Config, images).Output;
        AnsiConsole.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"trained: {100 * (double)F.accuracy(expected, labels):F1} % of {TestImages} other images are right"));

        using (var runtime = new OnnxClassifier(onnx))
        {
            var scores = Tensor.FromArray(runtime.Scores(images.ToArray<float>(), TestImages), [TestImages, DigitSet.Classes]);
            Show(onnx, "ONNX Runtime", scores, expected);
        }

        using var program = torch.jit.load<torch.Tensor, torch.Tensor>(torchScript);
        Show(torchScript, "libtorch", Tensor.FromTorch(program.call(images.AsTorch())), expected);
        var own = new float[TestImages * DigitSet.Classes];
        FrozenModel.Load(frozen).Run<float, float>(images.ToArray<float>(), own);
        Show(frozen, "Brachy.Inference", Tensor.FromArray(own, [TestImages, DigitSet.Classes]), expected);
        return 0;
    }

    /// <summary>Writes a model in three formats, for batches of any size.</summary>
    public static (string Onnx, string TorchScript, string Frozen) Write((StructureTree Model, GlobalConfig Config) model, string folder)
    {
        var frozen = Path.Combine(folder, "digits.brachy");
        var (onnx, torchScript) = (Path.Combine(folder, "digits.onnx"), Path.Combine(folder, "digits.pt"));
        Tensor[] images = [F.zeros([1, DigitSet.Pixels])];
        Export.Onnx(
            onnx, model, images, new() { Varying = [new(0, "batch")], InputNames = ["images"], OutputNames = ["scores"] });
        Export.TorchScript(torchScript, model, images, new() { Varying = [new(0, "batch")], InputNames = ["images"] });
        Export.Frozen(frozen, model, images, new() { Varying = [new(0, "batch")], InputNames = ["images"] });
        return (onnx, torchScript, frozen);
    }

    private static void Show(string file, string runtime, Tensor actual, Tensor expected) => AnsiConsole.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{file}: {new FileInfo(file).Length:N0} bytes; in {runtime} scores differ by "
        + $"{(double)F.max(F.abs(actual - expected)):E1} at most"));
}
