using Brachy.Extending;
using Brachy.IO;
using Brachy.NN;
using Brachy.Tests.Ops;

namespace Brachy.Tests.NN;

/// <summary>
/// Recurrent layers over sequences of different lengths, and with projections, against PyTorch 1.13 (Fixtures/recurrent.py): values and
/// gradients, with params that come from its state dict by path, eagerly and compiled.
/// </summary>
public class RecurrentFixtureTests
{
    private static readonly Lazy<IReadOnlyDictionary<string, Tensor>> s_fixture = new(() => TorchFile.LoadStateDict(
        Path.Combine(AppContext.BaseDirectory, "NN", "Recurrent", "Fixtures", "recurrent.pt")));

    public static TheoryData<string> Names => ["lstm", "lstm projected", "lstm projected batch first", "gru", "rnn"];

    [Theory]
    [MemberData(nameof(Names))]
    public void PackedSequencesAndProjectionsAreThoseOfPyTorch(string name)
    {
        var (tree, config, apply) = LayerOf(name);
        tree = tree.WithParams(tree.GetParams().MapParamsBuffers((path, _) => Given($"{name}/state/{path}")));
        var paths = tree.GetParams().Tensors().Select(t => t.Path).ToArray();
        Assert.Equal(
            s_fixture.Value.Keys.Where(key => key.StartsWith($"{name}/state/", StringComparison.Ordinal)).Order(),
            paths.Select(path => $"{name}/state/{path}").Order());
        var weights = Numbered(name, "w");
        var inputs = Numbered(name, "first");
        (Tensor[] Outputs, Tensor[] Gradients) Differentiate(StructureTree model, Tensor x)
        {
            Tensor[] wanted = [x, .. model.GetParams().Tensors().Select(t => t.Tensor)];
            var (outputs, gradients) = Pullback.Differentiate(
                wanted,
                aliases =>
                {
                    var next = 1;
                    return apply(
                        model.WithParams(model.GetParams().MapParamsBuffers((_, _) => aliases[next++])), config, aliases[0], inputs,
                        Given($"{name}/lengths"));
                },
                results => (results, weights));
            return (outputs, [.. gradients.Select(g => g!)]);
        }

        var compiled = Jit.Compile((StructureTree model, Tensor x) => Differentiate(model, x), name: name);
        foreach (var (outputs, gradients) in new[] { Differentiate(tree, Given($"{name}/x")), compiled.Invoke(tree, Given($"{name}/x")) })
        {
            for (var i = 0; i < outputs.Length; i++)
            {
                OpCheck.AssertClose(Given($"{name}/y{i}"), outputs[i], 1e-10, $"{name}, result {i}");
            }

            OpCheck.AssertClose(Given($"{name}/d/x"), gradients[0], 1e-10, $"{name}, gradient by x");
            for (var i = 0; i < paths.Length; i++)
            {
                OpCheck.AssertClose(Given($"{name}/d/{paths[i]}"), gradients[i + 1], 1e-10, $"{name}, gradient by {paths[i]}");
            }
        }

        // One loop for each layer and direction, and one for its gradient.
        var loops = compiled.Graph!.Equations.Count(equation => equation.Bodies.Count > 0);
        Assert.Equal(2 * paths.Count(path => path.StartsWith("weight_ih", StringComparison.Ordinal)), loops);
    }

    [Fact]
    public void OneSequenceNeedsNoBatch()
    {
        using var rng = Rng.Scope(3);
        var layer = new Lstm(4, 3, 2, bidirectional: true);
        var (x, h, c) = (Rng.Normal([5, 4]), Rng.Normal([4, 3]), Rng.Normal([4, 3]));
        var (output, lastH, lastC) = layer.Forward(x, h, c);
        var batch = layer.Forward(x.unsqueeze(1), h.unsqueeze(1), c.unsqueeze(1));
        OpCheck.AssertClose(batch.Output.squeeze(1), output, 1e-6, "output");
        OpCheck.AssertClose(batch.H.squeeze(1), lastH, 1e-6, "h");
        OpCheck.AssertClose(batch.C.squeeze(1), lastC, 1e-6, "c");
        var first = new GruCell(4, 3).Forward(x[0]);
        Assert.Equal([3], first.shape);
    }

