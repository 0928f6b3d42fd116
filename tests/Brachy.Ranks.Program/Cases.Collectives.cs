using System.Runtime.InteropServices;

namespace Brachy.Ranks.Program;

/// <summary>Every collective in every type, whole and in pieces, against what this rank computes from the values of all.</summary>
internal static partial class Cases
{
    private static readonly ReduceOp[] s_reductions = [ReduceOp.Sum, ReduceOp.Max, ReduceOp.Min];

    private static Dictionary<string, Action<string[]>> Collectives => new()
    {
        ["collectives"] = CollectivesOfAllTypes,
        ["nan"] = NotNumbers,
        ["arguments"] = WrongArguments,
    };

    private static void CollectivesOfAllTypes(string[] arguments)
    {
        long[] counts = [0, 1, 7, 1000, 7000];
        foreach (var pieces in (long[])[1 << 28, 3000])
        {
            if (Communicator.World is MpiCommunicator ranks)
            {
                ranks.PieceLength = pieces;
            }

            foreach (var count in counts)
            {
                Reduce<float>(DType.Float32, count, value => (float)value);
                Reduce<double>(DType.Float64, count, value => value);
                Reduce<int>(DType.Int32, count, value => (int)value);
                Reduce<long>(DType.Int64, count, value => (long)value << 33);
                Reduce<short>(DType.Int16, count, value => (short)value);
                Reduce<sbyte>(DType.Int8, count, value => (sbyte)value);
                Reduce<byte>(DType.UInt8, count, value => (byte)(int)value);
                Reduce<byte>(DType.Bool, count, value => (byte)((int)value & 1));
                Reduce<Half>(DType.Float16, count, value => (Half)(value / 3));
                Reduce<BFloat>(DType.BFloat16, count, value => BFloat.Of((float)value / 3));
                Gather(count);
                Broadcast(count);
            }
        }

        Rank.Barrier();
        Console.WriteLine($"done {Rank.Index}");
    }

    private static unsafe void Reduce<T>(DType type, long count, Func<double, T> make)
        where T : unmanaged
    {
        var (world, ranks) = (Communicator.World, Rank.Count);
        var total = checked((int)(count * ranks));
        foreach (var op in s_reductions.Where(op => type != DType.Bool || op != ReduceOp.Sum))
        {
            var all = new T[total + 1];
            var expected = new T[total];
            var values = new double[ranks];
            for (var i = 0; i < total; i++)
            {
                for (var rank = 0; rank < ranks; rank++)
                {
                    values[rank] = ToDouble(make(((i * 7) + (rank * 31)) % 90));
                }

                all[i] = make(((i * 7) + (Rank.Index * 31)) % 90);
                var one = op switch { ReduceOp.Sum => values.Sum(), ReduceOp.Max => values.Max(), _ => values.Min() };
                expected[i] = FromDouble(one, type, make);
            }

            var what = $"{type} {op} of {count}";
            var part = new T[count + 1];
            fixed (T* from = all, to = part)
            {
                world.ReduceScatter((nint)from, (nint)to, count, type, op);
                Require(
                    part.AsSpan(0, (int)count).SequenceEqual(expected.AsSpan(Rank.Index * (int)count, (int)count)),
                    $"reduce-scatter: {what}");
                world.AllReduce((nint)from, total, type, op);
                Require(all.AsSpan(0, total).SequenceEqual(expected), $"all-reduce: {what}");
                Require(all[total].Equals(default(T)) && part[count].Equals(default(T)), $"what lies behind was written to: {what}");
            }
        }
    }

    private static double ToDouble<T>(T value)
        where T : unmanaged => value switch
        {
            float f => f,
            double d => d,
            int i => i,
            long l => l,
            short s => s,
            sbyte b => b,
            byte b => b,
            Half h => (double)h,
            BFloat b => b.ToSingle(),
            _ => throw new NotSupportedException(),
        };

    private static T FromDouble<T>(double value, DType type, Func<double, T> make)
        where T : unmanaged => type switch
        {
            DType.Int64 => (T)(object)(long)value,
            DType.UInt8 => (T)(object)unchecked((byte)(long)value),
            DType.Int8 => (T)(object)unchecked((sbyte)(long)value),
            DType.Float16 => (T)(object)(Half)value,
            DType.BFloat16 => (T)(object)BFloat.Of((float)value),
            _ => make(value),
        };

