using System.Buffers.Binary;

namespace Brachy.IO.Onnx;

/// <summary>Models as messages of onnx.proto. Numbers are those of its fields.</summary>
internal static class ModelMessages
{
    private const long IrVersion = 10;

    /// <summary>A model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="opset">The version of the operators.</param>
    /// <param name="tensorOf">Makes the message of a tensor.</param>
    public static ProtoMessage Of(OnnxModel model, long opset, Func<LargeTensor, ProtoMessage> tensorOf)
    {
        var graph = new ProtoMessage();
        AddNodes(graph, model.Graph);
        graph.Add(2, model.Graph.Name);
        foreach (var tensor in model.Large)
        {
            graph.Add(5, tensorOf(tensor));
        }

        foreach (var tensor in model.Small)
        {
            graph.Add(5, Of(tensor));
        }

        AddInfos(graph, model.Graph);
        return new ProtoMessage().Add(1, IrVersion).Add(2, "Brachy").Add(7, graph)
            .Add(8, new ProtoMessage().Add(1, "").Add(2, opset));
    }

    /// <summary>Name, type and shape of a tensor.</summary>
    public static ProtoMessage Header(string name, DType dtype, Shape shape)
    {
        var message = new ProtoMessage();
        foreach (var size in shape)
        {
            message.Add(1, size);
        }

        return message.Add(2, OnnxTypes.CodeOf(dtype)).Add(8, name);
    }

    private static ProtoMessage OfBody(OnnxGraph body)
    {
        var graph = new ProtoMessage();
        AddNodes(graph, body);
        graph.Add(2, body.Name);
        AddInfos(graph, body);
        return graph;
    }

    private static void AddNodes(ProtoMessage graph, OnnxGraph source)
    {
        foreach (var node in source.Nodes)
        {
            var message = new ProtoMessage();
            foreach (var input in node.Inputs)
            {
                message.Add(1, input);
            }

            foreach (var output in node.Outputs)
            {
                message.Add(2, output);
            }

            message.Add(3, node.Name).Add(4, node.OpType);
            foreach (var attribute in node.Attributes)
            {
                message.Add(5, Of(attribute));
            }

            graph.Add(1, message);
        }
    }

    private static void AddInfos(ProtoMessage graph, OnnxGraph source)
    {
        foreach (var input in source.Inputs)
        {
            graph.Add(11, Of(input));
        }

        foreach (var output in source.Outputs)
        {
            graph.Add(12, Of(output));
        }
    }

    private static ProtoMessage Of(OnnxAttribute attribute)
    {
        var message = new ProtoMessage().Add(1, attribute.Name);
        return attribute.Value switch
        {
            float number => message.Add(2, number).Add(20, 1),
            long number => message.Add(3, number).Add(20, 2),
            string text => message.Add(4, text).Add(20, 3),
            OnnxGraph body => message.Add(6, OfBody(body)).Add(20, 5),
            float[] numbers => numbers.Aggregate(message, (to, number) => to.Add(7, number)).Add(20, 6),
            long[] numbers => numbers.Aggregate(message, (to, number) => to.Add(8, number)).Add(20, 7),
            string[] texts => texts.Aggregate(message, (to, text) => to.Add(9, text)).Add(20, 8),
            var other => throw new InvalidOperationException($"An attribute cannot be {other}."),
        };
    }

    private static ProtoMessage Of(OnnxValueInfo info)
    {
        var tensor = new ProtoMessage().Add(1, OnnxTypes.CodeOf(info.DType));
        if (info.Dims is not null)
        {
            var shape = new ProtoMessage();
            foreach (var dim in info.Dims)
            {
                shape.Add(1, dim is string name ? new ProtoMessage().Add(2, name) : new ProtoMessage().Add(1, (long)dim));
            }

            tensor.Add(2, shape);
        }

        return new ProtoMessage().Add(1, info.Name).Add(2, new ProtoMessage().Add(1, tensor));
    }

    private static ProtoMessage Of(SmallTensor tensor)
    {
        var bytes = new byte[tensor.Numbers.Length * tensor.DType.ItemSize()];
        for (var i = 0; i < tensor.Numbers.Length; i++)
        {
            Write(bytes.AsSpan(i * tensor.DType.ItemSize()), tensor.Numbers[i], tensor.DType);
        }

        return Header(tensor.Name, tensor.DType, tensor.Shape).Add(9, bytes.Length, stream => stream.Write(bytes));
    }

    private static void Write(Span<byte> to, Scalar value, DType dtype)
    {
        switch (dtype)
        {
            case DType.Bool:
                to[0] = value.ToBool() ? (byte)1 : (byte)0;
                break;
            case DType.UInt8:
            case DType.Int8:
                to[0] = unchecked((byte)value.ToInt64());
                break;
            case DType.Int16:
                BinaryPrimitives.WriteInt16LittleEndian(to, unchecked((short)value.ToInt64()));
                break;
            case DType.Int32:
                BinaryPrimitives.WriteInt32LittleEndian(to, unchecked((int)value.ToInt64()));
                break;
            case DType.Int64:
                BinaryPrimitives.WriteInt64LittleEndian(to, value.ToInt64());
                break;
            case DType.Float16:
                BinaryPrimitives.WriteHalfLittleEndian(to, (Half)value.ToDouble());
                break;
            case DType.BFloat16:
                BinaryPrimitives.WriteUInt16LittleEndian(to, ToBFloat16((float)value.ToDouble()));
                break;
            case DType.Float32:
                BinaryPrimitives.WriteSingleLittleEndian(to, (float)value.ToDouble());
                break;
            default:
                BinaryPrimitives.WriteDoubleLittleEndian(to, value.ToDouble());
                break;
        }
    }

    /// <summary>The upper half of a float32, rounded to the nearest, and of two to the even one.</summary>
    private static ushort ToBFloat16(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value) ? (ushort)((bits >> 16) | 0x40) : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }
}
