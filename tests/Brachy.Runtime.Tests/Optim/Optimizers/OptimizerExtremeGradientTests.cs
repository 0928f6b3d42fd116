using Brachy.Optim;

namespace Brachy.Tests.Optim;

/// <summary>
/// Zero, tiny and huge gradients in every element type: params stay finite, and eager and compiled steps agree. (torch.optim's loops give
/// NaN for float16 params with a zero gradient, because eps vanishes; its fused kernels compute in float32, which is what
/// all optimizers do here.)
/// </summary>
public class OptimizerExtremeGradientTests
{
    private static readonly DType[] s_dtypes = [DType.Float16, DType.BFloat16, DType.Float32, DType.Float64];

    public static TheoryData<string, DType> Rows
    {
        get
        {
            var data = new TheoryData<string, DType>();
            foreach (var sample in OptimizerSamples.All)
            {
                Array.ForEach(s_dtypes, dtype => data.Add(sample.Name, dtype));
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void ParamsStayFiniteAndEagerAndCompiledStepsAgree(string name, DType dtype)
    {
        var sample = OptimizerSamples.All.Single(s => s.Name == name);
        var (tiny, huge) = dtype switch
        {
            DType.Float16 => (1e-7, 1e4),
            DType.BFloat16 or DType.Float32 => (1e-30, 1e30),
            _ => (1e-200, 1e200),
        };
        double[] gradients = [0, -0.0, tiny, -tiny, huge, -huge, 0.01, -3];
        foreach (var pattern in new Func<int, double[]>[]
                 {
                     _ => [.. gradients.Select(_ => 0.0)],
                     _ => gradients,
                     step => step == 1 ? gradients : [.. gradients.Select(_ => 0.0)],
                     step => [.. gradients.Skip(step).Concat(gradients.Take(step))],
                 })
        {
            var start = new StructureTree { Params = { ["w"] = Tensor.FromArray([0.5, -1, 2, 0, 0.001, -0.25, 3, 1], [8]).to(dtype) } };
            var (opt, config) = sample.Make(start);
            (StructureTree, StructureTree) Step(StructureTree o, StructureTree m, Tensor g)
            {
                var (newOpt, newModel, _) = Optimizer.Step(o, config, m, tree => (tree, F.sum(tree.Params["w"].Tensor * g)));
                return (newOpt, newModel);
            }

            var compiled = Jit.Compile((StructureTree o, StructureTree m, Tensor g) => Step(o, m, g));
            var (eagerOpt, eager) = (opt, start);
            var (compiledOpt, model) = (opt, start);
            for (var step = 1; step <= 4; step++)
            {
                var g = Tensor.FromArray(pattern(step), [8]).to(dtype);
                (eagerOpt, eager) = Step(eagerOpt, eager, g);
                (compiledOpt, model) = compiled.Invoke(compiledOpt, model, g);
                var what = $"{name}, {dtype.Name()}, step {step}, gradient {g}";
                AssertSame(eager.GetParams(), model.GetParams(), dtype, mustBeFinite: true, what);
                AssertSame(eagerOpt, compiledOpt, dtype, mustBeFinite: false, what);
            }
        }
    }

    private static void AssertSame(StructureTree eager, StructureTree compiled, DType dtype, bool mustBeFinite, string what)
    {
        // Half-precision results that lie between two numbers may be rounded to either, and a few steps add up.
        var tolerance = dtype switch
        {
            DType.Float16 => 8e-3,
            DType.BFloat16 => 6e-2,
            DType.Float32 => 1e-5,
            _ => 1e-12,
        };
        foreach (var ((path, a), (_, b)) in eager.Tensors().Zip(compiled.Tensors()))
        {
            Assert.Equal(a.Type, b.Type);
            var (x, y) = (a.to(DType.Float64).ToArray<double>(), b.to(DType.Float64).ToArray<double>());
            for (var i = 0; i < x.Length; i++)
            {
                Assert.False(double.IsNaN(x[i]) || double.IsNaN(y[i]), $"{what}: {path}[{i}] is {x[i]} eagerly and {y[i]} compiled");
                Assert.True(!mustBeFinite || double.IsFinite(x[i]), $"{what}: {path}[{i}] is {x[i]}");
                var isSame = x[i].Equals(y[i]) || Math.Abs(x[i] - y[i])
                    <= tolerance * Math.Max(dtype is DType.Float16 or DType.BFloat16 ? 1e-2 : 1e-30, Math.Abs(x[i]));
                Assert.True(isSame, $"{what}: {path}[{i}] is {x[i]} eagerly and {y[i]} compiled");
            }
        }
    }
}
