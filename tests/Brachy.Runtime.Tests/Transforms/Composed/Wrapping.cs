using Brachy.Compilation;
using Brachy.Extending;
using static Brachy.Tests.Transforms.Composed.RandomFunction;
using Loop = Brachy.Control;

namespace Brachy.Tests.Transforms.Composed;

/// <summary>What a transform makes of a function from a vector to one: again such a function, so that any can follow.</summary>
/// <param name="Name">What it is, for messages.</param>
/// <param name="Order">How often it differentiates.</param>
/// <param name="Wrap">The transform; the number is that of those inside.</param>
/// <param name="Reference">
/// What it means, in plain arithmetic: from the function and the number of infinitesimals that are in use outside.
/// </param>
internal sealed record Wrapping(
    string Name, int Order, Func<Func<Tensor, Tensor>, int, Func<Tensor, Tensor>> Wrap,
    Func<Func<Jet[], int, Jet[]>, Func<Jet[], int, Jet[]>> Reference)
{
    private static readonly double[] s_scales = [1, -0.6, 0.3];

    private static readonly Tensor s_samples = Tensor.FromArray(s_scales, [s_scales.Length]);

    private static readonly CheckpointPolicy[] s_policies =
    [
        CheckpointPolicy.NothingSaved, CheckpointPolicy.ProductsSaved, CheckpointPolicy.NamesSaved("here"),
        CheckpointPolicy.ResultsSaved(p => p.Name is "tanh" or "sin"),
    ];

    /// <summary>All of them. Weights of results and directions depend on the argument, which inner functions capture.</summary>
    public static IReadOnlyList<Wrapping> All { get; } =
    [
        new("Grad", 1, (f, _) => x => Grad.Of((Tensor y) => (f(y) * F.cos(x)).sum())(x), f => (x, n) => Gradient(f, x, Map(x, Jet.Cos), n)),
        new("ValueAndGrad", 1, (f, _) => x =>
        {
            var (value, gradient) = Grad.ValueAndGrad((Tensor y) => (f(y) * F.cos(x)).sum())(x);
            return gradient + value * 0.3;
        }, f => (x, n) => Map(Gradient(f, x, Map(x, Jet.Cos), n), g => g + 0.3 * Dot(f(x, n), Map(x, Jet.Cos)))),
        new("Jvp", 1, (f, _) => x =>
        {
            var (value, tangent) = Grad.Jvp(f, x, F.sin(x));
            return tangent + value * 0.5;
        }, f => (x, n) => Zip(Tangent(f, x, Map(x, Jet.Sin), n), f(x, n), (t, v) => t + v * 0.5)),
        new("Linearize", 1, (f, _) => x =>
        {
            var (value, jvp) = Grad.Linearize(f, x);
            return jvp(F.sin(x)) + jvp(value) * 0.5;
        }, f => (x, n) => Zip(Tangent(f, x, Map(x, Jet.Sin), n), Tangent(f, x, f(x, n), n), (a, b) => a + b * 0.5)),
        new("Pullback", 1, (f, _) => x =>
        {
            var (value, pullback) = Grad.Pullback(f, x);
            return pullback(F.cos(x)) + pullback(value) * 0.5;
        }, f => (x, n) => Zip(Gradient(f, x, Map(x, Jet.Cos), n), Gradient(f, x, f(x, n), n), (a, b) => a + b * 0.5)),
        new("HessianVectorProduct", 2, (f, _) => x => Grad.HessianVectorProduct((Tensor y) => (f(y) * F.cos(x)).sum(), x, F.sin(x)),
            f => (x, n) => Tangent((y, m) => Gradient(f, y, Map(x, Jet.Cos), m), x, Map(x, Jet.Sin), n)),
        new("JacobianReverse", 1, (f, _) => x => Grad.JacobianReverse(f)(x).matmul(F.sin(x)),
            f => (x, n) => Tangent(f, x, Map(x, Jet.Sin), n)),
        new("JacobianForward", 1, (f, _) => x => F.cos(x).matmul(Grad.JacobianForward(f)(x)),
            f => (x, n) => Gradient(f, x, Map(x, Jet.Cos), n)),
        new("Vmap", 0, (f, _) => x => Weighed(Vmap.Of(f)(x * s_samples.unsqueeze(1)), 0), Samples),
        new("Vmap, chunks of columns", 0,
            (f, _) => x => Weighed(Vmap.Of(f, inAxes: 1, outAxes: 1, chunkSize: 2)(x.unsqueeze(1) * s_samples), 1), Samples),
        new("Vmap, captured", 0, (f, _) => x => Weighed(Vmap.Of((Tensor scale) => f(x * scale))(s_samples), 0), Samples),
        new("Vmap, mean", 0, (f, depth) => x => Vmap.Of(
            (Tensor scale) => F.pmean(f(x * scale) * scale, $"axis{depth}"), outAxes: Axes.None, axisName: $"axis{depth}")(s_samples),
            f => (x, n) => Map(Samples(f)(x, n), y => y / s_scales.Length)),
        .. s_policies.Select((policy, i) => new Wrapping(
            $"Checkpoint, policy {i}", 0, (f, _) => Grad.Checkpoint((Tensor x) => F.sin(F.checkpoint_name(f(x), "here")), policy),
            f => (x, n) => Map(f(x, n), Jet.Sin))),
        .. new[] { Backend.Interpreter, Backend.TorchScript, Backend.Default }.Select(backend => new Wrapping(
            $"Jit, {backend}", 0, (f, _) => Jit.Compile(f, backend: backend).Invoke, f => f)),
        new("Scan", 0, (f, _) => x =>
        {
            var (state, sums) = Loop.Scan((Tensor s, Tensor scale) => (F.tanh(f(s) + x * scale), s.sum()), x, s_samples);
            return state + sums.mean();
        }, Scanned),
        new("Scan, checkpointed", 0, (f, _) => x =>
        {
            var (state, sums) =
                Loop.Scan((Tensor s, Tensor scale) => (F.tanh(f(s) + x * scale), s.sum()), x, s_samples, checkpoint: true);
            return state + sums.mean();
        }, Scanned),
        new("Cond", 0, (f, _) => x => Loop.Cond(x.sum() > 0.2, f, y => F.sin(y) * x, x),
            f => (x, n) => Sum(x).Value > 0.2 ? f(x, n) : Zip(x, x, (a, b) => Jet.Sin(a) * b)),
        new("CustomVjp", 1, (f, _) => x =>
            CustomVjp.Create((Tensor y) => f(y), (y, _, g) => Grad.Pullback(f, y).Pullback(g))(x), f => f),
    ];

    private static Tensor Weighed(Tensor results, int axis) => axis == 0 ? s_samples.matmul(results) : results.matmul(s_samples);

    private static Func<Jet[], int, Jet[]> Samples(Func<Jet[], int, Jet[]> f) => (x, n) => s_scales
        .Select(scale => Map(f(Map(x, a => a * scale), n), y => y * scale)).Aggregate((p, q) => Zip(p, q, (a, b) => a + b));

    private static Func<Jet[], int, Jet[]> Scanned(Func<Jet[], int, Jet[]> f) => (x, n) =>
    {
        var (state, sums) = (x, (Jet)0);
        foreach (var scale in s_scales)
        {
            sums += Sum(state);
            state = Zip(f(state, n), x, (a, b) => Jet.Tanh(a + b * scale));
        }

        return Map(state, a => a + sums / s_scales.Length);
    };

    private static Jet Dot(Jet[] p, Jet[] q) => Sum(Zip(p, q, (a, b) => a * b));

    private static Jet[] Tangent(Func<Jet[], int, Jet[]> f, Jet[] x, Jet[] direction, int n) =>
        Map(f(Zip(x, direction, (a, b) => a.Moved(n, b)), n + 1), y => y.By(n));

    private static Jet[] Gradient(Func<Jet[], int, Jet[]> f, Jet[] x, Jet[] weights, int n) =>
        [.. x.Select((_, k) => Dot(Tangent(f, x, [.. x.Select((_, i) => (Jet)(i == k ? 1 : 0))], n), weights))];
}
