using TorchSharp;
using TorchSharp.Modules;

namespace Brachy.Tests.Optim;

/// <summary>The documented update of one number, written down independently of the library.</summary>
/// <param name="p">The param.</param>
/// <param name="g">Its gradient.</param>
/// <param name="s">State of this param, zeros at first.</param>
/// <param name="t">The number of the step, 1 for the first.</param>
/// <returns>The new param.</returns>
internal delegate double Formula(double p, double g, double[] s, int t);

/// <summary>One setting of one optimizer, and what it must do.</summary>
/// <param name="Name">The optimizer and what is special about the setting.</param>
/// <param name="Make">Our optimizer.</param>
/// <param name="Formula">What it must do.</param>
internal sealed record OptimizerSample(string Name, Func<StructureTree, Module> Make, Formula Formula)
{
    /// <summary>The same of TorchSharp; null where it has none, or where it does not follow PyTorch's documentation.</summary>
    public Func<IEnumerable<Parameter>, torch.optim.Optimizer>? Torch { get; init; }

    /// <summary>Hyperparameters whose derivatives are checked.</summary>
    public string[] Differentiable { get; init; } = [];

    /// <summary>How many steps the derivatives go through.</summary>
    public int DifferentiableSteps { get; init; } = 2;
}
