using Brachy.Compilation;
using Brachy.Telemetry;
using CsCheck;

namespace Brachy.Ranks.Tests;

/// <summary>
/// Programs cut at exchanges give what they give in one piece. A program of one rank is not cut, so the tests cut it themselves: what ranks
/// exchange is then what each has.
/// </summary>
public class StagedExecutableTests
{
    private static readonly Tensor s_a = F.tensor(new[] { 1.0, -2.0, 3.0 });
    private static readonly Tensor s_b = F.tensor(new[] { 0.5, 4.0, -1.0 });

    public static TheoryData<string> Backends { get; } = new() { "torchscript", "interpreter", "default" };

    [Fact]
    public void ATrainingStepIsForwardAndBackwardExchangeUpdate()
    {
        var steps = Cut(Traced(
            x =>
            {
                var (loss, gradient) = Grad.ValueAndGrad((Tensor w) => F.square((w * x[1]) - 1).sum())(x[0]);
                return [x[0] - (0.1 * F.pmean(gradient, Rank.Axis)), F.pmean(loss, Rank.Axis)];
            },
            s_a, s_b));
        Assert.Equal(["code", "exchange", "code"], steps.Select(Kind));
        Assert.Equal(2, ((ExchangeStep)steps[1]).Equations.Count);
    }

