using System.Globalization;
using Brachy.NN;

namespace Brachy.Fuzz;

/// <summary>An argument and how to write it down.</summary>
public sealed record Argument(object? Value, string Text);

/// <summary>Makes arguments: mostly small and plausible, sometimes absurd.</summary>
public sealed class RandomArguments(Random random)
{
    // Sizes between a few and 2^48 are left out: their tensors would fit into memory, just, or are views that take hours to read.
    private static readonly long[] s_absurdNumbers = [-1, long.MaxValue, long.MinValue, 1L << 48, -(1L << 48), 1L << 62, -7];
    private static readonly double[] s_absurdReals =
        [0, -1, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 1e300, -1e-300, 1e-10];

    private static readonly string[] s_words =
    [
        "mean", "sum", "max", "none", "zeros", "border", "reflection", "reflect", "replicate", "circular", "constant", "same", "valid",
        "nearest", "nearest-exact", "linear", "bilinear", "bicubic", "tanh",
        "fan_in", "fan_out", "relu", "leaky_relu", "ij", "xy", "ij,jk->ik", "ii->i", "...i,...i->...", "ij->ji", "b...", "i,j", "ij,ij->i",
        "ab,ab", "", "\"\n'", "ij,jk->ii",
        "prod", "amax", "amin", "add", "multiply", "trunc", "floor", "left", "right", "lower", "higher", "midpoint",
        "fro", "nuc", "backward", "ortho", "forward", "L", "U", "reduced", "complete", "r",
    ];

    private DType _dtype = DType.Float32;
    private long[] _shape = [];
    private bool _isTypical;
    private string _method = "";

    public static bool CanMake(Type type)
    {
        var inner = Nullable.GetUnderlyingType(type) ?? Parameter.ElementOfSpan(type) ?? Parameter.ElementOfList(type)
            ?? (type.IsArray ? type.GetElementType()! : type);
        return inner.IsEnum || inner.IsPrimitive || inner == typeof(Tensor) || inner == typeof(Shape) || inner == typeof(string)
            || inner == typeof(Device)
            || inner == typeof(Size2d) || inner == typeof(RngKey) || inner == typeof(TensorIndex) || inner == typeof(Scalar)
            || inner == typeof(ComplexTensor) || inner == typeof(Module<Tensor, Tensor>)
            || inner == typeof(TransformerEncoderLayer) || inner == typeof(TransformerDecoderLayer)
            || inner == typeof(Module<(Tensor, Tensor), Tensor>) || inner == typeof(Func<Tensor, Tensor, Tensor>)
            || inner == typeof(Func<Tensor, Tensor>) || inner == typeof((long, long))
            || inner == typeof(ConvPadding) || inner == typeof(PadWidths) || inner.Name is "Size3d" or "long[]";
    }

    /// <summary>Arguments for all parameters of a call that tend to fit together.</summary>
    public Argument[] All(Target target)
    {
        // Functions that need several shapes to fit are seldom reached by chance.
        _isTypical = Chance(0.3);
        _method = target.Name;
        _dtype = _isTypical || Chance(0.7) ? DType.Float32 : AnyDType();
        _shape = AnyShape();
        return [.. target.Parameters.Select(One)];
    }

    /// <summary>Other arguments for one or two of the parameters.</summary>
    public Argument[] Changed(Target target, Argument[] arguments)
    {
        var changed = (Argument[])arguments.Clone();
        for (var n = random.Next(1, 3); n > 0 && changed.Length > 0; n--)
        {
            var i = random.Next(changed.Length);
            changed[i] = One(target.Parameters[i]);
        }

        return changed;
    }

