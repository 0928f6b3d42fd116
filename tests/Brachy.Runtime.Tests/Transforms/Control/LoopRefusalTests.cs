using Brachy.Compilation;
using Loop = Brachy.Control;

namespace Brachy.Tests.Transforms.Control;

/// <summary>What loops and choices refuse, how they say it, and that all goes on as before afterwards.</summary>
[Trait("Category", "Quick")]
public class LoopRefusalTests
{
    private static readonly Tensor s_x = F.tensor(new[] { 1.0, 2.0 });

    [Fact]
    public void VectorCodeNamesTheOpInside()
    {
        string Refusal(Func<Tensor, Tensor> f) =>
            Assert.Throws<NotSupportedException>(() => Jit.Compile(f, backend: Backend.VectorCode).Invoke(s_x)).Message;
        Assert.Equal("Vector code cannot run erfinv(float64[2]); use Backend.Default.", Refusal(F.erfinv));
        Assert.Equal(
            "Vector code cannot run erfinv(float64[2]) in a body of scan; use Backend.Default.",
            Refusal(x => Loop.For(0, 3, (i, s) => F.erfinv(s), x)));
        Assert.Equal(
            "Vector code cannot run erfinv(float64[2]) in a body of while; use Backend.Default.",
            Refusal(x => Loop.While(s => F.erfinv(s).sum() > 3, s => s + 1, x)));
        Assert.Equal(
            "Vector code cannot run erfinv(float64[2]) in a body of switch in a body of scan; use Backend.Default.",
            Refusal(x => Loop.For(0, 3, (i, s) => Loop.Cond(s.sum() > 1, y => y, F.erfinv, s), x)));
    }

