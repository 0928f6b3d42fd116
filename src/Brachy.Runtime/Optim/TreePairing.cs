namespace Brachy.Optim;

/// <summary>Trees of the same tensors, such as a model before and after a step, taken tensor by tensor.</summary>
internal static class TreePairing
{
    private const string Advice = "Make the optimizer anew after editing the model, and add no params or buffers during a step.";

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
        return StructureTree.MapRows((path, row) => Choose(path, row), [whenTrue, whenFalse], Advice);

        Tensor Choose(string path, Tensor[] row) =>
            ReferenceEquals(row[0], row[1]) ? row[0]
            : row[0].Type.Equals(row[1].Type) ? F.where(condition, row[0], row[1])
            : throw new ArgumentException($"A step that may be skipped must not change the types of tensors, but '{path}' was "
                + $"{row[1].Type} and became {row[0].Type}.");
    }

    /// <summary>Tensors combined across trees; those that are the same at several places of each tree are combined once.</summary>
    /// <param name="function">From the tensors at one place of the trees to the new tensor.</param>
    /// <param name="first">The tree whose structure the result has.</param>
    /// <param name="others">Trees of the same tensors.</param>
    /// <returns>A tree that outlives the current <see cref="TensorScope"/>.</returns>
    /// <exception cref="ArgumentException">The trees differ in their paths.</exception>
    public static StructureTree Combine(
        Func<Tensor, Tensor[], Tensor> function, StructureTree first, params ReadOnlySpan<StructureTree> others) =>
        StructureTree.MapRows((_, row) => function(row[0], row[1..]), [first, .. others], Advice);

    /// <inheritdoc cref="Combine"/>
    /// <returns>A tree that the current <see cref="TensorScope"/> frees.</returns>
    public static StructureTree CombineInScope(
        Func<Tensor, Tensor[], Tensor> function, StructureTree first, params ReadOnlySpan<StructureTree> others) =>
        StructureTree.MapRows((_, row) => TreeValue.InScope(function(row[0], row[1..])), [first, .. others], Advice);
}
