using Brachy.Extending;
using TorchSharp;
using static Brachy.SampleTypes;

namespace Brachy;

// Keys and samples. Each sample seeds a fresh generator with its key, so that compiled code gives the same bits.
public static partial class F
{
    /// <summary>A new random key made of a key and a number; see <see cref="Rng.FoldIn"/>.</summary>
    internal static Tensor fold_in(Tensor key, Tensor data) => FoldIn.Bind(key, data);

    internal static readonly Primitive<NoSettings> FoldIn = new("fold_in")
    {
        Abstract = x =>
        {
            KeyOperands.RequireKey(x);
            Shapes.RequireRank(x, 1, "data", 0);
            return x[1].DType == DType.Int64 && x[1].Device == Device.CPU
                ? new TensorType(Shape.Scalar, DType.Int64)
                : throw new DTypeException(
                    $"fold_in: data must be a whole number or an int64 tensor on the CPU, but is {x[1]}; cast it with x.to(DType.Int64).");
        },
        Eager = x => torch.tensor(KeyMixing.Mix(KeyOperands.Whole(x, 0), KeyOperands.Whole(x, 1)), dtype: torch.ScalarType.Int64),
        Script = x =>
        {
            var key = x.Let(KeyOperands.WholeScript(x, 0));
            return $"torch.scalar_tensor({TensorKeyMixing.MixScript(key, x.Let(KeyOperands.WholeScript(x, 1)), x.Let)}, "
                + $"dtype={Script.Type(DType.Int64)})";
        },
        Batching = Batching.Rule(x => TensorKeyMixing.MixEach(x[0], x[1])),
        Vjp = Vjp.Zero(NotDifferentiable),
    };

    internal static readonly Primitive<SampleSettings> UniformSample = new("uniform")
    {
        Abstract = FloatSample,
        Eager = x => torch.rand(x.Settings.Shape.Sizes, dtype: x.Settings.DType.ToTorch(), generator: KeyOperands.Generator(x)),
        Script = x => $"torch.rand({Script.Ints(x.Settings.Shape)}, generator={KeyOperands.GeneratorScript(x)}, "
            + $"dtype={Script.Type(x.Settings.DType)})",
        DrawsByKey = true,
        Vjp = Vjp.Zero(NotDifferentiable),
    };

    internal static readonly Primitive<SampleSettings> NormalSample = new("normal")
    {
        Abstract = FloatSample,
        Eager = x =>
            torch.randn(x.Settings.Shape.Sizes, dtype: DrawnType(x).ToTorch(), generator: KeyOperands.Generator(x)).to(
                x.Settings.DType.ToTorch()),
        Script = x => $"torch.randn({Script.Ints(x.Settings.Shape)}, generator={KeyOperands.GeneratorScript(x)}, "
            + $"dtype={Script.Type(DrawnType(x))}).to({Script.Type(x.Settings.DType)})",
        DrawsByKey = true,
        Vjp = Vjp.Zero(NotDifferentiable),
    };

    internal static readonly Primitive<RandIntSettings> RandIntSample = new("randint")
    {
        Abstract = x =>
        {
            KeyOperands.RequireKey(x);
            return x.Settings.Low < x.Settings.High
                ? new TensorType(SampleShape(x, x.Settings.Shape), DType.Int64)
                : throw new ArgumentOutOfRangeException(
                    null, $"randint: there is no number from {x.Settings.Low} to {x.Settings.High} - 1.");
        },
        Eager = x =>
            torch.randint(
                x.Settings.Low, x.Settings.High, x.Settings.Shape.Sizes, dtype: torch.ScalarType.Int64,
                generator: KeyOperands.Generator(x)),
        Script = x =>
            $"torch.randint({x.Settings.Low}, {x.Settings.High}, {Script.Ints(x.Settings.Shape)}, "
            + $"generator={KeyOperands.GeneratorScript(x)}, "
            + $"dtype={Script.Type(DType.Int64)})",
        DrawsByKey = true,
        Vjp = Vjp.Zero(NotDifferentiable),
    };

    internal static readonly Primitive<PermutationSettings> PermutationSample = new("permutation")
    {
        Abstract = x =>
        {
            KeyOperands.RequireKey(x);
            return new TensorType([x.Settings.N], DType.Int64);
        },
        Eager = x => torch.randperm(x.Settings.N, dtype: torch.ScalarType.Int64, generator: KeyOperands.Generator(x)),
        Script = x => $"torch.randperm({x.Settings.N}, generator={KeyOperands.GeneratorScript(x)}, dtype={Script.Type(DType.Int64)})",
        DrawsByKey = true,
        Vjp = Vjp.Zero(NotDifferentiable),
    };
}

/// <summary>Types of samples.</summary>
file static class SampleTypes
{
    public const string NotDifferentiable = "random numbers do not depend on anything differentiable";

    // libtorch's normal numbers are made of uniform ones, of which half precision has too few for the tails.
    public static DType DrawnType(IRuleArgs<SampleSettings> x) =>
        x.Settings.DType is DType.Float16 or DType.BFloat16 ? DType.Float32 : x.Settings.DType;

    public static TensorTypes FloatSample(AbstractArgs<SampleSettings> x)
    {
        KeyOperands.RequireKey(x);
        return x.Settings.DType.IsFloatingPoint()
            ? new TensorType(SampleShape(x, x.Settings.Shape), x.Settings.DType)
            : throw new DTypeException($"{x.Primitive.Name}: the element type must be floating-point, but is {x.Settings.DType.Name()}.");
    }

    public static Shape SampleShape(AbstractArgs x, Shape shape)
    {
        return shape.All(size => size >= 0)
            ? shape
            : throw new ShapeException($"{x.Primitive.Name}: shape {shape} has a negative size.");
    }
}
