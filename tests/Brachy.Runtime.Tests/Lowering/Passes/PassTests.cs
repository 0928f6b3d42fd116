using Brachy.Compilation;
namespace Brachy.Tests.Lowering.Passes;

/// <summary>What each pass makes of a small graph, what it leaves alone, and that values stay the same.</summary>
[Trait("Category", "Quick")]
public class PassTests
{
    /// <summary>One graph before and after a pass.</summary>
    /// <param name="Pass">The pass.</param>
    /// <param name="Case">What it is about.</param>
    /// <param name="Shapes">The inputs, of float32.</param>
    /// <param name="Function">The function.</param>
    /// <param name="Expected">
    /// The equations afterwards, without dead ones: primitives, with an exclamation mark where one writes over an operand.
    /// </param>
    public sealed record Row(string Pass, string Case, Shape[] Shapes, Func<Tensor[], Tensor[]> Function, string Expected)
    {
        /// <summary>What is expected where oneDNN is not used, if something else.</summary>
        public string? WithoutOneDnn { get; init; }

        public override string ToString() => $"{Pass}: {Case}";
    }

    private static readonly Tensor s_weight = Ops.Make.Real([4, 3, 3, 3], DType.Float32, 3);
    private static readonly ConvolutionSettings s_plain = new([1, 1], [0, 0], [1, 1], false, [0, 0], 1);
    private static readonly Tensor s_square = Ops.Make.Real([3, 3, 3, 3], DType.Float32, 6);
    private static readonly Tensor s_depthwise = Ops.Make.Real([3, 1, 3, 3], DType.Float32, 5);
    private static readonly Tensor s_four = Ops.Make.Real([4, 3], DType.Float32, 7);
    private static readonly Tensor s_otherFour = Ops.Make.Real([4, 3], DType.Float32, 8);
    private static readonly Tensor s_two = Ops.Make.Real([2, 3], DType.Float32, 9);
    private static readonly Tensor s_twoShifts = Ops.Make.Real([2], DType.Float32, 10);
    private static readonly Tensor s_deep = Ops.Make.Real([256, 256, 3, 3], DType.Float32, 7) * 0.002;
    private static readonly Tensor s_deepBias = Ops.Make.Real([256], DType.Float32, 8);
    private static readonly Tensor s_positive = Ops.Make.Positive([4], DType.Float32, 4);

    private static readonly Tensor[] s_norm = [s_positive * 0.5, s_positive, s_positive + 1, s_positive - 1];

