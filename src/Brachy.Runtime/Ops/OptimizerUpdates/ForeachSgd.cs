using Brachy.Extending;
using Brachy.Native;
using TorchSharp;
using static Brachy.F;
using static Brachy.SgdUpdate;

namespace Brachy;

/// <summary>The settings of <see cref="F.ForeachSgd"/>.</summary>
internal sealed record ForeachSgdSettings(long N, bool HasMomentum, bool Nesterov, bool Maximize) : ForeachSettings(N)
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries =>
        [("n", N), ("has_momentum", HasMomentum), ("nesterov", Nesterov), ("maximize", Maximize)];
}

public static partial class F
{
    /// <summary>
    /// One step of stochastic gradient descent for many parameters at once, exactly as torch.optim.SGD. With momenta, the
    /// first step sets them to the gradient. Source: pytorch.org/docs/stable/generated/torch.optim.SGD.html.
    /// </summary>
    /// <param name="parameters">The parameters, of one floating-point type.</param>
    /// <param name="grads">A gradient for each.</param>
    /// <param name="momenta">A momentum buffer for each, zeros at first; or an empty list for descent without momentum.</param>
    /// <param name="lr">The learning rate: a number or a 0-dim floating-point tensor, as the others.</param>
    /// <param name="weight_decay">The factor of the parameters that is added to their gradients.</param>
    /// <param name="momentum">The factor of the old momentum; not used without momenta.</param>
    /// <param name="dampening">How much less of the gradient joins the momentum, from the second step on.</param>
    /// <param name="step">The number of this step, 1 for the first; float32.</param>
    /// <param name="nesterov">Whether the gradient is looked at one step ahead; needs momenta.</param>
    /// <param name="maximize">Whether to ascend.</param>
    /// <returns>The new parameters and momenta.</returns>
    /// <exception cref="ShapeException">The lists differ in length, or a gradient or momentum in shape.</exception>
    /// <exception cref="DTypeException">The tensors have several element types, or one that is not floating-point.</exception>
    public static (Tensor[] Parameters, Tensor[] Momenta) multi_sgd(
        IReadOnlyList<Tensor> parameters, IReadOnlyList<Tensor> grads, IReadOnlyList<Tensor> momenta,
        Tensor lr, Tensor weight_decay, Tensor momentum, Tensor dampening, Tensor step, bool nesterov = false, bool maximize = false)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(grads);
        ArgumentNullException.ThrowIfNull(momenta);
        var n = parameters.Count;
        if (n == 0 && grads.Count == 0 && momenta.Count == 0)
        {
            return ([], []);
        }

        ForeachLists.RequireLength("multi_sgd", "gradients", grads, n);
        if (momenta.Count > 0 || nesterov)
        {
            ForeachLists.RequireLength("multi_sgd", "momenta", momenta, n);
        }

        var settings = new ForeachSgdSettings(n, momenta.Count > 0, nesterov, maximize);
        var results = ForeachSgd.BindAll(settings, [lr, weight_decay, momentum, dampening, step, .. parameters, .. grads, .. momenta]);
        return (results[..n], results[n..]);
    }

    internal static readonly Primitive<ForeachSgdSettings> ForeachSgd = new("multi_sgd")
    {
        Abstract = x => ForeachLists.UpdateTypes(
            x, ["lr", "weight_decay", "momentum", "dampening", "step"],
            x.Settings.HasMomentum ? ["parameter", "gradient", "momentum"] : ["parameter", "gradient"]),
        Eager = EagerSgd,
        Script = x =>
        {
            var names = ForeachLists.ListsScript(x, x.Settings.HasMomentum ? 3 : 2);
            var (momentum, momenta, isFirst) = ("0.0", x.Let("[]"), "False");
            if (x.Settings.HasMomentum)
            {
                // The kernel takes no momenta when the factor is 0.
                var factor = Hyperparameters.ReadScript(x, 2);
                momentum = x.Let($"{factor} if {factor} != 0.0 else 1e-300");
                (momenta, isFirst) = (names[2], $"{Hyperparameters.ReadScript(x, 4)} == 1.0");
            }

            x.Statement(
                $"torch._fused_sgd_({names[0]}, {names[1]}, {momenta}, weight_decay={Hyperparameters.ReadScript(x, 1)}, "
                + $"momentum={momentum}, " +
                $"lr={Hyperparameters.ReadScript(x, 0)}, dampening={Hyperparameters.ReadScript(x, 3)}, "
                + $"nesterov={Script.Flag(x.Settings.Nesterov)}, " +
                $"maximize={Script.Flag(x.Settings.Maximize)}, is_first_step={isFirst})");
            return x.Settings.HasMomentum ? ForeachLists.Elements(x, names[0], momenta) : ForeachLists.Elements(x, names[0]);
        },
        Batching = ForeachLists.Batch<ForeachSgdSettings>(DecomposedSgd),
        Vjp = Vjp.Decompose<ForeachSgdSettings>(DecomposedSgd),
        Mutates = x => ForeachLists.ListsButGradients(x, x.Settings.HasMomentum ? 3 : 2),
    };
}

