using Brachy.Native;

namespace Brachy.Compilation;

/// <summary>
/// The memory of one run. It alone decides what is taken, copied, overwritten, handed on, freed or put back, and in which order:
/// <list type="number">
/// <item>The constructor takes what is donated, begins the use of what is read, and copies what the code overwrites but others may see.
/// </item>
/// <item>The code computes, in the memory that the indexer says, and hands its results over by <see cref="TakeResults"/> or
/// <see cref="SetResult"/>.</item>
/// <item>After a success, <see cref="Finish"/> puts the results together, some of them in donated memory, and frees the rest of that.
/// After a failure that may have left something half updated, <see cref="GiveUpOverwritten"/> gives that up.</item>
/// <item><see cref="Dispose"/> ends all uses, and puts back into its tensors what was donated and is still here: the run has failed.</item>
/// </list>
/// <see cref="MemoryPlan"/> has found beforehand what the code may overwrite and where results come from.
/// </summary>
internal readonly ref partial struct RunMemory : IDisposable
{
    // Otherwise two calls could each take a part of what both want, so that both fail.
    private static readonly Lock s_taking = new();

    private static long s_lastStamp;

    [ThreadStatic]
    private static Buffer?[]? s_idle;

    private readonly ReadOnlySpan<Tensor> _tensors;
    private readonly PlannedExecutable _executable;
    private readonly string _consumer;
    private readonly Tensor[] _results;
    private readonly Buffer?[] _buffers;
    private readonly (Tensor Tensor, Buffer Memory)?[]? _copies;

    /// <param name="tensors">
    /// One concrete tensor for each graph input. Whatever other threads do with them, their memory stays until the run ends.
    /// </param>
    /// <param name="executable">What runs.</param>
    /// <param name="consumer">Who takes the donated inputs, for messages.</param>
    /// <param name="paths">The names of the inputs, for messages.</param>
    public RunMemory(ReadOnlySpan<Tensor> tensors, PlannedExecutable executable, string consumer, IReadOnlyList<string>? paths)
    {
        _tensors = tensors;
        _executable = executable;
        _consumer = consumer;
        _results = new Tensor[executable.Plan.Outputs.Length];
        _buffers = s_idle is { } idle && idle.Length >= tensors.Length ? idle : new Buffer?[Math.Max(tensors.Length, 16)];
        s_idle = null;
        try
        {
            TakeInputs(paths);
            _copies = executable.TakesDonations ? CopySeenByOthers() : null;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>
    /// The memory that the code is to use for an input. Where the plan overwrites it, nothing else sees it, and it is contiguous.
    /// </summary>
    public Buffer this[int input] => _copies?[input]?.Memory ?? _buffers[input]!;

    /// <summary>A tensor for kernels that take tensors, over the memory of an input.</summary>
    public Tensor TensorOf(int input) => new(_tensors[input].Type, this[input]);

    /// <summary>Takes over a result that the code computed, whose source is <see cref="OutputSource.Native"/>.</summary>
    public void SetResult(int output, Tensor result) => _results[output] = result;

    /// <summary>Makes results of native tensors, and frees those that are none.</summary>
    /// <param name="natives">The native tensors, in the order of the plan.</param>
    /// <param name="areOfTorchScript">
    /// Whether TorchScript made them: in inference mode, and some as views of inputs. Otherwise each has memory of its own.
    /// </param>
    public void TakeResults(ReadOnlySpan<nint> natives, bool areOfTorchScript)
    {
        var plan = _executable.Plan;
        for (var i = 0; i < _results.Length; i++)
        {
            var output = plan.Outputs[i];
            if (output.Source == OutputSource.Native)
            {
                var bytes = _executable.Temporaries?[i] == true ? 0 : output.Bytes;
                var buffer = new Buffer(natives[output.Index], bytes, output.IsShared, isOfInferenceMode: areOfTorchScript);
                _results[i] = new Tensor(_executable.ResultTypes[output.Index], buffer);
            }
        }

        for (var i = plan.ReturnedResults; i < natives.Length; i++)
        {
            TorchNative.DisposeTensor(natives[i]);
        }

        if (areOfTorchScript)
        {
            foreach (var input in plan.SharedInputs)
            {
                this[input].IsShared = true;
            }
        }
    }

    /// <summary>After a success: all results; and frees the donated memory that none of them has taken over.</summary>
    public Tensor[] Finish()
    {
        var (results, outputs) = (_results, _executable.Plan.Outputs);
        for (var i = 0; i < results.Length; i++)
        {
            ref readonly var output = ref outputs[i];
            results[i] = output.Source switch
            {
                OutputSource.Native => results[i],
                OutputSource.Input or OutputSource.OverwrittenInput => Pass(output.Index),
                OutputSource.Constant => _executable.ConstantAsResult(output.Index),
                OutputSource.Literal => Tensor.OfNumber(((Literal)_executable.Graph.Outputs[i]).Value),
                _ => results[output.Index],
            };
        }

        FreeDonated();
        return results;
    }

    /// <summary>After a failure: gives up the tensors that may be half updated.</summary>
    public void GiveUpOverwritten()
    {
        for (var i = 0; i < _tensors.Length; i++)
        {
            if (_executable.Plan.OverwrittenInputs[i] && _copies?[i] is null)
            {
                _tensors[i].GiveUp($"{_consumer} (a call that failed after it had begun to update it)");
                Free(i);
            }
        }
    }

    /// <summary>Ends the run.</summary>
    public void Dispose() => PutBack();
}
