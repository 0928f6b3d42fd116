using Brachy.CompilerServices;
using Brachy.NN;
using Brachy.Optim;

namespace Brachy.Tests.Optim;

/// <summary>A network with two kinds of buffers, for tests of training.</summary>
[Module]
public partial class ToyNet
{
    public partial Linear Hidden { get; set; }

    public partial Linear Output { get; set; }

    [Buffer]
    public partial Tensor Calls { get; set; }

    [Buffer]
    public partial Tensor Mean { get; set; }

    public ToyNet(long inputs, long hidden, long classes)
    {
        Hidden = new(inputs, hidden);
        Output = new(hidden, classes);
        Calls = F.zeros([], DType.Int64);
        Mean = F.zeros([]);
    }

    public Tensor Forward(Tensor x)
    {
        Calls = Calls + 1;
        Mean = (Mean * 0.9) + (x.mean() * 0.1);
        return Output.Call(F.tanh(Hidden.Call(x)));
    }
}

/// <summary>A small problem, and steps of training on it.</summary>
internal static class ToyTraining
{
    public static Problem Make(DType dtype = DType.Float64)
    {
        using var rng = Rng.Scope(0);
        var (model, config) = new ToyNet(6, 8, 3);
        return new Problem(
            model.MapParamsBuffers((_, t) => t.dtype == DType.Float32 ? t.to(dtype) : t), config, Rng.Normal([16, 6], dtype) + 0.5,
            Rng.RandInt(0, 3, [16]));
    }

    public static (StructureTree Model, Tensor Loss) Loss(StructureTree model, GlobalConfig config, Tensor x, Tensor y)
    {
        (model, var logits) = ToyNet.Apply(model, config, x);
        return (model, F.softmax_cross_entropy(logits, y));
    }

    public static (StructureTree Opt, StructureTree Model, Tensor Loss) Step(
        StructureTree opt, GlobalConfig optConfig, StructureTree model, GlobalConfig config, Tensor x, Tensor y) =>
        Optimizer.Step(opt, optConfig, model, m => Loss(m, config, x, y));

    public static JitFunction<Arguments<StructureTree, GlobalConfig, StructureTree, GlobalConfig, Tensor, Tensor>, (
        StructureTree Opt, StructureTree Model, Tensor Loss)> Compile()
    {
        var step = Step;
        return Jit.Compile(step, donate: [0, 2]);
    }

    /// <summary>A copy with memory of its own, as a checkpoint is.</summary>
    public static StructureTree Saved(StructureTree tree) => tree.MapParamsBuffers((_, t) => F.clone(t));

    /// <summary>Every tensor's bits by path.</summary>
    public static Dictionary<string, string> Bits(StructureTree tree) =>
        tree.Tensors().ToDictionary(t => t.Path, t => Convert.ToHexString(t.Tensor.AsTorch().contiguous().bytes));

    public static Tensor At(StructureTree tree, string path) => tree.Tensors().Single(t => t.Path == path).Tensor;

    public static void AssertClose(StructureTree expected, StructureTree actual, double tolerance)
    {
        var pairs = expected.Tensors().Zip(actual.Tensors()).ToArray();
        Assert.Equal(expected.Tensors().Select(t => t.Path), actual.Tensors().Select(t => t.Path));
        foreach (var ((path, e), (_, a)) in pairs)
        {
            var difference = e.numel() == 0 ? 0 : (double)(e.to(DType.Float64) - a.to(DType.Float64)).abs().max();
            Assert.True(difference <= tolerance, $"{path} differs by {difference}.");
        }
    }

    internal sealed record Problem(StructureTree Model, GlobalConfig Config, Tensor X, Tensor Y);
}