    private Argument One(Parameter parameter)
    {
        if (_isTypical && TypicalArguments.Of(_method, parameter) is { } typical)
        {
            return typical switch
            {
                long[] shape when parameter.Type == typeof(Tensor) =>
                    FilledTensor(shape, TypicalArguments.DTypeOf(_method, parameter.Name)),
                long[] shape => Plain((Shape)shape),
                Tensor tensor => new Argument(tensor, $"{tensor}"),
                Tensor[] tensors => new Argument(tensors, $"[{string.Join(", ", tensors.Select(t => t.Type))}]"),
                _ => Plain(typical),
            };
        }

        if (parameter.HasDefault && Chance(_isTypical ? 0.9 : 0.5))
        {
            return parameter.Default is null && parameter.Type.IsValueType && Nullable.GetUnderlyingType(parameter.Type) is null
                ? new Argument(Activator.CreateInstance(parameter.Type), "default")
                : parameter.Type.IsEnum ? new Argument(Enum.ToObject(parameter.Type, parameter.Default!), $"{parameter.Default}")
                : new Argument(parameter.Default, $"{parameter.Default ?? "null"}");
        }

        if ((parameter.IsNullable && Chance(0.3))
            || (!parameter.Type.IsValueType && parameter.Name != "this" && Parameter.ElementOfSpan(parameter.Type) is null && Chance(0.01)))
        {
            return new Argument(null, "null");
        }

        return parameter.Type == typeof(Tensor)
            ? AnyTensor(parameter.Name)
            : Make(Nullable.GetUnderlyingType(parameter.Type) ?? parameter.Type);
    }

    private Argument Make(Type type)
    {
        if ((Parameter.ElementOfSpan(type) ?? Parameter.ElementOfList(type)) is { } element)
        {
            return Several(element);
        }

        if (type.IsArray)
        {
            return Several(type.GetElementType()!);
        }

        if (type.IsEnum)
        {
            var values = Enum.GetValues(type);
            return Plain(Chance(0.9) ? values.GetValue(random.Next(values.Length))! : Enum.ToObject(type, 77));
        }

        return type switch
        {
            _ when type == typeof(Tensor) => AnyTensor(""),
            _ when type == typeof(Shape) => Plain((Shape)AnyShape()),
            _ when type == typeof(bool) => Plain(Chance(0.5)),
            _ when type == typeof(long) => Plain(Whole()),
            _ when type == typeof(int) => Plain((int)Math.Clamp(Whole(), -1000, 1000)),
            _ when type == typeof(double) => Plain(Real()),
            _ when type == typeof(float) => Plain((float)Real()),
            _ when type == typeof(string) => Plain(s_words[random.Next(s_words.Length)]),
            _ when type == typeof(Device) => Plain(Chance(0.95) ? Device.CPU : Device.CUDA(random.Next(-1, 3))),
            _ when type == typeof(Size2d) => Plain(new Size2d(Whole(), Whole())),
            _ when type == typeof(ConvPadding) => Plain(Padding()),
            _ when type == typeof(PadWidths) => Plain((PadWidths)(long[])[.. Enumerable.Range(0, random.Next(8)).Select(_ => Whole())]),
            _ when type == typeof((long, long)) => Plain((Whole(), Whole())),
            _ when type == typeof(Scalar) => Plain((Scalar)Real()),
            _ when type == typeof(RngKey) => AnyKey(),
            _ when type == typeof(ComplexTensor) => AnyComplex(),
            _ when type == typeof(TensorIndex) => AnyIndex(),
            _ when type == typeof(Module<Tensor, Tensor>) => AnyLayer(),
            _ when type == typeof(TransformerEncoderLayer) =>
                new Argument(new TransformerEncoderLayer(4, 2, 8), "TransformerEncoderLayer(4, 2, 8)"),
            _ when type == typeof(TransformerDecoderLayer) =>
                new Argument(new TransformerDecoderLayer(4, 2, 8), "TransformerDecoderLayer(4, 2, 8)"),
            _ when type == typeof(Module<(Tensor, Tensor), Tensor>) => new Argument(new CosineSimilarity(-1), "CosineSimilarity(-1)"),
            _ when type == typeof(Func<Tensor, Tensor, Tensor>) => Chance(0.5)
                ? new Argument((Func<Tensor, Tensor, Tensor>)((left, right) => F.sum(left * right, -1)), "(l, r) => sum(l * r, -1)")
                : new Argument((Func<Tensor, Tensor, Tensor>)F.maximum, "F.maximum"),
            _ when type == typeof(Func<Tensor, Tensor>) => AnyFunction(),
            _ when type.Name == "Size3d" => Plain(Activator.CreateInstance(type, Whole(), Whole(), Whole())!),
            _ => throw new NotSupportedException($"No arguments of type {type}."),
        };
    }

