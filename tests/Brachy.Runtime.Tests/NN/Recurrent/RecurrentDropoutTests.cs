using Brachy.NN;
using Brachy.Tests.Ops;

namespace Brachy.Tests.NN;

/// <summary>Dropout between the layers of recurrent layers, against single layers with the dropout written between them.</summary>
[Trait("Category", "Quick")]
public class RecurrentDropoutTests
{
    private const double P = 0.4;

    /// <summary>A stack of three layers with dropout: how it is called, and how a single layer of the same kind is.</summary>
    private sealed record Kind(
        Func<Module> Stack,
        Func<StructureTree, GlobalConfig, Tensor, Tensor?, (StructureTree Tree, Tensor[] Results)> Run,
        Func<long, Module> Single, int Directions);

    private static Kind KindOf(string name) => name switch
    {
        "lstm" => new(
            () => new Lstm(3, 4, 3, dropout: P, dtype: DType.Float64), RunLstm, size => new Lstm(size, 4, dtype: DType.Float64), 1),
        "lstm, both directions" => new(
            () => new Lstm(3, 4, 3, dropout: P, bidirectional: true, dtype: DType.Float64), RunLstm,
            size => new Lstm(size, 4, bidirectional: true, dtype: DType.Float64), 2),
        "gru" => new(
            () => new Gru(3, 4, 3, dropout: P, dtype: DType.Float64),
            (tree, config, x, lengths) =>
            {
                var (next, y) = Gru.Apply(tree, config, x, null, lengths);
                return (next, [y.Output, y.H]);
            },
            size => new Gru(size, 4, dtype: DType.Float64), 1),
        _ => new(
            () => new Rnn(3, 4, 3, dropout: P, dtype: DType.Float64),
            (tree, config, x, lengths) =>
            {
                var (next, y) = Rnn.Apply(tree, config, x, null, lengths);
                return (next, [y.Output, y.H]);
            },
            size => new Rnn(size, 4, dtype: DType.Float64), 1),
    };

