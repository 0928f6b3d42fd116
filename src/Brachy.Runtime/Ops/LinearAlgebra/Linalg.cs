using Brachy.Extending;

namespace Brachy;

/// <summary>Whether a matrix without a result is an error; otherwise the result is NaN.</summary>
internal record CheckingSettings(bool CheckErrors) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("check_errors", CheckErrors)];
}

public static partial class F
{
    /// <summary>
    /// Linear algebra under the names of <c>torch.linalg</c>. Matrices are the last two dims, all dims before them are a batch; operands
    /// are float32 or float64, with any number of matrices, rows and columns, 0 included. Gradients are those of libtorch, and can be
    /// differentiated again. A matrix that a function cannot take because of its values (singular, not positive definite, not finite) ends
    /// the call with a <see cref="NativeOpException"/>, eagerly and compiled; the functions named <c>…_ex</c> report it instead.
    /// What gives complex numbers for real matrices (<c>eig</c>, <c>eigvals</c>) is left out, since there is no complex element type.
    /// </summary>
    public static partial class linalg;
}
