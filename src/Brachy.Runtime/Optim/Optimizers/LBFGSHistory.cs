namespace Brachy.Optim;

/// <summary>What <see cref="LBFGS"/> knows of the curvature: the last changes of params and gradients.</summary>
internal sealed class LBFGSHistory(List<Tensor> oldDirs, List<Tensor> oldStps, Tensor? direction, Tensor? gradient)
{
    public List<Tensor> OldDirs { get; } = oldDirs;

    public List<Tensor> OldStps { get; } = oldStps;

    public Tensor? Direction { get; private set; } = direction;

    public Tensor? Gradient { get; private set; } = gradient;

    public double T { get; set; }

    public double HDiag { get; set; }

    public long Iterations { get; set; }

    public static double Dot(Tensor x, Tensor y) => (double)(x * y).sum();

    /// <summary>Minus the inverse Hessian times the gradient: the two loops of Nocedal and Wright's algorithm 7.4.</summary>
    public void NextDirection(Tensor gradient, long historySize)
    {
        if (Direction is { } direction && Gradient is { } before)
        {
            Remember(gradient - before, direction * T, historySize);
        }

        var q = -gradient;
        var (count, weights) = (OldDirs.Count, new double[OldDirs.Count]);
        var curvatures = OldDirs.Zip(OldStps, Dot).ToArray();
        for (var i = count - 1; i >= 0; i--)
        {
            weights[i] = Dot(OldStps[i], q) / curvatures[i];
            q -= OldDirs[i] * weights[i];
        }

        q *= HDiag;
        for (var i = 0; i < count; i++)
        {
            q += OldStps[i] * (weights[i] - (Dot(OldDirs[i], q) / curvatures[i]));
        }

        (Direction, Gradient) = (q, gradient);
    }

    private void Remember(Tensor y, Tensor s, long historySize)
    {
        var curvature = Dot(y, s);
        if (!(curvature > 1e-10))
        {
            return;
        }

        if (OldDirs.Count >= historySize)
        {
            OldDirs.RemoveAt(0);
            OldStps.RemoveAt(0);
        }

        OldDirs.Add(y);
        OldStps.Add(s);
        HDiag = curvature / Dot(y, y);
    }
}