    [Theory]
    [InlineData("interpreter")]
    [InlineData("torchscript")]
    [InlineData("default")]
    public void RoomForTooManyStepsIsRefusedByName(string backend)
    {
        static Tensor Run(Tensor x, long most) => Loop.While(s => s.sum() < 100, s => (s * x * x) + 2, x, maxSteps: most).sum();
        foreach (var most in new[] { 1L << 46, 1L << 60, long.MaxValue })
        {
            var slope = Jit.Compile(Grad.Of((Tensor x) => Run(x, most)), backend: ScanTests.BackendOf(backend));
            var error = Assert.Throws<InsufficientMemoryException>(() => slope.Invoke(s_x)).Message;
            Assert.StartsWith($"Control.While: maxSteps is {most}, and of each step ", error, StringComparison.Ordinal);
            Assert.Contains(" bytes of memory. Use fewer steps, or checkpoint: true", error, StringComparison.Ordinal);

            // Without a gradient nothing is kept.
            Assert.True((double)Jit.Compile((Tensor x) => Run(x, most), backend: ScanTests.BackendOf(backend)).Invoke(s_x) >= 100);
        }

        var scan = Jit.Compile(
            (Tensor x) => Loop.Scan((Tensor s) => (s, s * 2), x, 1L << 50).Outputs, backend: ScanTests.BackendOf(backend));
        Assert.StartsWith(
            $"Control.Scan: the number of steps is {1L << 50}, and of each step 16 bytes are kept",
            Assert.Throws<InsufficientMemoryException>(() => scan.Invoke(s_x)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RandomNumbersOfAScopeAroundALoopAreRefusedInIt()
    {
        string Refusal(Func<Tensor, Tensor> f) => Assert.Throws<InvalidOperationException>(() => Jit.Compile((Tensor x) =>
        {
            using var rng = Rng.Scope(new RngKey(F.tensor(1L)));
            return f(x);
        }).Invoke(s_x)).Message;
        foreach (var message in new[]
        {
            Refusal(x => Loop.Scan((Tensor s, Tensor v) => (F.dropout(s) + v, s), x, x).State),
            Refusal(x => Loop.For(0, 3, (i, s) => s + Rng.Normal([2], DType.Float64), x)),
            Refusal(x => Loop.While(s => s.sum() < Rng.Normal([]), s => s + 1, x)),
        })
        {
            Assert.Contains("Put a key in the state or in xs", message, StringComparison.Ordinal);
            Assert.Contains("each would draw the same numbers", message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void AKeyInTheStateDrawsAnotherMaskInEachStep()
    {
        static (Tensor, RngKey) Run(Tensor x, RngKey key) => Loop.Scan(
            ((Tensor X, RngKey Key) s, Tensor row) =>
            {
                var keys = Rng.Split(s.Key);
                var dropped = F.dropout(row, 0.5, key: keys[1]);
                return ((s.X + dropped, keys[0]), dropped);
            },
            (x, key), F.ones([8, 2], DType.Float64)) is var ((_, last), rows) ? (rows, last) : (x, key);

        var (expected, last) = Run(s_x, Rng.Seed(4));
        var (found, compiledLast) = Jit.Compile<Tensor, RngKey, (Tensor, RngKey)>(Run).Invoke(s_x, Rng.Seed(4));
        Assert.Equal(expected.ToArray<double>(), found.ToArray<double>());
        Assert.Equal(last.Tensor.item<long>(), compiledLast.Tensor.item<long>());
        Assert.True(expected.ToArray<double>().Chunk(2).Select(row => (row[0], row[1])).Distinct().Count() > 1);
    }

    /// <summary>What a user's function throws arrives as it is, and neither a trace nor a scope stays open.</summary>
    [Fact]
    public void WhatFunctionsThrowArrivesAndAllGoesOn()
    {
        Tensor Throw(Tensor s) => throw new InvalidDataException("mine");
        foreach (var run in new Func<Tensor, Tensor>[]
        {
            x => Loop.For(0, 3, (i, s) => Throw(s), x),
            x => Loop.Scan((Tensor s, Tensor v) => (s, Throw(s)), x, x).State,
            x => Loop.While(s => Throw(s), s => s, x),
            x => Loop.While(s => s.sum() < 10, Throw, x),
            x => Loop.Cond(x.sum() > 0, Throw, Throw, x),
            x => Loop.Switch(F.tensor(0L), [Throw], x),
            x => Loop.AssociativeScan((a, b) => Throw(a), x),
            x => Loop.For(0, 2, (i, s) => Loop.Cond(s.sum() > 0, y => Loop.For(0, 2, (j, z) => Throw(z), y), Throw, s), x),
            x => Loop.Scan((Tensor s, Tensor v) => (Throw(s), s), x, x.narrow(0, 0, 0)).State,
        })
        {
            var compiled = Jit.Compile(run);
            foreach (var call in new[] { run, compiled.Invoke, Grad.Of((Tensor x) => run(x).sum()) })
            {
                Assert.Equal("mine", Assert.Throws<InvalidDataException>(() => call(s_x)).Message);
                Assert.Equal(5, (double)Jit.Compile((Tensor x) => Loop.For(0, 2, (i, s) => s + 1, x).sum() - 2).Invoke(s_x));
            }
        }
    }

    [Fact]
    public void WrongArgumentsAreNamed()
    {
        foreach (var isCompiled in new[] { false, true })
        {
            string Refusal<T>(Func<Tensor, Tensor> f)
                where T : Exception => Assert.Throws<T>(() => (isCompiled ? Jit.Compile(f).Invoke : f)(s_x)).Message;
            Has(
                "index must be int64, but it is int32[]",
                Refusal<DTypeException>(x => Loop.Switch(F.full([], 0, DType.Int32), [y => y], x)));
            Has("condition must be bool, but it is int64[]", Refusal<DTypeException>(x => Loop.Cond(F.tensor(1L), y => y, y => y, x)));
            Has("the condition must be bool, but it is float64[]", Refusal<DTypeException>(x => Loop.While(s => s.sum(), s => s, x)));
            Has("the condition must be one value", Refusal<ShapeException>(x => Loop.While(s => s > 0, s => s, x)));
            Has("from must be int64", Refusal<DTypeException>(x => Loop.For(x.sum(), F.tensor(3L), (i, s) => s, x)));
            Has(
                "there must be a function",
                Refusal<ArgumentException>(x => Loop.Switch(F.tensor(0L), Array.Empty<Func<Tensor, Tensor>>(), x)));
            Has("'xs' is float64[], which has no dim", Refusal<ShapeException>(x => Loop.AssociativeScan((a, b) => a, x.sum())));
            Has("there is no tensor to loop over", Refusal<ShapeException>(
                x => Loop.Scan((Tensor s, List<Tensor> e) => (s, s), x, new List<Tensor>()).State));
            Has("they must be as many", Refusal<ShapeException>(
                x => Loop.Scan((Tensor s, (Tensor, Tensor) e) => (s, s), x, (x, F.ones([3]))).State));
            Assert.Contains(
                "steps must give the same types".Split(' ')[0],
                isCompiled ? "steps" : Refusal<ArgumentException>(x =>
                {
                    var count = 0;
                    return Loop.Scan((Tensor s, Tensor v) => (s, count++ == 0 ? s : s.sum()), x, x).State;
                }),
                StringComparison.Ordinal);
        }

        static void Has(string part, string message) => Assert.Contains(part, message, StringComparison.Ordinal);
    }
}
