using Brachy.Compilation;
using Brachy.Extending;
using Brachy.Tests.Ops;

namespace Brachy.Tests.Lowering;

/// <summary>
/// Vector code on infinities, NaN, signed zeros, subnormal and huge numbers, and on sums that cancel, against libtorch's kernels.
/// </summary>
public class VectorSpecialValueTests
{
    private static readonly double[] s_specials =
    [
        0, -0.0, 1, -1, 2.5, -3, 1e-5, -1e-5, 1e-40, -1e-40, double.Epsilon, 1e30, -1e30, 3e38, double.PositiveInfinity,
        double.NegativeInfinity, double.NaN,
    ];

    private static readonly (string Name, double[] Values)[] s_rows =
    [
        ("one", [3]),
        ("two zeros", [-0.0, -0.0]),
        ("infinite", [1, double.PositiveInfinity, 2, 3, 4]),
        ("minus infinite", [1, double.NegativeInfinity, 2]),
        ("both infinite", [1, double.NegativeInfinity, 2, double.PositiveInfinity, 7, 8, 9, 1, 2]),
        ("nothing but minus infinite", [double.NegativeInfinity, double.NegativeInfinity, double.NegativeInfinity]),
        ("not a number", [1, 2, 3, 4, 5, 6, 7, 8, 9, double.NaN, 11]),
        ("large and small", [1e30, 1, -1e30, 2]),
        ("large offset", [10000.25, 10000.5, 10000.75, 10001, 10000, 10000.125]),
        ("far apart", [-1e4, 0, 90, 88, -200, 1e4]),
        ("subnormal", [1e-42, 3e-42, -2e-42, 5e-43]),
        ("near the largest", [2e38, -1e38, 1e38, -2e38]),
        ("cancels", [.. Enumerable.Range(0, 1000).Select(i => (i % 2 == 0 ? 1 : -1) * (1 + (i / 2 * 1e-3)))]),
        ("long", [.. Enumerable.Range(0, 5000).Select(i => Math.Sin(i))]),
    ];

    public static TheoryData<string, DType> Pairs
    {
        get
        {
            var data = new TheoryData<string, DType>();
            foreach (var primitive in
                new[] { F.Add, F.Sub, F.Mul, F.Div, F.Maximum, F.Minimum, F.Eq, F.Ne, F.Lt, F.Le, F.Gt, F.Ge, F.Where })
            {
                data.Add(primitive.Name, DType.Float32);
                data.Add(primitive.Name, DType.Float64);
            }

            return data;
        }
    }

