using Brachy.Extending;

namespace Brachy.Tests.Ops;

/// <summary>What each op refuses, and how it says so: the message names the op, what was given and often the remedy.</summary>
public class OpErrorTests
{
    private static readonly Tensor s_matrix = F.ones([2, 3]);
    private static readonly Tensor s_whole = F.ones([2, 3], DType.Int64);
    private static readonly Tensor s_truths = F.ones([2, 3], DType.Bool);

    private static readonly (string Name, Type Error, string[] Fragments, Action Use)[] s_cases =
    [
        Case<ShapeException>("full with a negative size", () => F.full([2, -1], 0), "full", "[2, -1]"),
        Case<ShapeException>("zeros with a negative size", () => F.zeros([-3]), "full", "[-3]"),
        Case<DeviceException>("full on a second cpu", () => F.zeros([1], device: new Device(DeviceKind.Cpu, 3)), "full", "3"),
        Case<DeviceException>("full on a device that does not exist", () => F.zeros([1], device: Device.CUDA(99)), "full", "cuda:99"),
        Case<ArgumentException>("arange with step 0", () => F.arange(0, 5, 0), "arange", "0"),
        Case<ArgumentException>("arange away from its end", () => F.arange(0, 5, -1), "arange", "-1", "5"),
        Case<ArgumentException>("arange with NaN", () => F.arange(double.NaN), "arange"),
        Case<ArgumentException>("arange with a step that becomes 0", () => F.arange(0, 5, 0.5, DType.Int64), "arange", "0.5", "int64"),
        Case<DTypeException>("arange of bool", () => F.arange(0, 2, dtype: DType.Bool), "arange", "Int64"),
        Case<ShapeException>("linspace with negative steps", () => F.linspace(0, 1, -2), "linspace", "-2"),
        Case<DTypeException>("linspace of bool", () => F.linspace(0, 1, 2, DType.Bool), "linspace", "bool"),
        Case<DTypeException>("tensor of char", () => F.tensor(['a']), "char"),
        Case<ArgumentNullException>("null operand", () => F.add(s_matrix, null!), "add", "1"),
        Case<DTypeException>("neg of bool", () => F.neg(s_truths), "neg", "bool[2, 3]", "x.to("),
        Case<DTypeException>("abs of bool", () => F.abs(s_truths), "abs", "bool[2, 3]"),
        Case<DTypeException>("floor of bool", () => F.floor(s_truths), "floor", "bool[2, 3]"),
        Case<DTypeException>("ceil of bool", () => F.ceil(s_truths), "ceil", "bool[2, 3]"),
        Case<DTypeException>("round of bool", () => F.round(s_truths), "round", "bool[2, 3]"),
        Case<DTypeException>("relu of bool", () => F.relu(s_truths), "relu", "bool[2, 3]"),
        Case<DTypeException>("gelu of integers", () => F.gelu(s_whole), "gelu", "int64[2, 3]", "DType.Float32"),
        Case<ArgumentException>("gelu of another kind", () => F.gelu(s_matrix, "exact"), "gelu", "exact", "tanh"),
        Case<DTypeException>("silu of integers", () => F.silu(s_whole), "silu", "int64[2, 3]"),
        Case<ShapeException>(
            "backward with a gradient of another shape", () => F.TanhBackward.Bind(s_matrix, F.ones([3])), "tanh_backward", "[2, 3]",
            "[3]"),
        Case<DTypeException>(
            "backward with another type", () => F.ThresholdBackward.Bind(s_matrix, s_matrix.@double()), "threshold_backward", "float32",
            "float64"),
        Case<DeviceException>("to a device that does not exist", () => s_matrix.cuda(99), "to_device", "cuda:99", "Device.CPU"),
        .. new (string, Func<Tensor, Tensor, Tensor>)[]
        {
            ("add", F.add), ("sub", F.sub), ("mul", F.mul), ("div", F.div), ("pow", F.pow), ("maximum", F.maximum), ("minimum", F.minimum),
            ("remainder", F.remainder), ("fmod", F.fmod), ("floor_divide", F.floor_divide), ("eq", F.eq), ("ne", F.ne), ("lt", F.lt),
            ("le", F.le),
            ("gt", F.gt), ("ge", F.ge), ("logical_and", F.logical_and), ("logical_or", F.logical_or), ("logical_xor", F.logical_xor),
        }.Select(op => Case<ShapeException>(
            $"{op.Item1} of shapes that do not broadcast", () => op.Item2(s_matrix, F.ones([2, 4])), op.Item1, "[2, 3]", "[2, 4]")),
        .. new (string, Func<Tensor, Tensor, Tensor>)[]
        {
            ("sub", F.sub), ("pow", F.pow), ("remainder", F.remainder), ("fmod", F.fmod), ("floor_divide", F.floor_divide),
        }.Select(op => Case<DTypeException>($"{op.Item1} of bool", () => op.Item2(s_truths, s_truths), op.Item1, "bool[2, 3]")),
        Case<DTypeException>("sub of a truth value", () => _ = s_matrix - true, "sub", "bool"),
        Case<DTypeException>("negative power of integers", () => F.pow(s_whole, -1), "pow", "int64[2, 3]", "-1"),
        Case<NativeOpException>("division of integers by 0", () => F.floor_divide(s_whole, 0), "floor_divide", "int64[2, 3]"),
        Case<ArgumentException>("clamp without limits", () => F.clamp(s_matrix), "clamp", "min"),
        Case<DTypeException>("where with a condition of numbers", () => F.where(s_matrix, 1, 0), "where", "float32[2, 3]", "F.ne"),
        Case<ShapeException>("where of shapes that do not broadcast", () => F.where(s_truths, F.ones([4]), 0), "where", "[2, 3]", "[4]"),
        .. new (string, Action)[]
        {
            ("sum", () => F.sum(s_matrix, 2)), ("mean", () => F.mean(s_matrix, -3)), ("prod", () => F.prod(s_matrix, 2)),
            ("amax", () => F.amax(s_matrix, 2)),
            ("amin", () => F.amin(s_matrix, 2)), ("max", () => F.max(s_matrix, 2)), ("min", () => F.min(s_matrix, 2)),
            ("argmax", () => F.argmax(s_matrix, 2)),
            ("argmin", () => F.argmin(s_matrix, 2)), ("var", () => F.var(s_matrix, 2)), ("std", () => F.std(s_matrix, 2)),
            ("norm", () => F.norm(s_matrix, 2)),
            ("cumsum", () => F.cumsum(s_matrix, 2)), ("any", () => F.any(s_matrix, 2)), ("all", () => F.all(s_matrix, 2)),
        }.Select(op => Case<ShapeException>($"{op.Item1} over a dim that does not exist", op.Item2, op.Item1, "out of range", "2 dims")),
        Case<ShapeException>("sum over a dim twice", () => F.sum(s_matrix, [0, -2]), "sum", "-2", "twice"),
        Case<DTypeException>("mean of integers", () => F.mean(s_whole), "mean", "int64[2, 3]", "DType.Float32"),
        Case<DTypeException>("var of integers", () => F.var(s_whole), "var", "int64[2, 3]"),
        Case<DTypeException>("std of bool", () => F.std(s_truths), "std", "bool[2, 3]"),
        Case<DTypeException>("norm of integers", () => F.norm(s_whole), "norm", "int64[2, 3]"),
        Case<DTypeException>("argmax of bool", () => F.argmax(s_truths), "argmax", "bool"),
        Case<ShapeException>("amax of nothing", () => F.amax(F.zeros([0, 3]), 0), "amax", "[0, 3]"),
        Case<ShapeException>("amin of nothing", () => F.amin(F.zeros([0])), "amin", "[0]"),
        Case<ShapeException>("max of nothing", () => F.max(F.zeros([2, 0]), 1), "max", "[2, 0]"),
        Case<ShapeException>("argmin of nothing", () => F.argmin(F.zeros([0])), "argmin", "[0]"),
        Case<ShapeException>("sum_to a shape that does not broadcast", () => F.sum_to(s_matrix, [2, 2]), "sum_to", "[2, 3]", "[2, 2]"),
        Case<ShapeException>("sum_to a shape of higher rank", () => F.sum_to(s_matrix, [1, 2, 3]), "sum_to", "[1, 2, 3]"),
        Case<ShapeException>(
            "matmul of shapes that do not fit", () => F.matmul(s_matrix, s_matrix), "matmul", "[2, 3] @ [2, 3]", "(3)", "(2)"),
        Case<ShapeException>("matmul of a vector that does not fit", () => F.matmul(s_matrix, F.ones([2])), "matmul", "[2, 3] @ [2]"),
        Case<ShapeException>("matmul of a number", () => F.matmul(s_matrix, 2.0), "matmul", "*"),
        Case<ShapeException>(
            "matmul of batches that do not broadcast", () => F.matmul(F.ones([2, 1, 1]), F.ones([3, 1, 1])), "matmul", "[2]", "[3]"),
        Case<DTypeException>(
            "matmul of two types", () => F.matmul(s_matrix, F.ones([3, 2], DType.Float64)), "matmul", "float32", "float64", "x.to(dtype)"),
        Case<DTypeException>("matmul of bool", () => F.matmul(s_truths, F.ones([3, 2], DType.Bool)), "matmul", "bool"),
        Case<ShapeException>("mm of vectors", () => F.mm(F.ones([3]), F.ones([3])), "mm", "2 dims", "[3]", "F.matmul"),
        Case<ShapeException>(
            "bmm of batches of two lengths", () => F.bmm(F.ones([1, 2, 3]), F.ones([2, 3, 2])), "bmm", "[1, 2, 3]", "[2, 3, 2]"),
        Case<ShapeException>("dot of matrices", () => F.dot(s_matrix, s_matrix), "dot", "[2, 3]"),
        Case<ShapeException>("outer of matrices", () => F.outer(s_matrix, s_matrix), "outer", "[2, 3]"),
        Case<ShapeException>(
            "addmm of an input that does not broadcast", () => F.addmm(F.ones([5, 2, 2]), s_matrix, F.ones([3, 2])), "addmm", "[5, 2, 2]"),
        Case<ShapeException>("linear of inputs that do not fit", () => F.linear(s_matrix, F.ones([4, 2])), "linear", "[2, 3]", "[4, 2]"),
        Case<ShapeException>(
            "linear with a bias that does not fit", () => F.linear(s_matrix, F.ones([4, 3]), F.ones([3])), "linear", "[4]", "[3]"),
        Case<ShapeException>("linear with a weight that is no matrix", () => F.linear(s_matrix, F.ones([3])), "linear", "weight", "2 dims"),
        Case<DTypeException>(
            "linear of two types", () => F.linear(s_matrix, F.ones([4, 3], DType.Float16)), "linear", "float32", "float16"),
    ];

    public static TheoryData<string> Names => [.. s_cases.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void BadInputIsRefused(string name)
    {
        var (_, error, fragments, use) = s_cases.Single(c => c.Name == name);
        var thrown = Record.Exception(use);
        Assert.NotNull(thrown);
        Assert.IsType(error, thrown);
        Assert.All(fragments, fragment => Assert.Contains(fragment, thrown.Message, StringComparison.Ordinal));
    }

    private static (string, Type, string[], Action) Case<TError>(string name, Action use, params string[] fragments)
        where TError : Exception => (name, typeof(TError), fragments, use);
}
