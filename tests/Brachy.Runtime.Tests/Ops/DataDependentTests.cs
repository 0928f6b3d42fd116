using Brachy.Compilation;
using Brachy.Extending;
using Brachy.Tests.Ops.Samples;

namespace Brachy.Tests.Ops;

/// <summary>
/// Results whose shape depends on values: as libtorch's where values are known; a clear refusal in a traced function; and there, with a
/// size that is given, the same values.
/// </summary>
[Trait("Category", "Quick")]
public class DataDependentTests
{
    private static readonly Tensor s_numbers = F.tensor(new[,] { { 3L, 0, 1, 3 }, { 0, 0, 2, 1 } });
    private static readonly Tensor s_reals = Make.Values([2, 4], 2, 0, -1, 2, double.NaN, -0.0, 5, -1);
    private static readonly Tensor s_rows = F.tensor(new[,] { { 1.5, 0 }, { -1, 2 }, { 1.5, 0 }, { 1.5, -3 }, { -1, 2 }, { -1, 2 } });
    private static readonly Tensor s_mask = Given.Flags([true, false, false, true, false, true, true, false], 2, 4);

    // Ours, libtorch's expression, and its operand.
    private static readonly Dictionary<string, (Func<Tensor, Tensor> Ours, string Theirs, Tensor X)> s_cases = new()
    {
        ["nonzero"] = (x => x.nonzero(), "torch.nonzero(x)", s_numbers),
        ["nonzero of NaN and -0"] = (x => x.nonzero(), "torch.nonzero(x)", s_reals),
        ["nonzero of truth values"] = (x => F.argwhere(x), "torch.nonzero(x)", s_mask),
        ["nonzero of nothing"] = (x => x[..0].nonzero(), "torch.nonzero(x[:0])", s_numbers),
        ["nonzero of a number"] = (x => x[0, 0].nonzero(), "torch.nonzero(x[0, 0])", s_numbers),
        ["nonzero of a zero"] = (x => x[0, 1].nonzero(), "torch.nonzero(x[0, 1])", s_numbers),
        ["nonzero, transposed"] = (x => x.T.nonzero(), "torch.nonzero(x.t())", s_numbers),
        ["nonzero as a tuple"] = (x => F.stack(x.nonzero_as_tuple()), "torch.stack(torch.nonzero_numpy(x))", s_numbers),
        ["where with a condition alone"] = (x => F.stack(F.where(x > 1)), "torch.stack(torch.where(x > 1))", s_numbers),
        ["masked_select"] = (x => x.masked_select(x > 0), "torch.masked_select(x, x > 0)", s_numbers),
        ["masked_select, broadcast"] = (x => x.masked_select(x[1] > 0), "torch.masked_select(x, x[1] > 0)", s_numbers),
        ["masked_select, x broadcast"] = (x => x[0].masked_select(x > 0), "torch.masked_select(x[0], x > 0)", s_numbers),
        ["masked_select of none"] = (x => x.masked_select(x > 9), "torch.masked_select(x, x > 9)", s_numbers),
        ["masked_select of a number"] = (x => x[0, 0].masked_select(x[0, 0] > 0), "torch.masked_select(x[0, 0], x[0, 0] > 0)", s_numbers),
        ["unique"] = (x => x.unique(), "torch._unique2(x, True, False, False)[0]", s_numbers),
        ["unique, inverse"] = (x => x.unique(return_inverse: true).inverse_indices!, "torch._unique2(x, True, True, True)[1]", s_numbers),
        ["unique, counts"] = (x => x.unique(return_counts: true).counts!, "torch._unique2(x, True, True, True)[2]", s_numbers),
        ["unique of truth values"] = (x => F.unique(x > 0), "torch._unique2(x > 0, True, False, False)[0]", s_numbers),
        ["unique of nothing"] = (x => F.unique(x[..0]), "torch._unique2(x[:0], True, False, False)[0]", s_numbers),
        ["unique of a number"] = (x => F.unique(x[0, 0]), "torch._unique2(x[0, 0], True, False, False)[0]", s_numbers),
        ["unique rows"] = (x => F.unique(x, dim: 0), "torch.unique_dim(x, 0, True, False, False)[0]", s_rows),
        ["unique rows, inverse"] = (
            x => F.unique(x, return_inverse: true, dim: 0).inverse_indices!, "torch.unique_dim(x, 0, True, True, True)[1]", s_rows),
        ["unique rows, counts"] = (
            x => F.unique(x, return_counts: true, dim: 0).counts!, "torch.unique_dim(x, 0, True, True, True)[2]", s_rows),
        ["unique columns"] = (x => F.unique(x.T, dim: -1), "torch.unique_dim(x.t(), -1, True, False, False)[0]", s_rows),
        ["unique slices of three dims"] = (
            x => F.unique(x.reshape(3, 2, 2), dim: 1), "torch.unique_dim(x.reshape(3, 2, 2), 1, True, False, False)[0]", s_rows),
        ["unique slices of truth values"] = (x => F.unique(x > 0, dim: 0), "torch.unique_dim(x > 0, 0, True, False, False)[0]", s_rows),
        ["unique_consecutive"] = (x => F.unique_consecutive(x), "torch.unique_consecutive(x)[0]", s_rows),
        ["unique_consecutive, inverse"] = (
            x => F.unique_consecutive(x, return_inverse: true).inverse_indices!, "torch.unique_consecutive(x, True, True)[1]", s_rows),
        ["unique_consecutive, counts"] = (
            x => F.unique_consecutive(x, return_counts: true).counts!, "torch.unique_consecutive(x, True, True)[2]", s_rows),
        ["unique_consecutive rows"] = (x => F.unique_consecutive(x, dim: 0), "torch.unique_consecutive(x, False, False, 0)[0]", s_rows),
        ["unique_consecutive of NaN"] = (x => F.unique_consecutive(x), "torch.unique_consecutive(x)[0]", s_reals),
        ["bincount"] = (x => x[0].bincount(), "torch.bincount(x[0])", s_numbers),
        ["bincount, minlength"] = (x => x[1].bincount(minlength: 6), "torch.bincount(x[1], minlength=6)", s_numbers),
        ["bincount, weights"] = (x => x[0].bincount(x[1].@float()), "torch.bincount(x[0], x[1].to(torch.float32))", s_numbers),
        ["bincount, integer weights"] = (x => x[0].bincount(x[1]), "torch.bincount(x[0], x[1])", s_numbers),
        ["bincount of nothing"] = (x => x[0, ..0].bincount(), "torch.bincount(x[0, :0])", s_numbers),
        ["bincount of uint8"] = (x => x[0].to(DType.UInt8).bincount(), "torch.bincount(x[0].to(torch.uint8))", s_numbers),
        ["repeat_interleave"] = (x => x.repeat_interleave(x[0], 1), "torch.repeat_interleave(x, x[0], 1)", s_numbers),
        ["repeat_interleave, one count"] = (x => x.repeat_interleave(x[0, ..1], -1), "torch.repeat_interleave(x, x[0, :1], -1)", s_numbers),
        ["repeat_interleave, a count without dims"] = (x => x.repeat_interleave(x[0, 0]), "torch.repeat_interleave(x, x[0, 0])", s_numbers),
        ["repeat_interleave, flat"] = (x => x.repeat_interleave(x.ravel()), "torch.repeat_interleave(x, x.ravel())", s_numbers),
        ["repeat_interleave of counts alone"] = (x => F.repeat_interleave(x[0]), "torch.repeat_interleave(x[0])", s_numbers),
        ["repeat_interleave of a number"] = (
            x => x[0, 0].repeat_interleave(x[0, ..1]), "torch.repeat_interleave(x[0, 0], x[0, :1])", s_numbers),
        ["x[mask]"] = (x => x[x > 0], "x[x > 0]", s_numbers),
    };

