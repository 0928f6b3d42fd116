using Brachy.Extending;

namespace Brachy.Tests.Ops;

/// <summary>
/// Casts the operands of every row to every element type, all and one at a time: a primitive either refuses the type with an exception of
/// its own, or its kernel takes it and gives what the abstract rule says. A kernel that gets a type it cannot take may end the process.
/// </summary>
public class DTypeSweepTests
{
    public static TheoryData<string> PrimitiveNames => [.. Primitives.All.Select(p => p.Name)];

    [Theory]
    [MemberData(nameof(PrimitiveNames))]
    public void KernelsTakeEveryTypeThatTheAbstractRuleLetsThrough(string name)
    {
        var taken = 0;
        foreach (var sample in OpSamples.All.Where(s => s.Primitive.Name == name))
        {
            var count = sample.Inputs().Length;
            foreach (var dtype in DTypes.All)
            {
                // All operands at once, then one at a time.
                for (var only = -1; only < count; only++)
                {
                    taken += IsTaken(
                        sample,
                        [.. sample.Inputs().Select((x, i) => x.Number is null && (only < 0 || i == only) ? x.to(dtype) : x)]) ? 1 : 0;
                }
            }
        }

        Assert.True(taken > 0);
    }

    private static bool IsTaken(OpSample sample, Tensor[] inputs)
    {
        try
        {
            Assert.All(OpCheck.Compute(sample, inputs), r => Assert.Equal(Tensor.FromTorch(r.AsTorch()).Type, r.Type));
            return true;
        }
        catch (DTypeException)
        {
            return false;
        }
        catch (NativeOpException error) when (IsAboutValues(error))
        {
            return false;
        }
    }

    // Values that were cut to another type, such as a divisor that became 0.
    private static bool IsAboutValues(NativeOpException error) =>
        error.Message.Contains("ZeroDivisionError", StringComparison.Ordinal)
        || error.Message.Contains("positive-definite", StringComparison.Ordinal)
        || error.Message.Contains("without overflow", StringComparison.Ordinal);
}
