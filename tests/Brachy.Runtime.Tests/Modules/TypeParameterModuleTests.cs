using Brachy.CompilerServices;
using Brachy.IO;
using Brachy.NN;
using Brachy.Optim;
using Brachy.Tests.Shared;

namespace Brachy.Tests.Modules;

/// <summary>A layer around any other, whose class stays known.</summary>
[Module]
public partial class Around<T>
    where T : Module<Tensor, Tensor>, IModule<T>
{
    public partial T Body { get; set; }

    public partial T? Extra { get; set; }

    public partial ModuleList<T> Others { get; set; }

    public Around(T body, params T[] others)
    {
        Body = body;
        Others = new ModuleList<T>(others);
    }

    public Tensor Forward(Tensor x)
    {
        x = x + Body.Call(x);
        foreach (var layer in Others)
        {
            x = layer.Call(x);
        }

        return Extra is { } extra ? extra.Call(x) : x;
    }
}

/// <summary>Submodules of a type parameter are trained, saved and compiled as those of a class are.</summary>
public class TypeParameterModuleTests
{
    private static readonly Tensor s_x = F.linspace(-1, 1, 12).reshape([4, 3]);

    [Fact]
    public void ViewsAreOfTheClass()
    {
        using var rng = Rng.Scope(1);
        var model = Build();
        Assert.IsType<Around<Linear>>(model.Body);
        Assert.Equal([3, 3], model.Body.Body.Weight.shape);
        Assert.Null(model.Extra);
        Assert.Equal(
            [
                "body.body.weight", "body.body.bias", "body.others.0.weight", "body.others.0.bias", "others.0.body.weight",
                "others.0.body.bias"
            ],
            model.Tree.Tensors().Select(t => t.Path));

        model.Extra = new Around<Linear>(new Linear(3, 3));
        Assert.Equal([3, 3], Around<Around<Linear>>.Bind(model.Tree, model.Config).Extra!.Body.Weight.shape);
        model.Extra = null;
        Assert.Null(model.Extra);
    }

    [Fact]
    public void ItComputesWhatItsPartsDoEagerlyAndCompiled()
    {
        var model = Build();
        var (inner, other) = (model.Body, model.Others[0].Body);
        var body = inner.Others[0].Call(s_x + inner.Body.Call(s_x));
        var expected = (s_x + body + other.Call(s_x + body)).ToArray<float>();
        Assert.Equal(expected, model.Call(s_x).ToArray<float>(), Tolerance);
        Assert.Equal(expected, Around<Around<Linear>>.JitApply(model.Tree, model.Config, s_x).Output.ToArray<float>(), Tolerance);
    }

    [Fact]
    public void ItLearns()
    {
        var (model, config) = Build();
        var (optimizer, optimizerConfig) = new AdamW(model, lr: 0.02);
        var before = model["body.body.weight"].Tensor.ToArray<float>();
        var losses = new List<double>();
        for (var i = 0; i < 60; i++)
        {
            (optimizer, model, var loss) = Optimizer.Step(optimizer, optimizerConfig, model, tree =>
            {
                var (after, output) = Around<Around<Linear>>.JitApply(tree, config, s_x);
                return (after, F.mse_loss(output, (s_x * 2) + 1));
            });
            losses.Add((double)loss);
        }

        Assert.True(losses[^1] < losses[0] / 10, $"{losses[0]} {losses[^1]}");
        Assert.NotEqual(before, model["body.body.weight"].Tensor.ToArray<float>());
    }

    [Fact]
    public void ItIsSavedAndLoaded()
    {
        using var folder = new TemporaryFolder();
        var (model, other) = (Build(), Build(seed: 9));
        Checkpoint.Save(folder["model"], ("model", (model.Tree, model.Config)));
        var (loaded, report) = Checkpoint.Load(folder["model"]).Into("model", other.Tree);
        Assert.True(report.IsComplete);
        Assert.Equal(
            model.Call(s_x).ToArray<float>(),
            Around<Around<Linear>>.Bind(loaded, model.Config).Call(s_x).ToArray<float>());
        Assert.NotEqual(model.Call(s_x).ToArray<float>(), other.Call(s_x).ToArray<float>());
    }

    private static bool Tolerance(float a, float b) => Math.Abs(a - b) <= 1e-5f * Math.Max(1, Math.Abs(b));

    private static Around<Around<Linear>> Build(int seed = 3)
    {
        using var rng = Rng.Scope(seed);
        return new(new Around<Linear>(new Linear(3, 3), new Linear(3, 3)), new Around<Linear>(new Linear(3, 3)));
    }
}
