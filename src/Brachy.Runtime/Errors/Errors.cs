namespace Brachy;

/// <summary>Tensors of one operation lie on different devices.</summary>
public sealed class DeviceException(string message) : ArgumentException(message), IPlacedError
{
    private readonly ErrorPlace _place = new();

    /// <inheritdoc/>
    public override string Message => _place.In(base.Message);

    ErrorPlace IPlacedError.Place => _place;
}

/// <summary>
/// A compiled function cannot serve a size that was declared to vary: it depends on the size in a way that
/// no one version has, or sizes of one name differ. The message says where.
/// </summary>
public sealed class VaryingSizeException(string message, Exception? inner = null) : ArgumentException(message, inner);

/// <summary>The value of a tensor was asked for while its function is being traced, when it has none.</summary>
public sealed class ConcretizationException(string message) : InvalidOperationException(message);

/// <summary>A traced tensor was used after its trace had ended, or on another thread.</summary>
public sealed class LeakedTensorException(string message) : InvalidOperationException(message);

/// <summary>A tensor was used after it had been given away to a jitted function that may reuse its memory.</summary>
public sealed class DonatedTensorException(string message) : InvalidOperationException(message);

/// <summary>A gradient was asked for that does not exist.</summary>
public sealed class DifferentiationException(string message) : InvalidOperationException(message);

/// <summary>A module was called that lacks the value of a member.</summary>
internal sealed class MissingValueException(string message) : InvalidOperationException(message), IPlacedError
{
    private readonly ErrorPlace _place = new();

    /// <inheritdoc/>
    public override string Message => _place.In(base.Message);

    ErrorPlace IPlacedError.Place => _place;
}
