using Brachy.IO;
using Brachy.NN;
using Brachy.Tests.Shared;

namespace Brachy.Tests.TorchScript;

/// <summary>Files that libtorch itself loads compute what the model computes.</summary>
public class TorchScriptModelTests
{
    private static readonly TorchScriptOptions s_batch = new() { Varying = [new(0, "batch")] };

    private static readonly TorchScriptOptions s_batchAndTime = new() { Varying = [new(0, "batch", "time")] };

    [Fact]
    public void AClassifier()
    {
        var model = Evaluated(() => new Sequential(new Linear(6, 8), new ReLU(), new Linear(8, 3)));

        Check(model, (Tensor x) => Sequential.Apply(model.Tree, model.Config, x).Output, Tensors, Floats(4, 6));
        Check(
            model, (Tensor x) => Sequential.Apply(model.Tree, model.Config, x).Output, Tensors, s_batch,
            Floats(4, 6), Floats(1, 6), Floats(9, 6), Floats(0, 6));
    }

    [Fact]
    public void Images()
    {
        var model = Evaluated(() => new ImageNetwork());

        Check(
            model, (Tensor x) => ImageNetwork.Apply(model.Tree, model.Config, x).Output, Tensors, s_batch,
            Floats(4, 3, 8, 8), Floats(1, 3, 8, 8), Floats(7, 3, 8, 8), Floats(0, 3, 8, 8));
    }

    [Fact]
    public void Text()
    {
        var model = Evaluated(() => new TextNetwork());

        Check(
            model, (Tensor ids) => TextNetwork.Apply(model.Tree, model.Config, ids).Output, pair => [pair.Logits, pair.Hidden],
            s_batchAndTime, Ids(2, 6), Ids(1, 1), Ids(3, 11), Ids(4, 1), Ids(0, 3), Ids(2, 0));
    }

    [Fact]
    public void ALoopOverTime()
    {
        var model = Evaluated(() => new RecurrentNetwork());

        Check(
            model, (Tensor x) => RecurrentNetwork.Apply(model.Tree, model.Config, x).Output, Tensors, s_batchAndTime,
            Floats(3, 6, 5), Floats(1, 2, 5), Floats(4, 9, 5), Floats(1, 1, 5), Floats(0, 4, 5));
    }

    [Fact]
    public void NamesThatPythonHasNot()
    {
        var model = Evaluated(() => new OddNames());

        Check(model, (Tensor x) => OddNames.Apply(model.Tree, model.Config, x).Output, Tensors, Floats(2, 3));
    }

    [Fact]
    public void SeveralInputsOfOneSize()
    {
        var model = Evaluated(() => new MaskedAttention());
        bool[] hidden = [false, false, true, false, true, true, true, true, true, true];
        (Tensor, Tensor) inputs = (Floats(2, 5, 8), Tensor.FromArray(hidden, [2, 5]));

        Check(
            model, ((Tensor X, Tensor Mask) x) => MaskedAttention.Apply(model.Tree, model.Config, x.X, x.Mask).Output, Tensors,
            s_batchAndTime, inputs, (Floats(1, 3, 8), Tensor.FromArray([false, true, false], [1, 3])));
    }

    private static (StructureTree Tree, GlobalConfig Config) Evaluated<TInput, TOutput>(Func<Module<TInput, TOutput>> make)
    {
        using var rng = Rng.Scope(seed: 1);
        var (tree, config) = make();
        return (tree, config.With("train_mode", false));
    }

    private static Tensor[] Tensors(Tensor tensor) => [tensor];

    private static void Check<TInput, TOutput>(
        (StructureTree Tree, GlobalConfig Config) model, Func<TInput, TOutput> apply, Func<TOutput, Tensor[]> results, TInput example) =>
        Check(model, apply, results, new TorchScriptOptions(), example);

    private static void Check<TInput, TOutput>(
        (StructureTree Tree, GlobalConfig Config) model, Func<TInput, TOutput> apply, Func<TOutput, Tensor[]> results,
        TorchScriptOptions options, params TInput[] inputs)
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "model.pt");
        Export.TorchScript(file, model, inputs[0], options);

        using var program = new LoadedProgram(file);
        foreach (var input in inputs)
        {
            var expected = results(apply(input));
            var actual = program.Run(input is Tensor tensor ? [tensor] : [.. ((System.Runtime.CompilerServices.ITuple)input!).Items()]);
            Assert.Equal(expected.Length, actual.Length);
            foreach (var (own, other) in expected.Zip(actual))
            {
                Assert.Equal(own.Type, other.Type);
                Assert.True(F.allclose(own, other, rtol: 1e-5, atol: 1e-6).item<bool>(), $"{own}\n{other}");
            }
        }

        var keys = model.Tree.Nodes().SelectMany(n => (n.Node.ApplyFn?.RandomKeys ?? []).Select(key => $"{n.Path}.{key}")).ToHashSet();
        Assert.Equal(
            model.Tree.Tensors().Select(t => t.Path).Where(path => !keys.Contains(path))
                .Select(path => path.StartsWith("class", StringComparison.Ordinal) ? $"{path}_" : path).Order(StringComparer.Ordinal),
            program.State().Keys.Order(StringComparer.Ordinal));
    }

    private static Tensor Floats(params long[] shape) => Rng.Normal(shape, key: Rng.Seed(shape.Sum()));

    private static Tensor Ids(params long[] shape) => Rng.RandInt(0, 20, shape, Rng.Seed(shape.Sum()));
}

file static class TupleItems
{
    public static IEnumerable<Tensor> Items(this System.Runtime.CompilerServices.ITuple tuple) =>
        Enumerable.Range(0, tuple.Length).Select(i => (Tensor)tuple[i]!);
}
