using Brachy.Tests.Ops.Samples;

namespace Brachy.Tests.Ops;

/// <summary>
/// Functions made of several primitives: values, and gradients where there are some, against libtorch's functions of the same name.
/// </summary>
public class ComposedOpTests
{
    private const double NaN = double.NaN;
    private static readonly Tensor s_matrix = Make.Real([3, 4]);
    private static readonly Tensor s_vector = Make.Real([6]);
    private static readonly Tensor s_cube = Make.Real([2, 3, 3]);
    private static readonly Tensor s_ties = Make.Values([2, 5], 1, 2, 2, 0, 1, 3, -1, 3, -1, 3);
    private static readonly Tensor s_withNaN = Make.Values([3, 4], 1, NaN, -2, 5, NaN, NaN, NaN, NaN, 3, 4, 0, NaN);
    private static readonly Tensor s_whole = F.tensor(new[,] { { 7L, -7, 3 }, { -8, 8, 2 } });
    private static readonly Tensor s_special = Make.Values(
        [2, 4], 0, -0.0, double.PositiveInfinity, double.NegativeInfinity, NaN, 1.5, -2.5, 3.5);

    // With gradients: ours, libtorch's expression, and its operand.
    private static readonly Dictionary<string, (Func<Tensor, Tensor> Ours, string Theirs, Tensor X)> s_smooth = new()
    {
        ["quantile"] = (x => x.quantile(0.3), "torch.quantile(x, 0.3)", s_matrix),
        ["quantile, dim kept"] = (x => x.quantile(0.6, 1, true), "torch.quantile(x, 0.6, 1, True)", s_matrix),
        ["quantile, kept"] = (x => x.quantile(0.6, keepdim: true), "torch.quantile(x, 0.6, keepdim=True)", s_matrix),
        ["quantile, several"] = (
            x => x.quantile(F.tensor([0.125, 0.5, 1]), 0), "torch.quantile(x, torch.tensor([0.125, 0.5, 1.0], dtype=torch.float64), 0)",
            s_matrix),
        ["quantile, several, kept"] = (
            x => x.quantile(F.tensor([0, 0.75]), -1, true), "torch.quantile(x, torch.tensor([0.0, 0.75], dtype=torch.float64), -1, True)",
            s_matrix),
        ["quantile, several of all, kept"] = (
            x => x.quantile(F.tensor([0, 0.75]), keepdim: true),
            "torch.quantile(x, torch.tensor([0.0, 0.75], dtype=torch.float64), keepdim=True)", s_matrix),
        ["quantile, lower"] = (
            x => x.quantile(0.4, 1, interpolation: "lower"), "torch.quantile(x, 0.4, 1, interpolation='lower')", s_matrix),
        ["quantile, higher"] = (
            x => x.quantile(0.4, 1, interpolation: "higher"), "torch.quantile(x, 0.4, 1, interpolation='higher')", s_matrix),
        ["quantile, nearest"] = (
            x => x.quantile(0.4, 1, interpolation: "nearest"), "torch.quantile(x, 0.4, 1, interpolation='nearest')", s_matrix),
        ["quantile, midpoint"] = (
            x => x.quantile(0.4, 1, interpolation: "midpoint"), "torch.quantile(x, 0.4, 1, interpolation='midpoint')", s_matrix),
        ["nanquantile"] = (x => x.nanquantile(0.3), "torch.nanquantile(x, 0.3)", s_matrix),
        ["nanmedian"] = (x => x.nanmedian(), "torch.nanmedian(x)", s_vector),
        ["nanmedian over a dim"] = (x => x.nanmedian(1, true).values, "torch.nanmedian(x, 1, True)[0]", s_matrix),
        ["mode"] = (x => x.mode(1).values, "torch.mode(x, 1)[0]", s_matrix),
        ["cov"] = (x => x.cov(), "torch.cov(x)", s_matrix),
        ["cov of one variable"] = (x => x.cov(correction: 0), "torch.cov(x, correction=0)", s_vector),
        ["cov, weights"] = (
            x => x.cov(1, F.tensor([1L, 3, 0, 2]), F.tensor([0.5, 1, 2, 0.125])),
            "torch.cov(x, fweights=torch.tensor([1, 3, 0, 2]), aweights=torch.tensor([0.5, 1.0, 2.0, 0.125], dtype=torch.float64))",
            s_matrix),
        ["cov, frequencies"] = (x => x.cov(1, F.tensor([1L, 3, 0, 2])), "torch.cov(x, fweights=torch.tensor([1, 3, 0, 2]))", s_matrix),
        ["corrcoef"] = (x => x.corrcoef(), "torch.corrcoef(x)", Make.Real([3, 7])),
        ["tensor_split"] = (
            x => F.cat([.. x.tensor_split(3).Select(p => p * p.numel())]), "torch.cat([x[:2] * 2, x[2:4] * 2, x[4:] * 2])", s_vector),
        ["unfold"] = (x => x.unfold(1, 2, 1), "x.unfold(1, 2, 1)", s_matrix),
        ["unfold with gaps"] = (x => x.unfold(-1, 2, 3), "x.unfold(-1, 2, 3)", s_vector),
        ["unfold of three dims"] = (
            x => x.unfold(0, 1, 1) + x.unfold(1, 2, 2).sum(), "x.unfold(0, 1, 1) + x.unfold(1, 2, 2).sum()", s_cube),
        ["unfold, empty windows"] = (x => x.unfold(0, 0, 2), "x.unfold(0, 0, 2)", s_vector),
        ["trapezoid"] = (x => F.trapezoid(x), "torch.trapezoid(x)", s_matrix),
        ["trapezoid, dx and dim"] = (x => F.trapezoid(x, 0.5, 0), "torch.trapezoid(x, dx=0.5, dim=0)", s_matrix),
        ["trapezoid at places"] = (
            x => F.trapezoid(x, F.tensor([0, 0.5, 2]), 0), "torch.trapezoid(x, torch.tensor([0.0, 0.5, 2.0], dtype=torch.float64), dim=0)",
            s_matrix),
        ["trapezoid at places of their own"] = (x => F.trapezoid(x, x * x), "torch.trapezoid(x, x * x)", s_matrix),
        ["cumulative_trapezoid"] = (x => F.cumulative_trapezoid(x, 2, 0), "torch.cumulative_trapezoid(x, dx=2, dim=0)", s_matrix),
        ["cumulative_trapezoid at places"] = (
            x => F.cumulative_trapezoid(x, x[0] * x[0]), "torch.cumulative_trapezoid(x, x[0] * x[0])", s_matrix),
        ["combinations"] = (x => F.combinations(x, 3), "torch.combinations(x, 3)", s_vector),
        ["combinations with replacement"] = (x => F.combinations(x, 2, true), "torch.combinations(x, 2, True)", s_vector),
        ["cartesian_prod"] = (x => F.cartesian_prod(x, x[..2] * 2), "torch.cartesian_prod([x, x[:2] * 2])", s_vector),
        ["vander"] = (x => F.vander(x, 3), "torch.stack([x * x, x, torch.ones_like(x)], 1)", s_vector),
        ["clamp by tensors at their values"] = (
            x => x.clamp(x.stop_gradient(), 1), "torch.clamp(torch.clamp(x, x.detach()), max=1.0)", s_vector),
        ["clamp_min"] = (
            x => x.clamp_min(F.zeros([3, 1], DType.Float64)), "torch.clamp_min(x, torch.zeros(3, 1, dtype=torch.float64))", s_matrix),
        ["clamp_max"] = (x => x.clamp_max(0.5), "torch.clamp_max(x, 0.5)", s_matrix),
        ["fmax"] = (x => F.fmax(x, x[0] * 1.5), "torch.fmax(x, x[0] * 1.5)", s_matrix),
        ["fmax with ties"] = (x => F.fmax(x * 0, x * 0), "torch.fmax(x * 0, x * 0)", s_matrix),
        ["fmin"] = (x => F.fmin(x, x[0] * 1.5), "torch.fmin(x, x[0] * 1.5)", s_matrix),
        ["max of two"] = (x => F.max(x, -x) + x.min(x[0] * 2), "torch.max(x, -x) + torch.min(x, x[0] * 2)", s_matrix),
        ["lerp"] = (x => F.lerp(x, x[1], 0.75), "torch.lerp(x, x[1].expand(3, 4), 0.75)", s_matrix),
        ["lerp by tensors"] = (x => F.lerp(x, x * x, x[0]), "torch.lerp(x, x * x, x[0])", s_matrix),
        ["float_power"] = (x => F.float_power(x, 3), "torch.float_power(x, 3)", s_matrix),
        ["ldexp"] = (x => x.ldexp(F.tensor([1L, -2, 3, 0])), "torch.ldexp(x, torch.tensor([1, -2, 3, 0]))", s_matrix),
        ["xlog1py"] = (x => F.xlog1py(x, x * x), "torch.special_xlog1py(x, x * x)", s_matrix),
        ["xlog1py at 0"] = (x => F.xlog1py(x * 0, x * x), "torch.special_xlog1py(x * 0, x * x)", s_matrix),
        ["deg2rad"] = (x => x.deg2rad() + x.rad2deg(), "torch.deg2rad(x) + torch.rad2deg(x)", s_matrix),
        ["dist"] = (x => x.dist(x[0] * 2, 3), "torch.dist(x, x[0] * 2, 3)", s_matrix),
        ["pdist"] = (x => F.pdist(x, 3), "torch.pdist(x, 3.0)", s_matrix),
        ["pdist, Euclidean"] = (x => F.pdist(x), "torch.pdist(x)", s_matrix),
        ["renorm"] = (x => x.renorm(2, 0, 1.5), "torch.renorm(x, 2, 0, 1.5)", s_matrix),
        ["renorm, last dim"] = (x => x.renorm(1, -1, 2), "torch.renorm(x, 1, -1, 2)", s_cube),
        ["addmv"] = (x => F.addmv(x[0, ..3], x, x[1], 0.5, 2), "torch.addmv(x[0, :3], x, x[1], beta=0.5, alpha=2)", s_matrix),
        ["addr"] = (x => F.addr(x, x[.., 0], x[0], 0, 3), "torch.addr(x, x[:, 0], x[0], beta=0, alpha=3)", s_matrix),
        ["addbmm"] = (x => F.addbmm(x[0], x, x.mT, 2, 0.5), "torch.addbmm(x[0], x, x.transpose(1, 2), beta=2, alpha=0.5)", s_cube),
        ["chain_matmul"] = (x => F.chain_matmul(x, x.T, x, x.T), "torch.chain_matmul([x, x.t(), x, x.t()])", s_matrix),
        ["vdot"] = (x => x.vdot(x * x), "torch.vdot(x, x * x)", s_vector),
        ["put"] = (x => x.put(F.tensor([1L, -2, 5]), x[0, ..3] * 2), "torch.put(x, torch.tensor([1, -2, 5]), x[0, :3] * 2)", s_matrix),
        ["put, added"] = (
            x => x.put(F.tensor([1L, 1, 5]), x[0, ..3] * 2, true), "torch.put(x, torch.tensor([1, 1, 5]), x[0, :3] * 2, True)", s_matrix),
        ["index_add, scaled"] = (
            x => x.index_add(0, F.tensor([0L, 2, 0]), x * x, 0.5), "torch.index_add(x, 0, torch.tensor([0, 2, 0]), x * x, alpha=0.5)",
            s_matrix),
        ["index_fill from the end"] = (
            x => x.index_fill(1, F.tensor([-1L, 0]), 3), "torch.index_fill(x, 1, torch.tensor([-1, 0]), 3)", s_matrix),
        ["index_reduce, prod"] = (
            x => x.index_reduce(0, F.tensor([0L, 2, 0]), x * x, "prod"), "torch.index_reduce(x, 0, torch.tensor([0, 2, 0]), x * x, 'prod')",
            s_matrix),
        ["index_reduce, mean"] = (
            x => x.index_reduce(1, F.tensor([0L, 2, 0, 1]), x * x, "mean", false),
            "torch.index_reduce(x, 1, torch.tensor([0, 2, 0, 1]), x * x, 'mean', include_self=False)", s_matrix),
        ["index_reduce, amax"] = (
            x => x.index_reduce(1, F.tensor([0L, 2, 0, 1]), x * x, "amax"),
            "torch.index_reduce(x, 1, torch.tensor([0, 2, 0, 1]), x * x, 'amax')", s_matrix),
        ["index_reduce, amin"] = (
            x => x.index_reduce(1, F.tensor([0L, 2, 0, 1]), x * x, "amin", false),
            "torch.index_reduce(x, 1, torch.tensor([0, 2, 0, 1]), x * x, 'amin', include_self=False)", s_matrix),
        ["scatter_reduce, amax with ties"] = (
            x => (x * 0).scatter_reduce(0, F.zeros([3, 4], DType.Int64), x * 0, "amax"),
            "torch.scatter_reduce(x * 0, 0, torch.zeros(3, 4, dtype=torch.int64), x * 0, 'amax')", s_matrix),
        ["scatter_reduce, prod with a zero"] = (
            x => x.scatter_reduce(0, F.tensor([0L, 0, 1, 1, 2, 2]), x * F.tensor([1.0, 0, 1, 1, 1, 1]), "prod"),
            "torch.scatter_reduce(x, 0, torch.tensor([0, 0, 1, 1, 2, 2]), x * torch.tensor([1.0, 0.0, 1.0, 1.0, 1.0, 1.0], "
            + "dtype=torch.float64), 'prod')", s_vector),
        ["ndtr"] = (x => F.ndtr(x), "torch.special_ndtr(x)", s_matrix),
        ["log_ndtr"] = (x => F.log_ndtr(x * 8), "torch.special_log_ndtr(x * 8)", s_matrix),
        ["entr"] = (x => F.entr(x * x), "torch.special_entr(x * x)", s_matrix),
        ["mvlgamma"] = (x => F.mvlgamma(x * x + 1, 3), "torch.mvlgamma(x * x + 1, 3)", s_matrix),
        ["gradient"] = (x => F.stack(F.gradient(x, 0.5)), "torch.stack(torch.gradient(x, spacing=0.5))", s_matrix),
        ["gradient, second order at the ends"] = (
            x => F.gradient(x, 2, [1], 2)[0], "torch.gradient(x, spacing=2.0, dim=1, edge_order=2)[0]", s_matrix),
        ["fill"] = (x => F.fill(x, x[0, 0] * 2), "torch.fill(x, x[0, 0] * 2)", s_matrix),
        ["add, scaled"] = (
            x => F.add(x, x[0], 3) + x.sub(x[1], 0.5), "torch.add(x, x[0], alpha=3) + torch.sub(x, x[1], alpha=0.5)", s_matrix),
        ["scatter, added"] = (
            x => x.scatter(0, F.zeros([2, 4], DType.Int64), x[..2] * 2, "add"),
            "torch.scatter_add(x, 0, torch.zeros(2, 4, dtype=torch.int64), x[:2] * 2)", s_matrix),
        ["index_put by a mask"] = (
            x => x.index_put([null, F.tensor([true, false, true, true])], x[.., ..3] * 2),
            "torch.index_put(x, [torch.arange(3).unsqueeze(1), torch.tensor([[0, 2, 3]])], x[:, :3] * 2)", s_matrix),
        ["take_along_dim of all"] = (
            x => x.take_along_dim(F.tensor([0L, 5, 5])), "torch.take_along_dim(x, torch.tensor([0, 5, 5]))", s_matrix),
        ["logsumexp of nothing"] = (x => F.logsumexp(x[..0], 0) + x.sum(), "torch.logsumexp(x[:0], [0]) + x.sum()", s_matrix),
        ["cat with nothing"] = (
            x => F.cat([F.zeros([0], DType.Float64), x, x[..0], x * 2], 0),
            "torch.cat([torch.zeros(0, dtype=torch.float64), x, x[:0], x * 2], 0)", s_matrix),
        ["cat with a vector of nothing, computed"] = (x => F.cat([x[0, ..0], x], 1), "torch.cat([x[0, :0], x], 1)", s_matrix),
    };