    private static readonly Dictionary<string, Row> s_rows = new Row[]
    {
        new(
            "outer products", "squares", [[3, 4, 1], [3, 1, 5]], x => [F.square(x[0] * x[1]).sum([1, 2])],
            "square square sum sum mul reshape"),
        new(
            "outer products", "a norm", [[3, 4, 1], [3, 1, 5]], x => [F.norm(x[0] * x[1], [1, 2])],
            "square square sum sum mul reshape sqrt"),
        new(
            "outer products", "a weighted sum", [[3, 4, 1], [3, 1, 5], [3]], x => [F.matmul(x[2], F.reshape(x[0] * x[1], 3, 20))],
            "reshape mul permute reshape permute reshape permute matmul reshape"),
        new(
            "outer products", "a mean of scaled products", [[3, 4, 1], [3, 1, 5], [3, 1, 1]], x => [(x[0] * x[1] / x[2]).mean([0])],
            "div permute reshape permute reshape permute matmul reshape div"),
        new(
            "outer products", "matrix products of few terms", [[3, 4, 1], [3, 1, 5]], x => [F.square(F.matmul(x[0], x[1])).sum([1, 2])],
            "reshape reshape matmul matmul mul sum relu"),
        new(
            "outer products", "matrix products of many terms stay", [[3, 2, 4], [3, 4, 2]], x => [F.matmul(x[0], x[1]).sum([1, 2])],
            "matmul sum"),
        new("outer products", "a factor that lacks nothing stays", [[3, 4], [3, 1]], x => [(x[0] * x[1]).sum([0])], "mul sum"),
        new(
            "outer products", "a sum of a product and something else stays", [[3, 1], [1, 5], [3, 5]], x => [((x[0] * x[1]) + x[2]).sum()],
            "mul add sum"),
        new(
            "outer products", "a product that is spread over more stays", [[3, 1], [1, 5], [3, 4, 5]],
            x => [(F.reshape(x[0] * x[1], 3, 1, 5) * x[2]).sum([0])], "mul reshape mul sum"),
        new("outer products", "other norms stay", [[3, 1], [1, 5]], x => [F.norm(x[0] * x[1], p: 3)], "mul norm"),
        new("constant folding", "a mask", [[4, 4]], x => [x[0] + F.triu(F.full([4, 4], -1), 1)], "add"),
        new("constant folding", "random numbers from a known key", [[4]], x => [x[0] * Rng.Normal([4], key: Rng.Seed(3))], "mul"),
        new("constant folding", "nothing large from something small", [[1]], x => [x[0] + F.full([300, 300], 2)], "full add"),
        new("algebraic cleanup", "casts that lose nothing", [[4]], x => [x[0].to(DType.Float64).to(DType.Float32) + 1], "add"),
        new(
            "algebraic cleanup", "casts that lose digits stay", [[4]], x => [x[0].to(DType.Float16).to(DType.Float32) + 1],
            "cast cast add"),
        new("algebraic cleanup", "permutations join", [[2, 3, 4]], x => [F.permute(F.permute(x[0], 1, 2, 0), 1, 2, 0) * 2], "permute mul"),
        new("algebraic cleanup", "permutations cancel", [[2, 3, 4]], x => [F.permute(F.permute(x[0], 1, 2, 0), 2, 0, 1) * 2], "mul"),
        new("algebraic cleanup", "reshapes join", [[2, 6]], x => [F.reshape(F.reshape(x[0], 3, 4), 12) * 2], "reshape mul"),
        new("algebraic cleanup", "reshapes cancel", [[2, 6]], x => [F.reshape(F.reshape(x[0], 3, 4), 2, 6) * 2], "mul"),
        new(
            "algebraic cleanup", "a permutation that moves no elements", [[1, 6]],
            x => [F.reshape(F.permute(F.reshape(x[0], 1, 1, 2, 3), 0, 2, 1, 3), 2, 3) * 2], "reshape mul"),
        new(
            "algebraic cleanup", "permutations that move no elements together", [[1, 2, 3]],
            x => [F.permute(F.permute(x[0], 2, 1, 0), 1, 0, 2) * 2], "reshape mul"),
        new("algebraic cleanup", "neutral numbers", [[3]], x => [F.pow(1 * (-(-((x[0] * 1) / 1 - 0))), 1) + 2], "add"),
        new(
            "algebraic cleanup", "a number that makes a real of an integer stays", [[3]], x => [x[0].to(DType.Int64) * 1.0 + 2],
            "cast mul add"),
        new("algebraic cleanup", "a result stays apart from an input", [[3]], x => [x[0] * 1, x[0] * 1], "mul mul"),
        new("algebraic cleanup", "minus zero plus zero is zero", [[3]], x => [(x[0] + 0) * 2], "add mul"),
        new(
            "narrow softmax", "many short rows", [[4, 16, 10]], x => [F.softmax(x[0] * 2, -1) * F.log_softmax(x[0], 2)],
            "mul permute softmax permute permute log_softmax permute mul"),
        new(
            "narrow softmax", "their gradients", [[64, 3]], x => [Grad.Of((Tensor t) => F.sum(F.square(F.log_softmax(t, 1))))(x[0]) + 1],
            "permute log_softmax permute full reshape expand mul mul permute permute log_softmax_backward permute add"),
        new("narrow softmax", "rows that fill a vector", [[64, 16]], x => [F.softmax(x[0], 1) * 2], "softmax mul"),
        new("narrow softmax", "few rows", [[63, 10]], x => [F.softmax(x[0], 1) * 2], "softmax mul"),
        new("narrow softmax", "another dim", [[10, 64]], x => [F.softmax(x[0], 0) * 2], "softmax mul"),
        new("narrow softmax", "a result, and a view of one", [[64, 10], [64, 10]], x =>
            [F.softmax(x[0], 1), F.reshape(F.softmax(x[1], 1), 640)], "softmax softmax reshape"),
        new(
            "slice gradients", "three slices that cover a tensor", [[2, 4], [3, 4], [1, 4]],
            x => [Filled(x[0], 0, 6) + (Filled(x[2], 5, 6) + Filled(x[1], 2, 6))], "cat"),
        new(
            "slice gradients", "a gap", [[2, 4], [3, 4]], x => [Filled(x[0], 0, 6) + Filled(x[1], 3, 6)],
            "slice_backward slice_backward add"),
        new(
            "slice gradients", "an overlap", [[2, 4], [3, 4]], x => [Filled(x[0], 0, 4) + Filled(x[1], 1, 4)],
            "slice_backward slice_backward add"),
        new(
            "slice gradients", "a slice that is used twice", [[1, 4], [1, 4]], x => Twice(Filled(x[0], 0, 2), Filled(x[1], 1, 2)),
            "slice_backward slice_backward add mul"),
        new(
            "slice gradients", "joined in the order in which it is read", [[1, 4], [1, 4]],
            x => [F.permute(Filled(x[0], 0, 2) + Filled(x[1], 1, 2), 1, 0)], "permute permute cat"),
        new(
            "matrix accumulation", "a sum of two products", [[2, 3], [3, 4]], x => [F.matmul(x[0], x[1]) + F.matmul(x[0] * 2, x[1])],
            "matmul mul add_matmul"),
        new("matrix accumulation", "batches", [[5, 2, 3], [5, 3, 4], [5, 2, 4]], x => [F.matmul(x[0], x[1]) + x[2]], "add_matmul"),
        new(
            "matrix accumulation", "a product that is used twice", [[2, 2], [2, 2]], x => Twice(F.matmul(x[0], x[1]), x[0]),
            "matmul add mul"),
        new("matrix accumulation", "a sum that broadcasts", [[2, 3], [3, 4], [4]], x => [F.matmul(x[0], x[1]) + x[2]], "matmul add"),
        new("matrix accumulation", "a linear map", [[2, 3], [4, 3], [2, 4]], x => [x[2] + F.linear(x[0], x[1])], "permute add_matmul"),
        new("matrix accumulation", "a linear map of a batch stays", [[5, 2, 3], [4, 3]], x => [F.linear(x[0], x[1]) + 1], "linear add"),
        new(
            "loop sums", "products of slices, one of them turned", [[5, 2, 3], [5, 2, 4], [3, 4]],
            x => Summed(x, (sum, a, b) => F.matmul(F.permute(a, 1, 0), b) + sum), "reshape permute reshape matmul add"),
        new(
            "loop sums", "products of slices, the other turned", [[5, 3, 2], [5, 4, 2], [3, 4]],
            x => Summed(x, (sum, a, b) => sum + F.matmul(a, F.permute(b, 1, 0))),
            "permute reshape permute permute reshape matmul add"),
        new(
            "loop sums", "two products in a step, to zeros", [[5, 2, 3], [5, 2, 4]],
            x => Summed([.. x, F.zeros([3, 4], x[0].dtype)], (sum, a, b) =>
                sum + (F.matmul(F.permute(a, 1, 0), b) + F.matmul(F.permute(a, 1, 0), F.sin(b)))),
            "scan reshape permute reshape matmul reshape matmul add"),
        new(
            "loop sums", "sums of slices", [[5, 2, 3], [5, 2, 4], [3]], x => Summed(x, (sum, a, b) => sum + F.sum(F.sin(a), 0)),
            "scan sum add"),
        new(
            "loop sums", "factors that take much more memory stay", [[5, 1, 1], [5, 1, 1], [30, 30]],
            x => Summed(x, (sum, a, b) => sum + F.matmul(F.sin(F.expand(a, 30, 30)), F.expand(b, 30, 30))), "scan"),
        new(
            "loop sums", "a sum that the step reads stays", [[5, 2, 3], [5, 2, 4], [3, 4]],
            x => Summed(x, (sum, a, b) => sum + F.matmul(F.permute(a, 1, 0), F.tanh(F.matmul(a, sum)) + b)), "scan"),
        new(
            "loop sums", "a factor that no step changes stays", [[5, 2, 3], [5, 2, 4], [3, 4], [3, 2]],
            x => Summed(x, (sum, a, b) => sum + F.matmul(x[3], b)), "scan"),
        new(
            "loop sums", "a sum that is stacked stays", [[5, 2, 3], [5, 2, 4], [3, 4]],
            x => [Control.Scan(
                (Tensor sum, (Tensor A, Tensor B) row) =>
                {
                    var next = sum + F.matmul(F.permute(row.A, 1, 0), row.B);
                    return (next, next);
                }, x[2], (x[0], x[1])).Outputs], "scan"),
        new("in place", "a chain", [[3]], x => [F.exp(F.sin(x[0] * 2)) + x[0]], "mul sin! exp! add!"),
        new("in place", "the other operand of a sum", [[3], [3]], x => [x[0] + F.sin(x[1])], "sin add!"),
        new("in place", "not what is read later", [[3]], x => Twice(F.sin(x[0]), x[0]), "sin add mul!"),
        new("in place", "not through a view", [[4]], x => [F.exp(F.reshape(x[0], 2, 2))], "reshape exp"),
        new(
            "in place", "not over a view that is read later", [[4]],
            x => { var y = x[0] * 2; var v = F.reshape(y, 2, 2); return [F.exp(y), v]; }, "mul reshape exp"),
        new("in place", "not where the type changes", [[3]], x => [F.relu(x[0]).to(DType.Int64) + 0.5], "relu cast add"),
        new("in place", "not where a smaller operand would have to grow", [[3], [2, 3]], x => [F.sin(x[0]) + x[1]], "sin add"),
        new(
            "in place", "gradients of activations", [[3]], x => [F.gelu(x[0]), Grad.Of((Tensor t) => F.sum(F.tanh(F.relu(t))))(x[0])],
            "gelu relu tanh full reshape expand tanh_backward threshold_backward!"),
        new(
            "in place", "softmax and its gradient", [[2, 3]], x => [Grad.Of((Tensor t) => F.sum(F.square(F.softmax(t * 2, -1))))(x[0])],
            "mul softmax! full reshape expand mul mul! softmax_backward! mul!"),
        new(
            "channels last", "convolutions of large images", [[2, 3, 16, 16], [4, 3, 3, 3], [5, 4, 3, 3]],
            x => [F.conv2d(F.relu(F.conv2d(x[0], x[1], padding: 1)), x[2], padding: 1)],
            "channels_last channels_last convolution relu channels_last convolution"),
        new("channels last", "not small ones", [[2, 3, 3, 3], [4, 3, 3, 3]], x => [F.conv2d(x[0], x[1], padding: 1)], "convolution"),
        new(
            "channels last", "a small one after a large one", [[2, 3, 16, 16], [4, 3, 3, 3], [5, 4, 3, 3]],
            x => [F.conv2d(F.relu(F.conv2d(x[0], x[1], padding: 1)), x[2], stride: 6, padding: 1)],
            "channels_last channels_last convolution relu contiguous convolution"),
        new(
            "channels last", "both operands of a sum", [[2, 3, 16, 16], [3, 3, 3, 3]],
            x => [F.conv2d(x[0], x[1], padding: 1) + F.relu(x[0])], "channels_last channels_last convolution relu channels_last add"),
        new(
            "channels last", "not groups", [[2, 4, 16, 16], [4, 1, 3, 3]], x => [F.conv2d(x[0], x[1], padding: 1, groups: 4)],
            "convolution"),
        new("batch norm folding", "frozen weights", [[1, 3, 5, 5]], x => [Frozen(x[0])], "convolution"),
        new(
            "batch norm folding", "weights that are arguments", [[1, 3, 5, 5], [4, 3, 3, 3]],
            x => [F.batch_norm(F.conv2d(x[0], x[1]), F.zeros([4]), F.ones([4])).output], "convolution batch_norm_inference"),
        new(
            "packed projections", "known weights", [[2, 3]], x => [F.linear(x[0], s_four) * F.linear(x[0], s_otherFour)],
            "linear slice slice mul"),
        new(
            "packed projections", "biases, results of other sizes", [[2, 5, 3]],
            x => [F.linear(x[0], s_four, s_positive).sum() + F.linear(x[0], s_two, s_twoShifts).sum()], "linear slice sum slice sum add"),
        new("packed projections", "results", [[2, 3]], x => [F.linear(x[0], s_four), F.linear(x[0], s_otherFour)], "linear linear"),
        new("packed projections", "many rows", [[65, 3]], x => [F.linear(x[0], s_four) * F.linear(x[0], s_otherFour)], "linear linear mul"),
        new(
            "packed projections", "weights that are arguments", [[2, 3], [4, 3], [4, 3]],
            x => [F.linear(x[0], x[1]) * F.linear(x[0], x[2])], "linear linear mul"),
        new(
            "packed projections", "other values", [[2, 3]], x => [F.linear(x[0], s_four) * F.linear(x[0] + 1, s_otherFour)],
            "linear add linear mul"),
        new(
            "packed projections", "one with a bias and one without", [[2, 3]],
            x => [F.linear(x[0], s_four, s_positive) * F.linear(x[0], s_otherFour)], "linear linear mul"),
        new(
            "winograd convolutions", "many channels", [[16, 256, 4, 4]], x => [F.conv2d(x[0], s_deep, s_deepBias, padding: 1)],
            "permute pad reshape permute slice slice cat slice slice cat reshape matmul reshape matmul reshape matmul reshape permute "
            + "reshape add permute"),
        new(
            "winograd convolutions", "no bias, a border on one side, blocks in a row", [[24, 256, 4, 6]],
            x => [F.conv2d(x[0], s_deep, padding: (0, 1)) * 2], "permute pad reshape permute slice slice cat slice slice cat reshape "
                + "matmul reshape matmul reshape matmul reshape permute reshape permute mul"),
        new("winograd convolutions", "not an odd size", [[32, 256, 3, 4]], x => [F.conv2d(x[0], s_deep, padding: 1)], "convolution"),
        new("winograd convolutions", "not strides", [[16, 256, 8, 8]], x => [F.conv2d(x[0], s_deep, stride: 2, padding: 1)], "convolution"),
        new("winograd convolutions", "one image", [[1, 256, 4, 4]], x => [F.conv2d(x[0], s_deep, padding: 1)], "convolution"),
        new("convolution fusion", "known weights, a bias and an activation", [[2, 3, 10, 10]], x =>
            [F.relu(F.conv2d(x[0], s_weight, s_positive))], "fused_convolution")
        {
            WithoutOneDnn = "convolution relu"
        },
        new("convolution fusion", "no bias, another activation", [[2, 3, 10, 10]], x =>
            [F.silu(F.conv2d(x[0], s_weight, stride: 1, padding: 1))], "fused_convolution")
        {
            WithoutOneDnn = "convolution silu"
        },
        new("convolution fusion", "a residual, then an activation", [[2, 3, 10, 10], [2, 4, 8, 8]], x =>
            [F.relu(x[1] + F.conv2d(x[0], s_weight, s_positive))], "fused_convolution")
        {
            WithoutOneDnn = "convolution add relu"
        },
        new("convolution fusion", "two convolutions", [[2, 3, 10, 10]], x =>
            [F.relu(F.conv2d(x[0], s_weight, s_positive) + F.conv2d(x[0] * 2, s_weight))], "mul fused_convolution fused_convolution")
        {
            WithoutOneDnn = "convolution mul convolution add relu"
        },
        new("convolution fusion", "what is added broadcasts", [[2, 3, 10, 10], [4, 1, 1]], x =>
            [F.conv2d(x[0], s_weight) + x[1]], "fused_convolution add")
        {
            WithoutOneDnn = "convolution add"
        },
        new("convolution fusion", "a result that is used twice", [[2, 3, 10, 10]], x =>
            Twice(F.conv2d(x[0], s_weight), F.relu(F.conv2d(x[0], s_weight))), "fused_convolution relu add mul")
        {
            WithoutOneDnn = "convolution relu add mul"
        },
        new("convolution fusion", "sigmoid after a residual", [[2, 3, 10, 10], [2, 4, 8, 8]], x =>
            [F.sigmoid(F.conv2d(x[0], s_weight) + x[1])], "fused_convolution sigmoid")
        {
            WithoutOneDnn = "convolution add sigmoid"
        },
        new(
            "convolution fusion", "weights that are arguments", [[2, 3, 10, 10], [4, 3, 3, 3]], x => [F.relu(F.conv2d(x[0], x[1]))],
            "convolution relu"),
        new("convolution fusion", "a batch of small images", [[8, 3, 6, 6]], x => [F.relu(F.conv2d(x[0], s_weight))], "convolution relu"),
        new("convolution fusion", "one small image", [[1, 3, 6, 6]], x => [F.relu(F.conv2d(x[0], s_weight))], "fused_convolution")
        {
            WithoutOneDnn = "convolution relu"
        },
        new(
            "convolution fusion", "not groups", [[1, 3, 10, 10]], x => [F.relu(F.conv2d(x[0], s_depthwise, groups: 3))],
            "convolution relu"),
        new(
            "in place", "a residual that a fused convolution reads last", [[2, 3, 10, 10], [2, 4, 8, 8]], x =>
                [F.fused_convolution(s_plain, "relu", x[0], s_weight, null, F.sin(x[1])), F.fused_convolution(
                    s_plain, "none", x[0], s_weight, s_positive, F.cos(x[1]))], "sin fused_convolution! cos fused_convolution!"),
        new(
            "in place", "not the image of a fused convolution", [[2, 3, 10, 10]], x => { var y = F.sin(x[0]); return [F.fused_convolution(
                new([1, 1], [1, 1], [1, 1], false, [0, 0], 1), "none", y, s_square, null, y)]; }, "sin fused_convolution"),
        new(
            "channels last", "a fused convolution", [[2, 3, 10, 10]],
            x => [F.fused_convolution(s_plain, "relu", x[0], s_weight, null, null)], "channels_last fused_convolution"),
    }.ToDictionary(row => row.ToString());

