using Brachy.Extending;

namespace Brachy;

/// <summary>Devices that there are.</summary>
internal static class AvailableDevice
{
    /// <summary>Throws unless this machine has the device: libtorch may not survive the attempt to use another.</summary>
    public static Device Of(RuleArgs x, Device device)
    {
        if (device.Kind == DeviceKind.Cpu)
        {
            return device.Index == 0 ? device : throw new DeviceException(
                $"{x.Primitive.Name}: there is one cpu device, {Device.CPU}, but {device.Index} was asked for.");
        }

        Native.NativeRuntime.EnsureLoaded();
        var count = TorchSharp.torch.cuda.is_available() ? TorchSharp.torch.cuda.device_count() : 0;
        return device.Index >= 0 && device.Index < count
            ? device
            : throw new DeviceException(
                $"{x.Primitive.Name}: device {device} does not exist: this process sees {count} CUDA devices; use Device.CPU.");
    }
}
