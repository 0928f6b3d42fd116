using Brachy.Extending;
using Brachy.Native;
using TorchSharp;
using static Brachy.AdamUpdate;
using static Brachy.F;

namespace Brachy;

/// <summary>The settings of <see cref="F.ForeachAdam"/> and <see cref="F.ForeachAdamW"/>.</summary>
internal sealed record ForeachAdamSettings(long N, double Eps, bool AmsGrad, bool Maximize) : ForeachSettings(N)
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries =>
        [("n", N), ("eps", Eps), ("amsgrad", AmsGrad), ("maximize", Maximize)];
}

public static partial class F
{
    /// <summary>
    /// One step of AdamW for many parameters at once, exactly as torch.optim.AdamW.
    /// Source: pytorch.org/docs/stable/generated/torch.optim.AdamW.html.
    /// </summary>
    /// <param name="parameters">The parameters, of one floating-point type.</param>
    /// <param name="grads">A gradient for each.</param>
    /// <param name="exp_avgs">The running mean of each gradient, zeros at first.</param>
    /// <param name="exp_avg_sqs">The running mean of each squared gradient, zeros at first.</param>
    /// <param name="max_exp_avg_sqs">The largest such mean so far, zeros at first; or an empty list for AdamW without amsgrad.</param>
    /// <param name="lr">The learning rate: a number or a 0-dim floating-point tensor, as the others.</param>
    /// <param name="beta1">How much of the mean stays.</param>
    /// <param name="beta2">How much of the squared mean stays.</param>
    /// <param name="weight_decay">The fraction, times the learning rate, that parameters shrink by.</param>
    /// <param name="step">The number of this step, 1 for the first; float32. At 0 the result is not finite.</param>
    /// <param name="eps">Keeps the division finite.</param>
    /// <param name="maximize">Whether to ascend.</param>
    /// <returns>The new parameters and state; the maxima are empty without amsgrad.</returns>
    /// <remarks>The gradient of the square root of a second moment of 0 is taken as 0, where it would be infinite.</remarks>
    /// <exception cref="ShapeException">The lists differ in length, or a gradient or state in shape.</exception>
    /// <exception cref="DTypeException">The tensors have several element types, or one that is not floating-point.</exception>
    public static (Tensor[] Parameters, Tensor[] ExpAvgs, Tensor[] ExpAvgSqs, Tensor[] MaxExpAvgSqs) multi_adamw(
        IReadOnlyList<Tensor> parameters, IReadOnlyList<Tensor> grads, IReadOnlyList<Tensor> exp_avgs, IReadOnlyList<Tensor> exp_avg_sqs,
        IReadOnlyList<Tensor> max_exp_avg_sqs, Tensor lr, Tensor beta1, Tensor beta2, Tensor weight_decay, Tensor step,
        double eps = 1e-8, bool maximize = false) =>
        UpdateAdam(true, parameters, grads, exp_avgs, exp_avg_sqs, max_exp_avg_sqs, lr, beta1, beta2, weight_decay, step, eps, maximize);

    /// <summary>
    /// One step of Adam for many parameters at once, exactly as torch.optim.Adam: as <see cref="multi_adamw"/>, but the weight
    /// decay is the factor of the parameters that is added to their gradients.
    /// Source: pytorch.org/docs/stable/generated/torch.optim.Adam.html.
    /// </summary>
    /// <inheritdoc cref="multi_adamw"/>
    public static (Tensor[] Parameters, Tensor[] ExpAvgs, Tensor[] ExpAvgSqs, Tensor[] MaxExpAvgSqs) multi_adam(
        IReadOnlyList<Tensor> parameters, IReadOnlyList<Tensor> grads, IReadOnlyList<Tensor> exp_avgs, IReadOnlyList<Tensor> exp_avg_sqs,
        IReadOnlyList<Tensor> max_exp_avg_sqs, Tensor lr, Tensor beta1, Tensor beta2, Tensor weight_decay, Tensor step,
        double eps = 1e-8, bool maximize = false) =>
        UpdateAdam(false, parameters, grads, exp_avgs, exp_avg_sqs, max_exp_avg_sqs, lr, beta1, beta2, weight_decay, step, eps, maximize);

    internal static readonly Primitive<ForeachAdamSettings> ForeachAdamW = AdamPrimitive("multi_adamw", decoupled: true);

