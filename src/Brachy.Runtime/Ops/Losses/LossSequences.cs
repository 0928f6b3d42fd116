using Brachy.Extending;
using Brachy.Native;
using static Brachy.CtcRules;
using static Brachy.F;

namespace Brachy;

/// <summary>The class that stands for nothing.</summary>
internal sealed record CtcSettings(long Blank) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("blank", Blank)];
}

// The loss of sequences whose alignment is not known.
public static partial class F
{
    /// <summary>
    /// Connectionist temporal classification: minus the log probability that a sequence of distributions gives the target, over all ways of
    /// stretching it with repeats and blanks. Source: pytorch.org/docs/stable/generated/torch.nn.CTCLoss.html.
    /// </summary>
    /// <param name="log_probs">Log probabilities, [T, N, C] or [T, C], float32 or float64: what log_softmax gives.</param>
    /// <param name="targets">
    /// Class numbers of an integer type, [N, S], of which the first target_lengths[n] count; or all those that count one after the
    /// other; [S] without a batch.
    /// </param>
    /// <param name="input_lengths">How many of the T distributions count, integers of shape [N], or one without a batch.</param>
    /// <param name="target_lengths">How many of the S class numbers count, integers of shape [N], or one without a batch.</param>
    /// <param name="blank">The class that stands for nothing.</param>
    /// <param name="reduction">What to make of the losses. The mean divides each by the length of its target first.</param>
    /// <param name="zero_infinity">Whether infinite losses, of targets too long for their input, and their gradients become 0.</param>
    /// <returns>A scalar; with <see cref="Reduction.None"/> [N], or a scalar without a batch.</returns>
    /// <remarks>
    /// The gradient by log_probs is that of the formula. PyTorch's own gradient there has a term more, exp(log_probs), which
    /// vanishes behind log_softmax.
    /// </remarks>
    /// <exception cref="ShapeException">The shapes do not fit, or there is nothing.</exception>
    /// <exception cref="DTypeException">The element types do not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">blank is no class.</exception>
    /// <exception cref="NativeOpException">A length is too large or negative, or a target is no class.</exception>
    public static Tensor ctc_loss(
        Tensor log_probs, Tensor targets, Tensor input_lengths, Tensor target_lengths, long blank = 0, Reduction reduction = Reduction.Mean,
        bool zero_infinity = false)
    {
        const string Op = "ctc_loss";
        ArgumentNullException.ThrowIfNull(log_probs);
        var lengths = LengthsOf(Op, target_lengths, nameof(target_lengths));
        var isBatch = log_probs.ndim != 2;
        var batch = isBatch ? log_probs : unsqueeze(log_probs, 1);
        var losses = CtcLoss.Bind(
            new CtcSettings(blank), batch, TargetRows(targets, lengths), LengthsOf(Op, input_lengths, nameof(input_lengths)), lengths);
        if (zero_infinity)
        {
            losses = where(isinf(losses), 0, losses);
        }

        return reduction switch
        {
            Reduction.None => isBatch ? losses : reshape(losses, Shape.Scalar),
            Reduction.Mean => mean(losses / clamp(lengths, min: 1).to(losses.dtype)),
            _ => LossReduction.Of(Op, losses, reduction),
        };
    }