    public static TheoryData<string, DType> Reductions
    {
        get
        {
            var data = new TheoryData<string, DType>();
            foreach (var name in new[]
            {
                "sum", "mean", "softmax", "log_softmax", "cumsum", "layer_norm", "argmax", "topk", "sort", "linear", "matmul", "logsumexp",
                "var of steps"
            })
            {
                data.Add(name, DType.Float32);
                if (name != "layer_norm")
                {
                    data.Add(name, DType.Float64);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void PairsOfSpecialValuesGiveWhatLibtorchGives(string name, DType dtype)
    {
        var primitive = Primitives.All.Single(p => p.Name == name);
        var n = s_specials.Length;
        var left = Tensor.FromArray([.. s_specials.SelectMany(v => Enumerable.Repeat(v, n))], [n * n]).to(dtype);
        var right = Tensor.FromArray([.. Enumerable.Repeat(s_specials, n).SelectMany(v => v)], [n * n]).to(dtype);
        Tensor Of(Tensor a, Tensor b) => primitive == F.Where ? F.where(a < b, a, b) : primitive.BindUntyped(Settings.None, a, b)[0];
        Check(Of, left, right);
        for (var i = 0; i < n; i++)
        {
            Check(Of, left, Tensor.FromArray([s_specials[i]], []).to(dtype));
            Check(Of, Tensor.FromArray([s_specials[i]], [1]).to(dtype), right);
        }

        void Check(Func<Tensor, Tensor, Tensor> f, Tensor a, Tensor b)
        {
            var (expected, actual) = (f(a, b), Jit.Compile(f, backend: Backend.VectorCode, name: name).Invoke(a, b));
            var (e, g) = (expected.to(DType.Float64).ToArray<double>(), actual.to(DType.Float64).ToArray<double>());
            for (var i = 0; i < e.Length; i++)
            {
                // Of zeros of both signs libtorch takes one or the other, by the place.
                var isSame = e[i].Equals(g[i]) && (e[i] != 0 || primitive == F.Maximum || primitive == F.Minimum
                    || double.IsNegative(e[i]) == double.IsNegative(g[i]));
                Assert.True(isSame, $"{name}, element {i}: expected {e[i]:R}, got {g[i]:R}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Reductions))]
    public void HardRowsGiveWhatLibtorchGives(string name, DType dtype)
    {
        foreach (var (row, values) in s_rows)
        {
            var x = Tensor.FromArray(values, [1, values.Length]).to(dtype);

            // The variance overflows; libtorch's way to it then gives NaN.
            if (name == "layer_norm" && row is "large and small" or "near the largest")
            {
                continue;
            }

            // A second row, and one more element, so that places differ.
            var two = F.cat([x * 0.5, x, F.flip(x, 1)], 0);
            Tensor Of(Tensor t) => name switch
            {
                "sum" => F.sum(t, 1),
                "mean" => F.mean(t, 1),
                "softmax" => F.softmax(t, -1),
                "log_softmax" => F.log_softmax(t, -1),
                "cumsum" => F.cumsum(t, 1),
                "layer_norm" => F.layer_norm(t, [values.Length]),
                "argmax" => F.argmax(t, 1),
                "topk" => F.topk(t, Math.Min(3, values.Length), 1).values,
                "sort" => F.sort(t, 1).values,
                "linear" => F.linear(t, F.full([2, values.Length], 0.5, dtype)),
                "matmul" => F.matmul(t, F.full([values.Length, 2], 0.5, dtype)),
                "logsumexp" => F.log(F.sum(F.exp(t - 1), 1)),
                _ => F.mean(F.square(t - F.mean(t, 1, true)), 1),
            };
            // Of a large offset libtorch's norm in float32 keeps four digits.
            var expected = name == "layer_norm" ? Of(two.to(DType.Float64)).to(dtype) : Of(two);
            var actual = Jit.Compile((Tensor t) => Of(t), backend: Backend.VectorCode, name: name).Invoke(two);
            Assert.Equal(expected.Type, actual.Type);

            // Sums in another order differ by the rounding of the largest part.
            var scale = values.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(0).Max()
                * (name is "softmax" or "log_softmax" or "layer_norm" or "argmax" ? 0 : 1);
            var rounding = dtype == DType.Float32 ? 2e-6 : 1e-14;
            var (e, g) = (expected.to(DType.Float64).ToArray<double>(), actual.to(DType.Float64).ToArray<double>());
            for (var i = 0; i < e.Length; i++)
            {
                var tolerance = rounding * Math.Max(
                    name == "layer_norm" ? 1 : Math.Abs(e[i]), name == "var of steps" ? scale * scale : Math.Sqrt(values.Length) * scale)
                    + (dtype == DType.Float32 ? 1e-42 : 0);
                Assert.True(
                    e[i].Equals(g[i]) || Math.Abs(e[i] - g[i]) <= tolerance,
                    $"{name} of '{row}' ({dtype.Name()}), element {i}: expected {e[i]:R}, got {g[i]:R}");
            }
        }
    }

    [Fact]
    public void AttentionTakesWhatIsMaskedOut()
    {
        var (q, k, v) = (Make.Real([1, 2, 3, 8], DType.Float32, 1), Make.Real([1, 2, 5, 8], DType.Float32, 2) * 40, Make.Real(
            [1, 2, 5, 8], DType.Float32, 3));
        var mask = Make.Values([1, 1, 3, 5], [.. Enumerable.Range(0, 15).Select(i => i % 4 == 1 ? double.NegativeInfinity : i)]).to(
            DType.Float32);
        Tensor Of(Tensor a, Tensor b, Tensor c) => F.scaled_dot_product_attention(a, b, c, mask);
        OpCheck.AssertClose(
            Of(q, k, v), Jit.Compile((Tensor a, Tensor b, Tensor c) => Of(a, b, c), backend: Backend.VectorCode).Invoke(q, k, v), 2e-6,
            "attention");
    }
}
