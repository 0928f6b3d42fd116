using Brachy.Optim;
using Brachy.Tests.Modules;
using TorchSharp;
using TorchSharp.Modules;

namespace Brachy.Tests.Optim;

/// <summary>A small network, its data, and its training by us, by TorchSharp and by formulas.</summary>
internal sealed partial class TrainedNet
{
    public const int Steps = 50;

    private static readonly string[] s_paths = ["layers.0.weight", "layers.0.bias", "layers.3.weight", "layers.3.bias"];

    public TrainedNet()
    {
        // In float64: Adam divides by roots of tiny numbers, which makes much of float32's rounding.
        (var built, Config) = new SmallNet(6, 8, 3);
        Model = built.MapParamsBuffers((_, t) => t.dtype == DType.Float32 ? t.to(DType.Float64) : t);
        (X, Y) = (Rng.Normal([16, 6], DType.Float64), Rng.RandInt(0, 3, [16]));
    }

    public StructureTree Model { get; }

    public GlobalConfig Config { get; }

    public Tensor X { get; }

    public Tensor Y { get; }

    [Jit]
    public static (StructureTree Opt, StructureTree Model, Tensor Loss) Step(
        [Donate] StructureTree opt, GlobalConfig optConfig, [Donate] StructureTree model, GlobalConfig config, Tensor x, Tensor y) =>
        Optimizer.Step(opt, optConfig, model, current => Loss(current, config, x, y));

    public static (StructureTree Model, Tensor Loss) Loss(StructureTree model, GlobalConfig config, Tensor x, Tensor y)
    {
        (model, var logits) = SmallNet.Apply(model, config, x);
        return (model, F.softmax_cross_entropy(logits, y));
    }

    /// <summary>The params after all steps.</summary>
    public Dictionary<string, double[]> Train(Func<StructureTree, Module> make, bool compiled)
    {
        // Training donates what it is given.
        var model = Model.MapParamsBuffers((_, t) => F.clone(t));
        var (opt, optConfig) = make(model);
        for (var i = 0; i < Steps; i++)
        {
            (opt, model, _) = compiled ? StepJit(opt, optConfig, model, Config, X, Y) : Step(opt, optConfig, model, Config, X, Y);
        }

        return model.GetParams().Tensors().ToDictionary(t => t.Path, t => t.Tensor.ToArray<double>());
    }

    public Dictionary<string, double[]> TrainTorch(Func<Dictionary<string, Parameter>, torch.optim.Optimizer[]> make)
    {
        var parameters = TorchParameters();
        var optimizers = make(parameters);
        for (var i = 0; i < Steps; i++)
        {
            Backward(parameters);
            Array.ForEach(optimizers, optimizer => optimizer.step());
        }

        return Values(parameters);
    }

    public Dictionary<string, double[]> TrainByFormula(Formula formula)
    {
        var parameters = TorchParameters();
        var state = parameters.ToDictionary(
            p => p.Key, p => Enumerable.Range(0, (int)p.Value.numel()).Select(_ => new double[3]).ToArray());
        for (var t = 1; t <= Steps; t++)
        {
            Backward(parameters);
            foreach (var (path, parameter) in parameters)
            {
                var (p, g) = (parameter.data<double>().ToArray(), parameter.grad!.data<double>().ToArray());
                using var noGrad = torch.no_grad();
                parameter.copy_(
                    torch.tensor(p.Select((value, i) => formula(value, g[i], state[path][i], t)).ToArray()).reshape(parameter.shape));
            }
        }

        return Values(parameters);
    }

    public static void AssertClose(
        Dictionary<string, double[]> expected, Dictionary<string, double[]> actual, double tolerance, string what)
    {
        Assert.Equal(expected.Keys.Order(), actual.Keys.Order());
        foreach (var (path, values) in expected)
        {
            var scale = values.Max(Math.Abs);
            for (var i = 0; i < values.Length; i++)
            {
                Assert.True(
                    Math.Abs(values[i] - actual[path][i]) <= tolerance * scale,
                    $"{what}: {path}[{i}] is {actual[path][i]} instead of {values[i]}.");
            }
        }
    }

    private Dictionary<string, Parameter> TorchParameters() => s_paths.ToDictionary(
        path => path, path => new Parameter(Model.Tensors().Single(t => t.Path == path).Tensor.AsTorch().clone()));

    private void Backward(Dictionary<string, Parameter> p)
    {
        foreach (var parameter in p.Values)
        {
            parameter.grad?.zero_();
        }

        var hidden = torch.nn.functional.relu(torch.nn.functional.linear(X.AsTorch(), p[s_paths[0]], p[s_paths[1]]));
        torch.nn.functional.cross_entropy(torch.nn.functional.linear(hidden, p[s_paths[2]], p[s_paths[3]]), Y.AsTorch()).backward();
    }

    private static Dictionary<string, double[]> Values(Dictionary<string, Parameter> parameters) =>
        parameters.ToDictionary(p => p.Key, p => p.Value.data<double>().ToArray());
}
