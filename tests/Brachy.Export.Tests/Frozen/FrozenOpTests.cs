using Brachy.Compilation;
using Brachy.Extending;
using Brachy.Tests.OnnxFiles;
using Brachy.Tests.Ops;
using Brachy.Tests.Sizes;

namespace Brachy.Tests.Frozen;

/// <summary>Every row of <see cref="OpSamples"/> that has kernels without libtorch, frozen and run.</summary>
public class FrozenOpTests
{
    private static readonly ILookup<string, OpSample> s_rows = OpSamples.All.ToLookup(sample => sample.Primitive.Name);

    /// <summary>Operations with types of results; loops and layers of 8 bits have tests of their own.</summary>
    public static TheoryData<string> Ops =>
        [.. TypeRules.All.Keys.Where(op => op is not ("scan" or "while" or "switch" or "linear_int8")).Order()];

    [Fact]
    public void EachTypeRuleHasAKernel() => Assert.All(TypeRules.All.Keys, op => Assert.Contains(op, InferenceKernels.All.Keys));

    [Theory]
    [MemberData(nameof(Ops))]
    public void TypesAreThoseOfThePrimitive(string op)
    {
        Assert.NotEmpty(s_rows[op]);
        foreach (var sample in s_rows[op])
        {
            var (settings, inputs) = (sample.Settings ?? Settings.None, Inputs(sample));
            TensorType[] types = [.. inputs.Select(input => input.Number is { } number ? TensorType.OfNumber(number) : input.Type)];
            var expected = sample.Primitive.BindUntyped(settings, inputs).Select(result => result.Type);
            try
            {
                Assert.Equal(expected, TypeRules.All[op](new(op, settings, types, [])));
            }
            catch (ShapeException refusal)
            {
                // What no kernel here takes may be refused.
                Assert.True(Write(sample) is null, $"{sample}: {refusal.Message}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Ops))]
    public void AFrozenModelComputesWhatTheKernelComputes(string op)
    {
        var run = 0;
        foreach (var sample in s_rows[op])
        {
            if (Write(sample) is not { } frozen)
            {
                continue;
            }

            run++;
            var inputs = Inputs(sample);
            var expected = sample.Primitive.BindUntyped(sample.Settings ?? Settings.None, inputs);
            var actual = frozen.Run([.. inputs.Where(x => x.Number is null)]);
            Assert.Equal(expected.Length, actual.Length);
            foreach (var (own, other) in Comparable(op, expected).Zip(actual))
            {
                Close.Assert(own, other, sample.RoundingFactor * OnnxRuleTests.Rounding(own.dtype));
            }
        }

        Assert.True(run > 0, $"No row of {op} can be frozen.");
    }

    [Theory]
    [MemberData(nameof(Ops))]
    public void OfAnySize(string op)
    {
        foreach (var row in VaryingRow.Rows(sample => sample.Primitive.Name == op)[op].SelectMany(VaryingRow.Of))
        {
            LoadedFrozen frozen;
            try
            {
                frozen = LoadedFrozen.Of(row.Function, row.Varying);
            }
            catch (Exception error) when (error is VaryingSizeException or NotSupportedException)
            {
                continue;
            }

            foreach (var size in new[] { 0, 1, 4, 9 })
            {
                var operands = row.At(size);
                var expected = row.Expected(operands);
                Tensor[] actual;
                try
                {
                    actual = frozen.Run(VaryingRow.Tensors(operands));
                }
                catch (NativeOpException) when (expected is null)
                {
                    continue;
                }
                catch (ArgumentException error)
                {
                    Assert.True(
                        expected is null || error.Message.Contains("is not served", StringComparison.Ordinal), $"{row} at {size}: {error}");
                    continue;
                }

                // Of nothing, indices may be any.
                Assert.True(expected is not null || size == 0, $"{row} runs for {size}, which the kernel refuses.");
                Assert.All(Comparable(op, expected ?? actual).Zip(actual), pair => Close.Assert(pair.First, pair.Second, 1e-4));
            }
        }
    }

    /// <summary>Which of equal elements is named is no promise.</summary>
    private static IEnumerable<Tensor> Comparable(string op, Tensor[] results) => op == F.TopK.Name ? results.Take(1) : results;

    private static LoadedFrozen? Write(OpSample sample)
    {
        try
        {
            return LoadedFrozen.Of(OnnxRun.FunctionOf(sample, Inputs(sample)), []);
        }
        catch (NotSupportedException)
        {
            return null;
        }
    }

    private static Tensor[] Inputs(OpSample sample)
    {
        var inputs = sample.Inputs();
        return sample.Through?.Invoke(inputs) ?? inputs;
    }
}
