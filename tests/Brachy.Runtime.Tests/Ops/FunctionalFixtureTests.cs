using Brachy.Extending;
using Brachy.IO;
using Brachy.NN;

namespace Brachy.Tests.Ops;

/// <summary>
/// Values and gradients of torch.nn.functional, written by PyTorch 1.13 (Fixtures/nn_functional.py), eagerly and compiled.
/// </summary>
public class FunctionalFixtureTests
{
    private static readonly Lazy<IReadOnlyDictionary<string, Tensor>> s_fixture = new(
        () => TorchFile.LoadStateDict(PathOf("nn_functional.pt")));

    private static readonly Dictionary<string, (string[] Inputs, Func<Tensor[], Tensor> Function)> s_cases = Rows().ToDictionary(
        row => row.Name, row => (row.Inputs, row.Function));

    public static TheoryData<string> Names => [.. s_cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void ValuesAndGradientsAreThoseOfPyTorch(string name)
    {
        var (names, function) = s_cases[name];
        var inputs = Array.ConvertAll(names, input => Given(input[(input.IndexOf('=', StringComparison.Ordinal) + 1)..]));
        var step = Jit.Compile((Tensor[] x, Tensor w) => Differentiated(function, x, w), name: name);
        foreach (var (kind, (y, gradients)) in new[]
        {
            ("eager", Differentiated(function, inputs, Given(name + "/w"))), ("compiled", step.Invoke(inputs, Given(name + "/w"))),
        })
        {
            OpCheck.AssertClose(Given(name + "/y"), y, 1e-10, $"{name}, {kind}");
            for (var i = 0; i < names.Length; i++)
            {
                OpCheck.AssertClose(
                    Given($"{name}/d{names[i].Split('=')[0]}"), gradients[i], 1e-9, $"{name}, {kind}, gradient by {names[i]}");
            }
        }
    }

    [Fact]
    public void EveryResultOfTheFixtureIsChecked()
    {
        var written = s_fixture.Value.Keys.Where(key => key.EndsWith("/y", StringComparison.Ordinal)).Select(key => key[..^2]);
        Assert.DoesNotContain(written.Except(s_cases.Keys), key => !key.StartsWith("adaptive ", StringComparison.Ordinal));
    }

    [Fact]
    public void AdaptiveLogSoftmaxIsThatOfPyTorch()
    {
        using var rng = Rng.Scope(1);
        var layer = new AdaptiveLogSoftmaxWithLoss(6, 10, [3, 6], divValue: 2, headBias: true, dtype: DType.Float64);
        var paths = layer.Tree.Tensors().Select(t => t.Path).ToArray();
        Assert.Equal(
            ["head.bias", "head.weight", "tail.0.0.weight", "tail.0.1.weight", "tail.1.0.weight", "tail.1.1.weight"], paths.Order());
        foreach (var path in paths)
        {
            layer.Tree[path] = Given("adaptive state " + path);
        }

        var x = Given("adaptive features");
        var labels = Given("adaptive labels");
        var (output, loss) = layer.Call(x, labels);
        OpCheck.AssertClose(Given("adaptive output/y"), output, 1e-10, "output");
        OpCheck.AssertClose(Given("adaptive loss/y"), loss, 1e-10, "loss");
        OpCheck.AssertClose(Given("adaptive log_prob/y"), layer.LogProb(x), 1e-10, "log_prob");
        OpCheck.AssertClose(Given("adaptive predict"), layer.Predict(x), 0, "predict");
        OpCheck.AssertClose(Given("adaptive loss/y"), layer.Call(x[0], labels[0]).Output * 0 + loss, 1e-10, "one row");
        var (_, gradients) = Differentiated(a => layer.Call(a[0], labels).Loss, [x], Given("adaptive loss/w"));
        OpCheck.AssertClose(Given("adaptive loss/dx"), gradients[0], 1e-10, "gradient");
        Assert.Throws<ArgumentException>(() => new AdaptiveLogSoftmaxWithLoss(6, 10, [6, 3]));
        Assert.Throws<ArgumentException>(() => new AdaptiveLogSoftmaxWithLoss(6, 10, [10]));
        Assert.Throws<ShapeException>(() => layer.Call(x, labels[0]));
    }

    /// <summary>Files of the collection that showed losses which did not broadcast.</summary>
    [Fact]
    public void LossesBroadcastAsInPyTorch()
    {
        var gaussian = TorchFile.LoadStateDict(PathOf("op_gaussian_nll_broadcast.pt"));
        OpCheck.AssertClose(
            gaussian["want"], F.reshape(F.gaussian_nll_loss(gaussian["x"], gaussian["t"], gaussian["v"]), 1), 1e-6, "gaussian_nll_loss");
        var margin = TorchFile.LoadStateDict(PathOf("op_margin_ranking_broadcast.pt"));
        OpCheck.AssertClose(
            margin["want"], F.reshape(F.margin_ranking_loss(margin["a"], margin["b"], margin["t"]), 1), 1e-6, "margin_ranking_loss");
    }

    private static IEnumerable<(string Name, string[] Inputs, Func<Tensor[], Tensor> Function)> Rows()
    {
        foreach (var padding in new[] { "zeros", "border", "reflection" })
        {
            foreach (var align in new[] { false, true })
            {
                foreach (var mode in new[] { "bilinear", "nearest", "bicubic" })
                {
                    yield return (
                        $"grid 4 {mode} {padding} {align}", ["x=x4", "g=g4"], x => F.grid_sample(x[0], x[1], mode, padding, align));
                }

                foreach (var mode in new[] { "bilinear", "nearest" })
                {
                    yield return (
                        $"grid 5 {mode} {padding} {align}", ["x=x5", "g=g5"], x => F.grid_sample(x[0], x[1], mode, padding, align));
                }
            }
        }

        foreach (var align in new[] { false, true })
        {
            yield return ($"affine 2 {align}", ["t=t2"], x => F.affine_grid(x[0], [2, 3, 4, 1], align));
            yield return ($"affine 3 {align}", ["t=t3"], x => F.affine_grid(x[0], [2, 1, 2, 3, 4], align));
        }

        foreach (var mode in new[] { "sum", "mean", "max" })
        {
            yield return ($"bag flat {mode}", ["t=weight"], x => F.embedding_bag(Given("flat"), x[0], Given("offsets"), mode));
            yield return ($"bag rows {mode}", ["t=weight"], x => F.embedding_bag(Given("rows"), x[0], mode: mode));
            yield return (
                $"bag padding {mode}", ["t=weight"], x => F.embedding_bag(Given("flat"), x[0], Given("offsets"), mode, padding_idx: 4));
            yield return ($"bag rows padding {mode}", ["t=weight"], x => F.embedding_bag(Given("rows"), x[0], mode: mode, padding_idx: -2));
            yield return ($"bag last {mode}", ["t=weight"], x =>
                F.embedding_bag(Given("flat"), x[0], F.tensor([0L, 2, 2, 5, 7]), mode, include_last_offset: true));
        }

        yield return ("bag factors", ["t=weight", "f=factors"], x => F.embedding_bag(Given("flat"), x[0], Given("offsets"), "sum", x[1]));
        yield return ("bag rows factors", ["t=weight", "f=row_factors"], x => F.embedding_bag(Given("rows"), x[0], null, "sum", x[1]));
        foreach (var reduction in Enum.GetValues<Reduction>())
        {
            foreach (var targets in new[] { "padded", "joined" })
            {
                yield return (
                    $"ctc {targets} {reduction.ToString().ToLowerInvariant()}", ["x=logits"],
                    x => F.ctc_loss(F.log_softmax(x[0], 2), Given(targets), Given("inputs"), Given("lengths"), reduction: reduction));
            }
        }

        yield return (
            "ctc zero_infinity", ["x=logits"],
            x => F.ctc_loss(
                F.log_softmax(x[0], 2), Given("padded"), Given("short"), Given("lengths"), reduction: Reduction.None, zero_infinity: true));
        yield return ("ctc one", ["x=logits"], x =>
            F.ctc_loss(F.select(F.log_softmax(x[0], 2), 1, 0), Given("padded")[0], Given("inputs")[0], Given("lengths")[0]));
        foreach (var (name, p) in new[] { ("1.0", 1), ("2.0", 2), ("3.0", 3), ("inf", double.PositiveInfinity) })
        {
            yield return ($"pdist {name}", ["x=points"], x => F.pdist(x[0], p));
        }

        yield return ("adaptive_max_pool3d", ["x=volumes"], x => new AdaptiveMaxPool3d((2, 4, 3)).Call(x[0]));
        yield return ("conv_tbc", ["x=tbc", "k=kernel", "b=bias"], x => F.conv_tbc(x[0], x[1], x[2], 1));
    }

    private static (Tensor Value, Tensor[] Gradients) Differentiated(Func<Tensor[], Tensor> function, Tensor[] inputs, Tensor weights)
    {
        var (y, gradients) = Pullback.Differentiate(inputs, x => function(x), y => ([y], [weights]));
        return (y, [.. gradients.Select((g, i) => g ?? F.zeros_like(inputs[i]))]);
    }

    private static Tensor Given(string name) => s_fixture.Value[name];

    private static string PathOf(string file) => Path.Combine(AppContext.BaseDirectory, "Ops", "Fixtures", file);
}
