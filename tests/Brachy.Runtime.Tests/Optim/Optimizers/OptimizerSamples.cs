using Brachy.Optim;
using TorchSharp;
using static System.Math;

namespace Brachy.Tests.Optim;

/// <summary>The settings of optimizers that the tests go through.</summary>
internal static class OptimizerSamples
{
    public static IReadOnlyList<OptimizerSample> All { get; } =
    [
        new("sgd", m => new SGD(m, lr: 0.1), (p, g, s, t) => p - (0.1 * g)) { Torch = p => torch.optim.SGD(p, 0.1) },
        new("sgd momentum", m => new SGD(m, lr: 0.05, momentum: 0.9), (p, g, s, t) => p - (0.05 * (s[0] = (0.9 * s[0]) + g)))
        {
            Torch = p => torch.optim.SGD(p, 0.05, momentum: 0.9),
        },
        new("sgd nesterov", m => new SGD(m, lr: 0.05, momentum: 0.9, nesterov: true), (p, g, s, t) =>
            p - (0.05 * (g + (0.9 * (s[0] = (0.9 * s[0]) + g)))))
        {
            Torch = p => torch.optim.SGD(p, 0.05, momentum: 0.9, nesterov: true),
        },
        new(
            "sgd all", m => new SGD(m, lr: 0.05, momentum: 0.8, weightDecay: 0.1, dampening: 0.3),
            (p, g, s, t) => p - (0.05 * (s[0] = t == 1 ? g + (0.1 * p) : (0.8 * s[0]) + (0.7 * (g + (0.1 * p))))))
        {
            Torch = p => torch.optim.SGD(p, 0.05, momentum: 0.8, dampening: 0.3, weight_decay: 0.1),
            Differentiable = ["lr", "weight_decay", "momentum"],
        },
        new("sgd maximize", m => new SGD(m, lr: 0.01, weightDecay: 0.1, maximize: true), (p, g, s, t) => p - (0.01 * (-g + (0.1 * p)))),
        Adam("adam", decoupled: false, 0.01, 0.9, 0.999, 1e-8, 0) with { Torch = p => torch.optim.Adam(p, 0.01) },
        Adam("adam all", decoupled: false, 0.01, 0.8, 0.95, 1e-4, 0.3) with
        {
            Torch = p => torch.optim.Adam(p, 0.01, 0.8, 0.95, 1e-4, 0.3),
            Differentiable = ["lr", "weight_decay", "betas.0", "betas.1"],
        },
        Adam("adam amsgrad", decoupled: false, 0.02, 0.8, 0.9, 1e-6, 0.1, amsgrad: true) with
        {
            Torch = p => torch.optim.Adam(p, 0.02, 0.8, 0.9, 1e-6, 0.1, amsgrad: true)
        },
        Adam("adam maximize", decoupled: false, 0.01, 0.9, 0.99, 1e-8, 0.1, maximize: true),
        Adam("adamw", decoupled: true, 0.01, 0.9, 0.999, 1e-8, 0.01) with
        {
            Torch = p => torch.optim.AdamW(p, 0.01, 0.9, 0.999, 1e-8, 0.01)
        },
        Adam("adamw all", decoupled: true, 0.01, 0.8, 0.95, 1e-4, 0.3) with
        {
            Torch = p => torch.optim.AdamW(p, 0.01, 0.8, 0.95, 1e-4, 0.3),
            Differentiable = ["lr", "weight_decay", "betas.0", "betas.1"],
        },
        Adam("adamw amsgrad maximize", decoupled: true, 0.02, 0.8, 0.9, 1e-6, 0.1, amsgrad: true, maximize: true),
        Adagrad("adagrad", 0.1, 0, 0, 0, 1e-10) with { Torch = p => torch.optim.Adagrad(p, 0.1) },
        Adagrad("adagrad all", 0.1, 0.05, 0.1, 0.2, 1e-4) with
        {
            Torch = p => torch.optim.Adagrad(p, 0.1, 0.05, 0.1, 0.2, 1e-4),
            Differentiable = ["lr", "lr_decay", "weight_decay"],
        },
        Adagrad("adagrad maximize", 0.01, 0.05, 0.1, 0.2, 1e-4, maximize: true),
        RmsProp("rmsprop", 0.01, 0.99, 1e-8, 0, 0, false) with { Torch = p => torch.optim.RMSProp(p, 0.01) },
        RmsProp("rmsprop momentum", 0.01, 0.9, 1e-6, 0.1, 0.7, false) with
        {
            Torch = p => torch.optim.RMSProp(p, 0.01, 0.9, 1e-6, 0.1, 0.7),
            Differentiable = ["lr", "alpha", "momentum", "weight_decay"],
        },
        RmsProp("rmsprop centered", 0.005, 0.9, 1e-3, 0.1, 0, true) with
        {
            Torch = p => torch.optim.RMSProp(p, 0.005, 0.9, 1e-3, 0.1, 0, true)
        },
        RmsProp("rmsprop all", 0.005, 0.9, 1e-3, 0.1, 0.6, true, maximize: true),
        new("of the user", m => new Docs.Signum(m, lr: 0.01, momentum: 0.8), (p, g, s, t) =>
            p - (0.01 * Sign(s[0] = (0.8 * s[0]) + (0.2 * g))))
        {
            Differentiable = ["lr"]
        },
        Lion("lion", 1e-2, 0.9, 0.99, 0),
        Lion("lion all", 3e-3, 0.8, 0.95, 0.3) with { Differentiable = ["lr", "weight_decay"] },
        Adadelta("adadelta", 1, 0.9, 1e-6, 0) with { Torch = p => torch.optim.Adadelta(p) },
        Adadelta("adadelta all", 0.5, 0.8, 1e-3, 0.1) with
        {
            Torch = p => torch.optim.Adadelta(p, 0.5, 0.8, 1e-3, 0.1),
            Differentiable = ["lr", "rho", "weight_decay"],
        },
        Adamax("adamax", 0.01, 0.9, 0.999, 1e-8, 0) with { Torch = p => torch.optim.Adamax(p, 0.01) },
        Adamax("adamax all", 0.01, 0.8, 0.9, 1e-4, 0.1) with
        {
            Torch = p => torch.optim.Adamax(p, 0.01, 0.8, 0.9, 1e-4, 0.1),
            Differentiable = ["lr", "betas.0", "weight_decay"],
        },
        NAdam("nadam", 0.01, 0.9, 0.999, 1e-8, 0, 4e-3, false) with { Torch = p => torch.optim.NAdam(p, 0.01) },
        NAdam("nadam all", 0.01, 0.8, 0.9, 1e-4, 0.1, 0.02, false) with
        {
            Torch = p => torch.optim.NAdam(p, 0.01, 0.8, 0.9, 1e-4, 0.1, 0.02),
            Differentiable = ["lr", "betas.0", "betas.1", "momentum_decay", "weight_decay"],
        },
        NAdam("nadam decoupled", 0.01, 0.8, 0.9, 1e-4, 0.1, 0.02, true),

        // TorchSharp's RAdam is far from PyTorch's documented algorithm.
        RAdam("radam", 0.01, 0.9, 0.999, 1e-8, 0, false),
        RAdam("radam all", 0.01, 0.8, 0.9, 1e-4, 0.1, false) with
        {
            Differentiable = ["lr", "betas.0", "betas.1", "weight_decay"],
            DifferentiableSteps = 7,
        },
        RAdam("radam decoupled", 0.01, 0.8, 0.9, 1e-4, 0.1, true),
        Rprop("rprop", 0.01, 0.5, 1.2, 1e-6, 50) with { Torch = p => torch.optim.Rprop(p, 0.01) },
        Rprop("rprop all", 0.02, 0.3, 1.7, 1e-3, 0.1) with
        {
            Torch = p => torch.optim.Rprop(p, 0.02, 0.3, 1.7, 1e-3, 0.1),
            Differentiable = ["lr", "etas.0", "etas.1"],
            DifferentiableSteps = 4,
        },
        Rprop("rprop maximize", 0.004, 0.5, 1.2, 1e-6, 50, maximize: true),
        Asgd("asgd", 0.01, 1e-4, 0.75, 1e6, 0) with { Torch = p => torch.optim.ASGD(p, 0.01) },
        Asgd("asgd all", 0.05, 0.1, 0.6, 3, 0.2) with
        {
            Torch = p => torch.optim.ASGD(p, 0.05, 0.1, 0.6, 3, 0.2),
            Differentiable = ["lr", "lambd", "alpha", "weight_decay"],
        },
        Asgd("asgd maximize", 0.01, 0.1, 0.6, 3, 0.2, maximize: true),
    ];

