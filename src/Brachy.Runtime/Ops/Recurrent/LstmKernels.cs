using System.Collections.Concurrent;
using Brachy.Extending;
using Brachy.Native;
using TorchSharp;

namespace Brachy;

/// <summary>oneDNN's kernels for a layer of long short-term memory, one direction, float32, on the CPU.</summary>
internal static class LstmKernels
{
    // The kernel of the layer keeps what its gradient needs only where libtorch's autograd is on. Compiled code runs with it off.
    private static readonly EagerScript s_kernels = new(
        """
        def forward(x, wi, wh, b, h, c, reverse: bool, keep: bool):
            before = torch.is_grad_enabled()
            torch.set_grad_enabled(keep)
            y, hy, cy, kept = torch.mkldnn_rnn_layer(
                x.contiguous(), wi.contiguous(), wh.contiguous(), b.contiguous(), torch.zeros_like(b), h.contiguous(), c.contiguous(),
                reverse, [0][1:], 2, h.size(1), 1, True, False, False, keep)
            torch.set_grad_enabled(before)
            return [y, hy, cy, kept] if keep else [y, hy, cy]

        def backward(x, wi, wh, b, h, c, y, hy, cy, gy, gh, gc, kept, reverse: bool):
            r = torch.mkldnn_rnn_layer_backward(
                x.contiguous(), wi.contiguous(), wh.contiguous(), b.contiguous(), torch.zeros_like(b), h.contiguous(), c.contiguous(),
                y.contiguous(), hy.contiguous(), cy.contiguous(), gy.contiguous(), gh.contiguous(), gc.contiguous(), reverse, 2,
                h.size(1), 1, True, True, False, [0][1:], False, kept)
            return [r[0], r[1], r[2], r[3], r[5], r[6]]

        """);

    private static readonly Lazy<bool> s_isRight = new(LstmSelfCheck.Run);
    private static readonly ConcurrentDictionary<(long Length, long Batch, long Input, long Size, bool Reverse), long> s_workspaces = [];

    /// <summary>Whether the kernels may run for sequences of a type, on this machine.</summary>
    public static bool MayRun(TensorType x)
    {
        if (x.DType != DType.Float32 || x.Device != Device.CPU)
        {
            return false;
        }

        NativeRuntime.EnsureLoaded();
        return OneDnn.OfProcess.IsOn && s_isRight.Value;
    }

    /// <summary>
    /// The bytes that the kernel keeps for the gradient of a layer; 0 where it may not run. Only a run tells: it is made once for each
    /// size.
    /// </summary>
    /// <param name="x">The sequences.</param>
    /// <param name="h">The first states.</param>
    /// <param name="reverse">Whether the last element of a sequence comes first.</param>
    public static long WorkspaceOf(TensorType x, TensorType h, bool reverse)
    {
        if (!MayRun(x))
        {
            return 0;
        }

        var key = (Length: x.Shape[0], Batch: x.Shape[1], Input: x.Shape[2], Size: h.Shape[1], reverse);
        return s_workspaces.GetOrAdd(key, _ =>
        {
            using var scope = torch.NewDisposeScope();
            torch.Tensor Zeros(params long[] shape) => torch.zeros(shape);
            torch.Tensor[] operands =
            [
                Zeros(key.Length, key.Batch, key.Input), Zeros(4 * key.Size, key.Input), Zeros(4 * key.Size, key.Size),
                Zeros(4 * key.Size), Zeros(key.Batch, key.Size), Zeros(key.Batch, key.Size),
            ];
            return Forward(operands, reverse, keep: true)[3].shape[0];
        });
    }

    /// <summary>The results of <see cref="F.LstmLayer"/>.</summary>
    public static torch.Tensor[] Forward(torch.Tensor[] operands, bool reverse, bool keep) =>
        s_kernels.Invoke("forward", [.. operands, reverse, keep]);

    /// <summary>The results of <see cref="F.LstmLayerBackward"/>.</summary>
    public static torch.Tensor[] Backward(torch.Tensor[] operands, bool reverse) => s_kernels.Invoke("backward", [.. operands, reverse]);

    /// <summary>The same in TorchScript.</summary>
    public static string WriteForward(ScriptArgs x, bool reverse, bool keep)
    {
        var operands = Operands(x);
        var before = keep ? x.Let("torch.is_grad_enabled()") : "";
        if (keep)
        {
            x.Statement("torch.set_grad_enabled(True)");
        }

        var results = x.Let($"torch.mkldnn_rnn_layer({operands}, {Script.Flag(reverse)}, [0][1:], 2, {x.Types[4].Shape[1]}, 1, True, "
            + $"False, False, {Script.Flag(keep)})");
        if (keep)
        {
            x.Statement($"torch.set_grad_enabled({before})");
        }

        return keep ? results : $"({results}[0], {results}[1], {results}[2])";
    }

    /// <summary>The same in TorchScript.</summary>
    public static string WriteBackward(ScriptArgs x, bool reverse)
    {
        var others = string.Join(", ", Enumerable.Range(6, 6).Select(x.Dense));
        var results = x.Let($"torch.mkldnn_rnn_layer_backward({Operands(x)}, {others}, {Script.Flag(reverse)}, 2, {x.Types[4].Shape[1]}, "
            + $"1, True, True, False, [0][1:], False, {x[12]})");

        // The kernel adds the biases, and gives the gradient of their sum twice.
        return $"({string.Join(", ", new[] { 0, 1, 2, 3, 5, 6 }.Select(i => $"{results}[{i}]"))})";
    }

    private static string Operands(ScriptArgs x)
    {
        var bias = x.Dense(3);
        return $"{x.Dense(0)}, {x.Dense(1)}, {x.Dense(2)}, {bias}, {x.Let($"torch.zeros_like({bias})")}, {x.Dense(4)}, {x.Dense(5)}";
    }
}
