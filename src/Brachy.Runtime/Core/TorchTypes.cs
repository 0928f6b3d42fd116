using Brachy.Native;
using TorchSharp;

namespace Brachy;

/// <summary>Element types, devices and numbers as TorchSharp has them.</summary>
internal static class TorchTypes
{
    public static torch.ScalarType ToTorch(this DType dtype) => (torch.ScalarType)(sbyte)dtype;

    public static DType DTypeOf(torch.ScalarType type)
    {
        var dtype = (DType)(sbyte)type;
        return Enum.IsDefined(dtype)
            ? dtype
            : throw new NotSupportedException(
                $"Element type {type} is not supported; use one of {string.Join(", ", DTypes.All.Select(DTypes.Name))}.");
    }

    public static torch.Device ToTorch(this Device device) =>
        device.Kind == DeviceKind.Cpu ? torch.CPU : torch.device(DeviceType.CUDA, device.Index);

    public static Device DeviceOf(torch.Device device) => device.type switch
    {
        DeviceType.CPU => Device.CPU,
        DeviceType.CUDA => Device.CUDA(Math.Max(0, device.index)),
        _ => throw new NotSupportedException($"Device {device} is not supported; use cpu or cuda."),
    };

    public static TorchSharp.Scalar ToTorch(this Scalar number) => number.Kind switch
    {
        ScalarKind.Real => NativeNumber.Of(number.ToDouble()),
        ScalarKind.Integer => NativeNumber.Of(number.ToInt64()),
        _ => NativeNumber.Of(number.ToBool()),
    };

    /// <summary>A 0-dim native tensor. Integers do not go through double, which rounds large ones.</summary>
    public static torch.Tensor ToTorch(this Scalar number, DType dtype) => number.Kind == ScalarKind.Real
        ? torch.tensor(number.ToDouble(), dtype: dtype.ToTorch())
        : torch.tensor(number.ToInt64(), dtype: dtype.ToTorch());
}