    private ConvPadding Padding() => random.Next(4) switch
    {
        0 => s_words[random.Next(s_words.Length)],
        1 => "same",
        2 => Whole(),
        _ => (long[])[.. Enumerable.Range(0, random.Next(4)).Select(_ => Whole())],
    };

    private Argument Several(Type element)
    {
        var items = new Argument[random.Next(10) switch { 0 => 0, 1 or 2 => 1, 3 => 3, 4 => 4, 5 => 6, _ => 2 }];
        var array = Array.CreateInstance(element, items.Length);
        for (var i = 0; i < items.Length; i++)
        {
            items[i] = Make(element);
            array.SetValue(items[i].Value, i);
        }

        return new Argument(array, $"[{string.Join(", ", items.Select(a => a.Text))}]");
    }

    private Argument AnyTensor(string name)
    {
        if (Chance(0.1))
        {
            var number = Chance(0.5) ? (Tensor)Whole() : (Tensor)Real();
            return new Argument(number, $"number {number}");
        }

        var shape = random.Next(10) switch { < 5 => _shape, < 7 => Broadcastable(_shape), _ => AnyShape() };
        var dtype = Chance(0.8) ? _dtype : AnyDType();
        if (Chance(0.1))
        {
            dtype = Chance(0.6) ? DType.Int64 : DType.Bool;
        }

        // Few functions take indices or masks; a name says where they are wanted.
        if (Chance(0.85))
        {
            dtype = name switch
            {
                "index" or "indices" or "target" or "targets" or "input_ids" => DType.Int64,
                "mask" or "where" or "condition" or "attn_mask" => DType.Bool,
                _ => dtype,
            };
        }

        var layout = random.Next(6);
        var tensor = layout switch
        {
            0 when shape.Length >= 2 => F.transpose(Filled(Swapped(shape), dtype), 0, -1),
            1 when shape.Length >= 1 => F.slice(Filled([.. shape[..^1], shape[^1] * 2], dtype), -1, 0, null, 2),
            2 when shape.Length >= 1 => F.expand(Filled([1, .. shape[1..]], dtype), (Shape)shape),
            _ => Filled(shape, dtype),
        };
        return new Argument(tensor, $"{tensor.Type} layout {layout}");
    }

    private Argument FilledTensor(long[] shape, DType dtype)
    {
        var tensor = Filled(shape, dtype);
        return new Argument(tensor, $"{tensor.Type}");
    }

    private Tensor Filled(long[] shape, DType dtype)
    {
        var values = new double[((Shape)shape).NumElements];
        var odd = Chance(0.1);
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = dtype switch
            {
                DType.Bool => random.Next(2),
                _ when !dtype.IsFloatingPoint() => _isTypical ? random.Next(2) : random.Next(dtype == DType.UInt8 ? 0 : -1, 4),
                _ when _isTypical => random.NextDouble(),
                _ => odd && Chance(0.2) ? s_absurdReals[random.Next(s_absurdReals.Length)] : (random.NextDouble() * 4) - 2,
            };
        }

