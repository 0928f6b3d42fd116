using Brachy.Extending;
using Brachy.Ranks;

namespace Brachy.Compilation;

/// <summary>
/// Exchanges the tensors of a step with the other ranks. Small ones of a kind go together in one buffer, so that latency is paid once;
/// large ones alone, sums of them where they lie.
/// </summary>
internal sealed class RankExchange
{
    private const long MostBytesOfBuffer = 64 << 20;

    /// <summary>
    /// From this size on a tensor goes alone. Around a ring each rank sends such a part of it to the next, which at 10 Gbit/s takes 0.8 ms,
    /// many times what sending does.
    /// </summary>
    private static readonly long s_largeBytes = Math.Min((long)Rank.Count << 20, MostBytesOfBuffer);

    private byte[]? _idle;
    private byte[]? _idleBlocks;

    /// <summary>Computes the results of a step. Values that die with it may become results.</summary>
    /// <param name="step">The step.</param>
    /// <param name="values">All values of the run.</param>
    /// <param name="function">The function that runs, for messages.</param>
    public void Run(ExchangeStep step, Tensor?[] values, string function)
    {
        var groups = step.Equations.Index().GroupBy(item => (item.Item.Primitive, item.Item.Settings, item.Item.Inputs[0].Type.DType));
        foreach (var group in groups)
        {
            var isLocal = group.All(item => item.Item.Inputs[0].Type.Device == Device.CPU && item.Item.Inputs[0] is Var);
            int[] indices = [.. group.Select(item => item.Index)];
            if (isLocal && group.Key.Primitive == F.AllReduce)
            {
                Reduce(((AllReduceSettings)group.Key.Settings).Reduction, group.Key.DType, step, indices, values, function);
            }
            else
            {
                var isGathering = group.Key.Primitive == F.RankGather;
                int[] small = isLocal && (isGathering || group.Key.Primitive == F.RankScatter)
                    ? [.. indices.Where(index => step.Equations[index].Inputs[0].Type.ByteSize < s_largeBytes)] : [];
                foreach (var part in WithRoom(small, index => Rank.Count * BytesOfSlice(step.Equations[index], isGathering)))
                {
                    Slices(isGathering, group.Key.DType, step, [.. part], values, function);
                }

                foreach (var index in indices.Except(small))
                {
                    Alone(step.Equations[index], step.Inputs[index], step.Outputs[index], values);
                }
            }
        }
    }

    private static long BytesOfSlice(Equation equation, bool isGathering) =>
        (isGathering ? equation.Inputs[0] : equation.Outputs[0]).Type.ByteSize;

    /// <summary>Items, in their order, by what has room in one buffer; what is larger is alone.</summary>
    private static IEnumerable<List<T>> WithRoom<T>(IEnumerable<T> items, Func<T, long> bytesOf)
    {
        var (group, bytes) = (new List<T>(), 0L);
        foreach (var item in items)
        {
            if (group.Count > 0 && bytes + bytesOf(item) > MostBytesOfBuffer)
            {
                yield return group;
                (group, bytes) = ([], 0);
            }

            group.Add(item);
            bytes += bytesOf(item);
        }

        if (group.Count > 0)
        {
            yield return group;
        }
    }

    /// <summary>
    /// Gathers the slices of several tensors, or sums up what all ranks have for each slice, in one exchange: the buffer has a block for
    /// each rank, with its slices one after the other.
    /// </summary>
    private unsafe void Slices(bool isGathering, DType type, ExchangeStep step, int[] indices, Tensor?[] values, string function)
    {
        var operands = Array.ConvertAll(indices, index => Dense(values[step.Inputs[index]]!));
        var results = Array.ConvertAll(indices, index => NewMemory.TensorOf(step.Equations[index].Outputs[0].Type));
        var (slices, wholes) = isGathering ? (operands, results) : (results, operands);
        var block = slices.Sum(slice => slice.Type.ByteSize);
        var (own, all) = (Buffer(ref _idle, block), Buffer(ref _idleBlocks, block * Rank.Count));
        fixed (byte* ofRank = own)
        fixed (byte* ofAll = all)
        {
            if (isGathering)
            {
                Move((nint)ofRank, slices, isPacking: true);
                Communicator.World.AllGather((nint)ofRank, (nint)ofAll, block, function);
                MoveBlocks((nint)ofAll, wholes, isPacking: false);
            }
            else
            {
                MoveBlocks((nint)ofAll, wholes, isPacking: true);
                Communicator.World.ReduceScatter((nint)ofAll, (nint)ofRank, block / type.ItemSize(), type, ReduceOp.Sum, function);
                Move((nint)ofRank, slices, isPacking: false);
            }
        }

        (_idle, _idleBlocks) = (own, all);
        for (var i = 0; i < indices.Length; i++)
        {
            values[step.Outputs[indices[i]]] = results[i];
            if (!ReferenceEquals(operands[i], values[step.Inputs[indices[i]]]))
            {
                operands[i].Dispose();
            }
        }
    }

