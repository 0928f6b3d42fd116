using Brachy.Compilation;

namespace Brachy.NN;

/// <summary>
/// Decides which LSTM layers are kernels of oneDNN (<see cref="F.LstmLayer"/>), one for each long stretch of steps; the others are loops.
/// </summary>
internal static class FusedLstm
{
    // Measured, as all of these (docs/decisions/0016-lstm-kernels.md): with fewer steps the kernel's start takes longer than it saves. Each
    // run lays the weights out anew, which must pay for the elements that it reads.
    private const long FewestSteps = 16;
    private const long MostWeightsPerElement = 32768;

    // A step of a loop that is not compiled takes about as long as that.
    private const long FewestStepsEagerly = 2;

    // What the kernel keeps for the gradient is one block of about so many bytes for each value of a state and step. The C library takes
    // blocks of 32 MiB and more from the system each time, page by page: one kernel runs over each stretch of steps that keeps less. All
    // together keep two to three times what a loop does, which gains too little where that is much.
    private const long BytesKept = 80;
    private const long MostBytesKept = 32 << 20;
    private const long MostStretches = 4;

    /// <summary>Runs a layer in one direction; null where a loop is better, or the kernel may not run.</summary>
    /// <param name="x">[L, N, I].</param>
    /// <param name="first">The first states.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="reverse">Whether the last element comes first.</param>
    public static ((Tensor H, Tensor C) Last, Tensor Output)? Run(
        Tensor x, (Tensor H, Tensor C) first, RecurrentWeights weights, bool reverse)
    {
        var isDifferentiated = Trace.Current is { OpenGradients: > 0 };
        if (!IsBetter(x, first, weights, isDifferentiated))
        {
            return null;
        }

        var bias = weights.Bias ?? F.zeros([weights.Hidden.shape[0]], x.dtype, x.device);
        var stretches = isDifferentiated ? Stretches(x, first.H) : 1;
        var outputs = new Tensor[stretches];
        var states = first;
        for (var i = 0; i < stretches; i++)
        {
            var at = reverse ? stretches - 1 - i : i;
            var (from, to) = (at * x.shape[0] / stretches, (at + 1) * x.shape[0] / stretches);
            var part = stretches == 1 ? x : F.narrow(x, 0, from, to - from);
            var workspace = isDifferentiated ? LstmKernels.WorkspaceOf(part.Type, states.H.Type, reverse) : 0;
            var results = F.LstmLayer.BindAll(
                new LstmLayerSettings(reverse, workspace), part, weights.Input, weights.Hidden, bias, states.H, states.C);
            (outputs[at], states) = (results[0], (results[1], results[2]));
        }

        return (states, stretches == 1 ? outputs[0] : F.cat(outputs, 0));
    }

    private static long Stretches(Tensor x, Tensor h) =>
        Math.Min(x.shape[0], (BytesKept * x.shape[0] * x.shape[1] * h.shape[1] / MostBytesKept) + 1);

    private static bool IsBetter(Tensor x, (Tensor H, Tensor C) first, RecurrentWeights weights, bool isDifferentiated)
    {
        Tensor?[] all = [x, first.H, first.C, weights.Input, weights.Hidden, weights.InputBias, weights.HiddenBias];
        if (weights.Projection is not null || all.Any(t => t is not null && (t.dtype != DType.Float32 || t.device != Device.CPU))
            || CompilerPasses.IsDisabled(CompilerPasses.FusedLstm))
        {
            return false;
        }

        // A second derivative goes through the steps, all of which a loop keeps for it.
        var trace = Trace.Current;
        if (trace is { IsOfTypesOnly: true } or { OpenGradients: > 1 })
        {
            return false;
        }

        var (length, batch) = (x.shape[0], x.shape[1]);
        return batch > 0 && (trace is { IsSymbolic: true } ? IsBetterThanACompiledLoop() : length >= FewestStepsEagerly)
            && LstmKernels.MayRun(x.Type);

        bool IsBetterThanACompiledLoop()
        {
            var stretches = isDifferentiated ? Stretches(x, first.H) : 1;
            return stretches <= MostStretches && length / stretches >= FewestSteps
                && (weights.Input.shape.NumElements + weights.Hidden.shape.NumElements) * stretches
                    <= MostWeightsPerElement * length * batch;
        }
    }
}
