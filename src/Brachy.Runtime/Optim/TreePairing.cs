namespace Brachy.Optim;

/// <summary>Trees of the same tensors, such as a model before and after a step, taken tensor by tensor.</summary>
internal static class TreePairing
{
    /// <summary>
    /// A tree or another, by a truth value that may be traced: how a step is skipped in compiled code. Tensors that are the
    /// same in both are passed on; all that is not a tensor comes from the first.
    /// </summary>
    /// <param name="condition">One truth value.</param>
    /// <param name="whenTrue">The tree that is taken when it holds.</param>
    /// <param name="whenFalse">The tree that is taken otherwise; it must have the same tensors.</param>
    /// <exception cref="ArgumentException">The trees differ in their paths, or in the type of a tensor.</exception>
    public static StructureTree Select(Tensor condition, StructureTree whenTrue, StructureTree whenFalse)
    {
        var others = Aligned(whenTrue, whenFalse);
        var next = 0;
        return whenTrue.MapParamsBuffers((path, tensor) =>
        {
            var other = others[next++];
            if (ReferenceEquals(tensor, other))
            {
                return tensor;
            }

            return tensor.Type.Equals(other.Type)
                ? F.where(condition, tensor, other)
                : throw new ArgumentException($"A step that may be skipped must not change the types of tensors, but '{path}' was {other.Type} and became {tensor.Type}.");
        });
    }

    /// <summary>Tensors combined across trees.</summary>
    /// <param name="function">From the tensors at one place of the trees to the new tensor.</param>
    /// <param name="first">The tree whose structure the result has.</param>
    /// <param name="others">Trees of the same tensors.</param>
    /// <returns>A tree that outlives the current <see cref="TensorScope"/>.</returns>
    /// <exception cref="ArgumentException">The trees differ in their paths.</exception>
    public static StructureTree Combine(Func<Tensor, Tensor[], Tensor> function, StructureTree first, params ReadOnlySpan<StructureTree> others) =>
        first.MapParamsBuffers(Combining(function, first, others));

    /// <inheritdoc cref="Combine"/>
    /// <returns>A tree that the current <see cref="TensorScope"/> frees.</returns>
    public static StructureTree CombineInScope(Func<Tensor, Tensor[], Tensor> function, StructureTree first, params ReadOnlySpan<StructureTree> others) =>
        first.MapInScope(Combining(function, first, others));

    private static Func<string, Tensor, Tensor> Combining(Func<Tensor, Tensor[], Tensor> function, StructureTree first, ReadOnlySpan<StructureTree> others)
    {
        var columns = new Tensor[others.Length][];
        for (var i = 0; i < columns.Length; i++)
        {
            columns[i] = Aligned(first, others[i]);
        }

        var next = 0;
        return (_, tensor) =>
        {
            var row = next++;
            return function(tensor, Array.ConvertAll(columns, column => column[row]));
        };
    }

    /// <summary>The tensors of a tree, which must have the paths of another.</summary>
    private static Tensor[] Aligned(StructureTree first, StructureTree second)
    {
        var paths = first.Tensors().Select(t => t.Path).ToArray();
        var tensors = second.Tensors().ToArray();
        if (!tensors.Select(t => t.Path).SequenceEqual(paths))
        {
            var differing = tensors.Select(t => t.Path).Except(paths).Concat(paths.Except(tensors.Select(t => t.Path))).FirstOrDefault() ?? "their order";
            throw new ArgumentException(
                $"Two trees that must have the same tensors differ at '{differing}'. " +
                "Make the optimizer anew after editing the model, and add no params or buffers during a step.");
        }

        return Array.ConvertAll(tensors, t => t.Tensor);
    }
}