    // Values alone.
    private static readonly Dictionary<string, (Func<Tensor, Tensor> Ours, string Theirs, Tensor X)> s_values = new()
    {
        ["quantile of NaN"] = (x => x.quantile(0.4, 1), "torch.quantile(x, 0.4, 1)", s_withNaN),
        ["nanquantile of NaN"] = (x => x.nanquantile(0.4, 1), "torch.nanquantile(x, 0.4, 1)", s_withNaN),
        ["nanquantile, several, over rows"] = (
            x => x.nanquantile(F.tensor([0.25, 0.9375]), 0, true, "higher"),
            "torch.nanquantile(x, torch.tensor([0.25, 0.9375], dtype=torch.float64), 0, True, interpolation='higher')", s_withNaN),
        ["nanmedian of NaN"] = (x => x.nanmedian(1).values, "torch.nanmedian(x, 1)[0]", s_withNaN),
        ["nanmedian's place"] = (x => x.nanmedian(0).indices, "torch.nanmedian(x, 0)[1]", s_matrix),
        ["nanmedian of nothing"] = (x => x[..0].nanmedian(), "torch.nanmedian(x[:0])", s_matrix),
        ["median of nothing"] = (x => x[..0].median(), "torch.median(x[:0])", s_matrix),
        ["nanmedian of integers"] = (x => x.nanmedian(1).values, "torch.nanmedian(x, 1)[0]", s_whole),
        ["mode with ties"] = (x => x.mode().values, "torch.mode(x)[0]", s_ties),
        ["mode's place"] = (x => x.mode().indices, "torch.mode(x)[1]", s_ties),
        ["mode of integers, kept"] = (x => x.mode(0, true).values, "torch.mode(x, 0, True)[0]", s_whole),
        ["msort"] = (x => x.msort(), "torch.msort(x)", s_ties),
        ["cov of integers"] = (x => x.cov(), "torch.cov(x)", s_whole),
        ["tensor_split"] = (x => x.tensor_split(4, 1)[0], "torch.tensor_split(x, 4, 1)[0]", s_ties),
        ["tensor_split before places"] = (x => x.tensor_split([1, -1, 9], 1)[1], "torch.tensor_split(x, [1, -1, 9], 1)[1]", s_ties),
        ["tensor_split, behind the end"] = (x => x.tensor_split([1, -1, 9], 1)[3], "torch.tensor_split(x, [1, -1, 9], 1)[3]", s_ties),
        ["tensor_split, backwards"] = (x => x.tensor_split([3, 1], 1)[1], "torch.tensor_split(x, [3, 1], 1)[1]", s_ties),
        ["hsplit"] = (x => x.hsplit(5)[3], "torch.hsplit(x, 5)[3]", s_ties),
        ["hsplit of a vector"] = (x => x[0].hsplit([2])[1], "torch.hsplit(x[0], [2])[1]", s_ties),
        ["vsplit"] = (x => x.vsplit(2)[1], "torch.vsplit(x, 2)[1]", s_ties),
        ["dsplit"] = (x => x.dsplit([1])[1], "torch.dsplit(x, [1])[1]", s_cube),
        ["isin"] = (
            x => x.isin(F.tensor([3.0, NaN, 0])), "torch.isin(x, torch.tensor([3.0, float('nan'), 0.0], dtype=torch.float64))", s_ties),
        ["isin of special values"] = (
            x => x.isin(F.stack([x[0, 2], x[1, 0]])), "torch.isin(x, torch.stack([x[0, 2], x[1, 0]]))", s_special),
        ["isin where only NaN is tested"] = (
            x => x.isin(F.stack([x[1, 0], x[1, 0]])), "torch.isin(x, torch.stack([x[1, 0], x[1, 0]]))", s_special),
        ["isin, a number, inverted"] = (x => x.isin(3, invert: true), "torch.isin(x, 3, invert=True)", s_ties),
        ["isin of nothing"] = (x => x.isin(x[..0]), "torch.isin(x, x[:0])", s_ties),
        ["isin, integers in reals"] = (
            x => x.isin(F.tensor([7.0, 8.5])), "torch.isin(x, torch.tensor([7.0, 8.5], dtype=torch.float64))", s_whole),
        ["isin, a number in a tensor"] = (x => F.isin(3, x), "torch.isin(3, x)", s_whole),
        ["tril_indices"] = (_ => F.tril_indices(3, 4), "torch.tril_indices(3, 4, 0)", s_whole),
        ["tril_indices, below"] = (_ => F.tril_indices(5, 3, -1), "torch.tril_indices(5, 3, -1)", s_whole),
        ["tril_indices, above"] = (_ => F.tril_indices(3, 4, 2), "torch.tril_indices(3, 4, 2)", s_whole),
        ["tril_indices, none"] = (_ => F.tril_indices(3, 4, -5), "torch.tril_indices(3, 4, -5)", s_whole),
        ["triu_indices"] = (_ => F.triu_indices(3, 4), "torch.triu_indices(3, 4, 0)", s_whole),
        ["triu_indices, below"] = (_ => F.triu_indices(5, 3, -2), "torch.triu_indices(5, 3, -2)", s_whole),
        ["triu_indices, above"] = (_ => F.triu_indices(3, 7, 3), "torch.triu_indices(3, 7, 3)", s_whole),
        ["combinations of more than there are"] = (x => F.combinations(x[0], 4), "torch.combinations(x[0], 4)", s_whole),
        ["div, truncated"] = (
            x => x.div(F.tensor([2L, 2, -2]), "trunc"), "torch.div(x, torch.tensor([2, 2, -2]), rounding_mode='trunc')", s_whole),
        ["div, floor"] = (
            x => x.div(F.tensor([2L, 2, -2]), "floor"), "torch.div(x, torch.tensor([2, 2, -2]), rounding_mode='floor')", s_whole),
        ["div of reals, truncated"] = (x => x.div(0.7, "trunc"), "torch.div(x, 0.7, rounding_mode='trunc')", s_matrix),
        ["div of special values, floor"] = (x => x.div(0.0, "floor"), "torch.div(x, 0.0, rounding_mode='floor')", s_special),
        ["div of uint8, truncated"] = (
            x => x.to(DType.UInt8).div(F.tensor([(byte)3]), "trunc"),
            "torch.div(x.to(torch.uint8), torch.tensor([3], dtype=torch.uint8), rounding_mode='trunc')", s_whole),
        ["round, decimals"] = (x => (x / 7).round(2), "torch.round(x / 7, decimals=2)", s_matrix),
        ["round, before the point"] = (x => (x * 1234).round(-2), "torch.round(x * 1234, decimals=-2)", s_matrix),
        ["round, halves"] = (x => x.round(0), "torch.round(x, decimals=0)", s_special),
        ["fmax of NaN"] = (x => F.fmax(x, x.flip(0)), "torch.fmax(x, x.flip(0))", s_special),
        ["fmin of NaN"] = (x => F.fmin(x, x.flip(0)), "torch.fmin(x, x.flip(0))", s_special),
        ["clamp by NaN"] = (x => x.clamp(x.flip(0), 2), "torch.clamp(torch.clamp(x, x.flip(0)), max=2.0)", s_special),
        ["clamp by crossed limits"] = (
            x => x.clamp(F.tensor([1.0]), F.tensor([-1.0])),
            "torch.clamp(x, torch.ones(1, dtype=torch.float64), -torch.ones(1, dtype=torch.float64))", s_special),
        ["clamp_min of integers by a real"] = (x => x.clamp_min(1.5), "torch.clamp_min(x, 1.5)", s_whole),
        ["searchsorted, side"] = (
            x => F.searchsorted(F.tensor([-1.0, 1, 2]), x, side: "right"),
            "torch.searchsorted(torch.tensor([-1.0, 1.0, 2.0], dtype=torch.float64), x, side='right')", s_ties),
        ["searchsorted, sorter"] = (
            x => F.searchsorted(F.tensor([2.0, -1, 1]), x, sorter: F.tensor([1L, 2, 0])),
            "torch.searchsorted(torch.tensor([2.0, -1.0, 1.0], dtype=torch.float64), x, sorter=torch.tensor([1, 2, 0]))", s_ties),
        ["histogram"] = (x => x.histogram(4).hist, "torch.histogram(x, 4)[0]", s_ties),
        ["histogram's edges"] = (x => x.histogram(4).bin_edges, "torch.histogram(x, 4)[1]", s_matrix),
        ["histogram, range, weights, density"] = (
            x => x.histogram(3, -1, 2, F.abs(x), true).hist,
            "torch.histogram(x, 3, range=[-1.0, 2.0], weight=torch.abs(x), density=True)[0]", s_ties),
        ["histogram between edges"] = (
            x => x.histogram(F.tensor([-1.0, 0.5, 2, 2.5])).hist,
            "torch.histogram(x, torch.tensor([-1.0, 0.5, 2.0, 2.5], dtype=torch.float64))[0]", s_ties),
        ["histogram of equal elements"] = (x => (x * 0 + 3).histogram(2).bin_edges, "torch.histogram(x * 0 + 3, 2)[1]", s_ties),
        ["frexp's exponents"] = (x => x.frexp().exponent, "torch.frexp(x)[1]", s_matrix),
        ["nextafter"] = (x => x.nextafter(0), "torch.nextafter(x, torch.zeros(1, dtype=torch.float64))", s_matrix),
        ["float_power of integers"] = (x => F.float_power(x, 2), "torch.float_power(x, 2)", s_whole),
        ["ldexp of integers"] = (x => F.ldexp(x, 2), "torch.ldexp(x, torch.tensor(2))", s_whole),
        ["xlog1py of special values"] = (x => F.xlog1py(0, x), "torch.special_xlog1py(0, x)", s_special),
        ["deg2rad of integers"] = (x => x.deg2rad(), "torch.deg2rad(x)", s_whole),
        ["diagflat"] = (x => x.diagflat(1), "torch.diagflat(x, 1)", s_whole),
        ["logspace"] = (_ => F.logspace(-1, 2, 4, 2, DType.Float64), "torch.logspace(-1, 2, 4, 2.0, dtype=torch.float64)", s_whole),
        ["trapezoid of integers"] = (x => F.trapezoid(x), "torch.trapezoid(x)", s_whole),
        ["vander of truth values"] = (x => F.vander(x[0] > 0, 3, true), "torch.vander(x[0] > 0, 3, True)", s_whole),
        ["t"] = (x => x.t(), "torch.t(x)", s_whole),
        ["cat of two types with nothing"] = (
            x => F.cat([F.zeros([0], DType.Float64), x]), "torch.cat([torch.zeros(0, dtype=torch.float64), x])", s_whole),
        ["cat of nothing, any dim"] = (x => F.cat([x[0, ..0], x[0, ..0]], 1), "torch.cat([x[0, :0], x[0, :0]], 1)", s_whole),
        ["gather by nothing"] = (
            x => x.gather(1, F.zeros([0], DType.Int64)), "torch.gather(x, 1, torch.zeros(0, dtype=torch.int64))", s_whole),
        ["scatter by nothing"] = (
            x => x.scatter(1, F.zeros([0], DType.Int64), x), "torch.scatter(x, 1, torch.zeros(0, dtype=torch.int64), x)", s_whole),
        ["scatter, multiplied by a number"] = (
            x => x.scatter(1, F.tensor([2L, 0, 2]).reshape(1, 3), 3, "multiply"),
            "torch.scatter(x, 1, torch.tensor([[2, 0, 2]]), 3, reduce='multiply')", s_matrix),
        ["log_ndtr of special values"] = (x => F.log_ndtr(x), "torch.special_log_ndtr(x)", s_special),
        ["entr of special values"] = (x => F.entr(x), "torch.special_entr(x)", s_special),
        ["angle"] = (x => F.angle(x), "torch.angle(x)", s_special),
        ["linspace of integers"] = (_ => F.linspace(-3, 11, 6, DType.Int32), "torch.linspace(-3, 11, 6, dtype=torch.int32)", s_whole),
        ["logspace of integers"] = (_ => F.logspace(0, 4, 5, 3, DType.Int64), "torch.logspace(0, 4, 5, 3.0, dtype=torch.int64)", s_whole),
        ["addmm of integers"] = (x => F.addmm(x[.., ..2], x, x.T, 2, 3), "torch.addmm(x[:, :2], x, x.t(), beta=2, alpha=3)", s_whole),
        ["addcmul of integers"] = (x => F.addcmul(x, x, x, 3), "torch.addcmul(x, x, x, value=3)", s_whole),
        ["rot90, dims"] = (x => x.rot90(1, [1, 0]), "torch.rot90(x, 1, [1, 0])", s_whole),
        ["tensor_split at a tensor's places"] = (
            x => x.tensor_split(F.tensor([1L, 3]), 1)[1], "torch.tensor_split(x, torch.tensor([1, 3]), 1)[1]", s_ties),
        ["unravel_index"] = (
            x => F.stack(F.unravel_index(F.tensor([5L, 0, 11]), [3, 4])), "torch.stack([torch.tensor([1, 0, 2]), torch.tensor([1, 0, 3])])",
            s_whole),
        ["softmax in float64"] = (x => F.softmax(x, 1, DType.Float64), "torch.softmax(x, 1, torch.float64)", s_whole),
        ["sum_to_size of truth values"] = (x => (x > 0).sum_to_size(1, 3), "torch.sum(x > 0, [0], keepdim=True)", s_whole),
        ["logsumexp of no rows"] = (x => F.logsumexp(x[..0], 1), "torch.logsumexp(x[:0], [1])", s_matrix),
    };

