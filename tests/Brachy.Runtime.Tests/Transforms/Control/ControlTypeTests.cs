using static Brachy.Tests.Transforms.Control.ScanTests;
using Loop = Brachy.Control;

namespace Brachy.Tests.Transforms.Control;

/// <summary>States, operands and results of types that only these calls mention: generated code knows them.</summary>
[Trait("Category", "Quick")]
public partial class ControlTypeTests
{
    /// <summary>Of no call but Scan's.</summary>
    [Tree]
    public partial record Particle(Tensor Place, Tensor Speed);

    /// <summary>Holds a list of records.</summary>
    [Tree]
    public partial record Cloud(List<Particle> Particles, [property: Static] string Name);

    public static TheoryData<string> Backends => ScanTests.Backends;

    private static Tensor One => F.ones([2], DType.Float64);

    [Theory]
    [MemberData(nameof(Backends))]
    public void RecordsAndListsOfThemAreStatesOperandsAndResults(string backend)
    {
        static Particle Moved(Particle p) => p with { Place = p.Place + p.Speed };

        Tensor Run(Tensor x)
        {
            List<Particle> first = [new(x, x * 2), new(x * 3, x)];
            var (list, places) = Loop.Scan(
                (List<Particle> s, Particle push) => (s.Select(p => Moved(p with { Speed = p.Speed + push.Speed })).ToList(), s[0]),
                first, new Particle(F.stack([x, x]), F.stack([x, x * 2])));
            var cloud = Loop.While(
                s => s.Particles[0].Place.sum() < 100, s => s with { Particles = [.. s.Particles.Select(Moved)] }, new Cloud(list, "a"), 9);
            var array = Loop.For(0, 2, (i, s) => (Particle[])[s[1], Moved(s[0])], cloud.Particles.ToArray());
            var pair = Loop.Cond(
                x.sum() > 0, s => (s, s.Particles[0]), s => (s, s.Particles[1]), new Cloud([.. array], "b"));
            var named = Loop.Switch(
                F.tensor(1L),
                [d => d, (Dictionary<string, Particle> d) => new Dictionary<string, Particle> { ["p"] = Moved(d["p"]) }],
                new Dictionary<string, Particle> { ["p"] = pair.Item2 });
            var sums = Loop.AssociativeScan(
                (a, b) => new Particle(a.Place + b.Place, a.Speed * b.Speed), new Particle(places.Place, places.Speed));
            return named["p"].Place + pair.Item1.Particles[1].Place + sums.Place.sum(0) + sums.Speed.sum(0);
        }

        AssertClose(Run(One), Compiled<Tensor, Tensor>(Run, backend)(One));
        var gradient = Grad.Of((Tensor x) => Run(x).sum());
        AssertClose(gradient(One), Compiled(gradient, backend)(One));
    }

    [Theory]
    [MemberData(nameof(Backends))]
    public void AStaticPartThatDriftsIsNamed(string backend)
    {
        var run = Compiled(
            (Tensor x) => Loop.For(0, 3, (i, s) => s with { Name = s.Name + "!" }, new Cloud([new(x, x)], "a")).Particles[0].Place,
            backend);
        var message = Assert.Throws<ArgumentException>(() => run(One)).Message;
        Assert.Contains("'state.Name'", message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("make what changes a tensor", message, StringComparison.Ordinal);
        var growing = Compiled(
            (Tensor x) => Loop.For(0, 3, (i, s) => [.. s, s[0]], new List<Particle> { new(x, x) })[0].Place, backend);
        Assert.Contains("state", Assert.Throws<ArgumentException>(() => growing(One)).Message, StringComparison.Ordinal);
    }

    /// <summary>Two tensors over the same memory, both captured.</summary>
    [Theory]
    [MemberData(nameof(Backends))]
    public void CapturedTensorsOverTheSameMemoryAreBothKnown(string backend)
    {
        var first = F.tensor(new[] { 1.0, 2.0 });
        var second = F.reshape(first, [2]);
        var third = F.reshape(first, [1, 2]);
        var run = Compiled((Tensor x) => Loop.For(0, 2, (i, s) => (s * first) + second + third.sum(0), x), backend);
        AssertClose(F.tensor(new[] { 5.0, 16.0 }), run(One));
    }
}
