using System.Globalization;

namespace Brachy.Optim;

/// <summary>
/// L-BFGS (Liu and Nocedal, "On the Limited Memory BFGS Method for Large Scale Optimization", 1989), with the steps of torch.optim.LBFGS:
/// a quasi-Newton method for whole batches that asks for the loss and its gradients several times in each step.
/// </summary>
/// <remarks>
/// <para>It decides by values, how far to go and when to stop, so a step runs eagerly and cannot be compiled or differentiated. Compile
/// what costs time instead, loss and gradients, and pass it to
/// <see cref="Optimizer.Step(StructureTree, GlobalConfig, StructureTree, LossAndGrad)"/>.</para>
/// <para>The loss that a step gives is the first one, at the params it started from, as PyTorch's is.</para>
/// </remarks>
/// <example>
/// <code>
/// var (opt, optConfig) = new LBFGS(model, lineSearch: LineSearch.StrongWolfe);
/// (opt, model, var loss) = Optimizer.Step(opt, optConfig, model, m => Loss(m, x, y));
/// </code>
/// </example>
[Module]
public partial class LBFGS
{
    /// <summary>The learning rate, a single number: the step along a direction, or the first one a line search tries.</summary>
    [Param]
    public partial Tensor Lr { get; set; }

    /// <summary>The largest number of directions taken in a step.</summary>
    [Static]
    public partial long MaxIter { get; set; }

    /// <summary>The number of evaluations after which a step ends.</summary>
    [Static]
    public partial long MaxEval { get; set; }

    /// <summary>A step ends when no element of the gradient is larger.</summary>
    [Static]
    public partial double ToleranceGrad { get; set; }

    /// <summary>A step ends when neither the loss nor any param changes by more.</summary>
    [Static]
    public partial double ToleranceChange { get; set; }

    /// <summary>How many changes of params and gradients are kept.</summary>
    [Static]
    public partial long HistorySize { get; set; }

    /// <summary>How the length of a step is found.</summary>
    [Static]
    public partial LineSearch LineSearch { get; set; }

    /// <summary>The number of steps taken, float32.</summary>
    [Buffer]
    public partial Tensor Step { get; set; }

    /// <summary>The number of directions taken in all steps, int64.</summary>
    [Buffer]
    public partial Tensor NIter { get; set; }

    /// <summary>The number of evaluations in all steps, int64.</summary>
    [Buffer]
    public partial Tensor FuncEvals { get; set; }

    /// <summary>The last changes of the gradients, the oldest first: vectors over all params.</summary>
    [Buffer]
    public partial TreeValue OldDirs { get; set; }

    /// <summary>The changes of the params that go with them.</summary>
    [Buffer]
    public partial TreeValue OldStps { get; set; }

    /// <summary>The last direction, one vector over all params; nothing before the first step.</summary>
    [Buffer]
    public partial TreeValue D { get; set; }

    /// <summary>How far the last step went along it, float64.</summary>
    [Buffer]
    public partial Tensor T { get; set; }

    /// <summary>The scale of the first guess of the inverse Hessian, float64.</summary>
    [Buffer]
    public partial Tensor HDiag { get; set; }

    /// <summary>The gradient before the last step, one vector over all params; nothing before the first step.</summary>
    [Buffer]
    public partial TreeValue PrevFlatGrad { get; set; }