/// <summary>The update, by kernels and in single steps.</summary>
file static class SgdUpdate
{
    public static NativeTensors EagerSgd(EagerArgs<ForeachSgdSettings> x)
    {
        using var scope = torch.NewDisposeScope();
        var (lr, decay, momentum, dampening) = (
            Hyperparameters.Read(x, 0), Hyperparameters.Read(x, 1), Hyperparameters.Read(x, 2), Hyperparameters.Read(x, 3));
        var (n, isFirst) = ((int)x.Settings.N, Hyperparameters.Read(x, 4) == 1);
        var results = new torch.Tensor[x.Settings.HasMomentum ? 2 * n : n];
        for (var i = 0; i < n; i++)
        {
            var (p, g) = (ForeachLists.Wide(x, ForeachLists.At(x, 0, i)), ForeachLists.Wide(x, ForeachLists.At(x, 1, i)));
            g = x.Settings.Maximize ? g.neg() : g;
            g = decay == 0 ? g : g.add(p, alpha: NativeNumber.Of(decay));
            if (x.Settings.HasMomentum)
            {
                var buffer =
                    isFirst ? g.clone() : ForeachLists.Wide(x, ForeachLists.At(x, 2, i)).mul(NativeNumber.Of(momentum))
                        .add(g, alpha: NativeNumber.Of(1 - dampening));
                g = x.Settings.Nesterov ? g.add(buffer, alpha: NativeNumber.Of(momentum)) : buffer;
                results[n + i] = buffer;
            }

            results[i] = p.add(g, alpha: NativeNumber.Of(-lr));
        }

        return ForeachLists.Stored(x, results);
    }

    public static Tensor[] DecomposedSgd(VjpArgs<ForeachSgdSettings> x)
    {
        var (lr, decay, momentum, dampening, n) = (x[0], x[1], x[2], x[3], (int)x.Settings.N);
        var results = new Tensor[x.Settings.HasMomentum ? 2 * n : n];
        var isFirst = eq(x[4], 1);
        for (var i = 0; i < n; i++)
        {
            var (p, g) = (ForeachLists.Wide(x, ForeachLists.At(x, 0, i)), ForeachLists.Wide(x, ForeachLists.At(x, 1, i)));
            g = (x.Settings.Maximize ? -g : g) + (decay * p);
            if (x.Settings.HasMomentum)
            {
                var buffer = where(isFirst, g, (momentum * ForeachLists.Wide(x, ForeachLists.At(x, 2, i))) + ((1 - dampening) * g));
                g = x.Settings.Nesterov ? g + (momentum * buffer) : buffer;
                results[n + i] = buffer.to(x.Types[ForeachLists.FirstList].DType);
            }

            results[i] = (p - (lr * g)).to(x.Types[ForeachLists.FirstList].DType);
        }

        return results;
    }
}
