using Brachy.Trees;
using TorchSharp;
using TorchModule = TorchSharp.torch.nn.Module;
using TorchTensor = TorchSharp.torch.Tensor;

namespace Brachy.Tests.NN;

/// <summary>A layer beside the one of torch.nn that it must equal.</summary>
/// <param name="Name">The row's name: the layer and what is special about this row.</param>
/// <param name="Layer">Builds our layer in float32; there is an ambient random key.</param>
/// <param name="Torch">Builds libtorch's in float32.</param>
/// <param name="Inputs">The inputs of a step, in float64 where they are real; other ones for each step.</param>
/// <param name="Apply">Runs our layer: from tree, config and inputs to the new tree and the outputs.</param>
/// <param name="Forward">Runs libtorch's layer.</param>
public sealed record LayerSample(
    string Name,
    Func<Module> Layer,
    Func<TorchModule> Torch,
    Func<int, Tensor[]> Inputs,
    Func<StructureTree, GlobalConfig, Tensor[], (StructureTree Tree, Tensor[] Outputs)> Apply,
    Func<TorchModule, TorchTensor[], TorchTensor[]> Forward)
{
    /// <summary>Buffers that libtorch's layer does not have, such as a random key.</summary>
    public string[] OwnBuffers { get; init; } = [];

    /// <summary>Whether outputs in training mode are random, so that only evaluation can be compared.</summary>
    public bool IsRandomInTraining { get; init; }

    /// <summary>Whether the gradient exists; false for layers that round.</summary>
    public bool IsDifferentiable { get; init; } = true;

    /// <summary>Largest allowed relative difference, in float64.</summary>
    public double Tolerance { get; init; } = 1e-9;

    /// <summary>A layer from one tensor to one tensor.</summary>
    /// <param name="name">The row's name.</param>
    /// <param name="layer">Builds our layer.</param>
    /// <param name="torch">Builds libtorch's.</param>
    /// <param name="input">From a seed to the input of a step.</param>
    public static LayerSample Of(
        string name, Func<Module<Tensor, Tensor>> layer, Func<torch.nn.Module<TorchTensor, TorchTensor>> torch, Func<int, Tensor> input) =>
        new(
            name,
            layer,
            torch,
            step => [input(step)],
            (tree, config, inputs) =>
            {
                var (next, output) = tree.Apply(config, inputs[0]);
                return (next, [output]);
            },
            (module, inputs) => [((torch.nn.Module<TorchTensor, TorchTensor>)module).call(inputs[0])]);

    /// <summary>A layer from one tensor of a given shape to one tensor.</summary>
    public static LayerSample Of(
        string name, Func<Module<Tensor, Tensor>> layer, Func<torch.nn.Module<TorchTensor, TorchTensor>> torch, params long[] shape) =>
        Of(name, layer, torch, step => Ops.Make.Real(shape, seed: 31 + step));

    public override string ToString() => Name;
}
