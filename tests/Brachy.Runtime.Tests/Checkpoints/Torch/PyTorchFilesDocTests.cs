using Brachy.IO;
using Brachy.NN;
using Brachy.Tests.Shared;
using TorchSharp;

namespace Brachy.Tests.Checkpoints;

/// <summary>The code of docs/pytorch-files.md.</summary>
public class PyTorchFilesDocTests
{
    [Fact]
    public void TheCodeOfTheDocumentRuns()
    {
        using var scope = torch.NewDisposeScope();
        using var rng = Rng.Scope(1);
        using var folder = new TemporaryFolder();
        var (modelFile, trainingFile) = (folder["model.pt"], folder["training.pt"]);
        var weights = new Sequential(new Linear(4, 3), new ReLU(), new Linear(3, 2)).Tree;
        TorchFile.SaveStateDict(modelFile, weights);
        var wholeModuleFile = Path.Combine(Manifest.Folder("PyTorch"), "whole_module.pt");
        File.WriteAllBytes(trainingFile, TorchZip.Bytes(
            new PickleBytes().Op("}(").Text("epoch").Int(3).Text("model").Op("}").Text("net.2.bias").Floats("0", 2).Op("s")
                .Text("optimizer").Op("}(").Text("param_groups").Op("]}").Text("lr").Raw((byte)'G', 0x3f, 0xf8, 0, 0, 0, 0, 0, 0).Op("sa")
                .Text("state").Op("}").Int(0).Op("}").Text("exp_avg").Floats("0", 2).Op("ssu")
                .Text("args").Global("argparse", "Namespace").Op(")").Raw(0x81).Op("}").Text("batch_size").Int(32).Op("sb").Op("u").Stop(),
            ("0", TorchZip.Of(8f, 9))));

        var state = TorchFile.LoadStateDict(modelFile);
        var (model, config) = new Sequential(new Linear(4, 3), new ReLU(), new Linear(3, 2));
        (model, var report) = Import.FromStateDict(model, state);

        Assert.True(report.IsComplete);
        Assert.Equal(weights.Tensors().Last().Tensor.ToArray<float>(), model.Tensors().Last().Tensor.ToArray<float>());
        (model, report) = Import.FromStateDict(
            model, TorchFile.LoadStateDict(trainingFile, "model"), strict: false,
            rename: name => name.Replace("net.", "", StringComparison.Ordinal));
        foreach (var path in report.Missing)
        {
            Console.WriteLine($"{path} keeps its value");
        }

        Assert.Equal(["0.weight", "0.bias", "2.weight"], report.Missing);
        Assert.Equal([8, 9], model.Submodules["2"].Params["bias"].Tensor.ToArray<float>());
        var file = TorchFile.Load(trainingFile);
        var epoch = file["epoch"].As<long>();
        var rate = file["optimizer"]["param_groups"][0]["lr"].As<double>();

        Assert.Equal((3, 1.5), (epoch, rate));
        var average = file["optimizer"]["state"][0]["exp_avg"].As<Tensor>();
        var batchSize = file["args"]["batch_size"].As<int>();
        Console.WriteLine(file["args"]); // argparse.Namespace() {'batch_size': 32}

        Assert.Equal(32, batchSize);
        Assert.Equal([8, 9], average.ToArray<float>());
        Assert.Equal("argparse.Namespace() {'batch_size': 32}", file["args"].ToString());
        var (small, smallConfig) = new Sequential(new Linear(3, 4), new Tanh(), new Linear(4, 2));
        (small, report) = Import.FromStateDict(small, TorchFile.LoadStateDict(wholeModuleFile).WithoutPrefix("module."));

        Assert.True(report.IsComplete);
        Assert.NotNull(smallConfig);
        Assert.Equal(
            TorchFile.LoadStateDict(wholeModuleFile)["0.bias"].ToArray<float>(),
            small.Submodules["0"].Params["bias"].Tensor.ToArray<float>());
        TorchFile.SaveStateDict(modelFile, model);

        var module = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.ReLU(), torch.nn.Linear(3, 2));
        (model, report) = Import.FromTorch(model, module);
        Console.WriteLine(Import.FromTorch(module));
        Export.ToTorch(model, module);

        Assert.Equal([8, 9], TorchFile.LoadStateDict(modelFile)["2.bias"].ToArray<float>());
        Assert.NotEqual([8, 9], model.Submodules["2"].Params["bias"].Tensor.ToArray<float>());
        Assert.True(report.IsComplete);
        Assert.NotNull(config);
    }
}
