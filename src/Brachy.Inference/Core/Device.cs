namespace Brachy;

/// <summary>Where a tensor's memory lies.</summary>
/// <param name="Kind">The kind of processor.</param>
/// <param name="Index">Which one of that kind; 0 for the CPU.</param>
public readonly record struct Device(DeviceKind Kind, int Index = 0)
{
    /// <summary>Main memory.</summary>
    public static Device CPU => default;

    /// <summary>A CUDA device.</summary>
    /// <param name="index">The device's number, from 0.</param>
    public static Device CUDA(int index = 0) => new(DeviceKind.Cuda, index);

    /// <summary><c>cpu</c> or <c>cuda:0</c>, as PyTorch writes it.</summary>
    public override string ToString() => Kind == DeviceKind.Cpu ? "cpu" : $"cuda:{Index}";
}

/// <summary>The kinds of device that Brachy runs on.</summary>
public enum DeviceKind
{
    /// <summary>The host's processor.</summary>
    Cpu,

    /// <summary>An NVIDIA GPU.</summary>
    Cuda,
}
