using System.Net;
using System.Net.Http.Json;
using System.Text;
using Brachy;
using Brachy.Inference;
using Brachy.IO;
using Brachy.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;
using Quickstart;
using Quickstart.Data;
using TorchSharp;

namespace Deploy.Tests;

public sealed class DeployTests : IDisposable
{
    private static readonly ExportOptions s_small = new("", Images: 600, Epochs: 2, Seed: 3);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(33)]
    public void The_files_compute_what_the_model_computes(int count)
    {
        var losses = new List<double>();
        var model = DigitModel.Train(s_small, losses.Add);
        Assert.Equal(DigitModel.Steps(s_small), losses.Count);
        Assert.True(losses[^1] < 0.7 * losses[0], $"{losses[0]}, {losses[^1]}");

        var (onnx, torchScript, frozen) = ExportRun.Write(model, _folder.Path);

        var (images, _) = DigitModel.Data(count, seed: 4, DigitSplit.Test);
        var expected = Classifier.Apply(model.Model, model.Config, images).Output;
        using var runtime = new OnnxClassifier(onnx);
        AssertClose(expected, Tensor.FromArray(runtime.Scores(images.ToArray<float>(), count), [count, 10]));
        using var program = torch.jit.load<torch.Tensor, torch.Tensor>(torchScript);
        AssertClose(expected, Tensor.FromTorch(program.call(images.AsTorch())));
        var own = new float[count * 10];
        FrozenModel.Load(frozen).Run<float, float>(images.ToArray<float>(), own);
        AssertClose(expected, Tensor.FromArray(own, [count, 10]));
        Assert.Equal(
            model.Model.GetParams().Tensors().Select(t => t.Path).Order(),
            OnnxFile.ReadWeights(onnx).Keys.Where(name => model.Model.Tensors().Any(t => t.Path == name)).Order());
    }

    [Fact]
    public async Task The_service_answers_with_the_file_alone()
    {
        var model = DigitModel.Train(s_small, _ => { });
        var (onnx, _, _) = ExportRun.Write(model, _folder.Path);
        using var classifier = new OnnxClassifier(onnx);
        await using var app = ServeRun.Build(classifier, port: 0);
        await app.StartAsync();
        using var client = new HttpClient { BaseAddress = new(app.Urls.Single()) };
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/health")).StatusCode);

        var digits = SyntheticDigits.Render(5, seed: 5, DigitSplit.Test);
        for (var i = 0; i < digits.Count; i++)
        {
            var pixels = Array.ConvertAll(digits.Image(i).ToArray(), value => (byte)Math.Round(255 * value));
            var response = await client.PostAsJsonAsync("/digit", new DigitRequest(pixels), DigitJson.Default.DigitRequest);
            var answer = await response.Content.ReadFromJsonAsync(DigitJson.Default.DigitAnswer);
            var own = Classifier.Apply(
                model.Model, model.Config, Tensor.FromArray(Array.ConvertAll(pixels, value => value / 255f), [1, 784])).Output;
            AssertClose(own[0], Tensor.FromArray(answer!.Scores, [10]));
            Assert.Equal((int)(long)F.argmax(own[0]), answer.Digit);
        }

        var refused = await client.PostAsJsonAsync("/digit", new DigitRequest([1, 2]), DigitJson.Default.DigitRequest);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("784 bytes", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        foreach (var body in (string[])["{", "", "[]", "{\"pixels\":\"?\"}"])
        {
            using var wrong = await client.PostAsync("/digit", new StringContent(body, Encoding.UTF8, "application/json"));
            Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
            Assert.Contains("The body must be", await wrong.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_run_writes_the_files()
    {
        Assert.Equal(0, Options.Run(
            ["export", "--out", Path.Combine(_folder.Path, "new"), "--images", "100", "--epochs", "1"], ExportRun.Run, _ => 1,
            TextWriter.Null, TextWriter.Null));

        Assert.Equal(
            ["digits.brachy", "digits.onnx", "digits.pt"],
            Directory.GetFiles(Path.Combine(_folder.Path, "new")).Select(Path.GetFileName).Order());
    }

    [Theory]
    [InlineData("there is no such file", "serve", "--model", "missing.onnx")]
    [InlineData("--port must be", "serve", "--port", "70000")]
    [InlineData("--epochs must be", "export", "--epochs", "0")]
    public void What_is_wrong_is_one_line(string expected, params string[] args)
    {
        using var error = new StringWriter();

        Assert.Equal(1, Options.Run(args, ExportRun.Run, ServeRun.Run, TextWriter.Null, error));
        Assert.Contains(expected, Assert.Single(error.ToString().TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_model_is_refused()
    {
        var file = Path.Combine(_folder.Path, "no.onnx");
        File.WriteAllText(file, "no model");
        using var error = new StringWriter();

        Assert.Equal(1, Options.Run(["serve", "--model", file], _ => 0, ServeRun.Run, TextWriter.Null, error));
        Assert.Contains("ONNX Runtime cannot load it", error.ToString(), StringComparison.Ordinal);
    }

    private static void AssertClose(Tensor expected, Tensor actual) =>
        Assert.True(F.allclose(expected, actual, rtol: 1e-4, atol: 1e-4).item<bool>(), $"{expected}\n{actual}");
}