    private static OptimizerSample Adam(
        string name, bool decoupled, double lr, double beta1, double beta2, double eps, double decay, bool amsgrad = false,
        bool maximize = false) => new(
        name,
        m => decoupled
            ? new AdamW(m, lr, beta1, beta2, eps, decay, amsgrad, maximize)
            : new Brachy.Optim.Adam(m, lr, beta1, beta2, eps, decay, amsgrad, maximize),
        (p, g, s, t) =>
        {
            g = maximize ? -g : g;
            (p, g) = decoupled ? (p - (lr * decay * p), g) : (p, g + (decay * p));
            s[0] = (beta1 * s[0]) + ((1 - beta1) * g);
            s[1] = (beta2 * s[1]) + ((1 - beta2) * g * g);
            s[2] = amsgrad ? Max(s[2], s[1]) : s[1];
            return p - (lr * (s[0] / (1 - Pow(beta1, t))) / (Sqrt(s[2] / (1 - Pow(beta2, t))) + eps));
        });

    private static OptimizerSample Adagrad(
        string name, double lr, double lrDecay, double decay, double initial, double eps, bool maximize = false) => new(
            name,
            m => new Brachy.Optim.Adagrad(m, lr, lrDecay, decay, initial, eps, maximize),
            (p, g, s, t) =>
            {
                g = (maximize ? -g : g) + (decay * p);
                s[0] = (t == 1 ? initial : s[0]) + (g * g);
                return p - (lr / (1 + ((t - 1) * lrDecay)) * g / (Sqrt(s[0]) + eps));
            });

