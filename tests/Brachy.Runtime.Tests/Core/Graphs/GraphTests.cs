using Brachy.Compilation;

namespace Brachy.Tests.Core;

/// <summary>Printing, checking and cleaning graphs.</summary>
[Trait("Category", "Quick")]
public class GraphTests
{
    [Fact]
    public void ThePrintoutIsStable()
    {
        Graph Make() => Trace((a, b) => (F.matmul(a, b) * 2.5).sum([0], keepdim: true));
        const string Expected = """
            graph(%0:float32[2, 3], %1:float32[3, 4]) {
              %2:float32[2, 4] = matmul(%0, %1)
              %3:float32[2, 4] = mul(%2, 2.5)
              %4:float32[1, 4] = sum[dims=[0] keepdim=True dtype=float32](%3)
              return %4
            }

            """;
        Assert.Equal(Expected, Make().ToString());
        Assert.Equal(Expected, Make().ToString());
    }

    [Fact]
    public void TheCheckerFindsWhatIsWrong()
    {
        var graph = Trace((a, b) => F.matmul(a, b) + 1);
        GraphChecker.Check(graph);
        var (first, second) = (graph.Equations[0], graph.Equations[1]);
        void Refused(Graph bad, string message) =>
            Assert.Contains(
                message, Assert.Throws<InvalidOperationException>(() => GraphChecker.Check(bad)).Message, StringComparison.Ordinal);

        Refused(graph with { Equations = [second, first] }, "not defined yet");
        Refused(graph with { Equations = [first, first, second] }, "already defined");
        Refused(graph with { Outputs = [new Var(first.Outputs[0].Type)] }, "Output 0");
        Refused(graph with { Equations = [first with { Outputs = [new Var(new TensorType([9], DType.Int8))] }] }, "abstract rule");
    }

    [Fact]
    public void DeadCodeAndRepeatsAreRemoved()
    {
        var graph = Trace((a, b) =>
        {
            F.exp(a);
            return F.matmul(a, b) + F.matmul(a, b);
        });
        Assert.Equal(4, graph.Equations.Count);
        var clean = Passes.RunAll(graph, [false, false]);
        GraphChecker.Check(clean);
        Assert.Equal(["matmul", "add"], clean.Equations.Select(e => e.Primitive.Name));
    }

    [Fact]
    public void CapturedTensorsBecomeConstants()
    {
        var captured = F.ones([3, 4]);
        var graph = Trace((a, b) => F.matmul(a, b + captured) + captured.sum());
        Assert.Equal(captured.ToArray<float>(), Assert.Single(graph.Constants).Value.ToArray<float>());
    }

    private static Graph Trace(Func<Tensor, Tensor, Tensor> function)
    {
        using var trace = Brachy.Trace.BeginGraph("test");
        var inputs = new[]
        {
            trace.Argument(new TensorType([2, 3], DType.Float32), "a"), trace.Argument(new TensorType([3, 4], DType.Float32), "b")
        };
        return Graph.FromTrace(trace, inputs, [function(inputs[0], inputs[1])]);
    }
}
