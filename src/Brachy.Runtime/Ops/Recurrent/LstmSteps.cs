using Brachy.Extending;

namespace Brachy;

/// <summary>
/// Long short-term memory step by step, by the formulas of torch.nn. Source: pytorch.org/docs/stable/generated/torch.nn.LSTM.html.
/// </summary>
internal static class LstmSteps
{
    /// <summary>i, f, o = σ(x + W h), g = tanh(x + W h), c' = f c + i g, h' = o tanh(c').</summary>
    /// <param name="x">What an element adds to the gates, biases included.</param>
    /// <param name="h">The state before it.</param>
    /// <param name="c">The cell state before it.</param>
    /// <param name="weight">From the state to the gates.</param>
    public static (Tensor H, Tensor C) Step(Tensor x, Tensor h, Tensor c, Tensor weight)
    {
        var gates = F.chunk(x + F.linear(h, weight), 4, -1);
        var next = (F.sigmoid(gates[1]) * c) + (F.sigmoid(gates[0]) * F.tanh(gates[2]));
        return (F.sigmoid(gates[3]) * F.tanh(next), next);
    }

    /// <summary>A layer: a loop of the graph that is being recorded, otherwise step after step.</summary>
    /// <param name="operands">Those of <see cref="F.LstmLayer"/>.</param>
    /// <param name="reverse">Whether the last element of a sequence comes first.</param>
    public static (Tensor Output, Tensor H, Tensor C) Layer(IReadOnlyList<Tensor> operands, bool reverse)
    {
        var (gates, weight, h, c) = (F.linear(operands[0], operands[1], operands[3]), operands[2], operands[4], operands[5]);
        var length = gates.shape[0];
        if (Trace.Current is { IsSymbolic: true })
        {
            var row = gates.Type.WithShape([.. gates.shape.Skip(1)]);
            var step = TracedBody.Of("the step of an LSTM layer", [(h.Type, "h"), (c.Type, "c"), (row, "x")], before =>
            {
                var after = Step(before[2], before[0], before[1], weight);
                return [after.H, after.C, after.H];
            });
            var results = RecordedLoop.Scan(step, [h, c], [() => gates], length, reverse);
            return (results[2], results[0], results[1]);
        }

        var outputs = new Tensor[length];
        for (var i = 0L; i < length; i++)
        {
            var place = reverse ? length - 1 - i : i;
            (h, c) = Step(F.select(gates, 0, place), h, c, weight);
            outputs[place] = h;
        }

        return (F.stack(outputs), h, c);
    }

    /// <summary>All results of <see cref="F.LstmLayer"/>, of which only its kernel writes what it keeps.</summary>
    public static Tensor[] Results(IReadOnlyList<Tensor> operands, LstmLayerSettings settings)
    {
        var (output, h, c) = Layer(operands, settings.Reverse);
        return settings.Workspace > 0 ? [output, h, c, F.zeros([settings.Workspace], DType.UInt8, output.device)] : [output, h, c];
    }

    /// <summary>The gradients of a layer's operands.</summary>
    /// <param name="operands">Those of <see cref="F.LstmLayerBackward"/>.</param>
    /// <param name="reverse">Whether the last element of a sequence came first.</param>
    public static Tensor[] Gradients(IReadOnlyList<Tensor> operands, bool reverse)
    {
        Tensor[] layer = [.. operands.Take(6)];
        var (_, gradients) = Pullback.Differentiate(
            layer, x => Layer(x, reverse), y => ([y.Output, y.H, y.C], [operands[9], operands[10], operands[11]]));
        return [.. gradients.Select((gradient, i) => gradient ?? F.zeros_like(layer[i]))];
    }
}
