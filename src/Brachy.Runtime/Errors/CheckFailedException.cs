namespace Brachy;

/// <summary>A condition given to <see cref="Checks.Require(Tensor, string)"/> did not hold.</summary>
public sealed class CheckFailedException : InvalidOperationException, IPlacedError
{
    private readonly ErrorPlace _place;
    private readonly List<string> _where;

    internal CheckFailedException(string message, IEnumerable<string> where, ErrorPlace place, object? result)
        : base(message)
    {
        _where = [.. where];
        _place = place;
        Result = result;
    }

    /// <summary>
    /// What the compiled function gave all the same: the call had ended when the condition was looked at, and tensors that were donated to
    /// it are gone. Null when the function ran eagerly.
    /// </summary>
    public object? Result { get; }

    /// <inheritdoc/>
    public override string Message =>
        _place.In(_where.Count > 0 ? $"{base.Message} ({string.Join(", ", _where)})" : base.Message);

    ErrorPlace IPlacedError.Place => _place;

    /// <summary>The error leaves a step of an eager loop; for the filter of a <c>catch</c>, which it never enters.</summary>
    internal bool LeaveStep(LoopPlace loop, long step)
    {
        _where.Add(loop.Of(step));
        return false;
    }
}
