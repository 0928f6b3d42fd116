using Brachy.Extending;
using Brachy.Tests.Ops.Samples;
using TorchSharp;
using TorchSharp.Modules;

namespace Brachy.Tests.Ops;

/// <summary>Compares fifty steps of the multi-tensor updates with torch.optim.</summary>
public class ForeachUpdateTests
{
    private const int Steps = 50;

    private static readonly Shape[] s_parameterShapes = [[3, 4], [5], [], [2, 3, 2, 2]];

    [Theory]
    [InlineData(0.0, 0.0, 0.0, false, false)]
    [InlineData(0.9, 0.0, 0.01, false, false)]
    [InlineData(0.9, 0.3, 0.01, false, false)]
    [InlineData(0.9, 0.3, 0.0, false, true)] // TorchSharp's SGD, unlike PyTorch's, gives the decay the wrong sign when it maximizes.
    [InlineData(0.8, 0.0, 0.01, true, false)]
    public void SgdFollowsTorch(double momentum, double dampening, double decay, bool nesterov, bool maximize)
    {
        var settings = new ForeachSgdSettings(s_parameterShapes.Length, momentum > 0, nesterov, maximize);
        Tensor[] hyperparameters = [Scalar32(0.1), Scalar32(decay), Scalar32(momentum), Scalar32(dampening)];
        Compare(
            F.ForeachSgd, settings, hyperparameters, states: momentum > 0 ? 1 : 0,
            p => new SGD(p, 0.1f, (float)momentum, (float)dampening, (float)decay, nesterov, maximize));
    }

    [Theory]
    [InlineData(0.01, false, false)]
    [InlineData(0.1, true, false)]
    [InlineData(0.0, false, true)]
    public void AdamWFollowsTorch(double decay, bool amsgrad, bool maximize)
    {
        var settings = new ForeachAdamSettings(s_parameterShapes.Length, 1e-8, amsgrad, maximize);
        Compare(
            F.ForeachAdamW, settings, [Scalar32(0.01), Scalar32(0.9), Scalar32(0.99), Scalar32(decay)], states: amsgrad ? 3 : 2,
            p => new AdamW(p, (float)0.01, (float)0.9, (float)0.99, 1e-8, (float)decay, amsgrad, maximize));
    }

    [Theory]
    [InlineData(0.0, false)]
    [InlineData(0.1, true)]
    public void AdamFollowsTorch(double decay, bool amsgrad)
    {
        var settings = new ForeachAdamSettings(s_parameterShapes.Length, 1e-8, amsgrad, false);
        Compare(
            F.ForeachAdam, settings, [Scalar32(0.01), Scalar32(0.9), Scalar32(0.99), Scalar32(decay)], states: amsgrad ? 3 : 2,
            p => new Adam(p, (float)0.01, (float)0.9, (float)0.99, 1e-8, (float)decay, amsgrad, false));
    }

    [Fact]
    public void AdagradFollowsTorch()
    {
        var settings = new ForeachAdagradSettings(s_parameterShapes.Length, false);
        Compare(
            F.ForeachAdagrad, settings, [Scalar32(0.1), Scalar32(0.02), Scalar32(0.01), Scalar32(1e-10)], states: 1,
            p => torch.optim.Adagrad(p, (float)0.1, (float)0.02, (float)0.01, 0, 1e-10));
    }

    [Fact]
    public void AMomentumOfZeroCanBeGivenAsATensor()
    {
        var settings = new ForeachSgdSettings(1, true, false, false);
        Tensor[] inputs =
        [
            Scalar32(0.1), Scalar32(0), Scalar32(0), Scalar32(0), Scalar32(2), Given.Float32(1, 3), Given.Float32(2, 3), Given.Float32(3, 3)
        ];
        var sample = new OpSample(F.ForeachSgd, "zero momentum", () => inputs, settings);
        var expected = inputs[5] - (inputs[6] * 0.1);
        var copies = inputs.Select(F.clone).ToArray();
        OpCheck.AssertClose(expected, F.ForeachSgd.BindAll(settings, inputs)[0], 1e-6, "eager");
        OpCheck.AssertClose(expected, ScriptedOp.Run(sample, copies, [inputs[5].Type, inputs[7].Type])[0], 1e-6, "script");
    }

    [Fact]
    public void TheScriptOverwritesWhatItSaysAndNothingElse()
    {
        foreach (var sample in ForeachSamples.All)
        {
            var inputs = sample.Inputs();
            var mutated = sample.Primitive.MutatedInputs(sample.Settings!, [.. inputs.Select(x => x.Type)]);
            var outputs = sample.Primitive.BindUntyped(sample.Settings!, inputs);
            Assert.Equal(outputs.Select(y => y.shape), mutated.Select(i => inputs[i].shape));

            var copies = Array.ConvertAll(inputs, x => x.Number is null ? F.contiguous(F.clone(x)) : x);
            var results = ScriptedOp.Run(sample, copies, Array.ConvertAll(outputs, y => y.Type));
            for (var i = 0; i < copies.Length; i++)
            {
                if (copies[i].Number is null)
                {
                    var at = Array.IndexOf(mutated, i);
                    OpCheck.AssertClose(at < 0 ? inputs[i] : results[at], copies[i], 0, $"{sample}, operand {i}");
                }
            }
        }
    }

