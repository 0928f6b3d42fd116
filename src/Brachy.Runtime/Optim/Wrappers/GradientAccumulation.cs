namespace Brachy.Optim;

/// <summary>
/// Adds up the gradients of several calls and lets an optimizer take one step with them, so that micro-batches do the work
/// of a batch that does not fit into memory. Calls in between run the model, so that its buffers change, but leave its
/// params and the inner optimizer as they are. All calls are the same compiled code.
/// </summary>
/// <remarks>
/// <para>The inner optimizer must ask for gradients once per step. What it computes in calls in between is dropped: its
/// cost is paid at each call.</para>
/// <para><see cref="ClipGradNorm"/> inside clips the accumulated gradients; around it, those of each micro-batch.
/// <see cref="LossScaling"/> inside skips the whole accumulated step when any micro-batch overflows, as PyTorch's recipes
/// do; around it, it leaves out single micro-batches. <see cref="Scheduled"/> and other wrappers that count steps or average
/// params count micro-batches around it, and steps inside. To split one batch inside a step see
/// <see cref="Optimizer.StepMicroBatches{TBatch}"/>.</para>
/// </remarks>
[Module]
public partial class GradientAccumulation
{
    /// <summary>How many calls make one step.</summary>
    [Static]
    public partial long Every { get; set; }

    /// <summary>Whether the optimizer gets the mean of the gradients, or else their sum.</summary>
    [Static]
    public partial bool Average { get; set; }

    /// <summary>The number of calls since the last step, int64.</summary>
    [Buffer]
    public partial Tensor Calls { get; set; }

    /// <summary>The sum of the gradients since the last step, a tree of the model's params, at least float32.</summary>
    [Buffer]
    public partial StructureTree Sum { get; set; }

    /// <summary>The optimizer that gets the accumulated gradients.</summary>
    public partial AnyOptimizer Inner { get; set; }

    /// <summary>An optimizer that accumulates gradients.</summary>
    /// <param name="inner">The optimizer that gets the accumulated gradients.</param>
    /// <param name="model">The model; only the shapes of its params matter.</param>
    /// <param name="every">How many calls make one step.</param>
    /// <param name="average">Whether the optimizer gets the mean of the gradients, or else their sum.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="every"/> is not positive.</exception>
    public GradientAccumulation(AnyOptimizer inner, StructureTree model, long every, bool average = true)
    {
        ArgumentNullException.ThrowIfNull(inner);
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(every);
        Every = every;
        Average = average;
        Calls = F.zeros([], DType.Int64);
        Sum = model.GetParams().MapParamsBuffers((_, p) => F.zeros_like(p, Gradients.Wide(p.dtype)));
        Inner = inner;
    }

    /// <summary>One micro-batch, and at the last of several one step.</summary>
    /// <param name="lossAndGrad">Runs the model and gives the gradients.</param>
    /// <param name="model">The model.</param>
    /// <returns>The model after the run, with updated params when this was the last micro-batch.</returns>
    /// <exception cref="InvalidOperationException">The inner optimizer asks for gradients twice.</exception>
    public StructureTree Forward(LossAndGrad lossAndGrad, StructureTree model)
    {
        ArgumentNullException.ThrowIfNull(lossAndGrad);
        ArgumentNullException.ThrowIfNull(model);
        var before = Inner.Tree.Copy();
        var (sum, every, average) = (Sum, Every, Average);
        StructureTree? ranModel = null;
        var updated = Inner.Call(((current, lossScale) =>
        {
            if (ranModel is not null)
            {
                throw new InvalidOperationException(
                    "GradientAccumulation: the inner optimizer asks for gradients twice in one step, but they are added up over several "
                    + "calls. Put it around GradientAccumulation instead.");
            }

            (ranModel, var grads, var loss) = lossAndGrad(current, lossScale);
            sum = TreePairing.Combine((s, g) => s + g[0].to(s.dtype), sum, grads);
            var total = TreePairing.CombineInScope(
                (s, g) => (average && s.dtype.IsFloatingPoint() ? s / (double)every : s).to(g[0].dtype), sum, grads);
            return (ranModel, total, loss);
        }, model));
        if (ranModel is null)
        {
            return updated;
        }

        var calls = Calls + 1;
        var isLast = F.ge(calls, Every);
        Calls = F.where(isLast, 0, calls);
        Sum = sum.MapParamsBuffers((_, s) => F.where(isLast, 0, s));
        Inner = AnyOptimizer.Bind(TreePairing.Select(isLast, Inner.Tree, before), Config);
        return TreePairing.Select(isLast, updated, ranModel.WithParams(model.GetParams()));
    }
}
