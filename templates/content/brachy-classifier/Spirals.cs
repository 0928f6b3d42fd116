using Brachy;

/// <summary>Points on three arms that wind around each other. Put your own data here.</summary>
internal static class Spirals
{
    public const int Arms = 3;

    /// <returns>Points [count, 2], and the arm of each, int64 [count].</returns>
    public static (Tensor Points, Tensor Labels) Draw(int count, Random random)
    {
        var points = new float[2 * count];
        var labels = new long[count];
        for (var i = 0; i < count; i++)
        {
            var arm = i % Arms;
            var radius = random.NextDouble();
            var angle = (5 * radius) + (2 * Math.PI * arm / Arms) + (0.2 * (random.NextDouble() - 0.5));
            (points[2 * i], points[(2 * i) + 1]) = ((float)(radius * Math.Cos(angle)), (float)(radius * Math.Sin(angle)));
            labels[i] = arm;
        }

        return (Tensor.FromArray(points, [count, 2]), Tensor.FromArray(labels, [count]));
    }
}
