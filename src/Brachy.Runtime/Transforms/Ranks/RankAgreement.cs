using System.Security.Cryptography;
using System.Text;
using Brachy.Compilation;
using Brachy.CompilerServices;
using Brachy.Ranks;

namespace Brachy;

/// <summary>Compares what ranks have before they compute together, by digests, so that a difference is an error that names it.</summary>
internal static unsafe class RankAgreement
{
    private const int NamedRanks = 16;

    /// <summary>Compares a function and its static arguments; and what it captured, the trees and the numbers that it is given.</summary>
    /// <param name="name">The function.</param>
    /// <param name="graph">The graph as it was traced; null where it may differ.</param>
    /// <param name="arguments">The static part of the arguments.</param>
    /// <param name="leaves">Their tensors.</param>
    /// <param name="comparesTrees">Whether trees and numbers among the arguments, and captured tensors, are equal on all ranks.</param>
    /// <exception cref="RankException">Something differs: on all ranks.</exception>
    public static void Require(string name, Graph? graph, TreeDef arguments, ReadOnlySpan<Tensor> leaves, bool comparesTrees)
    {
        var statics = string.Join('\n', arguments.Tokens.Select(
            (token, i) => $"{arguments.Paths?[i]}: {(token.Value is null ? "nothing" : arguments.Describe(token))}"));
        RequireText(name, "the static arguments", statics);
        if (graph is not null)
        {
            RequireText(name, "the program", graph.ToString());
        }

        var tensors = new List<(string Name, Tensor Value)>();
        if (comparesTrees)
        {
            tensors.AddRange((graph?.Constants ?? []).Select((c, i) => ($"captured tensor {i} ({c.Value.Type})", c.Value)));
            for (var i = 0; i < leaves.Length; i++)
            {
                if (EqualOnRanks.IsEqualArgument(arguments.LeafOwners![i], leaves[i].Type))
                {
                    tensors.Add((arguments.LeafPaths![i], leaves[i]));
                }
            }
        }

        RequireTensors(name, tensors);
    }

    /// <summary>Compares tensors, byte by byte.</summary>
    /// <param name="name">Who asks, for messages.</param>
    /// <param name="tensors">The tensors with their names: as many on all ranks.</param>
    /// <exception cref="RankException">One differs: on all ranks.</exception>
    public static void RequireTensors(string name, IReadOnlyList<(string Name, Tensor Value)> tensors)
    {
        var digests = tensors.Select(tensor => Digest(tensor.Value)).ToArray();
        var (all, count) = (Gathered(digests, $"comparing the tensors of {name}"), digests.Length);
        for (var i = 0; i < count; i++)
        {
            var others = Enumerable.Range(1, Rank.Count - 1).Where(rank => all[(rank * count) + i] != all[i]).ToArray();
            if (others.Length > 0)
            {
                throw new RankException(
                    $"{name}: '{tensors[i].Name}' on {Ranks(others)} differs from that on rank 0. Make models and optimizers on each rank "
                    + "from the same seed, load the same checkpoint, or call Rank.Broadcast(tree) before the first step.");
            }
        }
    }

    /// <summary>Compares texts.</summary>
    /// <param name="name">Who asks, for messages.</param>
    /// <param name="what">What they describe, for messages.</param>
    /// <param name="text">That of this rank, in lines.</param>
    /// <exception cref="RankException">They differ: on all ranks.</exception>
    public static void RequireText(string name, string what, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var comparing = $"comparing {what} of {name}";
        var all = Gathered([Digest(bytes)], comparing);
        var others = Enumerable.Range(1, Rank.Count - 1).Where(rank => all[rank] != all[0]).ToArray();
        if (others.Length > 0)
        {
            var first = TextOfFirst(bytes, comparing).Split('\n');
            throw new RankException(
                $"{name}: {what} on {Ranks(others)} differ from those on rank 0. {Difference(first, text.Split('\n'))} All ranks must run "
                + "the same code with the same settings and shapes; give each rank batches of the same size (BatchOptions.Shard).");
        }
    }

    private static string Difference(string[] first, string[] own)
    {
        var line = 0;
        while (line < first.Length && line < own.Length && first[line] == own[line])
        {
            line++;
        }

        return line == first.Length && line == own.Length ? "This rank has what rank 0 has."
            : $"Rank 0 has '{At(first)}' where rank {Rank.Index} has '{At(own)}'.";

        string At(string[] lines) => line < lines.Length ? lines[line].Trim() : "nothing";
    }

    private static string TextOfFirst(byte[] own, string what)
    {
        var length = (long)own.Length;
        Communicator.World.Broadcast((nint)(&length), sizeof(long), 0, what);
        var text = Rank.Index == 0 ? own : new byte[length];
        fixed (byte* start = text)
        {
            Communicator.World.Broadcast((nint)start, length, 0, what);
        }

        return Encoding.UTF8.GetString(text);
    }

    /// <summary>The numbers of all ranks, one after the other.</summary>
    private static long[] Gathered(long[] own, string what)
    {
        var all = new long[own.Length * Rank.Count];
        fixed (long* from = own)
        fixed (long* to = all)
        {
            if (own.Length > 0)
            {
                Communicator.World.AllGather((nint)from, (nint)to, own.Length * sizeof(long), what);
            }
        }

        return all;
    }

    private static long Digest(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return BitConverter.ToInt64(hash);
    }

    private static long Digest(Tensor tensor)
    {
        using var dense = F.contiguous(tensor.to(Device.CPU));
        using var use = dense.Use();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(tensor.Type.ToString()));
        var (start, left) = (use.Buffer.DenseMemory(dense.numel()), dense.Type.ByteSize);
        while (left > 0)
        {
            var piece = (int)Math.Min(left, 1 << 30);
            hash.AppendData(new ReadOnlySpan<byte>((void*)start, piece));
            (start, left) = (start + piece, left - piece);
        }

        return BitConverter.ToInt64(hash.GetHashAndReset());
    }

    private static string Ranks(int[] ranks) => ranks.Length == 1 ? $"rank {ranks[0]}"
        : $"ranks {string.Join(", ", ranks.Take(NamedRanks))}{(ranks.Length > NamedRanks ? ", …" : "")}";
}
