using Brachy;

namespace Surgery;

/// <summary>Points in the plane, and the arm of the spiral that each belongs to.</summary>
/// <param name="X">The points, [count, 2].</param>
/// <param name="Y">The arms, int64 [count].</param>
internal sealed record Spirals(Tensor X, Tensor Y)
{
    public const int Arms = 3;

    /// <summary>Noisy arms of a spiral.</summary>
    /// <param name="perArm">Points of each arm.</param>
    /// <param name="seed">Chooses the noise.</param>
    /// <param name="turn">By how much all arms are turned, in radians: another task for the same network.</param>
    public static Spirals Make(int perArm, int seed, double turn = 0)
    {
        using var rng = Rng.Scope(seed);
        var radius = F.linspace(0.1, 1, perArm);
        var (points, labels) = (new List<Tensor>(), new List<Tensor>());
        for (var arm = 0; arm < Arms; arm++)
        {
            var angle = (4.0 * radius) + ((2 * Math.PI * arm / Arms) + turn) + (0.15 * Rng.Normal([perArm]));
            points.Add(F.stack([radius * F.cos(angle), radius * F.sin(angle)], dim: 1));
            labels.Add(F.full([perArm], arm, DType.Int64));
        }

        return new Spirals(F.cat([.. points]), F.cat([.. labels]));
    }
}
