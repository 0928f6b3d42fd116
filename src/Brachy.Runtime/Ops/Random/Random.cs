using Brachy.Extending;
using TorchSharp;

namespace Brachy;

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
                : throw new DTypeException($"fold_in: data must be a whole number or an int64 tensor on the CPU, but is {x[1]}; cast it with x.to(DType.Int64).");
        },
        Eager = x => torch.tensor(KeyMixing.Mix(Whole(x, 0), Whole(x, 1)), dtype: torch.ScalarType.Int64),
        Script = x =>
        {
            var key = x.Let(WholeScript(x, 0));
            return $"torch.scalar_tensor({KeyMixing.MixScript(key, x.Let(WholeScript(x, 1)), x.Let)}, dtype={Script.Type(DType.Int64)})";
        },
        Vjp = Vjp.Zero(NotDifferentiable),
    };

    internal static readonly Primitive<Attributes> UniformSample = new("uniform")
    {
        Abstract = FloatSample,
        Eager = x => torch.rand(x.Ints("shape"), dtype: x.DType("dtype").ToTorch(), generator: Generator(x)),
        Script = x => $"torch.rand({Script.Ints(x.Ints("shape"))}, generator={GeneratorScript(x)}, dtype={Script.Type(x.DType("dtype"))})",
        Vjp = Vjp.Zero(NotDifferentiable),
    };

    internal static readonly Primitive<Attributes> NormalSample = new("normal")
    {
        Abstract = FloatSample,
        Eager = x => torch.randn(x.Ints("shape"), dtype: DrawnType(x).ToTorch(), generator: Generator(x)).to(x.DType("dtype").ToTorch()),
        Script = x => $"torch.randn({Script.Ints(x.Ints("shape"))}, generator={GeneratorScript(x)}, dtype={Script.Type(DrawnType(x))}).to({Script.Type(x.DType("dtype"))})",
        Vjp = Vjp.Zero(NotDifferentiable),
    };

    internal static readonly Primitive<Attributes> RandIntSample = new("randint")
    {
        Abstract = x =>
        {
            RequireKey(x);
            return x.Int("low") < x.Int("high")
                ? new TensorType(SampleShape(x), DType.Int64)
                : throw new ArgumentOutOfRangeException(null, $"randint: there is no number from {x.Int("low")} to {x.Int("high")} - 1.");
        },
        Eager = x => torch.randint(x.Int("low"), x.Int("high"), x.Ints("shape"), dtype: torch.ScalarType.Int64, generator: Generator(x)),
        Script = x =>
            $"torch.randint({x.Int("low")}, {x.Int("high")}, {Script.Ints(x.Ints("shape"))}, generator={GeneratorScript(x)}, dtype={Script.Type(DType.Int64)})",
        Vjp = Vjp.Zero(NotDifferentiable),
    };

    internal static readonly Primitive<Attributes> PermutationSample = new("permutation")
    {
        Abstract = x =>
        {
            RequireKey(x);
            return new TensorType([x.Int("n")], DType.Int64);
        },
        Eager = x => torch.randperm(x.Int("n"), dtype: torch.ScalarType.Int64, generator: Generator(x)),
        Script = x => $"torch.randperm({x.Int("n")}, generator={GeneratorScript(x)}, dtype={Script.Type(DType.Int64)})",
        Vjp = Vjp.Zero(NotDifferentiable),
    };

    // libtorch's normal numbers are made of uniform ones, of which half precision has too few for the tails.
    private static DType DrawnType(RuleArgs x) => x.DType("dtype") is DType.Float16 or DType.BFloat16 ? DType.Float32 : x.DType("dtype");

    private static TensorTypes FloatSample(AbstractArgs x)
    {
        RequireKey(x);
        return x.DType("dtype").IsFloatingPoint()
            ? new TensorType(SampleShape(x), x.DType("dtype"))
            : throw new DTypeException($"{x.Primitive.Name}: the element type must be floating-point, but is {x.DType("dtype").Name()}.");
    }

    private static Shape SampleShape(AbstractArgs x)
    {
        Shape shape = x.Ints("shape");
        return shape.All(size => size >= 0)
            ? shape
            : throw new ShapeException($"{x.Primitive.Name}: shape {shape} has a negative size.");
    }

    private static void RequireKey(AbstractArgs x)
    {
        if (x[0].DType != DType.Int64 || x[0].Rank != 0 || x[0].Device != Device.CPU)
        {
            throw new DTypeException($"{x.Primitive.Name}: the key must be an int64 tensor without dims on the CPU, but is {x[0]}; make one with Rng.Seed.");
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