    // With a size that is known: eagerly and traced, the same.
    private static readonly Dictionary<string, (Func<Tensor, Tensor> WithSize, Func<Tensor, Tensor> Expected)> s_sized = new()
    {
        ["nonzero"] = (x => x.nonzero(size: 7), x => F.cat([x.nonzero(), F.full([7 - 6, 2], -1)])),
        ["nonzero, fill"] = (x => x.nonzero(7, 99), x => F.cat([x.nonzero(), F.full([7 - 6, 2], 99)])),
        ["nonzero, cut"] = (x => F.nonzero_static(x, 2), x => x.nonzero()[..2]),
        ["nonzero as a tuple"] = (x => F.stack(x.nonzero_as_tuple(6)), x => F.stack(x.nonzero_as_tuple())),
        ["argwhere"] = (x => x.argwhere(6), x => x.nonzero()),
        ["masked_select"] = (x => x.masked_select(x > 0, size: 5), x => F.cat([x.masked_select(x > 0), F.zeros([5 - 4], DType.Float64)])),
        ["masked_select, fill"] = (
            x => x.masked_select(x > 0, 6, -7), x => F.cat([x.masked_select(x > 0), F.full([6 - 4], -7, DType.Float64)])),
        ["masked_select, cut"] = (x => x.masked_select(x > 0, size: 2), x => x.masked_select(x > 0)[..2]),
        ["unique"] = (x => x.unique(size: 6), x => F.cat([x.unique(), F.expand(F.amin(x), 1)])),
        ["unique, fill"] = (x => x.unique(size: 7, fill_value: 0.5), x => F.cat([x.unique(), F.full([2], 0.5, DType.Float64)])),
        ["unique, cut"] = (x => x.unique(size: 2), x => x.unique()[..2]),
        ["unique, inverse"] = (
            x => x.unique(return_inverse: true, size: 6).inverse_indices!, x => x.unique(return_inverse: true).inverse_indices!),
        ["unique, counts"] = (
            x => x.unique(return_counts: true, size: 6).counts!,
            x => F.cat([x.unique(return_counts: true).counts!, F.zeros([1], DType.Int64)])),
        ["unique, counts cut"] = (x => x.unique(return_counts: true, size: 2).counts!, x => x.unique(return_counts: true).counts![..2]),
        ["unique columns"] = (
            x => x.unique(dim: 1, size: 5, fill_value: 8), x => F.cat([x.unique(dim: 1), F.full([2, 5 - 3], 8, DType.Float64)], 1)),
        ["unique_consecutive"] = (x => x.unique_consecutive(size: 9), x => F.cat([x.unique_consecutive(), F.expand(x[0, 0], 9 - 8)])),
        ["bincount"] = (x => F.abs(x.@long().ravel()).bincount(size: 9), x => F.abs(x.@long().ravel()).bincount(minlength: 9)),
        ["bincount, weights, cut"] = (
            x => F.abs(x.@long().ravel()).bincount(x.ravel(), size: 2), x => F.abs(x.@long().ravel()).bincount(x.ravel())[..2]),
        ["bincount without negative numbers"] = (x => x.@long().ravel().bincount(size: 3), _ => F.tensor([2L, 0, 2])),
        ["repeat_interleave"] = (
            x => x.repeat_interleave(F.tensor([2L, 0, 1, 3]), 1, output_size: 6), x => x.repeat_interleave(F.tensor([2L, 0, 1, 3]), 1)),
    };

