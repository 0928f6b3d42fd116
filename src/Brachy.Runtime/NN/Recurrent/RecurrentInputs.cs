namespace Brachy.NN;

/// <summary>What recurrent layers and cells ask of what they are given, beside shapes.</summary>
internal static class RecurrentInputs
{
    /// <summary>Throws unless a tensor has element type and device of the params.</summary>
    /// <param name="layer">The name of the layer.</param>
    /// <param name="name">The name of the argument.</param>
    /// <param name="given">The tensor.</param>
    /// <param name="weight">One of the params.</param>
    public static void Require(string layer, string name, Tensor given, Tensor weight)
    {
        if (given.dtype != weight.dtype)
        {
            throw new DTypeException(
                $"{layer}: {name} is {given.Type}, but the params are {weight.dtype.Name()}; convert it with .to(DType.{weight.dtype}), or "
                + "the layer.");
        }

        if (given.device != weight.device)
        {
            throw new DeviceException(
                $"{layer}: {name} is {given.Type}, but the params are on {weight.device}; move it with .to(\"{weight.device}\").");
        }
    }

    /// <summary>Throws for sequences without elements, as torch.nn does.</summary>
    /// <param name="layer">The name of the layer.</param>
    /// <param name="input">The sequences.</param>
    /// <param name="length">How many elements they have.</param>
    public static void RequireElements(string layer, Tensor input, long length)
    {
        if (length == 0)
        {
            throw new ShapeException(
                $"{layer}: the input is {input.Type}, but a sequence has at least one element; where only some of a batch are empty, say "
                + "so with lengths.");
        }
    }
}
