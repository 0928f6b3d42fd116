using System.Text;

namespace Brachy.IO.Onnx;

/// <summary>Writes models, and beside large ones a file with their tensors.</summary>
internal static class OnnxModelFile
{
    // Below it a tensor is quicker to read where it is; pages of memory begin at multiples of the other.
    private const long SmallestExternal = 1024;
    private const long Alignment = 4096;

    // What readers of protobuf take.
    private const long LargestMessage = int.MaxValue;

    /// <summary>Writes a model to a file; the one that was there before is replaced when the new one is complete.</summary>
    /// <param name="path">The file. Tensors of a large model lie in one of the same name with <c>.data</c> behind it.</param>
    /// <param name="model">The model.</param>
    /// <param name="options">The options.</param>
    public static void Write(string path, OnnxModel model, OnnxOptions options)
    {
        using var uses = new BufferUses();
        var buffers = model.Large.ToDictionary(tensor => tensor, tensor => uses.Add(tensor.Value));
        var data = $"{path}.data";
        if (model.Large.Sum(tensor => tensor.Value.Type.ByteSize) <= options.ExternalDataThreshold
            || !model.Large.Any(tensor => tensor.Value.Type.ByteSize >= SmallestExternal))
        {
            var whole = ModelMessages.Of(model, options.Opset, tensor => Inside(tensor, buffers[tensor]));
            RequireSize(whole);
            var isOld = IsDataOf(path, data);
            AtomicFile.Write(path, whole.WriteTo);
            if (isOld)
            {
                File.Delete(data);
            }

            return;
        }

        var outside = new List<(LargeTensor Tensor, long Offset)>();
        var end = 0L;
        var message = ModelMessages.Of(model, options.Opset, tensor =>
        {
            var size = tensor.Value.Type.ByteSize;
            if (size < SmallestExternal)
            {
                return Inside(tensor, buffers[tensor]);
            }

            var offset = (end + Alignment - 1) / Alignment * Alignment;
            outside.Add((tensor, offset));
            end = offset + size;
            return ModelMessages.Header(tensor.Name, tensor.Value.dtype, tensor.Value.shape)
                .Add(13, Entry("location", Path.GetFileName(data))).Add(13, Entry("offset", $"{offset}"))
                .Add(13, Entry("length", $"{size}")).Add(14, 1);
        });
        RequireSize(message);

        // The model, which says what lies where, takes its place last.
        AtomicFile.Write(path, stream =>
        {
            message.WriteTo(stream);
            AtomicFile.Write(data, to =>
            {
                foreach (var (tensor, offset) in outside)
                {
                    to.Write(new byte[offset - to.Position]);
                    TensorMemory.Write(buffers[tensor], to.Write);
                }
            });
        });
    }

    /// <summary>Writes a model to a stream, all of it.</summary>
    /// <exception cref="ArgumentException">It is too large for one message.</exception>
    public static void Write(Stream stream, OnnxModel model, OnnxOptions options)
    {
        using var uses = new BufferUses();
        var buffers = model.Large.ToDictionary(tensor => tensor, tensor => uses.Add(tensor.Value));
        var message = ModelMessages.Of(model, options.Opset, tensor => Inside(tensor, buffers[tensor]));
        RequireSize(message);
        message.WriteTo(stream);
    }

    /// <summary>Whether a file is that of the tensors of the model which is about to be replaced.</summary>
    private static bool IsDataOf(string path, string data)
    {
        const long MostWithoutTensors = 1L << 26;
        return File.Exists(data) && File.Exists(path) && new FileInfo(path).Length <= MostWithoutTensors
            && File.ReadAllBytes(path).AsSpan().IndexOf(Encoding.UTF8.GetBytes(Path.GetFileName(data))) >= 0;
    }

    private static ProtoMessage Inside(LargeTensor tensor, Buffer buffer) =>
        ModelMessages.Header(tensor.Name, tensor.Value.dtype, tensor.Value.shape)
            .Add(9, tensor.Value.Type.ByteSize, stream => TensorMemory.Write(buffer, stream.Write));

    private static ProtoMessage Entry(string key, string value) => new ProtoMessage().Add(1, key).Add(2, value);

    private static void RequireSize(ProtoMessage message)
    {
        if (message.Length > LargestMessage)
        {
            throw new ArgumentException(
                $"The model has {message.Length} bytes, and a message of protobuf has at most {LargestMessage}. Write it to a file, with "
                + $"{nameof(OnnxOptions.ExternalDataThreshold)} below that.");
        }
    }
}
