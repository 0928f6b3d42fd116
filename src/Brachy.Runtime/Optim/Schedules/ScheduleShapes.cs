using System.Collections.Immutable;

namespace Brachy.Optim;

// The formulas of the schedules. Steps and values are 0-dim float64 tensors.

internal sealed record ConstantSchedule(double Number) : Schedule
{
    private protected override Tensor Value(Tensor step) => Hyperparameter.Of(Number);
}

internal sealed record PolynomialSchedule(double Start, double End, long Steps, double Power) : Schedule
{
    private protected override Tensor Value(Tensor step)
    {
        var left = 1 - (F.minimum(step, (double)Steps) / (double)Steps);
        return End + ((Start - End) * (Power == 1 ? left : F.pow(left, Power)));
    }
}

internal sealed record CosineSchedule(double Start, double Min, long Steps) : Schedule
{
    private protected override Tensor Value(Tensor step) =>
        Min + ((Start - Min) / 2 * (1 + F.cos(F.minimum(step, (double)Steps) * (Math.PI / Steps))));
}

internal sealed record CosineRestartsSchedule(double Start, double Min, long Steps, long Factor) : Schedule
{
    private protected override Tensor Value(Tensor step)
    {
        var done = step / (double)Steps;
        Tensor share;
        if (Factor == 1)
        {
            share = done - F.floor(done);
        }
        else
        {
            // Waves 0 to n - 1 take (Factor^n - 1) / (Factor - 1) times the length of the first. Rounding must not delay a start.
            var n = F.floor((F.log(1 + (done * (double)(Factor - 1))) / Math.Log(Factor)) + 1e-12);
            var length = F.pow((double)Factor, n);
            share = (done - ((length - 1) / (double)(Factor - 1))) / length;
        }

        return Min + ((Start - Min) / 2 * (1 + F.cos(share * Math.PI)));
    }
}

internal sealed record StepSchedule(double Start, long StepSize, double Gamma) : Schedule
{
    private protected override Tensor Value(Tensor step) =>
        Start * F.pow(Gamma, StepSize == 1 ? step : F.floor(step / (double)StepSize));
}

internal sealed record OneCycleSchedule(
    double First, double Peak, double Last, long TotalSteps, double PctStart, Anneal Strategy, bool ThreePhase) : Schedule
{
    private protected override Tensor Value(Tensor step)
    {
        var (rise, end) = ((PctStart * TotalSteps) - 1, (double)(TotalSteps - 1));
        if (!ThreePhase)
        {
            return F.where(step <= rise, Phase(step, 0, rise, First, Peak), Phase(step, rise, end, Peak, Last));
        }

        var back = (2 * PctStart * TotalSteps) - 2;
        var falling = F.where(step <= back, Phase(step, rise, back, Peak, First), Phase(step, back, end, First, Last));
        return F.where(step <= rise, Phase(step, 0, rise, First, Peak), falling);
    }

    private Tensor Phase(Tensor step, double start, double end, double from, double to)
    {
        if (end <= start)
        {
            return Hyperparameter.Of(to);
        }

        var share = F.minimum((step - start) / (end - start), 1);
        return Strategy == Anneal.Cos ? to + ((from - to) / 2 * (1 + F.cos(share * Math.PI))) : from + ((to - from) * share);
    }
}

internal sealed record CyclicSchedule(double Base, double Peak, long Up, long Down, CyclicMode Mode, double Gamma) : Schedule
{
    private protected override Tensor Value(Tensor step)
    {
        var (total, rise) = ((double)(Up + Down), (double)Up);
        var cycle = F.floor(step / total);
        var at = step - (cycle * total);
        var share = F.where(at <= rise, at / rise, (total - at) / (double)Down);
        var height = Mode switch
        {
            CyclicMode.Triangular => Hyperparameter.Of(1),
            CyclicMode.Triangular2 => F.pow(0.5, cycle),
            _ => F.pow(Gamma, step),
        };
        return Base + ((Peak - Base) * share * height);
    }
}

internal sealed record TableSchedule(ImmutableArray<double> Values) : Schedule
{
    public bool Equals(TableSchedule? other) => other is not null && Values.AsSpan().SequenceEqual(other.Values.AsSpan());

    public override int GetHashCode() => HashCode.Combine(Values.Length, Values[0], Values[^1]);

    private protected override Tensor Value(Tensor step)
    {
        var index = F.minimum(step, (double)(Values.Length - 1)).to(DType.Int64);
        return F.reshape(F.index_select(F.tensor(Values.ToArray()), 0, F.reshape(index, [1])), []);
    }
}

internal sealed record LambdaSchedule(Func<Tensor, Tensor> Function) : Schedule
{
    private protected override Tensor Value(Tensor step)
    {
        var value = Function(step)
            ?? throw new InvalidOperationException("A schedule's function gave null where a single number was expected.");
        return value.ndim == 0
            ? value.to(DType.Float64)
            : throw new ShapeException($"A schedule gives a single number, but its function gave {value.Type}.");
    }
}

internal sealed record SequenceSchedule(Schedule Before, long Boundary, Schedule After) : Schedule
{
    private protected override Tensor Value(Tensor step) =>
        Boundary == 0
            ? ValueOf(After, step)
            : F.where(step < (double)Boundary, ValueOf(Before, step), ValueOf(After, step - (double)Boundary));
}

internal sealed record ProductSchedule(Schedule Left, Schedule Right) : Schedule
{
    private protected override Tensor Value(Tensor step) => ValueOf(Left, step) * ValueOf(Right, step);
}
