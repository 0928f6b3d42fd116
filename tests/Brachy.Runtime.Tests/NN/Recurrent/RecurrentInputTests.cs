using Brachy.NN;

namespace Brachy.Tests.NN;

/// <summary>What recurrent layers and cells refuse, and how they say it: with their name, the argument, and both types.</summary>
[Trait("Category", "Quick")]
public class RecurrentInputTests
{
    private static readonly Dictionary<string, (string Message, Action Run)> s_refused = new()
    {
        ["no elements"] = ("Lstm: the input is float32[0, 2, 3], but a sequence has at least one element", () => Lstm(F.ones([0, 2, 3]))),
        ["no elements, batch first"] = (
            "Lstm: the input is float32[2, 0, 3], but a sequence has at least one element",
            () => Lstm(F.ones([2, 0, 3]), batchFirst: true)),
        ["no elements, no batch"] = ("Lstm: the input is float32[0, 3], but a sequence", () => Lstm(F.ones([0, 3]))),
        ["no elements, with lengths"] = (
            "Gru: the input is float32[0, 2, 3], but a sequence", () => Gru(F.ones([0, 2, 3]), lengths: F.zeros([2], DType.Int64))),
        ["no elements of an rnn"] = ("Rnn: the input is float32[0, 2, 3]", () => Rnn(F.ones([0, 2, 3]))),
        ["another type of input"] = (
            "Lstm: the input is float64[5, 2, 3], but the params are float32; convert it with .to(DType.Float32)",
            () => Lstm(F.ones([5, 2, 3], DType.Float64))),
        ["whole numbers"] = ("Gru: the input is int64[5, 2, 3], but the params are float32", () => Gru(F.ones([5, 2, 3], DType.Int64))),
        ["another type of state"] = (
            "Gru: h0 is float64[1, 2, 4], but the params are float32; convert it with .to(DType.Float32)",
            () => Gru(F.ones([5, 2, 3]), F.zeros([1, 2, 4], DType.Float64))),
        ["another type of cell state"] = (
            "Lstm: c0 is bfloat16[1, 2, 4], but the params are float32",
            () => Lstm(F.ones([5, 2, 3]), F.zeros([1, 2, 4]), F.zeros([1, 2, 4], DType.BFloat16))),
        ["another shape of state"] = (
            "Rnn: h0 is float32[2, 1, 4], but must be [1, 2, 4]", () => Rnn(F.ones([5, 2, 3]), F.zeros([2, 1, 4]))),
        ["a state without its dims"] = ("Lstm: h0 is float32[], but must be [1, 2, 4]", () => Lstm(F.ones([5, 2, 3]), F.zeros([]))),
        ["a batch of states for one sequence"] = (
            "Lstm: h0 is float32[1, 1, 4], but must be [1, 4]", () => Lstm(F.ones([5, 3]), F.zeros([1, 1, 4]))),
        ["a cell's input"] = (
            "LstmCell: the input is float64[2, 3], but the params are float32", () => LstmCell(F.ones([2, 3], DType.Float64))),
        ["a cell's state"] = (
            "GruCell: h is float64[2, 4], but the params are float32", () => GruCell(F.ones([2, 3]), F.zeros([2, 4], DType.Float64))),
        ["a cell's second state"] = (
            "LstmCell: c is int64[2, 4], but the params are float32",
            () => LstmCell(F.ones([2, 3]), F.zeros([2, 4]), F.zeros([2, 4], DType.Int64))),
        ["the shape of a cell's state"] = (
            "RnnCell: h is float32[4], but must be [2, 4]", () => RnnCell(F.ones([2, 3]), F.zeros([4]))),
    };

    public static TheoryData<string> Names => [.. s_refused.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void WhatIsRefusedIsNamed(string name)
    {
        using var rng = Rng.Scope(1);
        var (message, run) = s_refused[name];
        foreach (var isCompiled in new[] { false, true })
        {
            var error = Assert.ThrowsAny<ArgumentException>(() => (isCompiled ? Compiled(run) : run)());
            Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
            Assert.Equal(
                message.Contains("params are", StringComparison.Ordinal) ? typeof(DTypeException) : typeof(ShapeException),
                error.GetType());
        }
    }

    /// <summary>As with torch.nn, there may be no sequence at all.</summary>
    [Fact]
    public void ABatchMayBeEmpty()
    {
        using var rng = Rng.Scope(1);
        var (tree, config) = new Lstm(3, 4);
        var (_, (output, h, c)) = Brachy.NN.Lstm.Apply(tree, config, F.ones([5, 0, 3]), null, null, null);
        Assert.Equal([5L, 0, 4], output.shape);
        Assert.All([h, c], state => Assert.Equal([1L, 0, 4], state.shape));
        var (cell, cellConfig) = new LstmCell(3, 4);
        Assert.Equal([0L, 4], Brachy.NN.LstmCell.Apply(cell, cellConfig, F.ones([0, 3]), null, null).Output.H.shape);
    }

    private static Action Compiled(Action run) => () => Jit.Compile((Tensor x) =>
    {
        using var rng = Rng.Scope(new RngKey(x));
        run();
        return x;
    }).Invoke(F.tensor(1L));

    private static void Lstm(Tensor x, Tensor? h = null, Tensor? c = null, bool batchFirst = false) =>
        new Lstm(3, 4, batchFirst: batchFirst).Call(x, h, c, null);

    private static void Gru(Tensor x, Tensor? h = null, Tensor? lengths = null) => new Gru(3, 4).Call(x, h, lengths);

    private static void Rnn(Tensor x, Tensor? h = null) => new Rnn(3, 4).Call(x, h, null);

    private static void LstmCell(Tensor x, Tensor? h = null, Tensor? c = null) => new LstmCell(3, 4).Call(x, h, c);

    private static void GruCell(Tensor x, Tensor? h = null) => new GruCell(3, 4).Call(x, h);

    private static void RnnCell(Tensor x, Tensor? h = null) => new RnnCell(3, 4).Call(x, h);
}