    internal static readonly Primitive<ForeachAdamSettings> ForeachAdam = AdamPrimitive("multi_adam", decoupled: false);
}

/// <summary>The update, by kernels and in single steps.</summary>
file static class AdamUpdate
{
    public static (Tensor[] Parameters, Tensor[] ExpAvgs, Tensor[] ExpAvgSqs, Tensor[] MaxExpAvgSqs) UpdateAdam(
        bool decoupled, IReadOnlyList<Tensor> parameters, IReadOnlyList<Tensor> grads, IReadOnlyList<Tensor> exp_avgs,
        IReadOnlyList<Tensor> exp_avg_sqs, IReadOnlyList<Tensor> max_exp_avg_sqs, Tensor lr, Tensor beta1, Tensor beta2,
        Tensor weight_decay, Tensor step, double eps, bool maximize)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(max_exp_avg_sqs);
        var primitive = decoupled ? ForeachAdamW : ForeachAdam;
        var n = parameters.Count;
        ForeachLists.RequireLength(primitive.Name, "gradients", grads, n);
        ForeachLists.RequireLength(primitive.Name, "exp_avgs", exp_avgs, n);
        ForeachLists.RequireLength(primitive.Name, "exp_avg_sqs", exp_avg_sqs, n);
        var amsgrad = max_exp_avg_sqs.Count > 0;
        if (amsgrad)
        {
            ForeachLists.RequireLength(primitive.Name, "max_exp_avg_sqs", max_exp_avg_sqs, n);
        }

        if (n == 0)
        {
            return ([], [], [], []);
        }

        var settings = new ForeachAdamSettings(n, eps, amsgrad, maximize);
        var results = primitive.BindAll(
            settings, [lr, beta1, beta2, weight_decay, step, .. parameters, .. grads, .. exp_avgs, .. exp_avg_sqs, .. max_exp_avg_sqs]);
        return (
            ForeachLists.Slots(results, n, 0), ForeachLists.Slots(results, n, 1), ForeachLists.Slots(results, n, 2),
            amsgrad ? ForeachLists.Slots(results, n, 3) : []);
    }

    public static Primitive<ForeachAdamSettings> AdamPrimitive(string name, bool decoupled) => new(name)
    {
        Abstract = x => ForeachLists.UpdateTypes(
            x, ["lr", "beta1", "beta2", "weight_decay", "step"],
            x.Settings.AmsGrad
                ? ["parameter", "gradient", "exp_avg", "exp_avg_sq", "max_exp_avg_sq"]
                : ["parameter", "gradient", "exp_avg", "exp_avg_sq"]),
        Eager = x => EagerAdam(x, decoupled),
        Script = x =>
        {
            var names = ForeachLists.ListsScript(x, x.Settings.AmsGrad ? 5 : 4);
            var maxima = x.Settings.AmsGrad ? names[4] : x.Let("[]");
            var step = x.Let(x.IsNumber(4) ? $"torch.scalar_tensor({x.Number(4)}, dtype={Script.Type(DType.Float32)})" : x[4]);
            x.Statement(
                $"torch.{(decoupled ? "_fused_adamw_" : "_fused_adam_")}({names[0]}, {names[1]}, {names[2]}, {names[3]}, {maxima}, " +
                $"[{string.Join(", ", Enumerable.Repeat(step, (int)x.Settings.N))}], " +
                $"lr={Hyperparameters.ReadScript(x, 0)}, beta1={Hyperparameters.ReadScript(x, 1)}, beta2={Hyperparameters.ReadScript(x, 2)}"
                    + ", " +
                $"weight_decay={Hyperparameters.ReadScript(x, 3)}, eps={Script.Real(x.Settings.Eps)}, " +
                $"amsgrad={Script.Flag(x.Settings.AmsGrad)}, maximize={Script.Flag(x.Settings.Maximize)})");
            return x.Settings.AmsGrad
                ? ForeachLists.Elements(x, names[0], names[2], names[3], maxima)
                : ForeachLists.Elements(x, names[0], names[2], names[3]);
        },
        Batching = ForeachLists.Batch<ForeachAdamSettings>(x => DecomposedAdam(x, decoupled)),
        Vjp = Vjp.Decompose<ForeachAdamSettings>(x => DecomposedAdam(x, decoupled)),
        Mutates = x => ForeachLists.ListsButGradients(x, x.Settings.AmsGrad ? 5 : 4),
    };

    private static NativeTensors EagerAdam(EagerArgs<ForeachAdamSettings> x, bool decoupled)
    {
        using var scope = torch.NewDisposeScope();
        var (lr, beta1, beta2, decay, step) =
            (Hyperparameters.Read(x, 0), Hyperparameters.Read(x, 1), Hyperparameters.Read(x, 2), Hyperparameters.Read(x, 3),
                Hyperparameters.Read(x, 4));
        var (n, rate, root) = ((int)x.Settings.N, lr / (1 - Math.Pow(beta1, step)), Math.Sqrt(1 - Math.Pow(beta2, step)));
        var results = new torch.Tensor[x.Settings.AmsGrad ? 4 * n : 3 * n];
        for (var i = 0; i < n; i++)
        {
            var (before, g) = (ForeachLists.Wide(x, ForeachLists.At(x, 0, i)), ForeachLists.Wide(x, ForeachLists.At(x, 1, i)));
            g = x.Settings.Maximize ? g.neg() : g;
            g = decoupled || decay == 0 ? g : g.add(before, alpha: NativeNumber.Of(decay));
            var m = ForeachLists.Wide(x, ForeachLists.At(x, 2, i)).mul(NativeNumber.Of(beta1)).add_(g, alpha: NativeNumber.Of(1 - beta1));
            var v = ForeachLists.Wide(x, ForeachLists.At(x, 3, i)).mul(NativeNumber.Of(beta2)).addcmul_(g, g, NativeNumber.Of(1 - beta2));
            var largest = x.Settings.AmsGrad ? torch.maximum(ForeachLists.Wide(x, ForeachLists.At(x, 4, i)), v) : v;
            var p = before.mul(NativeNumber.Of(decoupled ? 1 - (lr * decay) : 1)).addcdiv_(
                m, largest.sqrt().div_(NativeNumber.Of(root))
                    .add_(NativeNumber.Of(x.Settings.Eps), NativeNumber.Of(1)), NativeNumber.Of(-rate));
            (results[i], results[n + i], results[(2 * n) + i]) = (p, m, v);
            if (x.Settings.AmsGrad)
            {
                results[(3 * n) + i] = largest;
            }
        }

        return ForeachLists.Stored(x, results);
    }

    private static Tensor[] DecomposedAdam(VjpArgs<ForeachAdamSettings> x, bool decoupled)
    {
        var (lr, beta1, beta2, decay, step, n) = (x[0], x[1], x[2], x[3], x[4], (int)x.Settings.N);

        // In double precision, as kernels do: powers of what is near 1 lose most of float32's digits where they are taken from 1.
        var steps = step.to(DType.Float64);
        var rate = lr.to(DType.Float64) / (1 - pow(beta1.to(DType.Float64), steps));
        var root = sqrt(1 - pow(beta2.to(DType.Float64), steps));
        var dtype = x.Types[ForeachLists.FirstList].DType;
        var results = new Tensor[x.Settings.AmsGrad ? 4 * n : 3 * n];
        for (var i = 0; i < n; i++)
        {
            var (p, g) = (ForeachLists.Wide(x, ForeachLists.At(x, 0, i)), ForeachLists.Wide(x, ForeachLists.At(x, 1, i)));
            g = x.Settings.Maximize ? -g : g;
            g = decoupled ? g : g + (decay * p);
            var m = (beta1 * ForeachLists.Wide(x, ForeachLists.At(x, 2, i))) + ((1 - beta1) * g);
            var v = (beta2 * ForeachLists.Wide(x, ForeachLists.At(x, 3, i))) + ((1 - beta2) * (g * g));
            var largest = x.Settings.AmsGrad ? maximum(ForeachLists.Wide(x, ForeachLists.At(x, 4, i)), v) : v;
            var updated =
                (decoupled ? p * (1 - (lr * decay)) : p) - (rate * m / ((ElementRules.SafeRoot(largest) / root) + x.Settings.Eps));
            (results[i], results[n + i], results[(2 * n) + i]) = (updated.to(dtype), m.to(dtype), v.to(dtype));
            if (x.Settings.AmsGrad)
            {
                results[(3 * n) + i] = largest.to(dtype);
            }
        }

        return results;
    }
}
