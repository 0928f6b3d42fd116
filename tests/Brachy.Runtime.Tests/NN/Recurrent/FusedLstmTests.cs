using Brachy.Compilation;
using Brachy.Extending;
using Brachy.NN;
using Brachy.Optim;
using Brachy.Tests.Native;
using Brachy.Tests.Ops;
using CsCheck;
using TorchSharp;
using TorchTensor = TorchSharp.torch.Tensor;

namespace Brachy.Tests.NN;

/// <summary>
/// LSTM layers by oneDNN's kernels: against TorchSharp's LSTM, against the loop in float64, and which layers are loops all the same. Where
/// oneDNN is not used, all of them are.
/// </summary>
public partial class FusedLstmTests
{
    private const int Length = 17;

    /// <summary>How much the kernels' sums of float32 may differ from others.</summary>
    private const double Tolerance = 2e-5;

    private static readonly TensorType s_sequences = new([Length, 2, 5], DType.Float32);

    public sealed record Kind(
        string Name, long Batch, long Input, long Size, int Layers = 1, bool Bias = true, bool BatchFirst = false,
        bool Bidirectional = false, bool GivesStates = true)
    {
        public override string ToString() => Name;
    }

    private static readonly Dictionary<string, Kind> s_kinds = new Kind[]
    {
        new("one sequence", 1, 5, 6),
        new("a batch", 3, 5, 20),
        new("a batch with full vectors", 4, 16, 32),
        new("without bias", 3, 5, 6, Bias: false),
        new("without states", 3, 5, 6, GivesStates: false),
        new("batch first", 3, 5, 6, BatchFirst: true),
        new("both directions", 2, 7, 9, Bidirectional: true),
        new("three layers", 2, 5, 6, Layers: 3),
        new("all of it", 3, 7, 9, Layers: 2, Bias: false, BatchFirst: true, Bidirectional: true),
    }.ToDictionary(kind => kind.Name);

