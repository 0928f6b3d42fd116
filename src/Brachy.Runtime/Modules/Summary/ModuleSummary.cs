using Brachy.CompilerServices;
using Brachy.Trees;

namespace Brachy.Modules;

/// <summary>One node in a <see cref="ModuleSummary"/>.</summary>
/// <param name="Path">Its path; empty for the root.</param>
/// <param name="Type">The name of its apply function; empty for a node that only holds values.</param>
/// <param name="Parameters">
/// The elements of its own params, without those of nodes below. A shared weight counts at its first place only.
/// </param>
/// <param name="Buffers">The elements of its own buffers, counted in the same way.</param>
/// <param name="Calls">How often it was called for the input; 0 without an input.</param>
/// <param name="Outputs">The types of the tensors that its last call gave; none if their type is not known to transforms.</param>
/// <param name="MultiplyAdds">The multiply-adds of all its calls, without those of nodes called inside it.</param>
/// <param name="TotalMultiplyAdds">The multiply-adds of all its calls, with those of nodes called inside it.</param>
public sealed record ModuleSummaryRow(
    string Path, string Type, long Parameters, long Buffers, int Calls, IReadOnlyList<TensorType> Outputs, long MultiplyAdds,
    long TotalMultiplyAdds);

/// <summary>
/// A table of the nodes of a model: their types and params and, for a given input, the shapes of their outputs and what they compute.
/// </summary>
/// <remarks>
/// <para>For the input the model is traced, not run: no kernel is called, so that a huge model costs no more than a small one.</para>
/// <para>A multiply-add is one product that is added to a sum. Counted are matrix products, also those of linear layers and
/// einsum (for each element of the result the length of the dim summed over), convolutions (for each element of the result
/// the elements of a kernel; for transposed ones each element of the input times the elements of its kernels), and attention (the two
/// products, L · S · (E + Ev) for each head, also where a mask hides keys). A model that takes gradients inside itself counts their
/// products too. Biases, norms, activations, pooling, embeddings and factorizations count as 0.</para>
/// </remarks>
/// <example><code>Console.WriteLine(ModuleSummary.Of(model, config, F.zeros([1, 3, 224, 224])));</code></example>
public sealed class ModuleSummary
{
    private ModuleSummary(StructureTree tree, SummaryRecorder? calls)
    {
        var seen = new HashSet<Tensor>(ReferenceEqualityComparer.Instance);
        var rows = new List<ModuleSummaryRow>();
        foreach (var (path, node) in tree.Nodes())
        {
            var parameters = Distinct(new StructureTree { Params = node.Params });
            var buffers = Distinct(new StructureTree { Buffers = node.Buffers });
            var (count, outputs, own, total) = calls?.CallsOf(path) ?? default;
            rows.Add(new ModuleSummaryRow(
                path, node.ApplyFn?.Name ?? "", Elements(parameters), Elements(buffers), count, outputs ?? [], own, total));
            ParameterBytes += parameters.Sum(t => t.Type.ByteSize);
            BufferBytes += buffers.Sum(t => t.Type.ByteSize);
        }

        Rows = rows;
        HasInput = calls is not null;

        Tensor[] Distinct(StructureTree values) => [.. values.Tensors().Select(t => t.Tensor).Where(seen.Add)];
    }

    /// <summary>The nodes, each before those below it.</summary>
    public IReadOnlyList<ModuleSummaryRow> Rows { get; }

    /// <summary>Whether the model was traced for an input.</summary>
    public bool HasInput { get; }

    /// <summary>The elements of all params.</summary>
    public long Parameters => Rows.Sum(row => row.Parameters);

    /// <summary>The bytes of all params.</summary>
    public long ParameterBytes { get; }

    /// <summary>The elements of all buffers.</summary>
    public long Buffers => Rows.Sum(row => row.Buffers);

    /// <summary>The bytes of all buffers.</summary>
    public long BufferBytes { get; }

    /// <summary>The multiply-adds for the input; 0 without one.</summary>
    public long MultiplyAdds => Rows.Sum(row => row.MultiplyAdds);

    /// <summary>The types and params of a model.</summary>
    /// <param name="tree">The model.</param>
    public static ModuleSummary Of(StructureTree tree)
    {
        ArgumentNullException.ThrowIfNull(tree);
        return new ModuleSummary(tree, null);
    }

    /// <summary>The types and params of a model, and what it does with an input.</summary>
    /// <typeparam name="TInput">The input of the model: one type, or a tuple for several arguments.</typeparam>
    /// <param name="tree">The model; it is left as it is.</param>
    /// <param name="config">Its settings.</param>
    /// <param name="input">An input; only the shapes and types of its tensors matter.</param>
    /// <exception cref="ArgumentException">The model does not take such an input.</exception>
    /// <exception cref="NotSupportedException">Transforms do not know the type of the input.</exception>
    /// <exception cref="ConcretizationException">The model looks at values.</exception>
    /// <exception cref="InvalidOperationException">A trace is going on, as inside a jitted function or a gradient.</exception>
    public static ModuleSummary Of<TInput>(StructureTree tree, GlobalConfig config, TInput input)
    {
        ArgumentNullException.ThrowIfNull(tree);
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(input);
        if (Trace.Current is { IsSymbolic: true })
        {
            throw new InvalidOperationException(
                "A module summary traces the model by itself; take it outside of the function that is being compiled.");
        }

        var copy = tree.Copy();
        using var trace = Trace.BeginGraph("a module summary");
        var recorder = new SummaryRecorder(trace);
        foreach (var (path, node) in copy.Nodes())
        {
            node.ApplyFn = node.ApplyFn?.Wrap("summary", new SummaryProbe(path, recorder));
        }

        if (copy.ApplyFn is not ITakes<TInput> function)
        {
            var what = tree.ApplyFn is null
                ? "The model has no apply function"
                : $"The model computes {tree.ApplyFn.Name}: {tree.ApplyFn.Signature}";
            throw new ArgumentException($"{what}, so that it does not take an input of type {TypeText.Of(typeof(TInput))}.", nameof(input));
        }

        function.CallWithoutResult(copy, config, TreeHandler.Map(input, tensor => trace.Argument(tensor.Type, nameof(input))));
        return new ModuleSummary(tree, recorder);
    }

    /// <summary>The table, with totals below.</summary>
    public override string ToString() => SummaryTable.Print(this);

    private static long Elements(Tensor[] tensors) => tensors.Sum(t => t.numel());
}