    public static TheoryData<string> Rows => [.. s_rows.Keys];

    internal static Row RowOf(string name) => s_rows[name];

    [Theory]
    [MemberData(nameof(Rows))]
    public void TheGraphIsRewritten(string name)
    {
        var row = s_rows[name];
        var before = DeadCode.Run(CommonSubexpressions.Run(AliasRemoval.Run(Trace(row))));
        var rewritten = Pass(row.Pass).Run(before, new bool[row.Shapes.Length]);
        var after = DeadCode.Run(row.Pass == "in place" ? rewritten : CommonSubexpressions.Run(rewritten));
        GraphChecker.Check(after);
        Assert.Equal(
            ConvolutionSelfCheck.AllowsOneDnn() ? row.Expected : row.WithoutOneDnn ?? row.Expected,
            string.Join(' ', after.Equations.Select(e => e.Primitive.Name + (e.Overwrites is null ? "" : "!"))));
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void ValuesStayTheSame(string name)
    {
        var row = s_rows[name];
        var inputs = row.Shapes.Select((shape, i) => Ops.Make.Real(shape, DType.Float32, i + 1)).ToArray();
        using var off = CompilerPasses.Disable([.. CompilerPasses.Names]);
        var plain = Jit.Compile(row.Function).Invoke(inputs);
        off.Dispose();
        var compiled = Jit.Compile(row.Function);
        var results = compiled.Invoke(inputs);
        var again = compiled.Invoke(inputs);
        for (var i = 0; i < plain.Length; i++)
        {
            // Sums of products round otherwise in another layout or algorithm, as much as the largest of their terms.
            var tolerance = row.Pass is "channels last" or "winograd convolutions" ? 2e-5 : 2e-6;
            Ops.OpCheck.AssertClose(plain[i], results[i], tolerance, $"{name}\n{compiled.Script}");
            Ops.OpCheck.AssertClose(results[i], again[i], 0, $"{name}, second call\n{compiled.Script}");
        }
    }

    [Fact]
    public void EveryPassHasARow() => Assert.Empty(
        CompilerPasses.Names.Except(s_rows.Values.Select(row => row.Pass)).Except([
            "alias removal", "common subexpressions", "dead code", "repeats of rewrites", "leftovers", "mutations last",
            CompilerPasses.OneThread, CompilerPasses.VectorCode, CompilerPasses.FusedChains, CompilerPasses.FusedLstm,
        ]));

    [Fact]
    public void APassCanBeTurnedOff()
    {
        var inputs = new[] { F.ones([3]) };
        Tensor[] Function(Tensor[] x) => [F.exp(F.sin(x[0]))];
        string ScriptOf()
        {
            var compiled = Jit.Compile((Func<Tensor[], Tensor[]>)Function);
            compiled.Invoke(inputs);
            return compiled.Script!;
        }

        Assert.Contains("exp_(", ScriptOf(), StringComparison.Ordinal);
        using (CompilerPasses.Disable("in place"))
        using (CompilerPasses.Disable("in place", "dead code"))
        {
            Assert.DoesNotContain("exp_(", ScriptOf(), StringComparison.Ordinal);
        }

        Assert.Contains("exp_(", ScriptOf(), StringComparison.Ordinal);
        var error = Assert.Throws<ArgumentException>(() => CompilerPasses.Disable("no such pass"));
        Assert.Contains("'no such pass'", error.Message, StringComparison.Ordinal);
        Assert.Contains("constant folding", error.Message, StringComparison.Ordinal);
    }

    private static Pass Pass(string name) => Compilation.Passes.All.Single(pass => pass.Name == name);

    private static Graph Trace(Row row)
    {
        using var trace = Brachy.Trace.BeginGraph("test");
        var inputs = row.Shapes.Select((shape, i) => trace.Argument(new TensorType(shape, DType.Float32), $"{i}")).ToArray();
        return Graph.FromTrace(trace, inputs, row.Function(inputs));
    }

    private static Tensor Filled(Tensor part, long start, long size) =>
        F.slice_backward(part, [size, part.shape[1]], 0, start, start + part.shape[0], 1);

    private static Tensor[] Summed(Tensor[] x, Func<Tensor, Tensor, Tensor, Tensor> step) => [Control.Scan(
        (Tensor sum, (Tensor A, Tensor B) row) => (step(sum, row.A, row.B), default(ValueTuple)), x[2], (x[0], x[1])).State];

    private static Tensor[] Twice(Tensor x, Tensor other) => [(x + other) * x];

    private static Tensor Frozen(Tensor x) => F.batch_norm(F.conv2d(x, s_weight), s_norm[0], s_norm[1], s_norm[2], s_norm[3]).output;
}
