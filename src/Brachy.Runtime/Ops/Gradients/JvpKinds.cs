namespace Brachy.Extending;

// Derivatives in forward mode that follow from what kind of function a primitive is.
public sealed partial class Jvp
{
    /// <summary>The results are the inputs: their tangents are those of the inputs.</summary>
    public static Jvp Identity { get; } = new(x => [.. x.Tangents.Take(x.Outputs.Length)]);

    /// <summary>
    /// Each element of the result depends on the elements at its place alone, after broadcasting: the Jacobian by an operand is diagonal,
    /// and so the primitive's own vjp, given the tangent in place of a gradient, is its jvp. The same holds for any primitive whose
    /// Jacobian is symmetric, such as softmax.
    /// </summary>
    public static Jvp Elementwise { get; } = OfKinds((_, _) => TangentKind.Symmetric);

    /// <summary>
    /// The gradient of an elementwise function in one kernel: linear in the gradient, which is the first operand, and elementwise in the
    /// others.
    /// </summary>
    public static Jvp ElementwiseBackward { get; } = OfKinds((_, i) => i == 0 ? TangentKind.Linear : TangentKind.Symmetric);

    /// <summary>
    /// Linear in some operands, each for itself, as a product is: the primitive itself on the tangent of one operand, and the others as
    /// they are, summed over these operands.
    /// </summary>
    /// <param name="operands">These operands; none for all. A tangent of another one goes by the vjp.</param>
    public static Jvp Linear(params int[] operands) =>
        OfKinds((_, i) => operands.Length == 0 || operands.Contains(i) ? TangentKind.Linear : TangentKind.Other);

    /// <summary>
    /// Linear in some operands taken together, as a concatenation is: the primitive itself on the tangents of these operands, zeros where
    /// there is none.
    /// </summary>
    /// <param name="operands">These operands; none for all. A tangent of another one goes by the vjp.</param>
    public static Jvp LinearTogether(params int[] operands) =>
        OfKinds((_, i) => operands.Length == 0 || operands.Contains(i) ? TangentKind.LinearTogether : TangentKind.Other);

    /// <summary>The derivative of a primitive without a rule; see there.</summary>
    internal static Jvp ByVjp { get; } = new(Default);

    /// <summary>The derivative of a primitive without a rule: that of the ops it is made of, or the transpose of its vjp.</summary>
    internal static Tensor?[] Default(JvpArgs x) =>
        x.Primitive.VjpRule.Decomposition is { } function ? Pushforward.Of(function, x) : Transposed(x);

    /// <summary>
    /// The transpose of the vjp: that is linear in the gradients of the results, so that its own vjp by these gradients, which may be
    /// anything, takes the tangents of the inputs to those of the results.
    /// </summary>
    internal static Tensor?[] Transposed(JvpArgs x)
    {
        var rule = x.Primitive.VjpRule.Apply
            ?? throw new DifferentiationException($"'{x.Primitive.Name}' cannot be differentiated: {x.Primitive.VjpRule.Reason}.");
        int[] given = [.. Enumerable.Range(0, x.Outputs.Length).Where(i => x.Wants(i) && x.Outputs[i].dtype.IsFloatingPoint())];
        var needed = Array.ConvertAll(x.Tangents, tangent => tangent is not null);
        var (_, result) = Pullback.Differentiate(
            [.. given.Select(i => F.expand(F.zeros([], x.Outputs[i].dtype, x.Outputs[i].device), x.Outputs[i].shape))],
            dummies =>
            {
                var gradients = new Tensor?[x.Outputs.Length];
                for (var k = 0; k < given.Length; k++)
                {
                    gradients[given[k]] = dummies[k];
                }

                return rule(gradients, x.Outputs, x.Primitive.VjpArgsOf(x.Settings, x.Inputs, needed));
            },
            pulled =>
            {
                int[] there = [.. Enumerable.Range(0, pulled.Length).Where(i => needed[i] && pulled[i] is not null)];
                return ([.. there.Select(i => Backward.Fit(pulled[i]!, x.Types[i]))], [.. there.Select(i => x.Tangents[i])]);
            });
        var tangents = new Tensor?[x.Outputs.Length];
        for (var k = 0; k < given.Length; k++)
        {
            tangents[given[k]] = result[k];
        }

        return tangents;
    }

    private static Jvp OfKinds(Func<JvpArgs, int, TangentKind> kindOf) => new(x =>
    {
        int[] active = [.. Enumerable.Range(0, x.Count).Where(i => x.Tangents[i] is not null)];

        // A vjp by other ops sums up what was broadcast by itself.
        var isDiagonal = x.Outputs.Length == 1 && x.Primitive.VjpRule.Decomposition is null;
        var kinds = Array.ConvertAll(
            active, i => kindOf(x, i) is var kind && kind == TangentKind.Symmetric && !isDiagonal ? TangentKind.Other : kind);
        Tensor?[] sum = new Tensor?[x.Outputs.Length];
        foreach (var (i, kind) in active.Zip(kinds))
        {
            if (kind == TangentKind.Linear)
            {
                Add(sum, x.Primitive.BindUntyped(x.Settings, With(x, i)));
            }
            else if (kind == TangentKind.Symmetric)
            {
                Add(sum, [BySymmetry(x, i)]);
            }
        }

        if (kinds.Contains(TangentKind.LinearTogether))
        {
            Tensor[] operands = [.. Enumerable.Range(0, x.Count).Select(i =>
                kindOf(x, i) == TangentKind.LinearTogether ? x.Tangents[i] ?? ZerosLike(x[i]) : x[i])];
            Add(sum, x.Primitive.BindUntyped(x.Settings, operands));
        }

        if (kinds.Contains(TangentKind.Other))
        {
            var others = new Tensor?[x.Count];
            foreach (var (i, _) in active.Zip(kinds).Where(pair => pair.Second == TangentKind.Other))
            {
                others[i] = x.Tangents[i];
            }

            Add(sum, Default(x.Primitive.JvpArgsOf(x.Op, others, [.. Enumerable.Range(0, x.Outputs.Length).Select(x.Wants)])));
        }

        return sum;
    });

    /// <summary>The operands, with the tangent of one of them in its place.</summary>
    private static Tensor[] With(JvpArgs x, int operand)
    {
        Tensor[] operands = [.. x.Inputs];
        operands[operand] = x.Tangents[operand]!;
        return operands;
    }

    /// <summary>The vjp by one operand, given its tangent, which is made as wide as the result first.</summary>
    private static Tensor? BySymmetry(JvpArgs x, int operand)
    {
        var rule = x.Primitive.VjpRule.Apply
            ?? throw new DifferentiationException($"'{x.Primitive.Name}' cannot be differentiated: {x.Primitive.VjpRule.Reason}.");
        var needed = new bool[x.Count];
        needed[operand] = true;
        var tangent = Forward.Fit(x.Tangents[operand]!, x.Outputs[0].Type);
        return rule([tangent], x.Outputs, x.Primitive.VjpArgsOf(x.Settings, x.Inputs, needed))[operand];
    }

    private static void Add(Tensor?[] sum, IReadOnlyList<Tensor?> tangents)
    {
        for (var i = 0; i < sum.Length; i++)
        {
            sum[i] = Tangents.Sum(sum[i], tangents[i]);
        }
    }

    private static Tensor ZerosLike(Tensor x) =>
        x.Number is not null ? Tensor.OfNumber(0) : F.expand(F.zeros([], x.dtype, x.device), x.shape);

    private enum TangentKind
    {
        Symmetric,
        Linear,
        LinearTogether,
        Other,
    }
}