    /// <param name="log_probs">Log probabilities, [T, N, C], float32 or float64: what log_softmax gives.</param>
    /// <param name="targets">
    /// Class numbers of an integer type, [N, S], of which the first target_lengths[n] count; or all those that count one after the other.
    /// </param>
    /// <param name="input_lengths">How many of the T distributions count.</param>
    /// <param name="target_lengths">How many of the S class numbers count.</param>
    /// <param name="blank">The class that stands for nothing.</param>
    /// <param name="reduction">What to make of the losses. The mean divides each by the length of its target first.</param>
    /// <param name="zero_infinity">Whether infinite losses, of targets too long for their input, and their gradients become 0.</param>
    /// <inheritdoc cref="ctc_loss(Tensor, Tensor, Tensor, Tensor, long, Reduction, bool)"/>
    public static Tensor ctc_loss(
        Tensor log_probs, Tensor targets, ReadOnlySpan<long> input_lengths, ReadOnlySpan<long> target_lengths, long blank = 0,
        Reduction reduction = Reduction.Mean, bool zero_infinity = false) => ctc_loss(
            log_probs, targets, Tensor.FromArray(input_lengths.ToArray(), [input_lengths.Length]),
            Tensor.FromArray(target_lengths.ToArray(), [target_lengths.Length]), blank, reduction, zero_infinity);

    // Operands: log probabilities, rows of targets, and the numbers of each that count.
    internal static readonly Primitive<CtcSettings> CtcLoss = new("ctc_loss")
    {
        Abstract = x => RequireCtc(x, 0),
        Eager = x => CtcLossKernel.Invoke([x[0], x[1], x[2], x[3]], [x.Settings.Blank]),
        Script = x =>
        {
            Array.ForEach(CtcGuards(x[0], x[1], x[2], x[3]), x.Statement);
            return $"torch._ctc_loss({x[0]}, {x[1]}, {x[2]}, {x[3]}, {x.Settings.Blank}, False)[0]";
        },
        Vjp = Vjp.Rule<CtcSettings>((g, y, x) => [ctc_loss_backward(g, x), null, null, null]),
        Batching = SideBySide(0),
    };

    // Operands: gradient of the losses, and those of the loss.
    internal static readonly Primitive<CtcSettings> CtcLossBackward = new("ctc_loss_backward")
    {
        Abstract = x =>
        {
            var type = RequireCtc(x, 1);
            Shapes.RequireSameDType(x, 0, 1);
            return x[0].Shape == type.Shape
                ? type.WithShape(x[1].Shape)
                : throw new ShapeException($"{x.Primitive.Name}: the gradient {x[0]} must have the shape of the result, {type.Shape}.");
        },
        Eager = x => CtcLossBackwardKernel.Invoke([x[0], x[1], x[2], x[3], x[4]], [x.Settings.Blank]),
        Script = x =>
        {
            Array.ForEach(CtcGuards(x[1], x[2], x[3], x[4]), x.Statement);
            var r = x.Let($"torch._ctc_loss({x[1]}, {x[2]}, {x[3]}, {x[4]}, {x.Settings.Blank}, False)");
            var gradient = x.Let(
                $"torch._ctc_loss_backward({x[0]}, {x[1]}, {x[2]}, {x[3]}, {x[4]}, {r}[0], {r}[1], {x.Settings.Blank}, True)");
            return CtcGradient(gradient, x[0], x[1], x[3], r + "[0]");
        },
        Vjp = Vjp.Decompose<CtcSettings>(x =>
        {
            var (_, gradients) = Pullback.Differentiate(
                [x[1]], a => CtcLossInSteps(a[0], x[2], x[3], x[4], x.Settings.Blank), y => ([y], [x[0]]));
            return [gradients[0]!];
        }),
        Batching = SideBySide(1),
    };
}