    private static readonly Tensor s_sizedInput = Make.Values([2, 4], 2, 0, -1, 2, 5, 0, -4, 5);

    private static readonly Dictionary<string, (Func<Tensor, object> Use, string Instead)> s_dependentUses = new()
    {
        ["nonzero"] = (x => x.nonzero(), "F.nonzero(x, size: n)"),
        ["argwhere"] = (x => x.argwhere(), "F.nonzero(x, size: n)"),
        ["nonzero_as_tuple"] = (x => x.nonzero_as_tuple(), "F.nonzero(x, size: n)"),
        ["where"] = (x => F.where(x > 0), "F.nonzero(x, size: n)"),
        ["masked_select"] = (x => x.masked_select(x > 0), "F.masked_select(x, mask, size: n)"),
        ["x[mask]"] = (x => x[x > 0], "F.masked_select(x, mask, size: n)"),
        ["x[mask] beside others"] = (x => x[0, x[0] > 0], "F.masked_select(x, mask, size: n)"),
        ["x.at[mask] with a value for each"] = (x => x.at[x > 0].set(F.ones([4], DType.Float64)), "F.masked_scatter(x, mask, values)"),
        ["unique"] = (x => x.unique(), "size: n"),
        ["unique, all"] = (x => x.unique(return_counts: true).output, "size: n"),
        ["unique rows"] = (x => x.unique(dim: 0), "size: n"),
        ["unique_consecutive"] = (x => x.unique_consecutive(), "size: n"),
        ["bincount"] = (x => F.abs(x.@long().ravel()).bincount(), "F.bincount(x, size: n)"),
        ["repeat_interleave"] = (x => x.repeat_interleave(F.abs(x[0].@long()), 1), "output_size: n"),
    };

