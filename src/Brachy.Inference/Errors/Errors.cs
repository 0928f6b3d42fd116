namespace Brachy;

/// <summary>A tensor has a shape that the operation cannot take.</summary>
public sealed class ShapeException(string message) : ArgumentException(message), IPlacedError
{
    private readonly ErrorPlace _place = new();

    /// <inheritdoc/>
    public override string Message => _place.In(base.Message);

    ErrorPlace IPlacedError.Place => _place;
}

/// <summary>A tensor has an element type that the operation cannot take.</summary>
public sealed class DTypeException(string message) : ArgumentException(message), IPlacedError
{
    private readonly ErrorPlace _place = new();

    /// <inheritdoc/>
    public override string Message => _place.In(base.Message);

    ErrorPlace IPlacedError.Place => _place;
}

/// <summary>A kernel failed at run time, for example on an index out of range or for lack of memory.</summary>
public sealed class NativeOpException(string message, Exception? inner = null) : InvalidOperationException(message, inner), IPlacedError
{
    private readonly ErrorPlace _place = new();

    /// <inheritdoc/>
    public override string Message => _place.In(base.Message);

    ErrorPlace IPlacedError.Place => _place;
}