    private static unsafe void Gather(long count)
    {
        var mine = new byte[count];
        Array.Fill(mine, (byte)(Rank.Index + 1));
        var all = new byte[(count * Rank.Count) + 1];
        fixed (byte* from = mine, to = all)
        {
            Communicator.World.AllGather((nint)from, (nint)to, count);
        }

        for (var i = 0; i < count * Rank.Count; i++)
        {
            Require(all[i] == (i / count) + 1, $"all-gather of {count}: {all[i]} at {i}");
        }

        Require(all[^1] == 0, "all-gather wrote behind its result");
    }

    private static unsafe void Broadcast(long count)
    {
        for (var root = 0; root < Rank.Count; root++)
        {
            var values = new byte[count + 1];
            values.AsSpan(0, (int)count).Fill((byte)(Rank.Index + 1));
            fixed (byte* memory = values)
            {
                Communicator.World.Broadcast((nint)memory, count, root);
            }

            Require(values.AsSpan(0, (int)count).IndexOfAnyExcept((byte)(root + 1)) < 0 && values[count] == 0, $"broadcast of {count}");
        }
    }

    private static unsafe void NotNumbers(string[] arguments)
    {
        Span<float> single = stackalloc float[2];
        Span<double> wide = stackalloc double[2];
        foreach (var op in (ReduceOp[])[ReduceOp.Max, ReduceOp.Min])
        {
            for (var rank = 0; rank < Rank.Count; rank++)
            {
                wide[0] = Rank.Index == rank ? double.NaN : Rank.Index;
                wide[1] = Rank.Index;
                single[0] = (float)wide[0];
                single[1] = Rank.Index;
                fixed (float* first = single)
                fixed (double* second = wide)
                {
                    Communicator.World.AllReduce((nint)first, 2, DType.Float32, op);
                    Communicator.World.AllReduce((nint)second, 2, DType.Float64, op);
                }

                var expected = op == ReduceOp.Max ? Rank.Count - 1 : 0;
                Require(float.IsNaN(single[0]) && single[1] == expected, $"{op} of NaN on {rank}: {single[0]} {single[1]}");
                Require(double.IsNaN(wide[0]) && wide[1] == expected, $"{op} of NaN on {rank}: {wide[0]} {wide[1]}");
            }
        }

        Console.WriteLine($"done {Rank.Index}");
    }

    /// <summary>Wrong arguments are refused before another rank hears of the call.</summary>
    private static unsafe void WrongArguments(string[] arguments)
    {
        var world = Communicator.World;
        var memory = (nint)NativeMemory.AllocZeroed(64);
        Refuse<ArgumentOutOfRangeException>(() => world.AllReduce(memory, -1, DType.Float32, ReduceOp.Sum));
        Refuse<ArgumentNullException>(() => world.AllReduce(0, 1, DType.Float32, ReduceOp.Sum));
        Refuse<DTypeException>(() => world.AllReduce(memory, 1, DType.Bool, ReduceOp.Sum));
        Refuse<DTypeException>(() => world.AllReduce(memory, 1, (DType)77, ReduceOp.Sum));
        Refuse<ArgumentOutOfRangeException>(() => world.AllReduce(memory, 1, DType.Float32, (ReduceOp)9));
        Refuse<ArgumentOutOfRangeException>(() => world.Broadcast(memory, 1, -1));
        Refuse<ArgumentOutOfRangeException>(() => world.Broadcast(memory, 1, Rank.Count));
        Refuse<ArgumentNullException>(() => world.AllGather(memory, 0, 1));
        Refuse<ArgumentNullException>(() => world.ReduceScatter(0, memory, 1, DType.Float32, ReduceOp.Sum));
        Refuse<ArgumentOutOfRangeException>(() => Rank.HangTimeout = TimeSpan.Zero);
        Rank.Barrier();
        Console.WriteLine($"done {Rank.Index}");
    }

    private static void Refuse<T>(Action call)
        where T : Exception
    {
        try
        {
            call();
        }
        catch (T)
        {
            return;
        }

        Require(false, $"{typeof(T).Name} was not thrown");
    }

    /// <summary>A bfloat16 of its own, by decimal arithmetic: the nearest of the two neighbours.</summary>
    private readonly record struct BFloat(ushort Bits)
    {
        public static BFloat Of(float value)
        {
            var below = new BFloat((ushort)(BitConverter.SingleToUInt32Bits(value) >> 16));
            var above = new BFloat((ushort)(below.Bits + 1));
            var (down, up) = (Math.Abs((double)value - below.ToSingle()), Math.Abs((double)above.ToSingle() - value));
            return down < up || (down == up && (below.Bits & 1) == 0) ? below : above;
        }

        public float ToSingle() => BitConverter.UInt32BitsToSingle((uint)Bits << 16);
    }
}
