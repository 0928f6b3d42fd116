using Brachy.Inference;
using Brachy.IO.Frozen;
using Brachy.IO.Tracing;

namespace Brachy.Tests.Frozen;

/// <summary>A frozen model that takes and gives tensors.</summary>
internal sealed class LoadedFrozen(FrozenModel model)
{
    public FrozenModel Model => model;

    /// <summary>A traced function, written and read.</summary>
    public static LoadedFrozen Of(ExportedFunction function, IReadOnlyList<VaryingDims> varying)
    {
        using var file = new MemoryStream();
        new FrozenWriter(TracedProgram.Trace(function, varying, foldWeights: true), null, null).Write(file);
        file.Position = 0;
        return new(FrozenModel.Load(file, new() { Threads = 2 }));
    }

    /// <summary>The results of a call, for the sizes that the inputs have.</summary>
    public Tensor[] Run(params IReadOnlyList<Tensor> inputs)
    {
        var session = model.Session([.. model.SizeNames.Select(name => SizeOf(name, inputs))]);
        for (var i = 0; i < inputs.Count; i++)
        {
            Copy(inputs[i], session, i);
        }

        session.Run();
        return [.. Enumerable.Range(0, session.Results.Count).Select(i => TensorOf(session, i))];
    }

    private long SizeOf(string name, IReadOnlyList<Tensor> inputs)
    {
        foreach (var (input, tensor) in model.Inputs.Zip(inputs))
        {
            for (var dim = 0; dim < input.Dims.Count; dim++)
            {
                if (input.Dims[dim] == name)
                {
                    return tensor.shape[dim];
                }
            }
        }

        throw new InvalidOperationException($"No input has the size {name}.");
    }

    private static void Copy(Tensor from, FrozenSession to, int input)
    {
        switch (from.dtype)
        {
            case DType.Float32:
                from.ToArray<float>().CopyTo(to.Input<float>(input));
                break;
            case DType.Float64:
                from.ToArray<double>().CopyTo(to.Input<double>(input));
                break;
            case DType.Int64:
                from.ToArray<long>().CopyTo(to.Input<long>(input));
                break;
            default:
                from.ToArray<bool>().CopyTo(to.Input<bool>(input));
                break;
        }
    }

    private static Tensor TensorOf(FrozenSession session, int result)
    {
        var shape = session.Results[result].Shape;
        return session.Results[result].DType switch
        {
            DType.Float32 => Tensor.FromArray(session.Result<float>(result).ToArray(), shape),
            DType.Float64 => Tensor.FromArray(session.Result<double>(result).ToArray(), shape),
            DType.Int64 => Tensor.FromArray(session.Result<long>(result).ToArray(), shape),
            _ => Tensor.FromArray(session.Result<bool>(result).ToArray(), shape),
        };
    }
}
