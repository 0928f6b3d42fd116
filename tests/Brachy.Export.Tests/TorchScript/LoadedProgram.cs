using TorchSharp;

namespace Brachy.Tests.TorchScript;

/// <summary>A file as TorchSharp loads it.</summary>
internal sealed class LoadedProgram : IDisposable
{
    private readonly torch.jit.ScriptModule _module;

    public LoadedProgram(string path) => _module = torch.jit.load(path);

    /// <summary>The results of a call.</summary>
    public Tensor[] Run(params Tensor[] inputs)
    {
        var result = _module.call([.. inputs.Select(input => (object)input.AsTorch())]);
        return result switch
        {
            torch.Tensor tensor => [Tensor.FromTorch(tensor)],
            torch.Tensor[] tensors => [.. tensors.Select(tensor => Tensor.FromTorch(tensor))],
            System.Runtime.CompilerServices.ITuple tuple =>
                [.. Enumerable.Range(0, tuple.Length).Select(i => Tensor.FromTorch((torch.Tensor)tuple[i]!))],
            _ => throw new InvalidOperationException($"The program gave {result.GetType()}."),
        };
    }

    /// <summary>Weights by name, as PyTorch's <c>state_dict</c> has them.</summary>
    public Dictionary<string, torch.Tensor> State() => _module.state_dict();

    /// <summary>The names of what is trained.</summary>
    public string[] Parameters() => [.. _module.named_parameters().Select(parameter => parameter.name)];

    public void Dispose() => _module.Dispose();
}
