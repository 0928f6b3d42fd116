namespace Brachy;

/// <summary>Takes over the tensors that a caller gives away.</summary>
internal static class Donation
{
    private static long s_stamp;

    /// <summary>Checks that nothing is passed twice, and copies donated tensors that the code overwrites but others may see.</summary>
    /// <exception cref="ArgumentException">A donated tensor is passed twice.</exception>
    public static ReadOnlySpan<Tensor> Prepare(ReadOnlySpan<Tensor> leaves, JitVersion version, string function)
    {
        var stamp = Interlocked.Increment(ref s_stamp);
        var donated = version.Donated;
        for (var i = 0; i < leaves.Length; i++)
        {
            if (donated[i])
            {
                leaves[i].ThrowIfUnusable();
                var buffer = leaves[i].Buffer;
                if (buffer.DonationStamp == stamp)
                {
                    throw PassedTwice(leaves, i, version, function);
                }

                buffer.DonationStamp = stamp;
            }
        }

        Tensor[]? prepared = null;
        var overwritten = version.Executable.Plan.OverwrittenInputs;
        for (var i = 0; i < leaves.Length; i++)
        {
            if (!donated[i])
            {
                leaves[i].ThrowIfUnusable();
                if (leaves[i].Buffer.DonationStamp == stamp)
                {
                    throw PassedTwice(leaves, i, version, function);
                }
            }
            else if (overwritten[i] && !leaves[i].Buffer.IsExclusiveAndDense)
            {
                prepared ??= leaves.ToArray();
                prepared[i] = F.clone(F.contiguous(leaves[i]));
            }
        }

        return prepared ?? leaves;
    }

    /// <summary>Marks the donated tensors and frees the memory that no result took over.</summary>
    public static void Finish(ReadOnlySpan<Tensor> leaves, ReadOnlySpan<Tensor> prepared, Tensor[] outputs, JitVersion version, string function)
    {
        for (var i = 0; i < leaves.Length; i++)
        {
            if (!version.Donated[i])
            {
                continue;
            }

            var plan = version.Executable.Plan;
            if (!ReferenceEquals(leaves[i], prepared[i]))
            {
                // The copy was overwritten; the original may be seen by others, and only its tensor is given up.
                leaves[i].Donate(function);
            }
            else if (plan.PassedInputs[i] is { } output)
            {
                outputs[output] = outputs[output].Transfer(function);
            }
            else if (!plan.OverwrittenInputs[i])
            {
                leaves[i].Donate(function).Dispose();
            }
        }
    }

    /// <summary>Gives up the tensors that a failed call may have half updated.</summary>
    public static void GiveUp(ReadOnlySpan<Tensor> prepared, JitVersion version, string function)
    {
        for (var i = 0; i < prepared.Length; i++)
        {
            if (version.Executable.Plan.OverwrittenInputs[i])
            {
                prepared[i].Donate($"{function} (a call that failed after it had begun to update it)").Dispose();
            }
        }
    }

    private static ArgumentException PassedTwice(ReadOnlySpan<Tensor> leaves, int index, JitVersion version, string function)
    {
        var paths = version.Arguments.LeafPaths!;
        var other = 0;
        while (other == index || !ReferenceEquals(leaves[other].Buffer, leaves[index].Buffer))
        {
            other++;
        }

        return new ArgumentException(
            $"{function}: '{paths[other]}' and '{paths[index]}' are the same tensor ({leaves[index].Type}), and one of them is donated. " +
            "Pass a copy (F.clone) of one, or do not donate it.");
    }
}
