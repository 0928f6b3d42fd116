using Brachy.Compilation;
using Brachy.Extending;
using TorchSharp;
using static Brachy.F;
using static Brachy.LstmLayerRules;

namespace Brachy;

/// <summary>The settings of <see cref="F.LstmLayer"/>.</summary>
/// <param name="Reverse">Whether the last element of a sequence comes first.</param>
/// <param name="Workspace">
/// The bytes of what the kernel keeps for its gradient, which is a fourth result; 0 for nothing, and no such result.
/// </param>
internal sealed record LstmLayerSettings(bool Reverse, long Workspace) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("reverse", Reverse), ("workspace", Workspace)];

    /// <inheritdoc/>
    internal override PrunedUse? Prune(IReadOnlyList<bool> wanted) => Workspace == 0 || wanted[3]
        ? null
        : new(this with { Workspace = 0 }, [.. Enumerable.Range(0, OperandCount)], [0, 1, 2]);
}

/// <summary>The settings of <see cref="F.LstmLayerBackward"/>.</summary>
/// <param name="Reverse">Whether the last element of a sequence came first.</param>
internal sealed record LstmLayerBackwardSettings(bool Reverse) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("reverse", Reverse)];
}

// One layer of long short-term memory in one direction, by one kernel of oneDNN where that may be used, else by a loop.
public static partial class F
{
    /// <summary>
    /// Operands: x [L, N, I], weights [4H, I] and [4H, H], both biases in one [4H], first states [N, H] and [N, H]. Results: the outputs
    /// [L, N, H], the last states [N, H] and [N, H], and what the gradient needs, if that is kept.
    /// </summary>
    internal static readonly Primitive<LstmLayerSettings> LstmLayer = new("lstm_layer")
    {
        Abstract = x =>
        {
            var (output, state) = RequireOperands(x);
            return x.Settings.Workspace > 0
                ? [output, state, state, new TensorType([x.Settings.Workspace], DType.UInt8, x.Device)]
                : [output, state, state];
        },
        Eager = x => LstmKernels.MayRun(x.Types[0])
            ? LstmKernels.Forward(x.Range(0, OperandCount), x.Settings.Reverse, x.Settings.Workspace > 0)
            : ComputeInSteps(x, operands => LstmSteps.Results(operands, x.Settings)),
        Script = x => LstmKernels.MayRun(x.Types[0])
            ? LstmKernels.WriteForward(x, x.Settings.Reverse, x.Settings.Workspace > 0)
            : WriteInSteps(x, operands => LstmSteps.Results(operands, x.Settings)),
        Vjp = Vjp.Multi<LstmLayerSettings>(Gradient),
        Batching = Batching.Either(
            x => x.Size == 0 || Enumerable.Range(1, 3).Any(x.IsBatched) || x.Outputs.Count > 3,
            Batching.Decompose<LstmLayerSettings>(x => LstmSteps.Results(x.Inputs, x.Settings)).Untyped,
            Batching.Multi<LstmLayerSettings>(AsOneBatch).Untyped),
        IsDense = x => LstmKernels.MayRun(x.Types[0]),
        Cost = x => x.Once(Products(x)) with { Steps = x[0].Shape[0] },
    };

    /// <summary>
    /// From the operands of <see cref="LstmLayer"/>, its first three results, their gradients, and what it kept if anything, to the
    /// gradients of its operands.
    /// </summary>
    internal static readonly Primitive<LstmLayerBackwardSettings> LstmLayerBackward = new("lstm_layer_backward")
    {
        Abstract = x =>
        {
            RequireResults(x);
            return [x[0], x[1], x[2], x[3], x[4], x[5]];
        },
        Eager = x => UsesKernel(x)
            ? LstmKernels.Backward(x.Range(0, x.Count), x.Settings.Reverse)
            : ComputeInSteps(x, operands => LstmSteps.Gradients(operands, x.Settings.Reverse)),
        Script = x => UsesKernel(x)
            ? LstmKernels.WriteBackward(x, x.Settings.Reverse)
            : WriteInSteps(x, operands => LstmSteps.Gradients(operands, x.Settings.Reverse)),

        // Results and workspace follow from the operands, so that all derivatives come by those.
        Vjp = Vjp.Decompose<LstmLayerBackwardSettings>(x => LstmSteps.Gradients(x.Inputs, x.Settings.Reverse)),
        Batching = Batching.Decompose<LstmLayerBackwardSettings>(x => LstmSteps.Gradients(x.Inputs, x.Settings.Reverse)),
        IsDense = UsesKernel,
        Cost = x => x.Once(2 * Products(x)) with { Steps = x[0].Shape[0] },
    };
}