    public static TheoryData<string> SmoothNames => [.. s_smooth.Keys];

    public static TheoryData<string> ValueNames => [.. s_values.Keys];

    [Theory]
    [MemberData(nameof(SmoothNames))]
    public void ValuesAndGradientsAreThoseOfLibtorch(string name)
    {
        var (ours, theirs, x) = s_smooth[name];
        CompositeCheck.ValueAndGradient(name, ours, t => ScriptedReference.Run(theirs, t), x, 1e-9);
    }

    [Theory]
    [MemberData(nameof(ValueNames))]
    public void ValuesAreThoseOfLibtorch(string name)
    {
        var (ours, theirs, x) = s_values[name];
        CompositeCheck.Value(name, ScriptedReference.Run(theirs, x.AsTorch()), ours(x));
    }

    [Theory]
    [MemberData(nameof(SmoothNames))]
    public void CompiledGradientsAreThoseComputedAtOnce(string name)
    {
        var (ours, _, x) = s_smooth[name];
        var gradient = Grad.Of((Tensor t) => F.sum(F.square(ours(t))));
        OpCheck.AssertClose(gradient(x), Jit.Compile((Tensor t) => gradient(t)).Invoke(x), 1e-9, name);
    }

    [Fact]
    public void TheSizesOfTrianglesDoNotOverflow()
    {
        foreach (var (rows, columns) in new[] { (0L, 3L), (3, 0), (1, 7), (6, 2) })
        {
            foreach (var offset in new[] { long.MinValue, -7, -3, -1, 0, 1, 2, 6, long.MaxValue })
            {
                var inside = F.sum(F.tril(F.ones([rows, columns], DType.Int64), Math.Clamp(offset, -99, 99))).item<long>();
                Assert.Equal([2, inside], F.tril_indices(rows, columns, offset).shape);
                Assert.Equal(rows * columns - inside, offset == long.MaxValue ? 0 : F.triu_indices(rows, columns, offset + 1).shape[1]);
            }
        }
    }