    [Fact]
    public void AParameterWithoutGradientSoFarHasFiniteDerivatives()
    {
        Tensor[] inputs = [Scalar(0.1), Scalar(0.9), Scalar(0.99), Scalar(0.01), Scalar32(1), Make.Real([2]), Zeros(2), Zeros(2), Zeros(2)];
        var settings = new ForeachAdamSettings(1, 1e-8, false, false);
        var (_, gradients) = Pullback.Differentiate(
            inputs, x => F.sum(F.ForeachAdamW.BindAll(settings, x)[0]), y => ([y], [Scalar(1)]));
        Assert.All(gradients, g => Assert.All(g?.to(DType.Float64).ToArray<double>() ?? [], v => Assert.True(double.IsFinite(v))));
    }

    [Fact]
    public void MisfitsAreRejected()
    {
        Tensor[] one = [Given.Float32(0, 3)];
        Assert.Contains(
            "2 gradients for 1", Assert.Throws<ShapeException>(() => Sgd(one, [.. one, .. one], one)).Message, StringComparison.Ordinal);
        Assert.Contains(
            "gradient 0 is float32[2]", Assert.Throws<ShapeException>(() => Sgd(one, [Given.Float32(0, 2)], one)).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "momentum 0 is float64[3]", Assert.Throws<DTypeException>(() => Sgd(one, one, [Given.Reals(3)])).Message,
            StringComparison.Ordinal);
        Assert.Throws<DTypeException>(() => Sgd([Given.Whole([1], 1)], [Given.Whole([1], 1)], [Given.Whole([1], 1)]));
        Assert.Throws<ShapeException>(() => F.multi_sgd(one, one, [], 0.1, 0, 0, 0, 1.0, nesterov: true));
        Assert.Throws<DTypeException>(() => F.multi_sgd(one, one, [], 0.1, 0, 0, 0, Given.Whole([1])));
        Assert.Throws<ShapeException>(() => F.multi_adamw(one, one, one, one, [], Given.Float32(0, 1), 0.9, 0.99, 0, 1.0));
        Assert.Contains(
            "0 state_sums for 1", Assert.Throws<ShapeException>(() => F.multi_adagrad(one, one, [], 0.1, 0, 0, 1e-10, 1.0)).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => F.multi_adam(one, null!, one, one, [], 0.1, 0.9, 0.99, 0, 1.0));
        Assert.Empty(F.multi_sgd([], [], [], 0.1, 0, 0, 0, 1.0).Parameters);
    }

    private static (Tensor[] Parameters, Tensor[] Momenta) Sgd(Tensor[] parameters, Tensor[] grads, Tensor[] momenta) =>
        F.multi_sgd(parameters, grads, momenta, 0.1, 0, 0.9, 0, 1.0);

    private static void Compare(
        Primitive update, Settings settings, Tensor[] hyperparameters, int states,
        Func<IEnumerable<Parameter>, torch.optim.Optimizer> create)
    {
        var initial = s_parameterShapes.Select((shape, i) => Make.Real(shape, DType.Float32, i + 1)).ToArray();
        var theirs = initial.Select(x => new Parameter(x.AsTorch().clone())).ToArray();
        using var optimizer = create(theirs);
        var n = s_parameterShapes.Length;
        Tensor[] zeros = [.. Enumerable.Range(0, states).SelectMany(_ => s_parameterShapes.Select(s => F.zeros(s, DType.Float32)))];
        Tensor[] eager = [.. initial, .. zeros];
        Tensor[] scripted = [.. eager.Select(F.clone)];
        for (var step = 1; step <= Steps; step++)
        {
            var grads = s_parameterShapes.Select((shape, i) => Make.Real(shape, DType.Float32, 100 * step + i)).ToArray();
            for (var i = 0; i < n; i++)
            {
                theirs[i].grad = grads[i].AsTorch().clone();
            }

            optimizer.step();
            Tensor[] Inputs(Tensor[] now) => [.. hyperparameters, Scalar32(step), .. now[..n], .. grads, .. now[n..]];
            eager = update.BindUntyped(settings, Inputs(eager));
            scripted = ScriptedOp.Run(new OpSample(update, "", () => [], settings), Inputs(scripted), Array.ConvertAll(eager, x => x.Type));
        }

        for (var i = 0; i < n; i++)
        {
            OpCheck.AssertClose(theirs[i].detach(), eager[i], 1e-5, $"eager, parameter {i}");
            OpCheck.AssertClose(theirs[i].detach(), scripted[i], 1e-5, $"script, parameter {i}");
        }
    }

    private static Tensor Zeros(params long[] shape) => F.zeros(shape, DType.Float64);

    private static Tensor Scalar(double value) => Given.Scalar(value);

    private static Tensor Scalar32(double value) => Given.Scalar(value, DType.Float32);
}