    /// <summary>An optimizer for the params of a model.</summary>
    /// <param name="model">The model; only the types of its params matter.</param>
    /// <param name="lr">The learning rate.</param>
    /// <param name="maxIter">The largest number of directions taken in a step.</param>
    /// <param name="maxEval">The number of evaluations after which a step ends; null for 5 / 4 of <paramref name="maxIter"/>.</param>
    /// <param name="toleranceGrad">A step ends when no element of the gradient is larger.</param>
    /// <param name="toleranceChange">A step ends when neither the loss nor any param changes by more.</param>
    /// <param name="historySize">How many changes of params and gradients are kept; each takes twice the memory of the params.</param>
    /// <param name="lineSearch">How the length of a step is found.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public LBFGS(
        StructureTree model, double lr = 1, long maxIter = 20, long? maxEval = null, double toleranceGrad = 1e-7,
        double toleranceChange = 1e-9, long historySize = 100, LineSearch lineSearch = LineSearch.None)
    {
        ArgumentNullException.ThrowIfNull(model);
        Hyperparameter.RequireNonNegative(lr);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxIter);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxEval ?? 1, nameof(maxEval));
        Hyperparameter.RequireNonNegative(toleranceGrad);
        Hyperparameter.RequireNonNegative(toleranceChange);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(historySize);
        if (!Enum.IsDefined(lineSearch))
        {
            throw new ArgumentOutOfRangeException(nameof(lineSearch), lineSearch, "Must be LineSearch.None or LineSearch.StrongWolfe.");
        }

        Lr = Hyperparameter.Of(lr);
        (MaxIter, MaxEval) = (maxIter, maxEval ?? Math.Max(1, maxIter * 5 / 4));
        (ToleranceGrad, ToleranceChange, HistorySize, LineSearch) = (toleranceGrad, toleranceChange, historySize, lineSearch);
        Step = F.zeros([]);
        NIter = F.zeros([], DType.Int64);
        FuncEvals = F.zeros([], DType.Int64);
        (OldDirs, OldStps) = (Array.Empty<TreeValue>(), Array.Empty<TreeValue>());
        (D, PrevFlatGrad) = (TreeValue.None, TreeValue.None);
        T = Hyperparameter.Of(0);
        HDiag = Hyperparameter.Of(1);
    }

    /// <summary>One step.</summary>
    /// <param name="lossAndGrad">Runs the model and gives loss and gradients.</param>
    /// <param name="model">The model.</param>
    /// <returns>The model after the last run, with updated params.</returns>
    /// <exception cref="ArgumentException">The params are not those that the optimizer was made for.</exception>
    /// <exception cref="ConcretizationException">The step is being traced.</exception>
    public StructureTree Forward(LossAndGrad lossAndGrad, StructureTree model)
    {
        ArgumentNullException.ThrowIfNull(lossAndGrad);
        ArgumentNullException.ThrowIfNull(model);
        if (Trace.Current is { } trace)
        {
            throw new ConcretizationException(
                $"{trace.Description} is being traced, but LBFGS decides by values how far to go. Call Optimizer.Step outside, with a "
                + "compiled function for loss and gradients.");
        }

        Step = Step + 1;
        var line = new FlatModel(lossAndGrad, model);
        if (line.Size == 0)
        {
            return lossAndGrad(model).Model;
        }

        RequireSize(line.Size);
        var state = new LBFGSHistory(
            [.. OldDirs.List.Select(v => v.Tensor)], [.. OldStps.List.Select(v => v.Tensor)], D.IsNone ? null : D.Tensor,
            PrevFlatGrad.IsNone ? null : PrevFlatGrad.Tensor)
        {
            T = (double)T,
            HDiag = (double)HDiag,
            Iterations = (long)NIter,
        };
        Minimize(line, state);
        OldDirs = state.OldDirs.Select(t => (TreeValue)t).ToArray();
        OldStps = state.OldStps.Select(t => (TreeValue)t).ToArray();
        (D, PrevFlatGrad) = (state.Direction, state.Gradient);
        (T, HDiag) = (Hyperparameter.Of(state.T), Hyperparameter.Of(state.HDiag));
        NIter = F.full([], state.Iterations, DType.Int64);
        FuncEvals = FuncEvals + line.Evaluations;
        return line.Result();
    }

    private void Minimize(FlatModel model, LBFGSHistory state)
    {
        var lr = (double)Lr;
        var (loss, gradient) = model.EvaluateStart();
        for (var iteration = 1; iteration <= MaxIter && Largest(gradient) > ToleranceGrad; iteration++)
        {
            var isFirst = ++state.Iterations == 1 || state.Direction is null;
            state.NextDirection(gradient, HistorySize);
            var direction = state.Direction!;
            var t = isFirst ? Math.Min(1, 1 / (double)F.abs(gradient).sum()) * lr : lr;
            var (slope, lossBefore) = (LBFGSHistory.Dot(gradient, direction), loss);
            state.T = t;
            if (!(slope <= -ToleranceChange))
            {
                return;
            }

            if (LineSearch == LineSearch.StrongWolfe)
            {
                var search = new StrongWolfe(
                    at =>
                    {
                        var (value, g) = model.Evaluate(direction, at);
                        return new LinePoint(at, value, g, LBFGSHistory.Dot(g, direction));
                    },
                    new LinePoint(0, loss, gradient, slope), Largest(direction), ToleranceChange);
                var end = search.Search(t);
                (t, loss, gradient) = (end.T, end.Loss, end.Gradient);
                model.Move(direction, t);
            }
            else
            {
                model.Move(direction, t);
                if (iteration != MaxIter)
                {
                    (loss, gradient) = model.Evaluate(direction, 0);
                }
            }

            state.T = t;
            if (model.Evaluations >= MaxEval || Largest(direction) * Math.Abs(t) <= ToleranceChange
                || Math.Abs(loss - lossBefore) < ToleranceChange)
            {
                return;
            }
        }
    }

    private static double Largest(Tensor vector) => (double)F.amax(F.abs(vector));

    private void RequireSize(long size)
    {
        if (!D.IsNone && D.Tensor.numel() != size)
        {
            throw new ArgumentException(
                $"The optimizer's state is that of {D.Tensor.numel().ToString(CultureInfo.InvariantCulture)} param elements, but the model "
                + $"has {size.ToString(CultureInfo.InvariantCulture)}. " +
                "Make the optimizer anew after editing the model.");
        }
    }
}

/// <summary>How the length of a step is found.</summary>
public enum LineSearch
{
    /// <summary>It is the learning rate.</summary>
    None,

    /// <summary>By a search for the strong Wolfe conditions, which the learning rate begins.</summary>
    StrongWolfe,
}