    private static OptimizerSample RmsProp(
        string name, double lr, double alpha, double eps, double decay, double momentum, bool centered, bool maximize = false) => new(
        name,
        m => new RMSprop(m, lr, alpha, eps, decay, momentum, centered, maximize),
        (p, g, s, t) =>
        {
            g = (maximize ? -g : g) + (decay * p);
            s[0] = (alpha * s[0]) + ((1 - alpha) * g * g);
            s[1] = (alpha * s[1]) + ((1 - alpha) * g);
            var root = Sqrt(centered ? s[0] - (s[1] * s[1]) : s[0]) + eps;
            s[2] = (momentum * s[2]) + (g / root);
            return p - (lr * s[2]);
        });

    // "Symbolic Discovery of Optimization Algorithms", program 1.
    private static OptimizerSample Lion(string name, double lr, double beta1, double beta2, double decay) => new(
        name,
        m => new Brachy.Optim.Lion(m, lr, beta1, beta2, decay),
        (p, g, s, t) =>
        {
            double Interp(double x, double y, double a) => ((1 - a) * x) + (a * y);
            double update = Sign(Interp(g, s[0], beta1));
            s[0] = Interp(g, s[0], beta2);
            update += p * decay;
            return p - (update * lr);
        });

    private static OptimizerSample Adadelta(string name, double lr, double rho, double eps, double decay) => new(
        name,
        m => new Brachy.Optim.Adadelta(m, lr, rho, eps, decay),
        (p, g, s, t) =>
        {
            g += decay * p;
            s[0] = (rho * s[0]) + ((1 - rho) * g * g);
            var delta = Sqrt(s[1] + eps) / Sqrt(s[0] + eps) * g;
            s[1] = (rho * s[1]) + ((1 - rho) * delta * delta);
            return p - (lr * delta);
        });

