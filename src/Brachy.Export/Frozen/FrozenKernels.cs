using Brachy.Compilation;
using Brachy.Inference;

namespace Brachy.IO.Frozen;

/// <summary>What of a program Brachy.Inference has no kernels for.</summary>
internal static class FrozenKernels
{
    /// <summary>Throws unless there are kernels for all of a routine.</summary>
    /// <exception cref="NotSupportedException">There are not; the message lists what has none.</exception>
    public static void Require(string name, Routine routine)
    {
        var missing = Instructions(routine)
            .Where(instruction => !TypeRules.All.ContainsKey(instruction.Op) || !InferenceKernels.All.ContainsKey(instruction.Op)
                || !SettingsFormat.Write(new(), instruction.Settings))
            .Select(instruction => instruction.ToString()).Distinct().Order(StringComparer.Ordinal).ToArray();
        if (missing.Length > 0)
        {
            throw new NotSupportedException(
                $"{name} cannot be frozen: Brachy.Inference has no kernel for {string.Join(", ", missing)}. Export it as ONNX, or compute "
                + "these in another way.");
        }

        var ofLayers = Instructions(routine).Where(instruction => instruction.Op == "linear_int8" || instruction.Bodies.Count > 0)
            .SelectMany(instruction => instruction.Inputs).ToHashSet();
        if (routine.Inputs.Concat(routine.Constants.Where(constant => !ofLayers.Contains(constant))).Select(value => value.Type)
            .Concat(routine.OutputTypes)
            .FirstOrDefault(type => type.DType is not (DType.Float32 or DType.Float64 or DType.Int64 or DType.Bool)) is { } other)
        {
            throw new NotSupportedException(
                $"{name} cannot be frozen: it has a value {other}, and Brachy.Inference has float32, float64, int64 and bool. Cast it with "
                + "x.to(dtype).");
        }

        if (VectorCompiler.Compile(routine, InferenceKernels.All).Refusal is { } refusal)
        {
            throw new NotSupportedException(
                $"{name} cannot be frozen: Brachy.Inference has no kernel for {refusal} of such types or settings. Export it as ONNX, or "
                + "compute it in another way.");
        }

        foreach (var instruction in Instructions(routine))
        {
            var types = TypeRules.All[instruction.Op](
                new(instruction.Op, instruction.Settings, [.. instruction.Inputs.Select(input => input.Type)], instruction.Bodies));
            if (!types.SequenceEqual(instruction.Outputs.Select(output => output.Type)))
            {
                throw new InvalidOperationException(
                    $"{instruction} gives {string.Join(", ", instruction.Outputs.Select(o => o.Type))} here, but "
                    + $"{string.Join<TensorType>(", ", types)} in a frozen model.");
            }
        }
    }

    private static IEnumerable<Instruction> Instructions(Routine routine) =>
        routine.Instructions.SelectMany(instruction => instruction.Bodies.SelectMany(Instructions).Append(instruction));
}
