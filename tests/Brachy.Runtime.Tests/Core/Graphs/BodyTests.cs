using Brachy.Compilation;
using Brachy.CompilerServices;
using Brachy.Extending;
using Brachy.Transforms;

namespace Brachy.Tests.Core;

/// <summary>Graphs that equations run: equality, text, checks, and what passes do with them.</summary>
[Trait("Category", "Quick")]
public class BodyTests
{
    private static readonly Tensor s_x = F.tensor(new[] { 1.0, 2.0 });

    [Fact]
    public void EqualLoopsAreComputedOnce()
    {
        static Tensor Twice(Tensor x, double factor) => Brachy.Control.For(0, 4, (i, s) => F.sin(s) * factor, x);
        Assert.Single(Loops(x => Twice(x, 2) + Twice(x, 2)));
        Assert.Equal(2, Loops(x => Twice(x, 2) + Twice(x, 3)).Length);
        Assert.Equal(2, Loops(x => Twice(x, 2) + Twice(x + 1, 2)).Length);
        Assert.Equal(2, Loops(x => Twice(x, 0.0) + Twice(x, -0.0)).Length);
        Assert.Equal(2, Loops(x => Twice(x, 2) + Brachy.Control.For(0, 5, (i, s) => F.sin(s) * 2, x)).Length);
    }

    [Fact]
    public void WhatNobodyReadsIsNotComputed()
    {
        var loop = Assert.Single(Loops(x => Brachy.Control.Scan(
            ((Tensor A, Tensor B, Tensor C) s, Tensor v) => ((F.sin(s.A), s.B + s.A * v, s.C * v), (s.A, s.C)), (x, x, x),
            x).Outputs.Item1));
        Assert.Equal("[\"sin\"]", Names(loop.Bodies[0]));
        Assert.Single(loop.Inputs);
        var choice = Assert.Single(Loops(x => Brachy.Control.Cond(x.sum() > 0, y => (F.sin(y), F.exp(y)), y => (y, F.log(y)), x).Item2));
        Assert.Equal(["[\"log\"]", "[\"exp\"]"], choice.Bodies.Select(Names));
    }

    [Fact]
    public void WhatDoesNotChangeIsComputedOutside()
    {
        var function = Compiled(x => Brachy.Control.For(0, 4, (i, s) => s * F.exp(x) + F.ones([2], DType.Float64), x));
        var loop = Assert.Single(function.Graph!.Equations, e => e.Bodies.Count > 0);
        Assert.Equal("[\"mul\", \"add\"]", Names(loop.Bodies[0]));
        Assert.Contains(function.Graph.Equations, e => e.Primitive == F.Exp);
    }

    [Fact]
    public void ConstantsOfBodiesAreThoseOfTheWholeGraph()
    {
        var weights = F.tensor(new[] { 3.0, 4.0 });
        var function = Compiled(x => Brachy.Control.Cond(x.sum() > 0, y => y * weights, y => y + weights, x));
        Assert.All(function.Graph!.AllEquations().SelectMany(e => e.Bodies), body => Assert.Empty(body.Constants));
        Assert.Single(function.Graph.Constants);
        Assert.Equal([3.0, 8.0], function.Invoke(s_x).ToArray<double>());
    }

    [Fact]
    public void BodiesStandBelowTheirEquations()
    {
        var text = Compiled(x => Brachy.Control.For(0, 4, (i, s) => F.sin(s), x)).Graph!.ToString().ReplaceLineEndings("\n");
        Assert.Equal(
            """
            graph(%0:float64[2]) {
              %1:float64[2] = scan[length=4 carries=1](%0)
                body(%2:float64[2]) {
                  %3:float64[2] = sin(%2)
                  return %3
                }
              return %1
            }

            """.ReplaceLineEndings("\n"), text);
    }

    [Fact]
    public void TwoEquationsMayRunOneBody()
    {
        var graph = Compiled(x => Brachy.Control.For(0, 4, (i, s) => F.sin(s), x)).Graph!;
        var first = graph.Equations[0];
        var second = first with { Inputs = [first.Outputs[0]], Outputs = [new Var(first.Outputs[0].Type)] };
        var twice = graph with { Equations = [first, second], Outputs = [second.Outputs[0]] };
        GraphChecker.Check(twice);
        var text = twice.ToString();
        Assert.Contains("%3:float64[2] = sin(%2)", text, StringComparison.Ordinal);
        Assert.Contains("%6:float64[2] = sin(%5)", text, StringComparison.Ordinal);
    }

    [Fact]
    public void AMalformedBodyIsFound()
    {
        var graph = Compiled(x => Brachy.Control.For(0, 4, (i, s) => F.sin(s), x)).Graph!;
        GraphChecker.Check(graph);
        var broken = graph.MapBodies(body => body with { Equations = [] });
        Assert.Throws<InvalidOperationException>(() => GraphChecker.Check(broken));
        var longer = graph with
        {
            Equations = [.. graph.Equations.Select(e => e with { Settings = ((LoopSettings)e.Settings) with { Slices = 1 } })],
        };
        Assert.Throws<ShapeException>(() => GraphChecker.Check(longer));
    }

    /// <summary>Each pass alone, each left out, none.</summary>
    [Fact]
    public void PassesOnBodiesKeepTheResults()
    {
        static Tensor Loss(Tensor x) => Brachy.Control.Scan(
            (Tensor s, Tensor v) =>
            {
                var y = F.linear(F.relu(s.unsqueeze(0)), F.eye(2, dtype: DType.Float64) * 2).squeeze(0) + (v * 1.0) + 0.0;
                return (F.tanh(y), F.softmax(y, 0));
            },
            x, F.stack([x, x * 2, x])).Outputs.pow(2).sum();

        var expected = Jit.Compile(Grad.Of<Tensor>(Loss), backend: Backend.Interpreter).Invoke(s_x).ToArray<double>();
        var names = CompilerPasses.Names;
        foreach (var disabled in names.Select(name => new[] { name }).Concat(names.Select(name => names.Except([name]).ToArray()))
            .Append([.. names]))
        {
            using var scope = CompilerPasses.Disable(disabled);
            var found = Jit.Compile(Grad.Of<Tensor>(Loss), backend: Backend.TorchScript).Invoke(s_x).ToArray<double>();
            Assert.Equal(expected[0], found[0], 1e-12);
            Assert.Equal(expected[1], found[1], 1e-12);
        }
    }

    private static JitFunction<Arguments<Tensor>, Tensor> Compiled(Func<Tensor, Tensor> function)
    {
        var compiled = Jit.Compile(function, backend: Backend.Interpreter);
        using var scope = CompilerPasses.Disable("in place");
        compiled.Invoke(s_x);
        return compiled;
    }

    private static Equation[] Loops(Func<Tensor, Tensor> function) =>
        [.. Compiled(function).Graph!.Equations.Where(e => e.Bodies.Count > 0)];

    private static string Names(Graph graph) => $"[{string.Join(", ", graph.Equations.Select(e => $"\"{e.Primitive.Name}\""))}]";
}
