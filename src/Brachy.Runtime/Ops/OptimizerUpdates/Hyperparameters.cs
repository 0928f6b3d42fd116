using Brachy.Extending;
using TorchSharp;

namespace Brachy;

/// <summary>Numbers of optimizers, which may be tensors without dims.</summary>
internal static class Hyperparameters
{
    public static void Require(AbstractArgs x, int input, string name)
    {
        Shapes.RequireRank(x, input, name, 0);
        if (name == "step" && x[input].DType != DType.Float32)
        {
            throw new DTypeException($"{x.Primitive.Name}: step must be float32, but is {x[input]}; cast it with x.to(DType.Float32).");
        }

        if (!x[input].IsNumber && !x[input].DType.IsFloatingPoint())
        {
            throw new DTypeException($"{x.Primitive.Name}: {name} must be a number or a floating-point tensor, but is {x[input]}.");
        }
    }

    public static double Read(EagerArgs x, int input) =>
        x.IsNumber(input) ? x.Number(input).ToDouble() : NativeValue.ReadDouble(x[input]);

    public static string ReadScript(ScriptArgs x, int input)
    {
        if (!x.IsNumber(input))
        {
            return x.Let($"float({x[input]})");
        }

        return x.Types[input].DType.IsFloatingPoint() ? x.Number(input) : $"{x.Number(input)}.0";
    }
}
