namespace Brachy.Compilation;

/// <summary>What follows a product, as layouts.</summary>
/// <param name="term">What is added, laid out as the result; null for nothing.</param>
/// <param name="bias">What is added to each column; null for nothing.</param>
/// <param name="function">The function that comes then; null for none.</param>
internal readonly unsafe struct ProductEnd<T>(Layout? term, Layout? bias, Instruction? function)
    where T : unmanaged
{
    private readonly bool _isRelu = function is not null && Activations.IsRelu(function);
    private readonly delegate*<T*, int, void> _function = function is null ? null : Activations.Of<T>(function);

    public Epilogue<T> Of(nint* memory) =>
        new(term is null ? null : term.At<T>(memory), bias is null ? null : bias.At<T>(memory), _isRelu, _function);
}