/// <summary>The rules of the loss, natively and in single steps.</summary>
file static class CtcRules
{
    public static Tensor LengthsOf(string op, Tensor lengths, string name)
    {
        ArgumentNullException.ThrowIfNull(lengths, name);
        return lengths.dtype.IsInteger() && lengths.ndim < 2
            ? reshape(lengths.Number is { } number ? full([1], number, DType.Int64) : lengths.to(DType.Int64), -1)
            : throw new DTypeException($"{op}: {name} must hold integers, one for each sequence, but is {lengths.Type}.");
    }

    /// <summary>Targets as int64 [N, S]. Those that lie one after the other are put in rows.</summary>
    public static Tensor TargetRows(Tensor targets, Tensor lengths)
    {
        ArgumentNullException.ThrowIfNull(targets);
        if (!targets.dtype.IsInteger() || targets.Number is not null || targets.ndim is not (1 or 2))
        {
            throw new DTypeException(
                $"ctc_loss: targets must be [N, S], or [S], and hold class numbers of an integer type, but is {targets.Type}.");
        }

        var numbers = targets.to(DType.Int64);
        if (targets.numel() == 0)
        {
            return full([lengths.shape[0], 1], -1, DType.Int64);
        }

        if (targets.ndim == 2)
        {
            return numbers;
        }

        // Places after the end become -1, which the kernel refuses if they count.
        var (rows, count) = (lengths.shape[0], targets.shape[0]);
        var places = unsqueeze(cumsum(lengths, 0) - lengths, 1) + arange(count);
        var isThere = logical_and(ge(places, 0), lt(places, count));
        var index = reshape(where(isThere, places, 0), rows * count);
        return where(isThere, reshape(gather(numbers, 0, index), rows, count), -1);
    }

    public static readonly ScriptFunction CtcLossKernel = new(
        $"""
        def main(x, targets, inputs, lengths, blank: int):
            {string.Join("\n    ", CtcGuards("x", "targets", "inputs", "lengths"))}
            return (torch._ctc_loss(x, targets, inputs, lengths, blank, False)[0],)

        """,
        results: 1);

    public static readonly ScriptFunction CtcLossBackwardKernel = new(
        $"""
        def main(g, x, targets, inputs, lengths, blank: int):
            {string.Join("\n    ", CtcGuards("x", "targets", "inputs", "lengths"))}
            r = torch._ctc_loss(x, targets, inputs, lengths, blank, False)
            y = torch._ctc_loss_backward(g, x, targets, inputs, lengths, r[0], r[1], blank, True)
            return ({CtcGradient("y", "g", "x", "inputs", "r[0]")},)

        """,
        results: 1);

    /// <summary>Batches of sequences are more sequences.</summary>
    /// <param name="logProbs">The position of the log probabilities, [T, N, C].</param>
    public static Batching SideBySide(int logProbs) => Batching.Rule(x =>
    {
        if (x.Size == 0)
        {
            return FoldedBatching.Empty(x)[0];
        }

        var result = x.Primitive.BindUntyped(x.Settings, [.. Enumerable.Range(0, x.Count).Select(
            i => i == logProbs ? FoldedBatching.FoldSecond(x.Expanded(i)) : FoldedBatching.Fold(x.Expanded(i)))])[0];
        return x.Outputs[0].Rank == 3 ? FoldedBatching.UnfoldSecond(result, x.Size) : x.InShape(result, 0);
    });

    public static Tensor ctc_loss_backward(Tensor g, VjpArgs<CtcSettings> x) => CtcLossBackward.Bind(x.Settings, [g, .. x.Inputs]);

    // The kernels read whatever memory wrong numbers lead to.
    public static string[] CtcGuards(string x, string targets, string inputs, string lengths) =>
    [
        $"assert bool(torch.all(({inputs} >= 0) & ({inputs} <= {x}.size(0)))), 'an input length is negative, or more than there are "
        + "distributions'",
        $"assert bool(torch.all(({lengths} >= 0) & ({lengths} <= {targets}.size(1)))), 'a target length is negative, or more than there "
        + "are class numbers'",
        $"assert not bool(torch.any((torch.arange({targets}.size(1)).unsqueeze(0) < {lengths}.unsqueeze(1)) & (({targets} < 0) | "
        + $"({targets} >= {x}.size(2))))), 'a target is no class'",
    ];

    /// <summary>What libtorch's kernel gives, which is the gradient behind log_softmax, without the part that vanishes there.</summary>
    public static string CtcGradient(string native, string g, string x, string inputs, string losses) =>
        $"{native} - torch.exp({x}) * (torch.where(torch.isinf({losses}), torch.zeros_like({g}), {g}).unsqueeze(0) * "
        + $"(torch.arange({x}.size(0)).unsqueeze(1) < {inputs}.unsqueeze(0))).unsqueeze(2)";

    public static TensorType RequireCtc(AbstractArgs<CtcSettings> x, int first)
    {
        const string Op = "ctc_loss";
        var (logProbs, targets) = (x[first], x[first + 1]);
        if (logProbs.DType is not (DType.Float32 or DType.Float64))
        {
            throw new DTypeException($"{Op}: log_probs must be float32 or float64, but is {logProbs}; cast it with x.to(DType.Float32).");
        }

        if (logProbs.Rank != 3 || logProbs.Shape.Contains(0))
        {
            throw new ShapeException($"{Op}: log_probs must be [T, N, C], or [T, C], and not empty, but is {logProbs}.");
        }

        var batch = logProbs.Shape[1];
        if (targets.Rank != 2 || targets.Shape[0] != batch || x[first + 2].Shape != Shape.Create([batch])
            || x[first + 3].Shape != Shape.Create([batch]))
        {
            throw new ShapeException(
                $"{Op}: log_probs {logProbs} need a row of targets, an input length and a target length for each of {batch} sequences, but "
                + $"targets are {targets}, input_lengths {x[first + 2]} and target_lengths {x[first + 3]}.");
        }

        for (var i = 1; i < 4; i++)
        {
            IndexOperands.RequireIndex(x, first + i, new[] { "targets", "input_lengths", "target_lengths" }[i - 1]);
        }

        return x.Settings.Blank >= 0 && x.Settings.Blank < logProbs.Shape[2]
            ? new TensorType([batch], logProbs.DType, x.Device)
            : throw new ArgumentOutOfRangeException(
                "blank", x.Settings.Blank, $"{Op}: blank must be one of the {logProbs.Shape[2]} classes of log_probs {logProbs}.");
    }

    /// <summary>
    /// The loss as a recursion over time, which has derivatives of every order. Formula: Graves et al., ICML 2006, section 4.1.
    /// </summary>
    public static Tensor CtcLossInSteps(Tensor logProbs, Tensor targets, Tensor inputLengths, Tensor targetLengths, long blank)
    {
        // Stands for the logarithm of 0, whose gradient is not a number.
        const double Never = -1e30;
        var (batch, width) = (targets.shape[0], targets.shape[1]);
        var labels = where(lt(arange(width), unsqueeze(targetLengths, 1)), targets, blank);
        var path = cat([reshape(stack([full_like(labels, blank), labels], 2), batch, 2 * width), full([batch, 1], blank, DType.Int64)], 1);
        var canSkip = ne(path, Shifted(path, 2, blank));

        var place = arange((2 * width) + 1);
        var alpha = where(
            logical_and(le(place, 1), le(place, unsqueeze(targetLengths, 1) * 2)), gather(select(logProbs, 0, 0), 1, path), Never);
        for (var t = 1; t < logProbs.shape[0]; t++)
        {
            var from = stack([alpha, Shifted(alpha, 1, Never), where(canSkip, Shifted(alpha, 2, Never), Never)], 0);
            var next = logsumexp(from, 0) + gather(select(logProbs, 0, t), 1, path);
            alpha = where(lt(t, unsqueeze(inputLengths, 1)), next, alpha);
        }

        var last = unsqueeze(targetLengths, 1) * 2;
        var atLabel = where(eq(last, 0), Never, gather(alpha, 1, clamp(last - 1, min: 0)));
        var total = reshape(logsumexp(cat([gather(alpha, 1, last), atLabel], 1), 1), batch);
        return where(gt(total, Never / 2), -total, 0);

        static Tensor Shifted(Tensor x, long by, Scalar first) =>
            slice(cat([full([x.shape[0], by], first, x.dtype), x], 1), 1, 0, x.shape[1]);
    }
}