    [Fact]
    public void ExchangesThatNeedEachOtherComeOneAfterAnother()
    {
        var steps = Cut(Traced(
            x =>
            {
                var mean = F.psum(x[0].sum(), Rank.Axis);
                var other = F.psum(x[1] * 2, Rank.Axis);
                return [F.psum(F.square(x[0] - mean), Rank.Axis) + other];
            },
            s_a, s_b));
        Assert.Equal(["code", "exchange", "code", "exchange", "code"], steps.Select(Kind));
        Assert.Equal([2, 1], steps.OfType<ExchangeStep>().Select(step => step.Equations.Count));
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void LoopsAndChoicesMayExchange(string backend)
    {
        Tensor[] Function(Tensor[] x)
        {
            var (sum, rows) = Control.Scan(
                (Tensor carry, Tensor row) => (carry + F.psum(row, Rank.Axis), carry.sum()), F.zeros([3], DType.Float64),
                F.stack([x[0], x[1], x[0]]));
            var chosen = Control.Cond(sum.sum() > 0, value => F.pmax(value, Rank.Axis), value => value * 0, sum);
            return [sum * 2, rows, chosen];
        }

        AssertEqual(Function, backend, s_a, s_b);
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void EveryCollectiveIsExchanged(string backend) => AssertEqual(
        x =>
        [
            F.psum(x[0], Rank.Axis), F.pmax(x[0], Rank.Axis), F.pmin(x[1], Rank.Axis), F.all_gather(x[0] + 1, Rank.Axis, 1),
            F.psum_scatter(F.unsqueeze(x[0] * 3, 0), Rank.Axis), F.pbroadcast(x[1], Rank.Axis), F.axis_index(Rank.Axis) + 1,
            F.psum(x[0].to(DType.Float32) * 2, Rank.Axis), F.psum(F.ones([]), Rank.Axis), x[0], F.psum(x[0], Rank.Axis),
        ],
        backend, s_a, s_b);

    [Theory]
    [MemberData(nameof(Backends))]
    public void DonatedInputsAreOverwrittenInTheLastStageAlone(string backend)
    {
        var graph = Traced(x => [x[0] + F.psum(x[0] * x[1], Rank.Axis), x[1] * 2], s_a, s_b);
        using var executable = new StagedExecutable(Passes.RunAll(graph, [true, true]), [true, true], Of(backend));
        var (a, b) = (F.clone(s_a), F.clone(s_b));
        var results = executable.Run([a, b], "test", ["a", "b"]);
        Assert.Equal([1.5, -10, 0], results[0].ToArray<double>());
        Assert.Equal([1, 8, -2], results[1].ToArray<double>());
        Assert.Throws<DonatedTensorException>(() => a + 1);
        Assert.Throws<DonatedTensorException>(() => b + 1);
        var error = Assert.Throws<ArgumentException>(() => executable.Run([results[0], results[0]], "test", ["a", "b"]));
        Assert.Contains("'a' and 'b' are the same tensor", error.Message, StringComparison.Ordinal);
        Assert.Equal([1.5, -10, 0], results[0].ToArray<double>());
    }

    [Fact]
    public void AFailureBeforeTheLastStageLosesNothing()
    {
        var graph = Traced(
            x => [x[0] + F.psum(F.linalg.cholesky(F.reshape(x[1], [1, 1])), Rank.Axis).sum()], s_a, F.tensor(new[] { -1.0 }));
        using var executable = new StagedExecutable(Passes.RunAll(graph, [true, true]), [true, true], Backend.TorchScript);
        var (a, b) = (F.clone(s_a), F.tensor(new[] { -1.0 }));
        Assert.Throws<NativeOpException>(() => executable.Run([a, b], "test", ["a", "b"]));
        Assert.Equal([1, -2, 3], a.ToArray<double>());
        Assert.Equal([-1], b.ToArray<double>());
        using var good = F.tensor(new[] { 4.0 });
        Assert.Equal([3, 0, 5], executable.Run([a, good], "test", ["a", "b"])[0].ToArray<double>());
    }

    [Fact]
    public void ValuesInBetweenAreFreed()
    {
        var graph = Traced(
            x => [F.psum(F.psum(F.ones([1000]) * x[0].sum(), Rank.Axis).to(DType.Float64) * 2, Rank.Axis).sum() + x[1]], s_a, s_b);
        using var executable = new StagedExecutable(Passes.RunAll(graph, [false, false]), [false, false], Backend.TorchScript);
        executable.Run([s_a, s_b], "test", null)[0].Dispose();
        var before = LiveMemory.Bytes;
        for (var i = 0; i < 5; i++)
        {
            executable.Run([s_a, s_b], "test", null)[0].Dispose();
        }

        Assert.Equal(before, LiveMemory.Bytes);
    }

    /// <summary>A view of what was written over an input shares its memory, which a later call must not take.</summary>
    [Fact]
    public void AViewOfAnOverwrittenInputIsShared()
    {
        var f = Jit.Compile((Tensor x) => (F.tanh(x), F.unsqueeze(F.tanh(x), 0)), donate: [0], backend: Backend.TorchScript);
        var (y, view) = f.Invoke(F.clone(s_a));
        var expected = F.tanh(s_a).ToArray<double>();
        Jit.Compile((Tensor x) => x * 0, donate: [0], backend: Backend.TorchScript).Invoke(y);
        Assert.Equal(expected, view.ToArray<double>());
    }

    [Fact]
    public void ADroppedExecutableRefusesToRun()
    {
        var executable = new StagedExecutable(Traced(x => [F.psum(x[0], Rank.Axis) * 2], s_a), [false], Backend.TorchScript);
        executable.Run([s_a], "test", null);
        executable.Dispose();
        Assert.True(executable.IsDisposed);
        Assert.Throws<ObjectDisposedException>(() => executable.Run([s_a], "test", null));
    }

    /// <summary>Programs of random ops, some of which exchange.</summary>
    [Fact]
    public void RandomProgramsAgree() => Gen.Int[0, 1_000_000].Array[3, 20].Sample(
        code => AssertEqual(x => Program(code, x), code[0] % 3 == 0 ? "interpreter" : "default", s_a, s_b), iter: 300, threads: 1);

    private static Tensor[] Program(int[] code, Tensor[] inputs)
    {
        var values = inputs.ToList();
        foreach (var word in code)
        {
            var (x, y) = (values[word / 16 % values.Count], values[word / 512 % values.Count]);
            values.Add((word % 16) switch
            {
                0 or 1 or 2 => F.psum(x, Rank.Axis),
                3 => F.pmax(x, Rank.Axis),
                4 => F.pmean(x * y, Rank.Axis),
                5 => F.select(F.all_gather(x, Rank.Axis), 0, 0),
                6 => F.psum_scatter(F.unsqueeze(x, 0), Rank.Axis),
                7 => F.tanh(x),
                8 => F.flip(x, [0]),
                9 => F.cumsum(x, 0) * 0.1,
                10 => F.clamp(x, -1, 1),
                11 or 12 => x + y,
                13 => F.tanh(x) * y,
                14 => Control.Scan((Tensor c, Tensor row) => (c * 0.5 + F.psum(row, Rank.Axis), row), x, F.stack([x, y])).State,
                _ => F.minimum(x, y),
            });
        }

        return [.. values.Skip(inputs.Length).Reverse().Take(4), values[^1], inputs[0]];
    }

    private static void AssertEqual(Func<Tensor[], Tensor[]> function, string backend, params Tensor[] inputs)
    {
        var expected = function(inputs);
        bool[] donated = [true, .. inputs.Skip(1).Select(_ => false)];
        var graph = LoopCarries.Choose(BodyConstants.Lift(Passes.RunAll(Of(backend).Prepare(Traced(function, inputs)), donated)));
        GraphChecker.Check(graph);
        using var executable = new StagedExecutable(graph, donated, Of(backend));
        for (var run = 0; run < 2; run++)
        {
            var results = executable.Run([F.clone(inputs[0]), .. inputs[1..]], "test", null);
            Assert.Equal(expected.Length, results.Length);
            for (var i = 0; i < results.Length; i++)
            {
                Compare.Close(expected[i], results[i], 1e-12, $"result {i}");
            }
        }

        Assert.Equal([1, -2, 3], s_a.ToArray<double>());
    }

    private static Graph Traced(Func<Tensor[], Tensor[]> function, params Tensor[] inputs)
    {
        using var trace = Trace.BeginGraph("a test");
        var arguments = inputs.Select((input, i) => trace.Argument(input.Type, $"x{i}")).ToArray();
        return Graph.FromTrace(trace, arguments, function(arguments));
    }

    private static IReadOnlyList<StageStep> Cut(Graph graph) =>
        StagePlan.Make(Passes.All.Single(pass => pass.Name == "dead code").RunDeep(graph, [true, false]), [true, false]).Steps;

    private static string Kind(StageStep step) => step is CodeStep ? "code" : step is ExchangeStep ? "exchange" : "body";

    private static Backend Of(string name) =>
        new[] { Backend.TorchScript, Backend.Interpreter, Backend.Default }.Single(backend => backend.Name == name);
}