    private static OptimizerSample Adamax(string name, double lr, double beta1, double beta2, double eps, double decay) => new(
        name,
        m => new Brachy.Optim.Adamax(m, lr, beta1, beta2, eps, decay),
        (p, g, s, t) =>
        {
            g += decay * p;
            s[0] = (beta1 * s[0]) + ((1 - beta1) * g);
            s[1] = Max(beta2 * s[1], Abs(g) + eps);
            return p - (lr * s[0] / ((1 - Pow(beta1, t)) * s[1]));
        });

    private static OptimizerSample NAdam(
        string name, double lr, double beta1, double beta2, double eps, double decay, double momentumDecay, bool decoupled) => new(
        name,
        m => new Brachy.Optim.NAdam(m, lr, beta1, beta2, eps, decay, momentumDecay, decoupled),
        (p, g, s, t) =>
        {
            (p, g) = decoupled ? (p - (lr * decay * p), g) : (p, g + (decay * p));
            var mu = beta1 * (1 - (0.5 * Pow(0.96, t * momentumDecay)));
            var next = beta1 * (1 - (0.5 * Pow(0.96, (t + 1) * momentumDecay)));
            s[2] = (t == 1 ? 1 : s[2]) * mu;
            s[0] = (beta1 * s[0]) + ((1 - beta1) * g);
            s[1] = (beta2 * s[1]) + ((1 - beta2) * g * g);
            var mean = (next * s[0] / (1 - (s[2] * next))) + ((1 - mu) * g / (1 - s[2]));
            return p - (lr * mean / (Sqrt(s[1] / (1 - Pow(beta2, t))) + eps));
        });

    private static OptimizerSample RAdam(string name, double lr, double beta1, double beta2, double eps, double decay, bool decoupled) =>
        new(
            name,
            m => new Brachy.Optim.RAdam(m, lr, beta1, beta2, eps, decay, decoupled),
            (p, g, s, t) =>
            {
                (p, g) = decoupled ? (p - (lr * decay * p), g) : (p, g + (decay * p));
                s[0] = (beta1 * s[0]) + ((1 - beta1) * g);
                s[1] = (beta2 * s[1]) + ((1 - beta2) * g * g);
                var (mean, end) = (s[0] / (1 - Pow(beta1, t)), (2 / (1 - beta2)) - 1);
                var rho = end - (2 * t * Pow(beta2, t) / (1 - Pow(beta2, t)));
                if (rho <= 5)
                {
                    return p - (lr * mean);
                }

                var l = Sqrt(1 - Pow(beta2, t)) / (Sqrt(s[1]) + eps);
                return p - (lr * mean * Sqrt((rho - 4) * (rho - 2) * end / ((end - 4) * (end - 2) * rho)) * l);
            });

    private static OptimizerSample Rprop(
        string name, double lr, double etaMinus, double etaPlus, double min, double max, bool maximize = false) => new(
        name,
        m => new Brachy.Optim.Rprop(m, lr, etaMinus, etaPlus, min, max, maximize),
        (p, g, s, t) =>
        {
            g = maximize ? -g : g;
            double eta = Sign(g * s[0]) switch { > 0 => etaPlus, < 0 => etaMinus, _ => 1 };
            s[1] = Clamp((t == 1 ? lr : s[1]) * eta, min, max);
            s[0] = eta == etaMinus ? 0 : g;
            return p - (Sign(s[0]) * s[1]);
        });

    private static OptimizerSample Asgd(
        string name, double lr, double lambd, double alpha, double t0, double decay, bool maximize = false) => new(
        name,
        m => new Brachy.Optim.ASGD(m, lr, lambd, alpha, t0, decay, maximize),
        (p, g, s, t) =>
        {
            g = (maximize ? -g : g) + (decay * p);
            var eta = lr / Pow(1 + (lambd * lr * (t - 1)), alpha);
            p = (p * (1 - (lambd * eta))) - (eta * g);
            s[0] += (p - s[0]) / Max(1, t - 1 - t0);
            return p;
        });
}