    public static TheoryData<string, bool, bool> Cases()
    {
        var data = new TheoryData<string, bool, bool>();
        foreach (var name in new[] { "lstm", "lstm, both directions", "gru", "rnn" })
        {
            foreach (var isCompiled in new[] { false, true })
            {
                data.Add(name, isCompiled, false);
                data.Add(name, isCompiled, true);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void ItIsWhatIsWrittenBetweenSingleLayers(string name, bool isCompiled, bool hasLengths)
    {
        using var rng = Rng.Scope(5);
        var kind = KindOf(name);
        var (tree, config) = PartsOf(kind.Stack());
        var x = Rng.Normal([6, 2, 3], DType.Float64);
        var lengths = hasLengths ? F.tensor(new[] { 6L, 4 }) : null;
        var run = isCompiled ? Jit.Compile((StructureTree t, Tensor v) => kind.Run(t, config, v, lengths)).Invoke
            : (Func<StructureTree, Tensor, (StructureTree Tree, Tensor[] Results)>)((t, v) => kind.Run(t, config, v, lengths));
        var outputs = new List<Tensor>();
        for (var call = 0; call < 3; call++)
        {
            var (expected, keyAfter) = Composed(kind, tree, x, lengths);
            var (next, results) = run(tree, x);
            for (var i = 0; i < expected.Length; i++)
            {
                OpCheck.AssertClose(expected[i], results[i], 1e-12, $"result {i} of call {call}");
            }

            Assert.Equal(keyAfter, next.Buffers["key"].Tensor.item<long>());
            outputs.Add(results[0]);
            tree = next;
        }

        // Each call draws masks of its own.
        Assert.NotEqual(outputs[0].ToArray<double>(), outputs[1].ToArray<double>());
        Assert.NotEqual(outputs[1].ToArray<double>(), outputs[2].ToArray<double>());
    }

    [Theory]
    [InlineData("lstm")]
    [InlineData("gru")]
    [InlineData("rnn")]
    public void WithoutTrainingNothingIsDroppedAndNoKeyIsUsed(string name)
    {
        using var rng = Rng.Scope(5);
        var kind = KindOf(name);
        var (tree, config) = PartsOf(kind.Stack());
        var x = Rng.Normal([6, 2, 3], DType.Float64);
        var evaluated = config.With("train_mode", false);
        var (expected, _) = Composed(kind, tree, x, null, isTraining: false);
        foreach (var isCompiled in new[] { false, true })
        {
            var (next, results) = isCompiled
                ? Jit.Compile((StructureTree t, Tensor v) => kind.Run(t, evaluated, v, null)).Invoke(tree, x)
                : kind.Run(tree, evaluated, x, null);
            OpCheck.AssertClose(expected[0], results[0], 1e-12, "output");
            Assert.Equal(tree.Buffers["key"].Tensor.item<long>(), next.Buffers["key"].Tensor.item<long>());
        }
    }

    /// <summary>With weights that pass their input on, the output of a layer shows the mask before it.</summary>
    [Fact]
    public void EachLayerHasAMaskOfItsOwn()
    {
        using var rng = Rng.Scope(5);
        var (tree, config) = new Rnn(8, 8, 3, "relu", bias: false, dropout: 0.5, dtype: DType.Float64);
        tree = tree.WithParams(tree.GetParams().MapParamsBuffers((path, value) => path.Contains("_ih", StringComparison.Ordinal)
            ? F.eye(8, dtype: DType.Float64) : F.zeros_like(value)));
        var (_, (output, h)) = Rnn.Apply(tree, config, F.ones([4, 2, 8], DType.Float64), null, null);

        // What both masks let through is 4, all else 0: a half of a half, not a half.
        var values = output.ToArray<double>();
        Assert.All(values, value => Assert.True(value is 0 or 4));
        Assert.InRange(values.Count(value => value == 4), 5, 30);

        // The state of the second layer, at the last element, has been through one mask.
        Assert.All(F.select(h, 0, 0).ToArray<double>(), value => Assert.Equal(1, value));
        Assert.All(F.select(h, 0, 1).ToArray<double>(), value => Assert.True(value is 0 or 2));
    }

    [Fact]
    public void ALayerAloneHasNoKey()
    {
        using var rng = Rng.Scope(5);
        Assert.True(new Lstm(3, 4, 1, dropout: 0.5).Tree.Buffers["key"].IsNone);
        Assert.True(new Lstm(3, 4, 2, dropout: 0).Tree.Buffers["key"].IsNone);
        Assert.False(new Lstm(3, 4, 2, dropout: 0.5).Tree.Buffers["key"].IsNone);
    }

    [Fact]
    public void AProbabilityOfOneLeavesNothing()
    {
        using var rng = Rng.Scope(5);
        var (tree, config) = new Gru(3, 4, 2, bias: false, dropout: 1, dtype: DType.Float64);
        var (_, (output, _)) = Gru.Apply(tree, config, F.ones([3, 2, 3], DType.Float64), null, null);
        Assert.All(output.ToArray<double>(), value => Assert.Equal(0, value));
    }

    private static (StructureTree Tree, GlobalConfig Config) PartsOf(Module layer) => (layer.Tree, layer.Config);

    private static (StructureTree Tree, Tensor[] Results) RunLstm(StructureTree tree, GlobalConfig config, Tensor x, Tensor? lengths)
    {
        var (next, y) = Lstm.Apply(tree, config, x, null, null, lengths);
        return (next, [y.Output, y.H, y.C]);
    }

    /// <summary>
    /// Three single layers with the weights of the stack, and dropout with a key of its own behind the first and the second.
    /// </summary>
    private static (Tensor[] Results, long KeyAfter) Composed(
        Kind kind, StructureTree stack, Tensor x, Tensor? lengths, bool isTraining = true)
    {
        var key = new RngKey(stack.Buffers["key"].Tensor);
        var states = new List<Tensor[]>();
        for (var layer = 0; layer < 3; layer++)
        {
            var (single, config) = PartsOf(kind.Single(x.shape[^1]));
            var number = layer;
            single = single.WithParams(single.GetParams().MapParamsBuffers(
                (path, _) => stack.Params[path.Replace("_l0", $"_l{number}", StringComparison.Ordinal)].Tensor));
            var (_, results) = kind.Run(single, config, x, lengths);
            states.Add(results[1..]);
            x = results[0];
            if (layer < 2 && isTraining)
            {
                var keys = Rng.Split(key);
                key = keys[0];
                var dropped = F.dropout(x, P, training: true, keys[1]);

                // What dropout leaves is 1 / (1 - p) times as large.
                var kept = F.ne(dropped, 0);
                OpCheck.AssertClose(F.where(kept, x / (1 - P), F.zeros_like(x)), dropped, 1e-12, "dropout");
                x = dropped;
            }
        }

        return ([x, .. Enumerable.Range(0, states[0].Length).Select(i => F.cat([.. states.Select(s => s[i])]))], key.Tensor.item<long>());
    }
}
