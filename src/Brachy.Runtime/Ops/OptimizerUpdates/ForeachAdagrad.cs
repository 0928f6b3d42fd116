using Brachy.Extending;
using Brachy.Native;
using TorchSharp;
using static Brachy.AdagradUpdate;

namespace Brachy;

/// <summary>The settings of <see cref="F.ForeachAdagrad"/>.</summary>
internal sealed record ForeachAdagradSettings(long N, bool Maximize) : ForeachSettings(N)
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries => [("n", N), ("maximize", Maximize)];
}

public static partial class F
{
    /// <summary>
    /// One step of Adagrad for many parameters at once, exactly as torch.optim.Adagrad.
    /// Source: pytorch.org/docs/stable/generated/torch.optim.Adagrad.html.
    /// </summary>
    /// <param name="parameters">The parameters, of one floating-point type.</param>
    /// <param name="grads">A gradient for each.</param>
    /// <param name="state_sums">The sum of the squares of each gradient so far.</param>
    /// <param name="lr">The learning rate: a number or a 0-dim floating-point tensor, as the others.</param>
    /// <param name="lr_decay">How fast the learning rate falls: it is divided by 1 + (step - 1) lr_decay.</param>
    /// <param name="weight_decay">The factor of the parameters that is added to their gradients.</param>
    /// <param name="eps">Keeps the division finite.</param>
    /// <param name="step">The number of this step, 1 for the first; float32.</param>
    /// <param name="maximize">Whether to ascend.</param>
    /// <returns>The new parameters and sums.</returns>
    /// <remarks>The gradient of the square root of a sum of 0 is taken as 0, where it would be infinite.</remarks>
    /// <exception cref="ShapeException">The lists differ in length, or a gradient or sum in shape.</exception>
    /// <exception cref="DTypeException">The tensors have several element types, or one that is not floating-point.</exception>
    public static (Tensor[] Parameters, Tensor[] StateSums) multi_adagrad(
        IReadOnlyList<Tensor> parameters, IReadOnlyList<Tensor> grads, IReadOnlyList<Tensor> state_sums,
        Tensor lr, Tensor lr_decay, Tensor weight_decay, Tensor eps, Tensor step, bool maximize = false)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var n = parameters.Count;
        ForeachLists.RequireLength("multi_adagrad", "gradients", grads, n);
        ForeachLists.RequireLength("multi_adagrad", "state_sums", state_sums, n);
        if (n == 0)
        {
            return ([], []);
        }

        var settings = new ForeachAdagradSettings(n, maximize);
        var results = ForeachAdagrad.BindAll(settings, [lr, lr_decay, weight_decay, eps, step, .. parameters, .. grads, .. state_sums]);
        return (ForeachLists.Slots(results, n, 0), ForeachLists.Slots(results, n, 1));
    }

    internal static readonly Primitive<ForeachAdagradSettings> ForeachAdagrad = new("multi_adagrad")
    {
        Abstract = x =>
            ForeachLists.UpdateTypes(x, ["lr", "lr_decay", "weight_decay", "eps", "step"], ["parameter", "gradient", "state_sum"]),
        Eager = EagerAdagrad,
        Script = x =>
        {
            var names = ForeachLists.ListsScript(x, 3);
            var step = x.Let(x.IsNumber(4) ? $"torch.scalar_tensor({x.Number(4)}, dtype={Script.Type(DType.Float32)})" : x[4]);

            // The kernel's schema says that it writes the steps; it does not.
            x.Statement(
                $"torch._fused_adagrad_({names[0]}, {names[1]}, {names[2]}, "
                + $"[{string.Join(", ", Enumerable.Repeat(step, (int)x.Settings.N))}], " +
                $"lr={Hyperparameters.ReadScript(x, 0)}, lr_decay={Hyperparameters.ReadScript(x, 1)}, "
                + $"weight_decay={Hyperparameters.ReadScript(x, 2)}, " +
                $"eps={Hyperparameters.ReadScript(x, 3)}, maximize={Script.Flag(x.Settings.Maximize)})");
            return ForeachLists.Elements(x, names[0], names[2]);
        },
        Batching = ForeachLists.Batch<ForeachAdagradSettings>(DecomposedAdagrad),
        Vjp = Vjp.Decompose<ForeachAdagradSettings>(DecomposedAdagrad),
        Mutates = x => ForeachLists.ListsButGradients(x, 3),
    };
}

/// <summary>The update, by kernels and in single steps.</summary>
file static class AdagradUpdate
{
    public static NativeTensors EagerAdagrad(EagerArgs<ForeachAdagradSettings> x)
    {
        using var scope = torch.NewDisposeScope();
        var (lr, decline, decay, eps, step) =
            (Hyperparameters.Read(x, 0), Hyperparameters.Read(x, 1), Hyperparameters.Read(x, 2), Hyperparameters.Read(x, 3),
                Hyperparameters.Read(x, 4));
        var (n, rate) = ((int)x.Settings.N, lr / (1 + ((step - 1) * decline)));
        var results = new torch.Tensor[2 * n];
        for (var i = 0; i < n; i++)
        {
            var (p, g) = (ForeachLists.Wide(x, ForeachLists.At(x, 0, i)), ForeachLists.Wide(x, ForeachLists.At(x, 1, i)));
            g = x.Settings.Maximize ? g.neg() : g;
            g = decay == 0 ? g : g.add(p, alpha: NativeNumber.Of(decay));
            var sum = ForeachLists.Wide(x, ForeachLists.At(x, 2, i)).addcmul(g, g, NativeNumber.Of(1));
            results[i] = p.addcdiv(g, sum.sqrt().add_(NativeNumber.Of(eps), NativeNumber.Of(1)), NativeNumber.Of(-rate));
            results[n + i] = sum;
        }

        return ForeachLists.Stored(x, results);
    }

    public static Tensor[] DecomposedAdagrad(VjpArgs<ForeachAdagradSettings> x)
    {
        var (lr, decline, decay, eps, step, n) = (x[0], x[1], x[2], x[3], x[4], (int)x.Settings.N);
        var rate = lr / (1 + ((step - 1) * decline));
        var results = new Tensor[2 * n];
        for (var i = 0; i < n; i++)
        {
            var (p, g) = (ForeachLists.Wide(x, ForeachLists.At(x, 0, i)), ForeachLists.Wide(x, ForeachLists.At(x, 1, i)));
            g = (x.Settings.Maximize ? -g : g) + (decay * p);
            var sum = ForeachLists.Wide(x, ForeachLists.At(x, 2, i)) + (g * g);
            results[i] = (p - (rate * g / (ElementRules.SafeRoot(sum) + eps))).to(x.Types[ForeachLists.FirstList].DType);
            results[n + i] = sum.to(x.Types[ForeachLists.FirstList].DType);
        }

        return results;
    }
}
