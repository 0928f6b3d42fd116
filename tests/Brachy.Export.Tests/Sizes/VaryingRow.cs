using Brachy.CompilerServices;
using Brachy.Extending;
using Brachy.IO.Tracing;
using Brachy.Tests.OnnxFiles;
using Brachy.Tests.Ops;

namespace Brachy.Tests.Sizes;

/// <summary>A row of <see cref="OpSamples"/> in which all sizes of one number vary together.</summary>
internal sealed class VaryingRow
{
    private readonly OpSample _sample;
    private readonly Tensor[] _inputs;

    private VaryingRow(OpSample sample, Tensor[] inputs, long size)
    {
        (_sample, _inputs) = (sample, inputs);
        Varying = [.. Tensors(inputs).Select((tensor, i) => new VaryingDims(0, [.. tensor.shape.Select(s => s == size ? "n" : null)])
        {
            Member = $"{i}",
        }).Where(dims => dims.Names.Any(name => name is not null))];
        Function = OnnxRun.FunctionOf(sample, inputs);
    }

    public ExportedFunction Function { get; }

    public IReadOnlyList<VaryingDims> Varying { get; }

    /// <summary>The rows of primitives by their names, without those that differ in their element type alone.</summary>
    public static ILookup<string, OpSample> Rows(Func<OpSample, bool> isMeant) => OpSamples.All
        .Where(sample => isMeant(sample) && !DTypes.All.Where(type => type != DType.Float32).Any(type => sample.Case == type.Name()))
        .ToLookup(sample => sample.Primitive.Name);

    /// <summary>The row with each of the sizes that its first operand of some rank has.</summary>
    public static IEnumerable<VaryingRow> Of(OpSample sample)
    {
        var inputs = sample.Inputs();
        inputs = sample.Through?.Invoke(inputs) ?? inputs;
        var first = Array.Find(inputs, x => x.Number is null && x.ndim > 0);
        return (first?.shape ?? []).Where(size => size > 1).Distinct().Select(size => new VaryingRow(sample, inputs, size));
    }

    /// <summary>Operands whose varying size is another: rows of those of the sample, over and over.</summary>
    public Tensor[] At(long size)
    {
        var next = 0;
        return [.. _inputs.Select(x => x.Number is null ? Resized(x, next++, size) : x)];
    }

    /// <summary>What the kernels give, or null where they refuse such operands.</summary>
    public Tensor[]? Expected(Tensor[] operands)
    {
        try
        {
            return _sample.Primitive.BindUntyped(_sample.Settings ?? Settings.None, operands);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>Which dims of which operands vary, for messages.</summary>
    public override string ToString() => string.Join(
        ", ", Varying.Select(dims => $"{dims.Member}: [{string.Join(", ", dims.Names.Select(name => name ?? "_"))}]"));

    /// <summary>The operands that are no plain numbers.</summary>
    public static Tensor[] Tensors(Tensor[] operands) => [.. operands.Where(x => x.Number is null)];

    private Tensor Resized(Tensor tensor, int place, long size)
    {
        var names = Varying.FirstOrDefault(dims => dims.Member == $"{place}")?.Names ?? [];
        for (var dim = 0; dim < names.Count; dim++)
        {
            if (names[dim] is not null)
            {
                long[] rows = [.. Enumerable.Range(0, (int)size).Select(row => row % tensor.shape[dim])];
                tensor = F.index_select(tensor, dim, Tensor.FromArray(rows, [size]));
            }
        }

        return tensor;
    }
}