        return Tensor.FromArray(values, (Shape)shape).to(dtype);
    }

    private Argument AnyKey()
    {
        var seed = random.Next(100);
        return new Argument(Rng.Seed(seed), $"key {seed}");
    }

    private Argument AnyComplex()
    {
        var pairs = Filled([.. _shape, 2], _dtype is DType.Float32 or DType.Float64 ? _dtype : DType.Float32);
        return new Argument(new ComplexTensor(pairs), $"complex {pairs.Type}");
    }

    private Argument AnyIndex()
    {
        var number = Whole();
        return random.Next(7) switch
        {
            0 => new Argument(TensorIndex.None, "None"),
            1 => new Argument(TensorIndex.Ellipsis, "..."),
            2 => new Argument((TensorIndex)(1..3), "1..3"),
            3 => new Argument((TensorIndex)(^1), "^1"),
            4 => new Argument((TensorIndex)Filled([2], DType.Int64), "int64[2]"),
            5 => new Argument((TensorIndex)Filled(_shape, DType.Bool), "mask"),
            _ => new Argument((TensorIndex)number, $"{number}"),
        };
    }

    private Argument AnyLayer() => random.Next(3) switch
    {
        0 => new Argument(new Linear(4, 4), "Linear(4, 4)"),
        1 => new Argument(new Linear(4, 2), "Linear(4, 2)"),
        _ => new Argument(new ReLU(), "ReLU()"),
    };

    private Argument AnyFunction()
    {
        (Func<Tensor, Tensor> Function, string Text)[] functions =
        [
            (F.sin, "F.sin"), (x => x.sum(), "x => x.sum()"), (x => (x * x).mean(), "x => (x * x).mean()"),
            (x => x.reshape([-1]), "x => x.reshape([-1])"), (x => F.softmax(x, -1), "x => softmax(x, -1)"),
            (x => x.matmul(x.transpose(0, -1)), "x => x.matmul(x.T)"), (x => x[0] + 1, "x => x[0] + 1"), (_ => F.ones([2]), "_ => ones"),
            (x => x.to(DType.Int64), "x => x.to(Int64)"), (x => F.sort(x, -1).values, "x => sort(x)"), (_ => null!, "_ => null"),
            (Noisy, "Noisy"),
        ];
        var (function, text) = functions[random.Next(functions.Length)];
        return new Argument((Func<Tensor, Tensor>)(x => function(x ?? throw new ArgumentNullException(nameof(x)))), text);

        static Tensor Noisy(Tensor x)
        {
            using var rng = Rng.Scope(3);
            return x * Rng.Normal(x.shape);
        }
    }

    private long[] AnyShape()
    {
        var shape = new long[random.Next(20) switch { < 1 => 0, < 4 => 1, < 9 => 2, < 13 => 3, < 18 => 4, < 19 => 5, _ => 6 }];
        for (var i = 0; i < shape.Length; i++)
        {
            shape[i] = random.Next(20) switch { < 9 => 4, < 13 => 2, < 16 => 1, < 17 => 0, < 18 => 3, < 19 => 6, _ => 8 };
        }

        return shape;
    }

    private long[] Broadcastable(long[] shape)
    {
        var result = shape[random.Next(shape.Length + 1)..];
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = Chance(0.3) ? 1 : result[i];
        }

        return result;
    }

    private static long[] Swapped(long[] shape)
    {
        var result = (long[])shape.Clone();
        (result[0], result[^1]) = (result[^1], result[0]);
        return result;
    }

    private long Whole() => random.Next(20) switch
    {
        < 7 => random.Next(0, 4),
        < 14 => 1,
        < 17 => random.Next(-4, 9),
        < 18 => 4,
        _ => s_absurdNumbers[random.Next(s_absurdNumbers.Length)]
    };

    private double Real() => Chance(0.8) ? random.Next(1, 20) / 10.0 : s_absurdReals[random.Next(s_absurdReals.Length)];

    private DType AnyDType() => DTypes.All[random.Next(DTypes.All.Count)];

    private bool Chance(double probability) => random.NextDouble() < probability;

    private static Argument Plain(object value) => new(value, string.Create(CultureInfo.InvariantCulture, $"{value}"));
}
