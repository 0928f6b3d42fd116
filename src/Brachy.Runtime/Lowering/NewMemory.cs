using Brachy.Native;

namespace Brachy.Compilation;

/// <summary>Memory for results that no kernel of libtorch makes.</summary>
internal static unsafe class NewMemory
{
    /// <summary>A native tensor whose elements are not set, dense and in main memory.</summary>
    /// <param name="type">Its type.</param>
    /// <exception cref="NativeOpException">There is no memory.</exception>
    public static nint Of(TensorType type)
    {
        fixed (long* sizes = type.Shape.Sizes)
        {
            var tensor = TorchNative.Empty(sizes, type.Rank, (sbyte)type.DType, device: 0, deviceIndex: -1, needsGradient: false);
            return tensor != 0
                ? tensor
                : throw new NativeOpException($"There is no memory for a result {type}: {ScriptHandle.TakeError()}");
        }
    }

    /// <summary>A tensor over such memory.</summary>
    public static Tensor TensorOf(TensorType type) => new(type, new Buffer(Of(type), type.ByteSize, isShared: false));
}
