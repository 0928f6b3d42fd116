namespace Brachy.Optim;

/// <summary>A point on the line that a line search walks along.</summary>
/// <param name="T">How far along the direction it lies.</param>
/// <param name="Loss">The loss there.</param>
/// <param name="Gradient">The gradient there, one vector.</param>
/// <param name="Slope">The derivative of the loss along the direction.</param>
internal sealed record LinePoint(double T, double Loss, Tensor Gradient, double Slope);

/// <summary>
/// A line search for the strong Wolfe conditions: loss(t) ≤ loss(0) + c1 t slope(0) and |slope(t)| ≤ c2 |slope(0)|. Source: Nocedal and
/// Wright, "Numerical Optimization", 2006, algorithms 3.5 (find a bracket) and 3.6 (shrink it), with cubic interpolation (3.59); the
/// bounds on a trial step are those of PyTorch's LBFGS, so that both take the same steps.
/// </summary>
internal sealed class StrongWolfe(Func<double, LinePoint> evaluate, LinePoint start, double largestComponent, double toleranceChange)
{
    private const double C1 = 1e-4;
    private const double C2 = 0.9;
    private const int MaxTrials = 25;

    private int _trials;

    /// <summary>How often the loss was computed.</summary>
    public int Evaluations { get; private set; }

    /// <summary>The point that the search ends at.</summary>
    /// <param name="t">The first step to try.</param>
    public LinePoint Search(double t)
    {
        var (previous, current) = (start, At(t));
        while (_trials < MaxTrials)
        {
            if (!FallsEnough(current) || (_trials > 1 && current.Loss >= previous.Loss))
            {
                return Zoom(previous, current);
            }

            if (IsFlat(current))
            {
                return current;
            }

            if (current.Slope >= 0)
            {
                return Zoom(previous, current);
            }

            var next = Minimum(previous, current, current.T + (0.01 * (current.T - previous.T)), current.T * 10);
            (previous, current) = (current, At(next));
            _trials++;
        }

        return start.Loss <= current.Loss ? start : current;
    }

    /// <summary>Shrinks an interval that holds a good point.</summary>
    private LinePoint Zoom(LinePoint first, LinePoint second)
    {
        var (low, high) = first.Loss <= second.Loss ? (first, second) : (second, first);
        var stalled = false;
        while (_trials < MaxTrials && Math.Abs(high.T - low.T) * largestComponent >= toleranceChange)
        {
            var (left, right) = (Math.Min(low.T, high.T), Math.Max(low.T, high.T));
            var t = Minimum(low, high, left, right);

            // A trial next to an end may creep; the second time, or at the end itself, it is moved inside.
            var margin = 0.1 * (right - left);
            if (Math.Min(right - t, t - left) >= margin)
            {
                stalled = false;
            }
            else if (stalled || t >= right || t <= left)
            {
                t = Math.Abs(t - right) < Math.Abs(t - left) ? right - margin : left + margin;
                stalled = false;
            }
            else
            {
                stalled = true;
            }

            var trial = At(t);
            _trials++;
            if (!FallsEnough(trial) || trial.Loss >= low.Loss)
            {
                (low, high) = low.Loss <= trial.Loss ? (low, trial) : (trial, low);
                continue;
            }

            if (IsFlat(trial))
            {
                return trial;
            }

            (low, high) = (trial, trial.Slope * (high.T - low.T) >= 0 ? low : high);
        }

        return low;
    }

    private bool FallsEnough(LinePoint point) => !(point.Loss > start.Loss + (C1 * point.T * start.Slope));

    private bool IsFlat(LinePoint point) => Math.Abs(point.Slope) <= -C2 * start.Slope;

    private LinePoint At(double t)
    {
        Evaluations++;
        return evaluate(t);
    }

    /// <summary>
    /// Where the cubic through two points with their slopes is smallest, within bounds; their middle where it has no minimum.
    /// </summary>
    private static double Minimum(LinePoint a, LinePoint b, double min, double max)
    {
        var (left, right) = a.T <= b.T ? (a, b) : (b, a);
        var d1 = left.Slope + right.Slope - (3 * (left.Loss - right.Loss) / (left.T - right.T));
        var square = (d1 * d1) - (left.Slope * right.Slope);
        if (!(square >= 0))
        {
            return (min + max) / 2;
        }

        var d2 = Math.Sqrt(square);
        var at = right.T - ((right.T - left.T) * ((right.Slope + d2 - d1) / (right.Slope - left.Slope + (2 * d2))));
        return double.IsNaN(at) ? (min + max) / 2 : Math.Clamp(at, min, max);
    }
}
