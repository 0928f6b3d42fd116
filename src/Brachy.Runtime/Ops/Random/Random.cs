using Brachy.Extending;
using TorchSharp;

namespace Brachy;

/// <summary>The shape and type of drawn numbers.</summary>
internal sealed record SampleSettings(Shape Shape, DType DType) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("shape", Shape), ("dtype", DType)];
}

/// <summary>The range, whose end is not in it, and the shape of drawn integers.</summary>
internal sealed record RandIntSettings(long Low, long High, Shape Shape) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("low", Low), ("high", High), ("shape", Shape)];
}

/// <summary>How many numbers are put in a random order.</summary>
internal sealed record PermutationSettings(long N) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("n", N)];
}

// Keys and samples. Each sample seeds a fresh generator with its key, so that compiled code gives the same bits.
public static partial class F
{
    private const string NotDifferentiable = "random numbers do not depend on anything differentiable";

    /// <summary>A new random key made of a key and a number; see <see cref="Rng.FoldIn"/>.</summary>
    internal static Tensor fold_in(Tensor key, Tensor data) => FoldIn.Bind(key, data);

    internal static readonly Primitive<NoSettings> FoldIn = new("fold_in")
    {
        Abstract = x =>
        {
            RequireKey(x);
            Shapes.RequireRank(x, 1, "data", 0);
            return x[1].DType == DType.Int64 && x[1].Device == Device.CPU
                ? new TensorType(Shape.Scalar, DType.Int64)
                : throw new DTypeException(
                    $"fold_in: data must be a whole number or an int64 tensor on the CPU, but is {x[1]}; cast it with x.to(DType.Int64).");
        },
        Eager = x => torch.tensor(KeyMixing.Mix(Whole(x, 0), Whole(x, 1)), dtype: torch.ScalarType.Int64),
        Script = x =>
        {
            var key = x.Let(WholeScript(x, 0));
            return $"torch.scalar_tensor({KeyMixing.MixScript(key, x.Let(WholeScript(x, 1)), x.Let)}, dtype={Script.Type(DType.Int64)})";
        },
        Vjp = Vjp.Zero(NotDifferentiable),
    };

    internal static readonly Primitive<SampleSettings> UniformSample = new("uniform")
    {
        Abstract = FloatSample,
        Eager = x => torch.rand(x.Settings.Shape.Sizes, dtype: x.Settings.DType.ToTorch(), generator: Generator(x)),
        Script = x => $"torch.rand({Script.Ints(x.Settings.Shape)}, generator={GeneratorScript(x)}, dtype={Script.Type(x.Settings.DType)})",
        Vjp = Vjp.Zero(NotDifferentiable),
    };

    internal static readonly Primitive<SampleSettings> NormalSample = new("normal")
    {
        Abstract = FloatSample,
        Eager = x =>
            torch.randn(x.Settings.Shape.Sizes, dtype: DrawnType(x).ToTorch(), generator: Generator(x)).to(x.Settings.DType.ToTorch()),
        Script = x => $"torch.randn({Script.Ints(x.Settings.Shape)}, generator={GeneratorScript(x)}, "
            + $"dtype={Script.Type(DrawnType(x))}).to({Script.Type(x.Settings.DType)})",
        Vjp = Vjp.Zero(NotDifferentiable),
    };

    internal static readonly Primitive<RandIntSettings> RandIntSample = new("randint")
    {
        Abstract = x =>
        {
            RequireKey(x);
            return x.Settings.Low < x.Settings.High
                ? new TensorType(SampleShape(x, x.Settings.Shape), DType.Int64)
                : throw new ArgumentOutOfRangeException(
                    null, $"randint: there is no number from {x.Settings.Low} to {x.Settings.High} - 1.");
        },
        Eager = x =>
            torch.randint(x.Settings.Low, x.Settings.High, x.Settings.Shape.Sizes, dtype: torch.ScalarType.Int64, generator: Generator(x)),
        Script = x =>
            $"torch.randint({x.Settings.Low}, {x.Settings.High}, {Script.Ints(x.Settings.Shape)}, generator={GeneratorScript(x)}, "
            + $"dtype={Script.Type(DType.Int64)})",
        Vjp = Vjp.Zero(NotDifferentiable),
    };

    internal static readonly Primitive<PermutationSettings> PermutationSample = new("permutation")
    {
        Abstract = x =>
        {
            RequireKey(x);
            return new TensorType([x.Settings.N], DType.Int64);
        },
        Eager = x => torch.randperm(x.Settings.N, dtype: torch.ScalarType.Int64, generator: Generator(x)),
        Script = x => $"torch.randperm({x.Settings.N}, generator={GeneratorScript(x)}, dtype={Script.Type(DType.Int64)})",
        Vjp = Vjp.Zero(NotDifferentiable),
    };

    // libtorch's normal numbers are made of uniform ones, of which half precision has too few for the tails.
    private static DType DrawnType(IRuleArgs<SampleSettings> x) =>
        x.Settings.DType is DType.Float16 or DType.BFloat16 ? DType.Float32 : x.Settings.DType;

    private static TensorTypes FloatSample(AbstractArgs<SampleSettings> x)
    {
        RequireKey(x);
        return x.Settings.DType.IsFloatingPoint()
            ? new TensorType(SampleShape(x, x.Settings.Shape), x.Settings.DType)
            : throw new DTypeException($"{x.Primitive.Name}: the element type must be floating-point, but is {x.Settings.DType.Name()}.");
    }

    private static Shape SampleShape(AbstractArgs x, Shape shape)
    {
        return shape.All(size => size >= 0)
            ? shape
            : throw new ShapeException($"{x.Primitive.Name}: shape {shape} has a negative size.");
    }

    private static void RequireKey(AbstractArgs x)
    {
        if (x[0].DType != DType.Int64 || x[0].Rank != 0 || x[0].Device != Device.CPU)
        {
            throw new DTypeException(
                $"{x.Primitive.Name}: the key must be an int64 tensor without dims on the CPU, but is {x[0]}; make one with Rng.Seed.");
        }
    }

    private static long Whole(EagerArgs x, int input) => x.IsNumber(input) ? x.Number(input).ToInt64() : NativeValue.ReadInt64(x[input]);

    private static string WholeScript(ScriptArgs x, int input) => x.IsNumber(input) ? x.Number(input) : $"int({x[input]})";

    private static torch.Generator Generator(EagerArgs x) => new((ulong)Whole(x, 0));

    private static string GeneratorScript(ScriptArgs x)
    {
        var generator = x.Let("torch.Generator(device='cpu')");
        x.Statement($"{generator}.manual_seed({WholeScript(x, 0)})");
        return generator;
    }
}