    [Theory]
    [InlineData(-1, 2)]
    [InlineData(6, 2)]
    public void LengthsLieWithinTheSequences(long first, long second)
    {
        using var rng = Rng.Scope(0);
        var layer = new Lstm(3, 4, bidirectional: true);
        var (x, lengths) = (F.ones([5, 2, 3]), F.tensor(new[] { first, second }));
        var compiled = Jit.Compile((StructureTree tree, Tensor input, Tensor lengths) =>
            Lstm.Apply(tree, layer.Config, input, null, null, lengths).Output.Output);
        foreach (var run in new Action[] { () => layer.Forward(x, lengths: lengths), () => compiled.Invoke(layer.Tree, x, lengths) })
        {
            Assert.StartsWith(
                "Lstm: lengths go from 0 to 5", Assert.Throws<CheckFailedException>(run).Message, StringComparison.Ordinal);
        }

        Assert.Throws<DTypeException>(() => layer.Forward(x, lengths: lengths.to(DType.Int32)));
        Assert.Throws<ShapeException>(() => layer.Forward(x, lengths: F.tensor(new[] { 1L })));
        Assert.Throws<ShapeException>(() => layer.Forward(F.ones([5, 3]), F.zeros([2, 1, 4])));
        using var nothing = layer.Forward(x, lengths: F.tensor(new[] { 0L, 5L })).Output.narrow(1, 0, 1).abs().sum();
        Assert.Equal(0, nothing.item<float>());
    }

    [Fact]
    public void WhatDoesNotFitIsNamed()
    {
        using var rng = Rng.Scope(3);
        var layer = new Lstm(4, 3);
        string Message(Func<object?> call) => Assert.Throws<ShapeException>(() => call()).Message;
        var x = F.zeros([5, 2, 4]);
        Assert.Contains("[L, N, 4]", Message(() => layer.Forward(F.zeros([5, 2, 3]))), StringComparison.Ordinal);
        Assert.Contains("h0 is float32[1, 3, 3]", Message(() => layer.Forward(x, F.zeros([1, 3, 3]))), StringComparison.Ordinal);
        Assert.Contains("int64[2]", Message(() => layer.Forward(x, lengths: F.zeros([3], DType.Int64))), StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Lstm(4, 3, projSize: 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Gru(4, 3, dropout: 2));
        Assert.Throws<ArgumentException>(() => new Rnn(4, 3, nonlinearity: "sin"));
        Assert.Throws<ShapeException>(() => new GruCell(4, 3).Forward(F.zeros([2, 4]), F.zeros([2, 4])));
    }

    private delegate Tensor[] Run(StructureTree tree, GlobalConfig config, Tensor x, Tensor[] first, Tensor lengths);

    private static (StructureTree Tree, GlobalConfig Config, Run Apply) LayerOf(string name)
    {
        using var rng = Rng.Scope(3);
        StateOrganizer layer = name switch
        {
            "lstm" => new Lstm(4, 3, 2, bidirectional: true, dtype: DType.Float64),
            "lstm projected" => new Lstm(4, 3, 2, projSize: 2, bidirectional: true, dtype: DType.Float64),
            "lstm projected batch first" => new Lstm(4, 3, projSize: 2, batchFirst: true, bias: false, dtype: DType.Float64),
            "gru" => new Gru(4, 3, 2, bidirectional: true, dtype: DType.Float64),
            _ => new Rnn(4, 3, nonlinearity: "relu", bidirectional: true, batchFirst: true, dtype: DType.Float64),
        };
        return (layer.Tree, layer.Config, Apply);

        Tensor[] Apply(StructureTree tree, GlobalConfig config, Tensor x, Tensor[] first, Tensor lengths)
        {
            if (layer is Lstm)
            {
                var lstm = Lstm.Apply(tree, config, x, first.ElementAtOrDefault(0), first.ElementAtOrDefault(1), lengths).Output;
                return [lstm.Output, lstm.H, lstm.C];
            }

            var (output, h) = layer is Gru
                ? Gru.Apply(tree, config, x, first[0], lengths).Output
                : Rnn.Apply(tree, config, x, first[0], lengths).Output;
            return [output, h];
        }
    }

    private static Tensor Given(string name) => s_fixture.Value[name];

    private static Tensor[] Numbered(string name, string kind) =>
        [.. Enumerable.Range(0, 4).Select(i => s_fixture.Value.GetValueOrDefault($"{name}/{kind}{i}")).OfType<Tensor>()];
}
