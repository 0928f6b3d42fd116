using TorchSharp;

namespace Brachy.Tests.Ops;

/// <summary>libtorch's own functions by their names, also those that TorchSharp does not offer. Its autograd sees through them.</summary>
internal static class ScriptedReference
{
    /// <summary>An expression of tensors x, y and z as a function of them.</summary>
    public static torch.Tensor Run(string expression, params torch.Tensor[] operands)
    {
        var names = string.Join(", ", "xyz"[..operands.Length].ToCharArray());
        foreach (var dtype in DTypes.All)
        {
            // Outside of Python, TorchScript knows element types by their numbers only.
            expression = expression.Replace($"torch.{dtype.Name()}", $"{(int)dtype}", StringComparison.Ordinal);
        }

        using var unit = torch.jit.compile($"def f({names}):\n    return {expression}\n");
        var result = (torch.Tensor)unit.invoke("f", [.. operands]);
        GC.KeepAlive(operands);
        return result;
    }

    public static Tensor Of(string expression, params Tensor[] operands) => Run(expression, Array.ConvertAll(operands, x => x.AsTorch()));
}
