using Brachy.Extending;
using TorchSharp;
using static Brachy.F;

namespace Brachy;

/// <summary>Weights and biases of norms: which there are, and what they must be.</summary>
internal static class NormOperands
{
    public static string DenseWeight(ScriptArgs x, int weight) => x.Count > weight ? x.Dense(weight) : "None";

    /// <summary>Weight and bias as operands. A bias alone gets a weight of ones, as the kernels' gradients know no other bias.</summary>
    public static Tensor[] NormParams(Tensor? weight, Tensor? bias) => (weight, bias) switch
    {
        (null, null) => [],
        (null, _) => [ones_like(bias), bias],
        (_, null) => [weight],
        _ => [weight, bias],
    };

    /// <summary>
    /// Checks the element types of a norm: all equal, or float32 beside an input of a 16-bit type, as libtorch's kernels take them.
    /// </summary>
    /// <param name="x">The operands.</param>
    /// <param name="input">The input's position.</param>
    /// <param name="parameters">The position from which all operands are params or statistics.</param>
    /// <returns>The element type of params and statistics.</returns>
    public static DType NormParamType(AbstractArgs x, int input, int parameters)
    {
        Shapes.RequireFloat(x, input, "x");
        var dtype = parameters < x.Count ? x[parameters].DType : x[input].DType;
        for (var i = parameters; i < x.Count; i++)
        {
            if (x[i].DType != dtype)
            {
                throw new DTypeException($"{x.Primitive.Name}: params and statistics have element types {dtype.Name()} ({x[parameters]}) "
                    + $"and {x[i].DType.Name()} ({x[i]}); cast one with x.to(dtype).");
            }
        }

        return dtype == x[input].DType || (dtype == DType.Float32 && x[input].DType is DType.Float16 or DType.BFloat16)
            ? dtype
            : throw new DTypeException($"{x.Primitive.Name}: x is {x[input]} and its params or statistics are {dtype.Name()}; they must "
                + "have its type, or float32 beside float16 and bfloat16. Cast with x.to(dtype).");
    }

    public static void RequireNormShape(AbstractArgs x, int operand, string name, Shape expected)
    {
        if (x[operand].Shape != expected)
        {
            throw new ShapeException($"{x.Primitive.Name}: {name} must have shape {expected}, but is {x[operand]}.");
        }
    }

    /// <summary>Checks the shapes of weight and bias, where there are any.</summary>
    public static void RequireNormParams(AbstractArgs x, int weight, Shape expected)
    {
        for (var i = weight; i < x.Count; i++)
        {
            RequireNormShape(x, i, i == weight ? "weight" : "bias", expected);
        }
    }

    public static string WeightScript(ScriptArgs x, int weight) => x.Count > weight ? x[weight] : "None";

    public static torch.Tensor? WeightOf(EagerArgs x, int weight) => x.Count > weight ? x[weight] : null;
}
