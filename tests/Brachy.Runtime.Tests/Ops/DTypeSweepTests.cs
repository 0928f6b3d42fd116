namespace Brachy.Tests.Ops;

/// <summary>
/// Casts the operands of every row to every element type: a primitive either refuses the type with an exception of its own,
/// or its kernel takes it and gives what the abstract rule says. A kernel that gets a type it cannot take may end the process.
/// </summary>
public class DTypeSweepTests
{
    public static TheoryData<string> PrimitiveNames => [.. Primitives.All.Select(p => p.Name)];

    [Theory]
    [MemberData(nameof(PrimitiveNames))]
    public void Kernels_take_every_type_that_the_abstract_rule_lets_through(string name)
    {
        var taken = 0;
        foreach (var sample in OpSamples.All.Where(s => s.Primitive.Name == name))
        {
            foreach (var dtype in DTypes.All)
            {
                Tensor[] results;
                try
                {
                    results = OpCheck.Compute(sample, [.. sample.Inputs().Select(x => x.Number is null ? x.to(dtype) : x)]);
                }
                catch (DTypeException)
                {
                    continue;
                }
                catch (NativeOpException error) when (IsAboutValues(error))
                {
                    continue;
                }

                taken++;
                Assert.All(results, r => Assert.Equal(Tensor.FromTorch(r.AsTorch()).Type, r.Type));
            }
        }

        Assert.True(taken > 0);
    }

    // Values that were cut to another type, such as a divisor that became 0.
    private static bool IsAboutValues(NativeOpException error) =>
        error.Message.Contains("ZeroDivisionError", StringComparison.Ordinal) || error.Message.Contains("without overflow", StringComparison.Ordinal);
}