/// <summary>The rules of both.</summary>
file static class LstmLayerRules
{
    public const int OperandCount = 6;

    /// <summary>Operands, results and their gradients.</summary>
    private const int BackwardCount = OperandCount + 6;

    public static (TensorType Output, TensorType State) RequireOperands(AbstractArgs x)
    {
        Shapes.RequireRank(x, 0, "x", 3);
        Shapes.RequireRank(x, 4, "h0", 2);
        Shapes.RequireFloat(x, 0, "x");
        Shapes.RequireSameDType(x, 0, 1, 2, 3, 4, 5);
        var (elements, size) = (x[0].Shape, x[4].Shape[1]);
        Shape[] wanted = [elements, [4 * size, elements[2]], [4 * size, size], [4 * size], [elements[1], size], [elements[1], size]];
        for (var i = 0; i < OperandCount; i++)
        {
            if (x[i].Shape != wanted[i])
            {
                throw new ShapeException($"{x.Primitive.Name}: operand {i} is {x[i]}, but must be {wanted[i]} beside x, {x[0]}.");
            }

            if (x[i].Shape.NumElements == 0)
            {
                throw new ShapeException($"{x.Primitive.Name}: operand {i}, {x[i]}, has no elements.");
            }
        }

        return (new([elements[0], elements[1], size], x[0].DType, x.Device), new(x[4].Shape, x[0].DType, x.Device));
    }

    public static void RequireResults(AbstractArgs x)
    {
        var (output, state) = RequireOperands(x);
        TensorType[] wanted = [output, state, state, output, state, state];
        for (var i = 0; i < wanted.Length; i++)
        {
            var given = x[OperandCount + i];
            if (given.Shape != wanted[i].Shape)
            {
                throw new ShapeException($"{x.Primitive.Name}: operand {OperandCount + i} is {given}, but must be {wanted[i]}.");
            }

            if (given.DType != wanted[i].DType)
            {
                throw new DTypeException($"{x.Primitive.Name}: operand {OperandCount + i} is {given}, but must be {wanted[i]}.");
            }
        }

        if (x.Count > BackwardCount && x[BackwardCount].DType != DType.UInt8)
        {
            throw new DTypeException($"{x.Primitive.Name}: what the layer kept is uint8, but this is {x[BackwardCount]}.");
        }
    }

    /// <summary>Whether the gradient is the kernel's, which needs what the layer's has kept.</summary>
    public static bool UsesKernel(RuleArgs x) => x.Count > BackwardCount && LstmKernels.MayRun(x.Types[0]);

    /// <summary>The multiply-adds of a run.</summary>
    public static double Products(CostArgs x) =>
        (double)x[0].Shape[0] * x[0].Shape[1] * (x[1].Shape.NumElements + (double)x[2].Shape.NumElements);

    public static Tensor?[] Gradient(Tensor?[] g, Tensor[] y, VjpArgs<LstmLayerSettings> x)
    {
        // A layer that was recorded where nobody asked for a gradient has kept nothing for it.
        var kept = LstmKernels.WorkspaceOf(x.Types[0], x.Types[4], x.Settings.Reverse);
        var results = kept > x.Settings.Workspace ? LstmLayer.BindAll(x.Settings with { Workspace = kept }, [.. x.Inputs]) : y;
        return LstmLayerBackward.BindAll(
            new(x.Settings.Reverse),
            [
                .. x.Inputs, .. results[..3], g[0] ?? zeros_like(y[0]), g[1] ?? zeros_like(y[1]), g[2] ?? zeros_like(y[2]),
                .. results[3..],
            ]);
    }

    /// <summary>Where the weights are the same for all samples, their sequences are one batch.</summary>
    public static Tensor[] AsOneBatch(BatchArgs<LstmLayerSettings> x)
    {
        var (elements, size) = (x.Types[0].Shape, x.Types[4].Shape[1]);
        var (length, sequences) = (elements[0], x.Size * elements[1]);
        var results = LstmLayer.BindAll(
            x.Settings, reshape(permute(x.Expanded(0), 1, 0, 2, 3), [length, sequences, elements[2]]), x[1], x[2], x[3],
            reshape(x.Expanded(4), [sequences, size]), reshape(x.Expanded(5), [sequences, size]));
        var output = permute(reshape(results[0], [length, x.Size, elements[1], size]), 1, 0, 2, 3);
        Shape states = [x.Size, .. x.Types[4].Shape];
        return [output, reshape(results[1], states), reshape(results[2], states)];
    }

    public static torch.Tensor[] ComputeInSteps(EagerArgs x, Func<Tensor[], Tensor[]> function)
    {
        using var scope = TensorScope.Begin();
        Tensor[] operands = [.. Enumerable.Range(0, x.Count).Select(i => Tensor.FromTorch(x[i]))];
        return Array.ConvertAll(Trace.Untraced(() => function(operands)), result =>
        {
            using var use = result.Use();
            return use.Torch.clone().DetachFromDisposeScope();
        });
    }

    public static string WriteInSteps(ScriptArgs x, Func<Tensor[], Tensor[]> function)
    {
        var graph = Trace.Untraced(() =>
        {
            using var trace = Trace.BeginGraph(x.Primitive.Name);
            Tensor[] operands = [.. x.Types.Select((type, i) => trace.Argument(type, $"operand {i}"))];
            return Graph.FromTrace(trace, operands, function(operands));
        });
        var (names, own) = x.Body(graph, [.. Enumerable.Range(0, x.Count).Select(i => x[i])], [], living: x.Outputs.Count);
        var results = names.Select((name, i) => own[i] ? name : $"torch.clone({name}, memory_format=0)");
        return $"({string.Join(", ", results)})";
    }
}
