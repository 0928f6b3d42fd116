using Brachy.CompilerServices;

namespace Brachy.Optim;

/// <summary>
/// A number that depends on the step, for hyperparameters; see <see cref="Scheduled"/>. Steps count from 0: the first step
/// uses <c>At(0)</c>. This is what PyTorch's schedulers of the same names give when <c>scheduler.step()</c> follows each
/// <c>optimizer.step()</c>. After its last step a schedule stays at its last value.
/// </summary>
/// <remarks>
/// Schedules are values of the compile key and compute with traced tensors, so that a compiled step runs through them
/// without being traced again. They multiply, follow each other (<see cref="Then"/>), and a number converts to a constant.
/// </remarks>
/// <example>
/// <code>
/// Schedule lr = Schedule.LinearWarmup(3e-4, steps: 100).Then(100, Schedule.Cosine(3e-4, steps: 900, min: 3e-5));
/// </code>
/// </example>
public abstract partial record Schedule : IStaticContent
{
    private protected Schedule()
    {
    }

    /// <summary>The value for a step.</summary>
    /// <param name="step">The number of steps before this one: a number or a 0-dim tensor; negative ones are taken for 0.</param>
    /// <returns>A 0-dim float64 tensor.</returns>
    /// <exception cref="ShapeException"><paramref name="step"/> is not a single number.</exception>
    public Tensor At(Tensor step)
    {
        ArgumentNullException.ThrowIfNull(step);
        if (step.ndim != 0)
        {
            throw new ShapeException($"Schedule.At: step must be a single number, but is {step.Type}.");
        }

        return Value(F.maximum(step.to(DType.Float64), 0.0));
    }

    /// <summary>Always the same value.</summary>
    public static implicit operator Schedule(double value) => Constant(value);

    /// <summary>Always the same value.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not finite.</exception>
    public static Schedule Constant(double value) => new ConstantSchedule(Finite(value, nameof(value)));

    /// <summary>A part of a value for some steps, then the value, as ConstantLR.</summary>
    /// <param name="value">The value from step <paramref name="steps"/> on.</param>
    /// <param name="factor">What it is multiplied by before that.</param>
    /// <param name="steps">The number of steps with the smaller value.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public static Schedule Constant(double value, double factor, long steps) =>
        Constant(Finite(factor, nameof(factor)) * value).Then(steps, value);

    /// <summary>A straight line from start to end, as LinearLR: start + (end - start) t / steps.</summary>
    /// <param name="start">The value at step 0.</param>
    /// <param name="end">The value from step <paramref name="steps"/> on.</param>
    /// <param name="steps">How long it takes; with 0 it is at the end at once.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public static Schedule Linear(double start, double end, long steps) => Polynomial(start, steps, power: 1, end);

    /// <summary>A straight rise to a value, as LinearLR.</summary>
    /// <param name="value">The value from step <paramref name="steps"/> on.</param>
    /// <param name="steps">How long the rise takes.</param>
    /// <param name="start">The value at step 0. At a learning rate of 0 the first step does nothing.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public static Schedule LinearWarmup(double value, long steps, double start = 0) => Linear(start, value, steps);

    /// <summary>A straight fall from a value, as LinearLR.</summary>
    /// <param name="value">The value at step 0.</param>
    /// <param name="steps">How long the fall takes.</param>
    /// <param name="end">The value from step <paramref name="steps"/> on.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public static Schedule LinearDecay(double value, long steps, double end = 0) => Linear(value, end, steps);

    /// <summary>A fall by a power, as PolynomialLR: end + (value - end) (1 - t / steps)^power.</summary>
    /// <param name="value">The value at step 0.</param>
    /// <param name="steps">How long the fall takes.</param>
    /// <param name="power">The power; with 1 it is a straight line.</param>
    /// <param name="end">The value from step <paramref name="steps"/> on.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public static Schedule Polynomial(double value, long steps, double power = 1, double end = 0)
    {
        Hyperparameter.RequireNonNegative(power);
        return InSteps(steps, end, () => new PolynomialSchedule(Finite(value, nameof(value)), Finite(end, nameof(end)), steps, power));
    }

