namespace Brachy.Tests.Ops;

/// <summary>Which of several largest or smallest elements counts, in every way that the place of one is computed.</summary>
public class ArgmaxTests
{
    public static TheoryData<DType, int, int> Cases
    {
        get
        {
            var cases = new TheoryData<DType, int, int>();
            foreach (var dtype in new[] { DType.Float32, DType.Float64, DType.BFloat16, DType.Int64 })
            {
                foreach (var rows in new[] { 1, 3, 40 })
                {
                    cases.Add(dtype, rows, -1);
                    cases.Add(dtype, rows, 0);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void ItIsTheFirstOfEquals(DType dtype, int rows, int dim)
    {
        var x = F.remainder(F.reshape(F.arange(rows * 23) * 7, rows, 23), 5).to(dtype);
        Compare(x, dim);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    public void ItIsTheFirstThatIsNotANumber(int rows)
    {
        var x = F.reshape(F.arange(rows * 23), rows, 23).to(DType.Float32);
        Compare(F.where(F.remainder(x, 9) > 6, double.NaN, x), -1);
    }

    private static void Compare(Tensor x, int dim)
    {
        foreach (var (name, compiled, eager) in new[]
        {
            ("argmax", Jit.Compile((Tensor t) => F.argmax(t, dim)).Invoke(x), F.argmax(x, dim)),
            ("argmin", Jit.Compile((Tensor t) => F.argmin(t, dim)).Invoke(x), F.argmin(x, dim)),
        })
        {
            Assert.True(eager.ToArray<long>().SequenceEqual(compiled.ToArray<long>()), $"{name}: {eager} and {compiled}");
        }
    }
}