    public static TheoryData<string> Kinds => [.. s_kinds.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void ResultsAndGradientsAreThoseOfTorchSharp(string name)
    {
        var kind = s_kinds[name];
        var (layer, torchLayer) = Pair(kind);
        var inputs = InputsOf(kind);
        var expected = Expected(torchLayer, layer.Tree, inputs);
        Tensor[] Differentiate(StructureTree tree, Tensor[] x) => OutputsAndGradients(layer, tree, x);
        AssertAllClose(expected, Differentiate(layer.Tree, inputs), $"{name}, eagerly");
        foreach (var backend in new[] { Backend.Default, Backend.TorchScript, Backend.Interpreter })
        {
            var compiled = Jit.Compile((StructureTree tree, Tensor[] x) => Differentiate(tree, x), backend: backend, name: name);
            for (var call = 0; call < 4; call++)
            {
                AssertAllClose(expected, compiled.Invoke(layer.Tree, inputs), $"{name}, {backend}, call {call}");
            }

            Assert.Equal(1, compiled.TraceCount);
            var layers = kind.Layers * (kind.Bidirectional ? 2 : 1);
            if (backend == Backend.Interpreter)
            {
                Assert.Equal(0, Count(compiled.Graph!, F.LstmLayer) + Count(compiled.Graph!, F.LstmLayerBackward));
                continue;
            }

            Assert.Equal(IfUsed(layers), Count(compiled.Graph!, F.LstmLayer));
            Assert.Equal(IfUsed(layers), Count(compiled.Graph!, F.LstmLayerBackward));
            Assert.Equal(IfUsed(0, 2 * layers), compiled.Graph!.Equations.Count(e => e.Bodies.Count > 0));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void WithoutAGradientNothingIsKept(string name)
    {
        var kind = s_kinds[name];
        var (layer, torchLayer) = Pair(kind);
        var inputs = InputsOf(kind);
        var expected = Expected(torchLayer, layer.Tree, inputs)[..3];
        AssertAllClose(expected, Outputs(layer, layer.Tree, inputs), $"{name}, eagerly");
        var compiled = Jit.Compile((StructureTree tree, Tensor[] x) => Outputs(layer, tree, x), name: name);
        for (var call = 0; call < 4; call++)
        {
            AssertAllClose(expected, compiled.Invoke(layer.Tree, inputs), $"{name}, call {call}");
        }

        var inVectorCode = Jit.Compile(
            (StructureTree tree, Tensor[] x) => Outputs(layer, tree, x), backend: Backend.VectorCode, name: name);
        AssertAllClose(expected, inVectorCode.Invoke(layer.Tree, inputs), $"{name}, vector code");
        Assert.Equal(0, Count(inVectorCode.Graph!, F.LstmLayer));
        var layers = compiled.Graph!.Equations.Where(e => e.Primitive == F.LstmLayer).ToArray();
        Assert.Equal(IfUsed(kind.Layers * (kind.Bidirectional ? 2 : 1)), layers.Length);
        Assert.All(layers, e => Assert.Equal((0, 3), (F.LstmLayer.SettingsOf(e).Workspace, e.Outputs.Count)));
    }

    /// <summary>Any sizes: the kernel in float32, eagerly and compiled, against the steps in float64.</summary>
    [Fact]
    public void TheKernelsAreTheSteps()
    {
        var sizes = Gen.Select(Gen.Long[1, 20], Gen.Long[1, 18], Gen.Long[1, 40], Gen.Long[1, 40], Gen.Bool);
        sizes.Sample(
            size =>
            {
                var (length, batch, input, hidden, reverse) = size;
                Tensor[] operands =
                [
                    Real(1, length, batch, input), Real(2, 4 * hidden, input), Real(3, 4 * hidden, hidden), Real(4, 4 * hidden),
                    Real(5, batch, hidden), Real(6, batch, hidden),
                ];
                Tensor[] slopes = [Real(7, length, batch, hidden), Real(8, batch, hidden), Real(9, batch, hidden)];
                var settings = new LstmLayerSettings(reverse, LstmKernels.WorkspaceOf(operands[0].Type, operands[4].Type, reverse));
                Tensor[] Differentiate(Tensor[] x, LstmLayerSettings layer)
                {
                    var (results, gradients) = Pullback.Differentiate(
                        x[..6], aliases => F.LstmLayer.BindAll(layer, aliases)[..3], results => (results, x[6..]));
                    return [.. results, .. gradients.Select(g => g!)];
                }

                Tensor[] all = [.. operands, .. slopes];
                var expected = Differentiate(Array.ConvertAll(all, x => x.to(DType.Float64)), settings with { Workspace = 0 });
                AssertAllClose(expected, Differentiate(all, settings), $"{size}");
                var compiled = Jit.Compile((Tensor[] x) => Differentiate(x, settings));
                AssertAllClose(expected, compiled.Invoke(all), $"{size}, compiled");
                compiled.ClearCache();
            },
            iter: 25, threads: 1);
    }

    /// <summary>A layer that was recorded where nobody asked for its gradient is run again, and keeps what is needed.</summary>
    [Fact]
    public void ALayerThatKeptNothingHasAGradient()
    {
        Tensor[] operands = [Real(1, 3, 2, 4), Real(2, 20, 4), Real(3, 20, 5), Real(4, 20), Real(5, 2, 5), Real(6, 2, 5)];
        Tensor[] Gradients(Tensor[] x) =>
            [.. Pullback.Differentiate(
                x, aliases => F.LstmLayer.BindAll(new LstmLayerSettings(false, 0), aliases),
                y => (y[..1], [F.ones_like(y[0])])).Gradients.Select(g => g!)];
        var expected = Gradients(Array.ConvertAll(operands, x => x.to(DType.Float64)));
        AssertAllClose(expected, Gradients(operands), "eagerly");
        AssertAllClose(expected, Jit.Compile((Tensor[] x) => Gradients(x)).Invoke(operands), "compiled");
    }

    [Fact]
    public void WhatNobodyReadsIsNotKept()
    {
        var layer = NewLayer();
        var head = Real(3, 6, 1);
        var compiled = Jit.Compile((Tensor x, Tensor w) => Grad.Of((Tensor weight) =>
            F.matmul(layer.Forward(x).Output.select(0, -1), weight).sum())(w));
        var expected = layer.Forward(Sequences()).Output.select(0, -1).sum([0]).unsqueeze(1);
        OpCheck.AssertClose(expected, compiled.Invoke(Sequences(), head), Tolerance, "gradient of the head");
        Assert.Equal(0, Count(compiled.Graph!, F.LstmLayerBackward));
        Assert.All(
            compiled.Graph!.Equations.Where(e => e.Primitive == F.LstmLayer),
            e => Assert.Equal((0, 3), (F.LstmLayer.SettingsOf(e).Workspace, e.Outputs.Count)));
    }

    [Fact]
    public void ASecondDerivativeGoesThroughTheSteps()
    {
        var layer = NewLayer();
        var direction = Real(8, Length, 2, 5);
        Tensor[] Second(Tensor x, Tensor d, StructureTree tree) =>
        [
            Grad.Of((Tensor y) => (Grad.Of((Tensor z) =>
            {
                var result = Lstm.Apply(tree, layer.Config, z, null, null, null).Output;
                return (result.Output * result.Output).sum() + result.C.sum();
            })(y) * d).sum())(x),
        ];
        var x = Sequences();
        var expected = Second(
            x.to(DType.Float64), direction.to(DType.Float64), layer.Tree.MapParamsBuffers((_, t) => t.to(DType.Float64)));
        AssertAllClose(expected, Second(x, direction, layer.Tree), "eagerly");
        var compiled = Jit.Compile((Tensor a, Tensor b, StructureTree tree) => Second(a, b, tree));
        AssertAllClose(expected, compiled.Invoke(x, direction, layer.Tree), "compiled");
        Assert.Equal(0, Count(compiled.Graph!, F.LstmLayer));
    }

    /// <summary>The gradient of the kernel for gradients, which nothing else asks for.</summary>
    [Fact]
    public void TheGradientOfTheGradientsIsThatOfTheSteps()
    {
        Tensor[] operands = [Real(1, 3, 2, 4), Real(2, 20, 4), Real(3, 20, 5), Real(4, 20), Real(5, 2, 5), Real(6, 2, 5)];
        Tensor[] slopes = [Real(7, 3, 2, 5), Real(8, 2, 5), Real(9, 2, 5)];
        Tensor[] Second(Tensor[] x)
        {
            var workspace = LstmKernels.WorkspaceOf(x[0].Type, x[4].Type, reverse: false);
            var (_, gradients) = Pullback.Differentiate(
                x,
                a =>
                {
                    var layer = F.LstmLayer.BindAll(new LstmLayerSettings(false, workspace), a[..6]);
                    return F.LstmLayerBackward.BindAll(new(false), [.. a[..6], .. layer[..3], .. a[6..], .. layer[3..]]);
                },
                first => (first, [.. first.Select((t, i) => Make.Real(t.shape, t.dtype, 50 + i))]));
            return [.. gradients.Select(g => g!)];
        }

        Tensor[] all = [.. operands, .. slopes];
        var expected = Second(Array.ConvertAll(all, x => x.to(DType.Float64)));
        AssertAllClose(expected, Second(all), "eagerly");
        AssertAllClose(expected, Jit.Compile((Tensor[] x) => Second(x)).Invoke(all), "compiled");
    }

    public static TheoryData<string> Loops =>
        ["short", "heavy", "float64", "bfloat16", "projected", "lengths", "off", "large and differentiated", "no sequences", "types only"];

    [Theory]
    [MemberData(nameof(Loops))]
    public void TheseAreLoops(string name)
    {
        using var off = name == "off" ? CompilerPasses.Disable(CompilerPasses.FusedLstm) : null;
        using var rng = Rng.Scope(3);
        var dtype = name switch { "float64" => DType.Float64, "bfloat16" => DType.BFloat16, _ => DType.Float32 };
        var size = name is "heavy" or "large and differentiated" ? 1024 : 6;
        var layer = new Lstm(5, size, projSize: name == "projected" ? 3 : 0, dtype: dtype);
        var lengths = name == "lengths" ? F.tensor(new long[] { 3, Length }) : null;
        Shape shape = name switch
        {
            "short" => [15, 2, 5],
            "heavy" => [Length, 1, 5],
            "no sequences" => [Length, 0, 5],
            "large and differentiated" => [Length, 32, 5],
            _ => s_sequences.Shape,
        };
        var x = Make.Real(shape, dtype, 1);
        using var trace = name == "types only" ? Trace.BeginTypes(name) : Trace.BeginGraph(name);
        Tensor Run(Tensor input) => layer.Forward(input, lengths: lengths).Output.to(DType.Float32).sum();
        var argument = trace.Argument(x.Type, "x");
        _ = name == "large and differentiated" ? Grad.Of((Func<Tensor, Tensor>)Run)(argument) : Run(argument);
        Assert.DoesNotContain(trace.Ops, op => op.Primitive == F.LstmLayer);
        Assert.Contains(trace.Ops, op => op.Primitive == F.Scan);
    }

    /// <summary>What a kernel keeps for the gradient grows with its steps: a long layer is several, one behind the other.</summary>
    [Fact]
    public void ALongLayerIsAKernelForEachStretchOfSteps()
    {
        using var rng = Rng.Scope(3);
        var layer = new Lstm(5, 400, bidirectional: true);
        var x = Real(1, 34, 32, 5);
        Tensor[] Differentiate(StructureTree tree, Tensor input)
        {
            var (value, gradients) = Grad.ValueAndGrad(((StructureTree Tree, Tensor X) a) =>
            {
                var result = Lstm.Apply(a.Tree, layer.Config, a.X, null, null, null).Output;
                return (result.Output * result.Output).mean() + result.C.sum() + (result.H * result.H).sum();
            })((tree, input));
            return [value, gradients.X, .. gradients.Tree.Tensors().Select(leaf => leaf.Tensor)];
        }

        var expected = Differentiate(layer.Tree.MapParamsBuffers((_, t) => t.to(DType.Float64)), x.to(DType.Float64));
        AssertAllClose(expected, Differentiate(layer.Tree, x), "eagerly");
        var compiled = Jit.Compile((StructureTree tree, Tensor input) => Differentiate(tree, input));
        AssertAllClose(expected, compiled.Invoke(layer.Tree, x), "compiled");
        Assert.Equal(IfUsed(4), Count(compiled.Graph!, F.LstmLayer));
        Assert.Equal(IfUsed(4), Count(compiled.Graph!, F.LstmLayerBackward));

        // Without a gradient nothing is kept.
        var forward = Jit.Compile(
            (StructureTree tree, Tensor input) => Lstm.Apply(tree, layer.Config, input, null, null, null).Output.Output);
        forward.Invoke(layer.Tree, x);
        Assert.Equal(IfUsed(2), Count(forward.Graph!, F.LstmLayer));
    }

    [Fact]
    public void ALargeLayerIsAKernelWhereNoGradientIsTaken()
    {
        using var rng = Rng.Scope(3);
        var layer = new Lstm(5, 1024);
        using var trace = Trace.BeginGraph("large");
        layer.Forward(trace.Argument(new([Length, 32, 5], DType.Float32), "x"));
        Assert.Equal(IfUsed(1), trace.Ops.Count(op => op.Primitive == F.LstmLayer));
    }

    /// <summary>Inside a loop of the program's own, what is kept is a stack of what each step kept.</summary>
    [Fact]
    public void LayersInLoopsHaveGradients()
    {
        var layer = NewLayer();
        var many = Real(4, 3, Length, 2, 5);
        Tensor Loss(StructureTree tree, Tensor all) => Control.Scan(
            (Tensor h, Tensor x) =>
            {
                var result = Lstm.Apply(tree, layer.Config, x, h, null, null).Output;
                return (result.H, result.Output.sum());
            },
            F.zeros([1, 2, 6], all.dtype), all).Outputs.sum();
        Tensor[] Gradient(StructureTree tree, Tensor x) => [Grad.Of((Tensor all) => Loss(tree, all))(x)];
        var expected = Gradient(layer.Tree.MapParamsBuffers((_, t) => t.to(DType.Float64)), many.to(DType.Float64));
        AssertAllClose(expected, Gradient(layer.Tree, many), "eagerly");
        AssertAllClose(expected, Jit.Compile((StructureTree tree, Tensor x) => Gradient(tree, x)).Invoke(layer.Tree, many), "compiled");
    }

    /// <summary>A layer for each sample is one kernel over all their sequences; gradients for each sample go through the steps.</summary>
    [Fact]
    public void BatchesOfLayersAreOneKernel()
    {
        var layer = NewLayer();
        var many = Real(4, 3, Length, 2, 5);
        Tensor One(Tensor x) => layer.Forward(x).Output;
        Tensor OneGradient(Tensor x) => Grad.Of((Tensor y) => (One(y) * One(y)).sum())(x);
        foreach (var (function, kernels) in new[] { ((Func<Tensor, Tensor>)One, 1), (OneGradient, 0) })
        {
            var expected = F.stack([.. Enumerable.Range(0, 3).Select(i => function(many[i]))]);
            AssertAllClose([expected], [Vmap.Of(function)(many)], "eagerly");
            var compiled = Jit.Compile((Tensor x) => Vmap.Of(function)(x));
            AssertAllClose([expected], [compiled.Invoke(many)], "compiled");
            Assert.Equal(IfUsed(kernels), Count(compiled.Graph!, F.LstmLayer));
        }
    }

    [Fact]
    public void TrainingIsTheSameByKernelsAndByLoops()
    {
        float[] Train()
        {
            using var rng = Rng.Scope(5);
            var (model, config) = new Lstm(5, 6, 2, dropout: 0.3, bidirectional: true);
            var (opt, optConfig) = new AdamW(model, lr: 0.02);
            var step = Jit.Compile(
                (StructureTree o, StructureTree m, Tensor x) => Optimizer.Step(o, optConfig, m, current =>
                {
                    (current, var result) = Lstm.Apply(current, config, x, null, null, null);
                    return (current, (result.Output * result.Output).mean());
                }),
                donate: [0, 1]);
            var losses = new float[6];
            for (var i = 0; i < losses.Length; i++)
            {
                (opt, model, var loss) = step.Invoke(opt, model, Sequences());
                losses[i] = loss.item<float>();
            }

            Assert.Equal(1, step.TraceCount);
            return losses;
        }

        var fused = Train();
        using var off = CompilerPasses.Disable(CompilerPasses.FusedLstm);
        var loops = Train();
        Assert.All(fused.Zip(loops), pair => Assert.Equal(pair.Second, pair.First, 1e-4f * Math.Abs(pair.Second)));
        Assert.True(fused[^1] < fused[0]);
    }

    /// <summary>Whoever computes without autograd goes on without, and the others with it.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void TheThreadsAutogradStaysAsItIs(bool isOn)
    {
        var layer = NewLayer();
        var compiled = Jit.Compile((Tensor x) => Grad.Of((Tensor y) => layer.Forward(y).Output.sum())(x));
        using var mode = torch.set_grad_enabled(isOn);
        for (var i = 0; i < 4; i++)
        {
            Grad.Of((Tensor y) => layer.Forward(y).Output.sum())(Sequences());
            layer.Forward(Sequences());
            compiled.Invoke(Sequences());
            Assert.Equal(isOn, torch.is_grad_enabled());
        }
    }

    [Fact]
    public void SmallStepsTakeOneThread()
    {
        Assert.True(ThreadPolicy.IsBestOnOneThread(Traced(1, 8, other: 0)));
        Assert.False(ThreadPolicy.IsBestOnOneThread(Traced(64, 512, other: 0)));

        // Beside something large, the larger of both counts.
        Assert.True(ThreadPolicy.IsBestOnOneThread(Traced(1, 8, other: 500)));
        Assert.False(ThreadPolicy.IsBestOnOneThread(Traced(1, 8, other: 5000)));

        Graph Traced(long batch, long size, long other)
        {
            using var trace = Trace.BeginGraph("a layer");
            Shape[] shapes =
                [[1000, batch, size], [4 * size, size], [4 * size, size], [4 * size], [batch, size], [batch, size], [other, other]];
            Tensor[] x = [.. shapes.Select((shape, i) => trace.Argument(new(shape, DType.Float32), $"{i}"))];
            return Graph.FromTrace(trace, x, [.. F.LstmLayer.BindAll(new LstmLayerSettings(false, 0), x[..6]), F.matmul(x[6], x[6])]);
        }
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1")]
    public void WithoutOneDnnLayersAreLoops(string oneDnn)
    {
        var output = ProbeProcess.Run(
            typeof(FusedLstmTests).Assembly.Location,
            new Dictionary<string, string> { [Brachy.Native.NativeRuntime.OneDnnVariable] = oneDnn }, Probes.Lstm);
        Assert.Contains(oneDnn == "0" ? "loops 2, kernels 0" : "kernels ", output, StringComparison.Ordinal);
        Assert.Contains("right", output, StringComparison.Ordinal);
    }

    /// <summary>What <see cref="Probes.Lstm"/> prints: how a compiled gradient is computed, and whether it is right.</summary>
    internal static void Describe()
    {
        var kind = s_kinds["a batch"];
        var (layer, torchLayer) = Pair(kind);
        var inputs = InputsOf(kind);
        Tensor Flat(Tensor[] values) => F.cat([.. values.Select(value => F.reshape(value, [value.shape.NumElements]))], 0);
        var compiled = Jit.Compile((Tensor x, Tensor h, Tensor c) => Flat(OutputsAndGradients(layer, layer.Tree, [x, h, c])));
        var actual = compiled.Invoke(inputs[0], inputs[1], inputs[2]);
        var graph = compiled.Graph!;
        Console.WriteLine($"loops {graph.Equations.Count(e => e.Bodies.Count > 0)}, kernels {Count(graph, F.LstmLayer)}");
        AssertAllClose([Flat(Expected(torchLayer, layer.Tree, inputs))], [actual], "probe");
        Console.WriteLine("right");
    }

    [Fact]
    public void WhatDoesNotFitIsNamed()
    {
        Tensor[] Operands() => [Real(1, 3, 2, 4), Real(2, 20, 4), Real(3, 20, 5), Real(4, 20), Real(5, 2, 5), Real(6, 2, 5)];
        string Message<TError>(int operand, Tensor value)
            where TError : Exception
        {
            var operands = Operands();
            operands[operand] = value;
            return Assert.Throws<TError>(() => F.LstmLayer.BindAll(new LstmLayerSettings(false, 0), operands)).Message;
        }

        Assert.Contains("[20, 4]", Message<ShapeException>(1, Real(2, 20, 3)), StringComparison.Ordinal);
        Assert.Contains("[20]", Message<ShapeException>(3, Real(2, 5)), StringComparison.Ordinal);
        Assert.Contains("x", Message<ShapeException>(0, Real(2, 3, 4)), StringComparison.Ordinal);
        Assert.Contains("no elements", Message<ShapeException>(0, F.zeros([0, 2, 4])), StringComparison.Ordinal);
        Message<DTypeException>(2, Real(3, 20, 5).to(DType.Float64));
        Message<DTypeException>(0, F.ones([3, 2, 4], DType.Int64));
        var layer = F.LstmLayer.BindAll(new LstmLayerSettings(false, 0), Operands());
        Assert.Throws<ShapeException>(() => F.LstmLayerBackward.BindAll(new(false), [.. Operands(), .. layer, layer[1], .. layer[1..]]));
        Assert.Throws<DTypeException>(() => F.LstmLayerBackward.BindAll(new(false), [.. Operands(), .. layer, .. layer, layer[0]]));
    }

    private static Lstm NewLayer()
    {
        using var rng = Rng.Scope(3);
        return new Lstm(5, 6);
    }

    private static Tensor Sequences() => Real(1, [.. s_sequences.Shape]);

    private static Tensor Real(int seed, params long[] shape) => Make.Real([.. shape], DType.Float32, seed) * 0.5;

    private static int Count(Graph graph, Primitive primitive) => graph.Equations.Count(e => e.Primitive == primitive);

    private static int IfUsed(int there, int elsewhere = 0) => LstmKernels.MayRun(s_sequences) ? there : elsewhere;

    private static (Lstm Layer, TorchSharp.Modules.LSTM Torch) Pair(Kind kind)
    {
        using var rng = Rng.Scope(3);
        var layer = new Lstm(
            kind.Input, kind.Size, kind.Layers, kind.Bias, kind.BatchFirst, bidirectional: kind.Bidirectional);
        var module = torch.nn.LSTM(
            kind.Input, kind.Size, kind.Layers, kind.Bias, kind.BatchFirst, bidirectional: kind.Bidirectional);
        using var noGrad = torch.no_grad();
        var own = layer.Tree.Tensors().ToDictionary(t => t.Path, t => t.Tensor);
        foreach (var (path, parameter) in module.named_parameters())
        {
            parameter.copy_(own[path].AsTorch());
        }

        return (layer, module);
    }

    private static Tensor[] InputsOf(Kind kind)
    {
        var x = kind.BatchFirst ? Real(1, kind.Batch, Length, kind.Input) : Real(1, Length, kind.Batch, kind.Input);
        var states = kind.Layers * (kind.Bidirectional ? 2 : 1);
        return kind.GivesStates ? [x, Real(2, states, kind.Batch, kind.Size), Real(3, states, kind.Batch, kind.Size)] : [x];
    }

    private static Tensor[] Outputs(Lstm layer, StructureTree tree, Tensor[] x)
    {
        var result = Lstm.Apply(tree, layer.Config, x[0], x.ElementAtOrDefault(1), x.ElementAtOrDefault(2), null).Output;
        return [result.Output, result.H, result.C];
    }

    /// <summary>The results and, of a weighted sum, the gradients by params and inputs.</summary>
    private static Tensor[] OutputsAndGradients(Lstm layer, StructureTree tree, Tensor[] x)
    {
        var (outputs, gradients) = Pullback.Differentiate(
            [.. tree.GetParams().Tensors().Select(t => t.Tensor), .. x],
            aliases =>
            {
                var next = 0;
                var model = tree.WithParams(tree.GetParams().MapParamsBuffers((_, _) => aliases[next++]));
                return Outputs(layer, model, aliases[next..]);
            },
            results => (results, Weights(results)));
        return [.. outputs, .. gradients.Select(g => g!)];
    }

    private static Tensor[] Expected(TorchSharp.Modules.LSTM module, StructureTree tree, Tensor[] x)
    {
        TorchTensor[] leaves = Array.ConvertAll(x, t => t.AsTorch().clone().requires_grad_());
        var (output, h, c) = leaves.Length == 1 ? module.forward(leaves[0]) : module.forward(leaves[0], (leaves[1], leaves[2]));
        TorchTensor[] outputs = [output, h, c];
        Tensor[] results = [.. outputs.Select(o => (Tensor)o.detach())];
        var byName = module.named_parameters().ToDictionary(p => p.name, p => (TorchTensor)p.parameter);
        var gradients = torch.autograd.grad(
            outputs, [.. tree.GetParams().Tensors().Select(p => byName[p.Path]), .. leaves],
            [.. Weights(results).Select(w => w.AsTorch())]);
        return [.. results, .. gradients.Select(g => (Tensor)g)];
    }

    private static Tensor[] Weights(Tensor[] results) => [.. results.Select((t, i) => Make.Real(t.shape, t.dtype, 60 + i))];

    private static void AssertAllClose(Tensor[] expected, Tensor[] actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            // Sums of large terms may be small.
            var wanted = expected[i].to(DType.Float64);
            var scale = wanted.shape.NumElements == 0 ? 1 : Math.Max(1, (double)F.abs(wanted).max());
            OpCheck.AssertClose(wanted / scale, actual[i].to(DType.Float64) / scale, Tolerance, $"{what}, {i}");
        }
    }
}