    public static TheoryData<string> Names => [.. s_cases.Keys];

    public static TheoryData<string> SizedNames => [.. s_sized.Keys];

    public static TheoryData<string> DependentNames => [.. s_dependentUses.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void ValuesAreThoseOfLibtorch(string name)
    {
        var (ours, theirs, x) = s_cases[name];
        OpCheck.AssertClose(ScriptedReference.Of(theirs, x), ours(x), 0, name);
    }

    [Theory]
    [MemberData(nameof(SizedNames))]
    public void WithASizeTheyAreTracedAndGiveTheSame(string name)
    {
        var (withSize, expected) = s_sized[name];
        OpCheck.AssertClose(expected(s_sizedInput), withSize(s_sizedInput), 0, $"{name}, eagerly");
        foreach (var backend in new[] { Backend.Interpreter, Backend.TorchScript })
        {
            var compiled = Jit.Compile((Tensor x) => withSize(x), backend: backend);
            OpCheck.AssertClose(expected(s_sizedInput), compiled.Invoke(s_sizedInput), 0, $"{name}, {backend}");
        }
    }

    [Theory]
    [MemberData(nameof(DependentNames))]
    public void ATracedFunctionIsToldWhatToDoInstead(string name)
    {
        var (use, instead) = s_dependentUses[name];
        Assert.NotNull(use(s_sizedInput));
        var f = Jit.Compile((Tensor given) =>
        {
            use(given);
            return given;
        });
        var error = Assert.Throws<ConcretizationException>(() => f.Invoke(s_sizedInput));
        Assert.Contains(instead, error.Message, StringComparison.Ordinal);
        Assert.Contains("is being traced", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatATracedFunctionCapturesIsKnown()
    {
        var mask = s_sizedInput > 0;
        var f = Jit.Compile((Tensor x) => F.sum(x[mask] * 2) + mask.nonzero().shape[0]);
        OpCheck.AssertClose(F.sum(s_sizedInput[mask] * 2) + 4, f.Invoke(s_sizedInput), 1e-12, "a captured mask");
    }

    [Fact]
    public void GradientsGoToWhatWasChosen()
    {
        CompositeCheck.ValueAndGradient(
            "masked_select", x => x.masked_select(x > 0) * 2, x => ScriptedReference.Run("torch.masked_select(x, x > 0) * 2", x));
        CompositeCheck.ValueAndGradient(
            "x[mask]", x => x[Given.Flags([true, false], 2), 1] * 3, x => ScriptedReference.Run("x[torch.tensor([True, False]), 1] * 3", x),
            Make.Real([2, 2]));
        CompositeCheck.ValueAndGradient("repeat_interleave", x => x.repeat_interleave(F.tensor([2L, 0, 3]), 1), x =>
            ScriptedReference.Run("torch.repeat_interleave(x, torch.tensor([2, 0, 3]), 1)", x));
        CompositeCheck.ValueAndGradient("masked_scatter, x", x => x.masked_scatter(x > 0, x * x), x =>
            ScriptedReference.Run("torch.masked_scatter(x, x > 0, x * x)", x));

        // The gradient of each distinct element goes to its first.
        var (_, g) = Pullback.Differentiate(
            [Make.Values([4], 3, 1, 3, 2)], x => x[0].unique() * F.tensor([1.0, 10, 100]), y => ([y], [F.ones([3], DType.Float64)]));
        Assert.Equal([100, 1, 0, 10], g[0]!.ToArray<double>());
    }

    [Fact]
    public void FormsWithASizeAreDifferentiatedWhileCompiled()
    {
        var f = Jit.Compile((Tensor x) => Grad.Of((Tensor v) => F.sum(F.square(v.masked_select(v > 0, size: 3)) + v.unique(size: 3)
            + v.repeat_interleave(F.tensor([1L, 0, 1, 1]), output_size: 3)))(x));
        Assert.Equal([6, 1, 2, 3], f.Invoke(Make.Values([4], 2.5, -1, 0, 0.5)).ToArray<double>().Select(v => Math.Round(v, 9)));
    }

    [Fact]
    public void EachNaNIsDistinctAndComesLast()
    {
        var x = Make.Values([5], double.NaN, 1, double.NaN, -1, 1);
        var (values, inverse, counts) = x.unique(return_inverse: true, return_counts: true);
        Assert.Equal([-1, 1, double.NaN, double.NaN], values.ToArray<double>());
        Assert.Equal([2L, 1, 3, 0, 1], inverse!.ToArray<long>());
        Assert.Equal([1L, 2, 1, 1], counts!.ToArray<long>());
        Assert.Equal([4L, 40], F.unique(F.stack([x, F.zeros_like(x)], 1).tile(1, 20), dim: 0).shape);
    }

    [Fact]
    public void WhatDoesNotFitIsRefused()
    {
        var x = F.ones([2, 3]);
        Assert.Throws<DTypeException>(() => x.masked_select(x));
        Assert.Throws<ShapeException>(() => x.masked_select(F.ones([2], DType.Bool)));
        Assert.Throws<ArgumentOutOfRangeException>(() => x.nonzero(size: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => x.masked_select(x > 0, size: -1));
        Assert.Throws<DTypeException>(() => s_numbers.masked_select(s_numbers > 0, 2, 0.5));
        Assert.Throws<DTypeException>(() => s_numbers.to(DType.UInt8).unique(size: 2, fill_value: 300));
        Assert.Throws<ShapeException>(() => x.unique(dim: 2));
        Assert.Throws<ShapeException>(() => x[0, 0].unique(dim: 0));
        Assert.Throws<DTypeException>(() => x[0].bincount());
        Assert.Throws<ShapeException>(() => s_numbers.bincount());
        Assert.Throws<ShapeException>(() => s_numbers[0].bincount(x));
        Assert.Contains("-1", Assert.Throws<ArgumentException>(() => F.tensor([1L, -1]).bincount()).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => s_numbers[0].bincount(minlength: -1));
        Assert.ThrowsAny<Exception>(() => F.tensor([long.MaxValue - 1]).bincount());
        Assert.Throws<ArgumentOutOfRangeException>(() => x.repeat_interleave(F.tensor([1L, -1]), 0));
        Assert.Throws<DTypeException>(() => x.repeat_interleave(F.tensor([1.0, 1]), 0));
        Assert.Throws<ShapeException>(() => x.repeat_interleave(F.tensor([1L, 1]), 1));
        Assert.Throws<NativeOpException>(() => x.repeat_interleave(F.tensor([1L, 1]), 0, output_size: 3));
        Assert.Throws<NativeOpException>(() => x.repeat_interleave(F.tensor([1L, 1]), 0, output_size: 1));
        Assert.Throws<NativeOpException>(() => x.masked_scatter(x > 0, F.ones([5])));
        Assert.Throws<DTypeException>(() => x.masked_scatter(x > 0, F.ones([6], DType.Float64)));
        Assert.Throws<ArgumentException>(() => x.histc(0));
        Assert.Throws<ArgumentException>(() => x.histc(3, 2, 1));
        Assert.Throws<NativeOpException>(() => (x / 0).histc());
        Assert.Throws<DTypeException>(() => s_numbers.histc());
        Assert.Throws<ArgumentException>(() => x.histogram(0));
        Assert.Throws<ShapeException>(() => x.histogram(F.ones([1])));
        Assert.Throws<DTypeException>(() => x.histogram(F.ones([2], DType.Float64)));
    }
}