    /// <summary>
    /// Half a cosine wave from a value to a smaller one: min + (value - min) (1 + cos(π t / steps)) / 2. As CosineAnnealingLR
    /// with T_max = steps, which rises again after that, while this stays at the minimum.
    /// </summary>
    /// <param name="value">The value at step 0.</param>
    /// <param name="steps">How long the fall takes.</param>
    /// <param name="min">The value from step <paramref name="steps"/> on.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public static Schedule Cosine(double value, long steps, double min = 0) =>
        InSteps(steps, min, () => new CosineSchedule(Finite(value, nameof(value)), Finite(min, nameof(min)), steps));

    /// <summary>Half cosine waves one after the other, as CosineAnnealingWarmRestarts.</summary>
    /// <param name="value">The value at the start of each wave.</param>
    /// <param name="steps">The length of the first wave, at least 1.</param>
    /// <param name="factor">How many times longer each wave is than the one before, at least 1.</param>
    /// <param name="min">What each wave falls to.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public static Schedule CosineRestarts(double value, long steps, long factor = 1, double min = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(steps);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(factor);
        return new CosineRestartsSchedule(Finite(value, nameof(value)), Finite(min, nameof(min)), steps, factor);
    }

    /// <summary>A straight rise to a value, then half a cosine wave down.</summary>
    /// <param name="value">The largest value, at step <paramref name="warmupSteps"/>.</param>
    /// <param name="warmupSteps">How long the rise takes.</param>
    /// <param name="totalSteps">How long both take.</param>
    /// <param name="min">The value from step <paramref name="totalSteps"/> on.</param>
    /// <param name="start">The value at step 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public static Schedule CosineWithWarmup(double value, long warmupSteps, long totalSteps, double min = 0, double start = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(warmupSteps);
        ArgumentOutOfRangeException.ThrowIfLessThan(totalSteps, warmupSteps);
        return LinearWarmup(value, warmupSteps, start).Then(warmupSteps, Cosine(value, totalSteps - warmupSteps, min));
    }

    /// <summary>A fall at each step, as ExponentialLR: value gamma^t.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public static Schedule Exponential(double value, double gamma) => Step(value, stepSize: 1, gamma);

    /// <summary>A fall every few steps, as StepLR: value gamma^⌊t / stepSize⌋.</summary>
    /// <param name="value">The value at step 0.</param>
    /// <param name="stepSize">The number of steps from fall to fall, at least 1.</param>
    /// <param name="gamma">The factor of each fall.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public static Schedule Step(double value, long stepSize, double gamma = 0.1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(stepSize);
        Hyperparameter.RequireNonNegative(gamma);
        return new StepSchedule(Finite(value, nameof(value)), stepSize, gamma);
    }

    /// <summary>A fall at given steps, as MultiStepLR.</summary>
    /// <param name="value">The value at step 0.</param>
    /// <param name="milestones">The first step with each smaller value; twice the same is a fall by gamma².</param>
    /// <param name="gamma">The factor of each fall.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public static Schedule MultiStep(double value, IEnumerable<long> milestones, double gamma = 0.1)
    {
        ArgumentNullException.ThrowIfNull(milestones);
        Hyperparameter.RequireNonNegative(gamma);
        return milestones.Order().Select((at, i) => (at, i)).Aggregate(
            Constant(value), (schedule, milestone) => schedule.Then(milestone.at, value * Math.Pow(gamma, milestone.i + 1)));
    }

    /// <summary>
    /// One rise and one fall over the whole training, as OneCycleLR (Smith and Topin, "Super-Convergence", 2019), with its
    /// phases that end at steps pctStart totalSteps - 1 and totalSteps - 1.
    /// </summary>
    /// <param name="maxLr">The largest value.</param>
    /// <param name="totalSteps">The number of steps of the cycle, at least 1.</param>
    /// <param name="pctStart">The share of the steps that the rise takes.</param>
    /// <param name="annealStrategy">The shape of rise and fall.</param>
    /// <param name="divFactor">The value at step 0 is maxLr / divFactor.</param>
    /// <param name="finalDivFactor">The last value is the first one / finalDivFactor.</param>
    /// <param name="threePhase">Whether it falls back to the first value as fast as it rose, and then on to the last.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public static Schedule OneCycle(
        double maxLr, long totalSteps, double pctStart = 0.3, Anneal annealStrategy = Anneal.Cos, double divFactor = 25,
        double finalDivFactor = 1e4, bool threePhase = false)
    {
        RequirePositive(divFactor, nameof(divFactor));
        RequirePositive(finalDivFactor, nameof(finalDivFactor));
        return Cycle(
            Finite(maxLr, nameof(maxLr)) / divFactor, maxLr, maxLr / divFactor / finalDivFactor, totalSteps, pctStart, annealStrategy,
            threePhase);
    }

    /// <summary>The momentum that goes with <see cref="OneCycle"/>: small while the learning rate is large.</summary>
    /// <param name="totalSteps">The number of steps of the cycle, at least 1.</param>
    /// <param name="pctStart">The share of the steps that the learning rate rises.</param>
    /// <param name="annealStrategy">The shape of rise and fall.</param>
    /// <param name="baseMomentum">The smallest value.</param>
    /// <param name="maxMomentum">The largest value: at the start and at the end.</param>
    /// <param name="threePhase">As for the learning rate.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public static Schedule OneCycleMomentum(
        long totalSteps, double pctStart = 0.3, Anneal annealStrategy = Anneal.Cos, double baseMomentum = 0.85, double maxMomentum = 0.95,
        bool threePhase = false) =>
        Cycle(
            Finite(maxMomentum, nameof(maxMomentum)), Finite(baseMomentum, nameof(baseMomentum)), maxMomentum, totalSteps, pctStart,
            annealStrategy, threePhase);

    /// <summary>Any function of the step, as LambdaLR.</summary>
    /// <param name="function">
    /// From the step, a 0-dim float64 tensor, to the value, a single number; in Brachy ops. Two schedules are equal when their
    /// functions are: keep a function that captures variables, or the step is traced again for each new one.
    /// </param>
    public static Schedule Lambda(Func<Tensor, Tensor> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new LambdaSchedule(function);
    }

    /// <summary>Another schedule from some step on, as SequentialLR: the other one starts with its own step 0 there.</summary>
    /// <param name="at">The first step of the other schedule, counted from the start of this one.</param>
    /// <param name="next">The other schedule.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="at"/> is negative, or before an earlier change.</exception>
    public Schedule Then(long at, Schedule next)
    {
        ArgumentNullException.ThrowIfNull(next);
        ArgumentOutOfRangeException.ThrowIfNegative(at);
        if (this is SequenceSchedule earlier)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(at, earlier.Boundary);
        }

        return new SequenceSchedule(this, at, next);
    }

    /// <summary>The product of two schedules; a number makes all values larger or smaller.</summary>
    public static Schedule operator *(Schedule left, Schedule right) => Multiply(left, right);

    /// <summary>The product of two schedules.</summary>
    public static Schedule Multiply(Schedule left, Schedule right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return new ProductSchedule(left, right);
    }

    /// <summary>The value for a step, both float64 and 0-dim.</summary>
    private protected abstract Tensor Value(Tensor step);

    /// <summary>The value of a part, for its user.</summary>
    private protected static Tensor ValueOf(Schedule part, Tensor step) => part.Value(step);

    private static Schedule InSteps(long steps, double end, Func<Schedule> schedule)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(steps);
        return steps == 0 ? Constant(end) : schedule();
    }

    private static OneCycleSchedule Cycle(
        double first, double peak, double last, long totalSteps, double pctStart, Anneal anneal, bool threePhase)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(totalSteps);
        if (!(pctStart >= 0 && pctStart <= (threePhase ? 0.5 : 1)))
        {
            throw new ArgumentOutOfRangeException(nameof(pctStart), pctStart, $"Must lie in [0, {(threePhase ? "0.5" : "1")}].");
        }

        if (!Enum.IsDefined(anneal))
        {
            throw new ArgumentOutOfRangeException("annealStrategy", anneal, "Must be Anneal.Cos or Anneal.Linear.");
        }

        return new OneCycleSchedule(first, peak, last, totalSteps, pctStart, anneal, threePhase);
    }

    private static double Finite(double value, string name) =>
        double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(name, value, "Must be finite.");

    private static void RequirePositive(double value, string name)
    {
        if (!(value > 0) || double.IsInfinity(value))
        {
            throw new ArgumentOutOfRangeException(name, value, "Must be finite and positive.");
        }
    }
}

/// <summary>The shape of a rise or fall.</summary>
public enum Anneal
{
    /// <summary>Half a cosine wave.</summary>
    Cos,

    /// <summary>A straight line.</summary>
    Linear,
}