    private static Tensor Dense(Tensor tensor) => IsDense(tensor) ? tensor : F.contiguous(tensor);

    private static byte[] Buffer(ref byte[]? idle, long bytes)
    {
        var buffer = Interlocked.Exchange(ref idle, null);
        return buffer is not null && buffer.Length >= bytes ? buffer
            : GC.AllocateUninitializedArray<byte>(checked((int)bytes), pinned: true);
    }

    private static void Alone(Equation equation, int input, int output, Tensor?[] values)
    {
        var operand = input < 0 ? Tensor.OfNumber(((Literal)equation.Inputs[0]).Value) : values[input]!;
        values[output] = equation.Primitive.Compute(equation.Settings, [operand], [operand.Type], [equation.Outputs[0].Type])[0];
    }

    private void Reduce(ReduceOp reduction, DType type, ExchangeStep step, int[] indices, Tensor?[] values, string function)
    {
        var small = new List<Tensor>();
        foreach (var index in indices)
        {
            var result = Own(step, index, values);
            values[step.Outputs[index]] = result;
            if (result.Type.ByteSize < s_largeBytes)
            {
                small.Add(result);
            }
            else
            {
                ReduceAlone(result, type, reduction, function);
            }
        }

        if (small.Count == 1)
        {
            ReduceAlone(small[0], type, reduction, function);
        }
        else if (small.Count > 1)
        {
            foreach (var group in WithRoom(small, tensor => tensor.Type.ByteSize))
            {
                ReduceTogether(group, type, reduction, function);
            }
        }
    }

    private static void ReduceAlone(Tensor tensor, DType type, ReduceOp reduction, string function)
    {
        using var use = tensor.Use();
        Communicator.World.AllReduce(use.Buffer.DenseMemory(tensor.numel()), tensor.numel(), type, reduction, function);
    }

    /// <summary>The operand in memory of its own: its own memory, if nobody needs it any more.</summary>
    private static Tensor Own(ExchangeStep step, int index, Tensor?[] values)
    {
        var input = step.Inputs[index];
        var operand = values[input]!;
        if (step.Dead.Contains(input) && step.Inputs.Count(other => other == input) == 1)
        {
            using var use = operand.Use();
            if (!use.Buffer.IsShared && !use.Buffer.IsUsedByOthers && use.Buffer.DenseMemory(operand.numel()) != 0)
            {
                values[input] = null;
                return operand;
            }
        }

        return IsDense(operand) ? F.clone(operand) : F.contiguous(operand);
    }

    private static bool IsDense(Tensor tensor)
    {
        using var use = tensor.Use();
        return tensor.numel() == 0 || use.Buffer.DenseMemory(tensor.numel()) != 0;
    }

    private unsafe void ReduceTogether(List<Tensor> tensors, DType type, ReduceOp reduction, string function)
    {
        var bytes = tensors.Sum(tensor => tensor.Type.ByteSize);
        var buffer = Buffer(ref _idle, bytes);
        fixed (byte* start = buffer)
        {
            Move((nint)start, tensors, isPacking: true);
            Communicator.World.AllReduce((nint)start, tensors.Sum(tensor => tensor.numel()), type, reduction, function);
            Move((nint)start, tensors, isPacking: false);
        }

        _idle = buffer;
    }

    private static unsafe void Move(nint buffer, IEnumerable<Tensor> tensors, bool isPacking)
    {
        foreach (var tensor in tensors)
        {
            using var use = tensor.Use();
            var (own, bytes) = (use.Buffer.DenseMemory(tensor.numel()), tensor.Type.ByteSize);
            System.Buffer.MemoryCopy((void*)(isPacking ? own : buffer), (void*)(isPacking ? buffer : own), bytes, bytes);
            buffer += (nint)bytes;
        }
    }

    /// <summary>The same of tensors that have a part for each rank: block by block.</summary>
    private static unsafe void MoveBlocks(nint buffer, Tensor[] tensors, bool isPacking)
    {
        for (var rank = 0; rank < Rank.Count; rank++)
        {
            foreach (var tensor in tensors)
            {
                using var use = tensor.Use();
                var bytes = tensor.Type.ByteSize / Rank.Count;
                var own = use.Buffer.DenseMemory(tensor.numel()) + (nint)(rank * bytes);
                System.Buffer.MemoryCopy((void*)(isPacking ? own : buffer), (void*)(isPacking ? buffer : own), bytes, bytes);
                buffer += (nint)bytes;
            }
        }
    }
}
