using System.Runtime.InteropServices;
using Brachy.CompilerServices;
using Brachy.IO.Onnx;
using Brachy.IO.Tracing;
using Brachy.Tests.Ops;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Brachy.Tests.OnnxFiles;

/// <summary>Runs models by ONNX Runtime.</summary>
internal static class OnnxRun
{
    private static readonly SessionOptions s_options = new()
    {
        LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        IntraOpNumThreads = 1,
        InterOpNumThreads = 1,
    };

    /// <summary>A session of a model.</summary>
    public static InferenceSession Session(byte[] model) => new(model, s_options);

    /// <summary>What a model gives for some inputs, in the order of its inputs and outputs.</summary>
    public static Tensor[] Run(byte[] model, params Tensor[] inputs)
    {
        using var session = Session(model);
        return Run(session, inputs);
    }

    /// <inheritdoc cref="Run(byte[], Tensor[])"/>
    public static Tensor[] Run(InferenceSession session, params Tensor[] inputs)
    {
        var names = session.InputNames;
        Assert.Equal(inputs.Length, names.Count);
        var values = inputs.Select(ToValue).ToArray();
        using var options = new RunOptions();
        using var results = session.Run(options, names, values, session.OutputNames);
        Tensor[] tensors = [.. results.Select(ToTensor)];
        Array.ForEach(values, value => value.Dispose());
        return tensors;
    }

    /// <summary>A use of a primitive as a model: plain numbers stay numbers.</summary>
    public static byte[] Write(OpSample sample, Tensor[] inputs) => Write(FunctionOf(sample, inputs), new());

    /// <summary>A use of a primitive as a function of those operands that are no plain numbers.</summary>
    public static ExportedFunction FunctionOf(OpSample sample, Tensor[] inputs)
    {
        var tensors = TreeHandler.Array(TreeHandler.Tensor);
        TreeHandler.Register(tensors);
        return ExportedFunction.Of(
            sample.ToString(), new ArgumentsHandler<Tensor[]>(Transforms.ArgumentRoles.OfJit(1, null)), tensors,
            new Arguments<Tensor[]>([.. inputs.Where(x => x.Number is null)]), ["input"], arguments =>
            {
                var tensors = arguments.Argument1;
                var next = 0;
                Tensor[] operands = [.. inputs.Select(x => x.Number is null ? tensors[next++] : x)];
                return sample.Primitive.BindUntyped(sample.Settings ?? Extending.Settings.None, operands);
            });
    }

    /// <summary>The bytes of a function's model.</summary>
    public static byte[] Write(ExportedFunction function, Brachy.IO.OnnxOptions options)
    {
        using var stream = new MemoryStream();
        OnnxModelFile.Write(stream, OnnxConversion.Run(function, options.Varying, options), options);
        return stream.ToArray();
    }

    private static OrtValue ToValue(Tensor tensor)
    {
        using var use = tensor.Use();
        var bytes = new MemoryStream();
        Brachy.IO.TensorMemory.Write(use.Buffer, bytes.Write);
        var value = OrtValue.CreateAllocatedTensorValue(
            OrtAllocator.DefaultInstance, (TensorElementType)OnnxTypes.CodeOf(tensor.dtype), tensor.shape.ToArray());
        bytes.ToArray().CopyTo(value.GetTensorMutableRawData());
        return value;
    }

    private static Tensor ToTensor(OrtValue value)
    {
        var info = value.GetTensorTypeAndShape();
        var dtype = DTypes.All.First(type => OnnxTypes.CodeOf(type) == (long)info.ElementDataType);
        Shape shape = info.Shape;
        var bytes = value.GetTensorMutableRawData();
        return dtype switch
        {
            DType.Bool => Tensor.FromArray(MemoryMarshal.Cast<byte, bool>(bytes).ToArray(), shape),
            DType.UInt8 => Tensor.FromArray(bytes.ToArray(), shape),
            DType.Int8 => Tensor.FromArray(MemoryMarshal.Cast<byte, sbyte>(bytes).ToArray(), shape),
            DType.Int16 => Tensor.FromArray(MemoryMarshal.Cast<byte, short>(bytes).ToArray(), shape),
            DType.Int32 => Tensor.FromArray(MemoryMarshal.Cast<byte, int>(bytes).ToArray(), shape),
            DType.Int64 => Tensor.FromArray(MemoryMarshal.Cast<byte, long>(bytes).ToArray(), shape),
            DType.Float16 => Tensor.FromArray(
                Array.ConvertAll(MemoryMarshal.Cast<byte, Half>(bytes).ToArray(), half => (float)half), shape).to(dtype),
            DType.BFloat16 => Tensor.FromArray(
                Array.ConvertAll(MemoryMarshal.Cast<byte, ushort>(bytes).ToArray(), b => BitConverter.UInt32BitsToSingle((uint)b << 16)),
                shape).to(dtype),
            DType.Float32 => Tensor.FromArray(MemoryMarshal.Cast<byte, float>(bytes).ToArray(), shape),
            _ => Tensor.FromArray(MemoryMarshal.Cast<byte, double>(bytes).ToArray(), shape),
        };
    }
}
