using Brachy.Inference;
using Brachy.IO;
using Brachy.NN;
using Brachy.Tests.Shared;
using Brachy.Tests.TorchScript;
using Brachy.Transforms;

namespace Brachy.Tests.Frozen;

/// <summary>Frozen models compute what the models compute.</summary>
public class FrozenModelTests
{
    private static readonly FrozenExportOptions s_batch = new() { Varying = [new(0, "batch")] };

    private static readonly FrozenExportOptions s_batchAndTime = new() { Varying = [new(0, "batch", "time")] };

    [Fact]
    public void AClassifier()
    {
        var model = Evaluated(() => new Sequential(new Linear(6, 8), new ReLU(), new Linear(8, 3)));

        Check(model, (Tensor x) => Sequential.Apply(model.Tree, model.Config, x).Output, Tensors, new(), Floats(4, 6));
        Check(
            model, (Tensor x) => Sequential.Apply(model.Tree, model.Config, x).Output, Tensors, s_batch,
            Floats(4, 6), Floats(1, 6), Floats(9, 6), Floats(0, 6), Floats(300, 6));
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
            s_batchAndTime, Ids(2, 6), Ids(1, 1), Ids(3, 11), Ids(4, 1), Ids(0, 3));
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
    public void SeveralInputsOfOneSize()
    {
        var model = Evaluated(() => new MaskedAttention());
        bool[] hidden = [false, false, true, false, true, true, true, true, true, true];
        (Tensor, Tensor) inputs = (Floats(2, 5, 8), Tensor.FromArray(hidden, [2, 5]));

        Check(
            model, ((Tensor X, Tensor Mask) x) => MaskedAttention.Apply(model.Tree, model.Config, x.X, x.Mask).Output, Tensors,
            s_batchAndTime, inputs, (Floats(1, 3, 8), Tensor.FromArray([false, true, false], [1, 3])));
    }

    [Fact]
    public void FunctionsWithLoopsChoicesAndRandomNumbers()
    {
        using var file = new MemoryStream();
        Func<Tensor, Tensor, (Tensor, Tensor)> function = (key, x) =>
        {
            var (last, rows) = Control.Scan((Tensor sum, Tensor row) => (sum + row, F.sin(sum)), F.zeros([3]), x);
            var noise = Rng.Uniform([2, 3], key: new RngKey(key));
            var count = Control.While(total => F.lt(total, 100.0), total => (total * 2) + 1, F.sum(F.abs(last)));
            var choice = Control.Cond(F.gt(F.sum(x), 0), y => y * 2, y => y - 1, last);
            return (F.cat([rows, noise, F.reshape(choice, [1, 3])], 0), count);
        };
        var (key, x) = (Rng.Seed(5).Tensor, Floats(4, 3));
        Export.Frozen(file, function, key, x);
        file.Position = 0;
        var frozen = new LoadedFrozen(FrozenModel.Load(file));

        foreach (var input in new[] { x, -x, x * 10 })
        {
            var (first, second) = function(key, input);
            var actual = frozen.Run(key, input);
            Assert.True(F.allclose(first, actual[0], rtol: 1e-5, atol: 1e-6).item<bool>(), $"{first}\n{actual[0]}");
            Assert.True(F.allclose(second, actual[1], rtol: 1e-5, atol: 1e-6).item<bool>());
        }
    }

    [Fact]
    public void ResultsThatAreInputsConstantsAndNumbers()
    {
        var weight = Floats(2, 2);
        Func<Tensor, (Tensor, Tensor, Tensor, Tensor)> function = x => (x, weight, x + 1, x + 1);
        using var file = new MemoryStream();
        Export.Frozen(file, function, Floats(3));
        file.Position = 0;
        var frozen = new LoadedFrozen(FrozenModel.Load(file));

        var input = Floats(3) * 3;
        var results = frozen.Run(input);
        Tensor[] expected = [input, weight, input + 1, input + 1];
        Assert.All(expected.Zip(results), pair => Assert.True(F.allclose(pair.First, pair.Second, 0, 0).item<bool>()));
    }

    private static (StructureTree Tree, GlobalConfig Config) Evaluated<TInput, TOutput>(Func<Module<TInput, TOutput>> make)
    {
        using var rng = Rng.Scope(seed: 1);
        var (tree, config) = make();
        return (tree, config.With("train_mode", false));
    }

    private static Tensor[] Tensors(Tensor tensor) => [tensor];

    private static void Check<TInput, TOutput>(
        (StructureTree Tree, GlobalConfig Config) model, Func<TInput, TOutput> apply, Func<TOutput, Tensor[]> results,
        FrozenExportOptions options, params TInput[] inputs)
    {
        using var folder = new TemporaryFolder();
        Export.Frozen(folder["model.brachy"], model, inputs[0], options);
        var frozen = new LoadedFrozen(FrozenModel.Load(folder["model.brachy"]));
        foreach (var input in inputs)
        {
            var expected = results(apply(input));
            var actual = frozen.Run(input is Tensor tensor ? [tensor] : [.. Items((System.Runtime.CompilerServices.ITuple)input!)]);
            Assert.Equal(expected.Length, actual.Length);
            foreach (var (own, other) in expected.Zip(actual))
            {
                Assert.Equal(own.Type, other.Type);
                Assert.True(F.allclose(own, other, rtol: 1e-5, atol: 1e-6).item<bool>(), $"{own}\n{other}");
            }
        }
    }

    private static IEnumerable<Tensor> Items(System.Runtime.CompilerServices.ITuple tuple) =>
        Enumerable.Range(0, tuple.Length).Select(i => (Tensor)tuple[i]!);

    private static Tensor Floats(params long[] shape) => Rng.Normal(shape, key: Rng.Seed(shape.Sum()));

    private static Tensor Ids(params long[] shape) => Rng.RandInt(0, 20, shape, Rng.Seed(shape.Sum()));
}
