using TorchSharp;

namespace Brachy.Tests.Ops;

/// <summary>Compares result types with libtorch's for every pair of element types and every kind of operand.</summary>
[Trait("Category", "Quick")]
public class PromotionTests
{
    private static readonly Dictionary<string, (
        Func<Tensor, Tensor, Tensor> Ours, Func<torch.Tensor, torch.Tensor, torch.Tensor> Theirs)> s_ops = new()
        {
            ["add"] = ((a, b) => a + b, torch.add),
            ["mul"] = ((a, b) => a * b, torch.mul),
            ["div"] = ((a, b) => a / b, (a, b) => torch.div(a, b)),
            ["maximum"] = (F.maximum, torch.maximum),
            ["lt"] = ((a, b) => a < b, torch.lt),
            ["where"] = (
                (a, b) => F.where(F.ones([2], DType.Bool), a, b),
                (a, b) => torch.where(torch.ones(2, dtype: torch.ScalarType.Bool), a, b)),
        };

    private static readonly Dictionary<string, (
        Func<torch.Tensor, TorchSharp.Scalar, torch.Tensor> Right,
        Func<torch.Tensor, TorchSharp.Scalar, torch.Tensor> Left)> s_withNumber = new()
        {
            ["add"] = ((a, n) => a + n, (a, n) => n + a),
            ["mul"] = ((a, n) => a * n, (a, n) => n * a),
            ["div"] = ((a, n) => a / n, (a, n) => n / a),
            ["lt"] = ((a, n) => a.lt(n), (a, n) => a.gt(n)),
        };

    public static TheoryData<string, bool, bool> TensorCases
    {
        get
        {
            var data = new TheoryData<string, bool, bool>();
            foreach (var op in s_ops.Keys)
            {
                foreach (var left in new[] { false, true })
                {
                    data.Add(op, left, false);
                    data.Add(op, left, true);
                }
            }

            return data;
        }
    }

    public static TheoryData<string, bool> NumberCases
    {
        get
        {
            var data = new TheoryData<string, bool>();
            foreach (var op in s_withNumber.Keys)
            {
                data.Add(op, false);
                data.Add(op, true);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(TensorCases))]
    public void TwoTensorsPromoteAsInLibtorch(string op, bool leftHasDims, bool rightHasDims)
    {
        var (ours, theirs) = s_ops[op];
        foreach (var left in DTypes.All)
        {
            foreach (var right in DTypes.All)
            {
                var a = F.ones(leftHasDims ? [2] : [], left);
                var b = F.ones(rightHasDims ? [2] : [], right);
                AssertSame(theirs(a.AsTorch(), b.AsTorch()), ours(a, b), $"{op}({a.Type}, {b.Type})");
            }
        }
    }

    [Theory]
    [MemberData(nameof(NumberCases))]
    public void ANumberPromotesAsInLibtorch(string op, bool hasDims)
    {
        var ours = s_ops[op].Ours;
        var (right, left) = s_withNumber[op];
        foreach (var dtype in DTypes.All)
        {
            var a = F.ones(hasDims ? [2] : [], dtype);
            foreach (var number in new Tensor[] { true, 2, 2.5 })
            {
                var native = number.Number!.Value.ToTorch();
                AssertSame(right(a.AsTorch(), native), ours(a, number), $"{op}({a.Type}, {number})");
                AssertSame(left(a.AsTorch(), native), ours(number, a), $"{op}({number}, {a.Type})");
            }
        }
    }

    private static void AssertSame(torch.Tensor expected, Tensor actual, string what)
    {
        Assert.True(
            TorchTypes.DTypeOf(expected.dtype) == actual.dtype,
            $"{what}: libtorch gives {expected.dtype}, the abstract rule {actual.dtype}");
        OpCheck.AssertClose(expected, actual, OpCheck.Rounding(actual.dtype), what);
        Assert.True(expected.dtype == actual.AsTorch().dtype, $"{what}: the kernel gave {actual.AsTorch().dtype}");
    }
}
