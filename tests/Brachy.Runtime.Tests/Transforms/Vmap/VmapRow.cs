using Brachy.Extending;
using Brachy.Tests.Ops;

namespace Brachy.Tests.Transforms;

/// <summary>A row of <see cref="OpSamples"/> with operands for several samples.</summary>
internal sealed class VmapRow
{
    private readonly OpSample _sample;
    private readonly Tensor[][] _operands;

    private VmapRow(OpSample sample, Tensor[][] operands)
    {
        (_sample, _operands) = (sample, operands);
        Tensors = [.. Enumerable.Range(0, operands[0].Length).Where(i => operands[0][i].Number is null)];
    }

    /// <summary>The operands that are no plain numbers.</summary>
    public int[] Tensors { get; }

    public int Count => _operands.Length;

    /// <summary>Makes other operands for each sample, such as the primitive takes.</summary>
    public static VmapRow Of(OpSample sample, int count)
    {
        var first = sample.Inputs();
        var operands = new List<Tensor[]> { Through(sample, first) };
        for (var k = 1; k < count; k++)
        {
            var varied = Through(sample, [.. sample.Inputs().Select((x, i) => Varied(x, k, sample.Primitive.DrawsByKey && i == 0))]);
            if (!IsTaken(sample, varied, operands[0]))
            {
                // Integers may be lengths or places that do not go together in another order.
                varied = Through(sample, [.. sample.Inputs().Select(x => x.dtype.IsFloatingPoint() ? Varied(x, k, false) : x)]);
            }

            operands.Add(IsTaken(sample, varied, operands[0]) ? varied : Through(sample, sample.Inputs()));
        }

        return new(sample, [.. operands]);
    }

    /// <summary>One sample.</summary>
    public Tensor[] Compute(Tensor[] operands) =>
        _sample.Primitive.BindUntyped(_sample.Settings ?? Settings.None, Through(_sample, operands));

    /// <summary>The operands of a sample of which only some differ from those of the first.</summary>
    public Tensor[] OperandsOf(int sample, int[] batched) =>
        [.. _operands[0].Select((x, i) => batched.Contains(i) ? _operands[sample][i] : x)];

    /// <summary>Operands of all samples.</summary>
    /// <param name="batched">Those that differ.</param>
    /// <param name="count">The number of samples.</param>
    public Tensor[] Stacked(int[] batched, int count) => [.. batched.Select(i => count > 0
        ? F.stack([.. _operands.Take(count).Select(x => x[i])])
        : F.zeros([0, .. _operands[0][i].shape], _operands[0][i].dtype))];

    /// <summary>The function of one sample, of the operands that differ.</summary>
    public Func<Tensor[], Tensor[]> FunctionOf(int[] batched) => tensors =>
    {
        var all = (Tensor[])_operands[0].Clone();
        for (var k = 0; k < batched.Length; k++)
        {
            all[batched[k]] = tensors[k];
        }

        return Compute(all);
    };

    private static Tensor[] Through(OpSample sample, Tensor[] inputs) => sample.Through?.Invoke(inputs) ?? inputs;

    private static bool IsTaken(OpSample sample, Tensor[] operands, Tensor[] first)
    {
        try
        {
            _ = sample.Primitive.BindUntyped(sample.Settings ?? Settings.None, operands);
            return operands.Zip(first).All(pair => pair.First.Type.Equals(pair.Second.Type));
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return false;
        }
    }

    private static Tensor Varied(Tensor x, int sample, bool isKey) => x.Number is not null ? x
        : isKey ? x + sample
        : x.dtype.IsFloatingPoint() ? (x * (1 - (0.07 * sample))).to(x.dtype)
        : sample % 2 == 1 && x.ndim > 0 ? F.flip(x, [.. Enumerable.Range(0, x.ndim).Select(d => (long)d)])
        : x;
}
