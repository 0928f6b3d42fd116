namespace Brachy;

/// <summary>A condition given to <see cref="Checks.Require(Tensor, string)"/> did not hold.</summary>
public sealed class CheckFailedException : InvalidOperationException, IPlacedError
{
    private readonly ErrorPlace _place;

    internal CheckFailedException(string message, ErrorPlace place, object? result)
        : base(message)
    {
        _place = place;
        Result = result;
    }

    /// <summary>
    /// What the compiled function gave all the same: the call had ended when the condition was looked at, and tensors that were donated to
    /// it are gone. Null when the function ran eagerly.
    /// </summary>
    public object? Result { get; }

    /// <inheritdoc/>
    public override string Message => _place.In(base.Message);

    ErrorPlace IPlacedError.Place => _place;
}