    [Fact]
    public void IntegersAreDividedAtTheirLimits()
    {
        foreach (var dtype in DTypes.All.Where(d => d.IsInteger()))
        {
            var least = F.tensor([dtype == DType.UInt8 ? 0 : -(1L << ((8 * dtype.ItemSize()) - 1))]).to(dtype);
            foreach (var divide in new Func<Tensor, Tensor, Tensor>[] { F.floor_divide, F.remainder, F.fmod, (a, b) => a.div(b, "trunc") })
            {
                Assert.Equal(dtype, divide(least, F.full([1], -1 + (dtype == DType.UInt8 ? 2 : 0), dtype)).dtype);
            }
        }
    }

    [Fact]
    public void EqualSaysWhetherShapesAndElementsAre()
    {
        Assert.True((bool)F.equal(s_matrix, s_matrix));
        Assert.True((bool)F.equal(F.ones([2]), F.ones([2], DType.Int64)));
        Assert.False((bool)F.equal(s_matrix, s_matrix[0]));
        Assert.False((bool)F.equal(s_special, s_special));
        Assert.Equal([2L, 3], F.broadcast_shapes([3], [2, 1], []));
    }

    [Fact]
    public void WhatDoesNotFitIsRefused()
    {
        Assert.Throws<ArgumentException>(() => s_matrix.quantile(1.5));
        Assert.Throws<ArgumentException>(() => s_matrix.quantile(F.tensor([0.5, NaN])));
        Assert.Throws<ArgumentException>(() => s_matrix.quantile(0.5, interpolation: "cubic"));
        Assert.Throws<ShapeException>(() => s_matrix[..0].quantile(0.5));
        Assert.Throws<DTypeException>(() => s_whole.quantile(0.5));
        Assert.Throws<DTypeException>(() => s_matrix.quantile(F.tensor([0.5f])));
        Assert.Throws<ShapeException>(() => s_matrix.quantile(s_matrix));
        Assert.Throws<ShapeException>(() => s_matrix[..0].nanmedian(0));
        Assert.Throws<ShapeException>(() => s_matrix[..0].mode(0));
        Assert.Throws<ShapeException>(() => s_cube.cov());
        Assert.Throws<ShapeException>(() => s_matrix.cov(1, F.tensor([1L])));
        Assert.Throws<DTypeException>(() => s_matrix.cov(1, s_matrix[0]));
        Assert.Throws<ShapeException>(() => s_matrix.tensor_split(0));
        Assert.Throws<ShapeException>(() => s_matrix.hsplit(3));
        Assert.Throws<ShapeException>(() => s_vector.vsplit(2));
        Assert.Throws<ShapeException>(() => s_matrix.dsplit(2));
        Assert.Throws<ShapeException>(() => s_matrix.unfold(1, 5, 1));
        Assert.Throws<ShapeException>(() => s_matrix.unfold(1, 2, 0));
        Assert.Throws<ShapeException>(() => s_matrix.unfold(2, 1, 1));
        Assert.Throws<ShapeException>(() => F.trapezoid(s_matrix, F.tensor([1.0, 2]), 0));
        Assert.Throws<ShapeException>(() => F.tril_indices(-1, 2));
        Assert.Throws<DTypeException>(() => F.triu_indices(1, 2, dtype: DType.Float32));
        Assert.Throws<ShapeException>(() => F.combinations(s_matrix));
        Assert.Throws<ShapeException>(() => F.combinations(F.arange(1000), 500));
        Assert.Throws<ArgumentOutOfRangeException>(() => F.combinations(s_vector, -1));
        Assert.Throws<ShapeException>(() => F.cartesian_prod(s_matrix));
        Assert.Throws<DTypeException>(() => F.cartesian_prod(s_vector, F.arange(2)));
        Assert.Throws<ArgumentException>(() => s_matrix.div(2, "up"));
        Assert.Throws<NativeOpException>(() => s_whole.div(0, "trunc"));
        Assert.Throws<DTypeException>(() => s_whole.round(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => s_matrix.round(400));
        Assert.Throws<ArgumentException>(() => F.searchsorted(s_vector, s_vector, side: "middle"));
        Assert.Throws<ArgumentException>(() => F.searchsorted(s_vector, s_vector, right: true, side: "left"));
        Assert.Throws<ShapeException>(() => F.searchsorted(s_vector, s_vector, sorter: F.tensor([0L])));
        Assert.Throws<ShapeException>(() => F.pdist(s_vector));
        Assert.Throws<ArgumentOutOfRangeException>(() => s_matrix.renorm(0, 0, 1));
        Assert.Throws<ShapeException>(() => F.chain_matmul(s_matrix, s_matrix));
        Assert.Throws<ShapeException>(() => F.chain_matmul());
        Assert.Throws<ShapeException>(() => F.addmv(s_matrix, s_matrix, s_matrix[0]));
        Assert.Throws<ShapeException>(() => s_matrix.put(F.tensor([0L]), s_vector));
        Assert.Throws<ArgumentException>(() => s_matrix.scatter_reduce(0, F.zeros([1, 4], DType.Int64), s_matrix, "median"));
        Assert.Throws<ArgumentException>(() => s_matrix.index_reduce(0, F.tensor([0L]), s_matrix[..1], "sum"));
        Assert.Throws<ShapeException>(() => s_cube.t());
        Assert.Throws<DTypeException>(() => F.addmm(s_whole[.., ..2], s_whole, s_whole.T, 0.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => F.mvlgamma(s_matrix, 0));
        Assert.Throws<ShapeException>(() => F.gradient(s_matrix[..1]));
        Assert.Throws<ArgumentException>(() => s_matrix.scatter(0, F.zeros([1, 4], DType.Int64), s_matrix, "max"));
        Assert.Throws<ShapeException>(() => F.fill(s_matrix, s_vector));
        Assert.Throws<DTypeException>(() => F.linspace(0, 300, 2, DType.UInt8));
        Assert.Throws<ShapeException>(() => s_matrix.rot90(1, [0]));
        Assert.Throws<ShapeException>(() => F.unravel_index(F.tensor([0L]), [0]));
        Assert.Throws<ShapeException>(() => s_matrix.index_put([F.tensor([true, false])], 1));
        Assert.Throws<ShapeException>(() => F.cat([F.zeros([0, 3]), F.ones([2, 2])]));
        Assert.Throws<ShapeException>(() => F.cat([F.zeros([0]), F.ones([])]));
    }
}
