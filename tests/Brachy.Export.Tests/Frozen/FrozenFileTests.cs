using System.Buffers.Binary;
using Brachy.Compilation;
using Brachy.Inference;
using Brachy.IO;
using Brachy.NN;
using Brachy.Tests.Shared;
using Brachy.Tests.TorchScript;
using CsCheck;

namespace Brachy.Tests.Frozen;

/// <summary>Files that are no frozen models, are damaged, or were made to do harm.</summary>
public class FrozenFileTests
{
    private const int HeaderLength = 24;
    private const long MostBytes = 1 << 20;

    private static readonly byte[] s_text = Write(() => new TextNetwork(), Rng.RandInt(0, 20, [2, 6], Rng.Seed(3)));

    [Fact]
    public void OtherFilesAreRefused()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["a.txt"], "a text that is longer than the beginning of a frozen model");
        File.WriteAllBytes(folder["empty"], []);

        var error = Assert.Throws<FrozenModelException>(() => FrozenModel.Load(folder["a.txt"]));
        Assert.Contains("a.txt", error.Message, StringComparison.Ordinal);
        Assert.Contains("Export.Frozen", error.Message, StringComparison.Ordinal);
        Assert.Throws<FrozenModelException>(() => FrozenModel.Load(folder["empty"]));
        Assert.Throws<FileNotFoundException>(() => FrozenModel.Load(folder["missing"]));
    }

    [Fact]
    public void APartOfAFileIsRefused()
    {
        for (var length = 0; length < s_text.Length; length += length < 2000 ? 1 : 97)
        {
            Assert.Throws<FrozenModelException>(() => Load(s_text.AsSpan(0, length).ToArray()));
        }

        Assert.Throws<FrozenModelException>(() => Load([.. s_text, 0]));
    }

    [Fact]
    public void AChangedProgramIsRefused()
    {
        var changed = (byte[])s_text.Clone();
        changed[HeaderLength + 40] ^= 1;
        Assert.Contains("changed", Assert.Throws<FrozenModelException>(() => Load(changed)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnotherVersionIsNamed()
    {
        var changed = (byte[])s_text.Clone();
        changed[8] = 77;
        Assert.Contains("version 77", Assert.Throws<FrozenModelException>(() => Load(changed)).Message, StringComparison.Ordinal);
    }

    /// <summary>
    /// Whatever a program says, it is refused, or runs within its memory: nothing else is thrown, and no memory is written.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ProgramsWithOtherBytesAreRefusedOrRunWithinTheirMemory(bool hasIntegers)
    {
        var text = hasIntegers
            ? Write(() => new TextNetwork(), Rng.RandInt(0, 20, [2, 6], Rng.Seed(3)), new() { Quantization = new() }) : s_text;
        var length = BinaryPrimitives.ReadInt32LittleEndian(text.AsSpan(12));
        var (refused, run) = (0, 0);
        Gen.Select(Gen.Int[0, length - 1], Gen.Byte).Array[1, 3].Sample(
            changes =>
            {
                var changed = (byte[])text.Clone();
                foreach (var (position, value) in changes)
                {
                    changed[HeaderLength + position] = value;
                }

                BinaryPrimitives.WriteUInt64LittleEndian(changed.AsSpan(16), Sum(changed.AsSpan(HeaderLength, length)));
                var before = GC.GetAllocatedBytesForCurrentThread();
                try
                {
                    var model = Load(changed);
                    var session = model.Session([.. model.SizeNames.Select(_ => 2L)]);
                    session.Run();
                    run++;
                }
                catch (Exception error) when (error is FrozenModelException or ArgumentException or NativeOpException)
                {
                    refused++;
                }

                Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 * MostBytes);
            },
            iter: 4000, threads: 1);

        Assert.True(refused > 500 && run > 100, $"{refused} refused, {run} run");
    }

    [Fact]
    public void MemoryIsBounded()
    {
        var model = Write(() => new Linear(8, 8), F.zeros([1000, 8]), new() { Varying = [new(0, "batch")] });
        var loaded = Load(model);
        loaded.Session(10).Run();
        var error = Assert.Throws<FrozenModelException>(() => loaded.Session(1_000_000_000));
        Assert.Contains("MaxSessionBytes", error.Message, StringComparison.Ordinal);
        Assert.Throws<FrozenModelException>(() => FrozenModel.Load(new MemoryStream(model), new() { MaxSessionBytes = 100 }));
    }

    /// <summary>Weights that grow with a size would be read beyond the file.</summary>
    [Fact]
    public void WeightsOfSizesThatVaryAreRefused()
    {
        var head = new ProgramHead(["n"], [2], ["x"], [["n"]], ["y", "w"], [new SizeExpression([(1, [1])], isReal: false)], []);
        (object, int?)[] Fixed(params long[] values) => [.. values.Select(value => ((object)value, (int?)null))];
        (object, int?) size = (0L, 0);
        var (type, rank) = ((long)DType.Float32, 1L);
        using var file = new MemoryStream();
        FrozenFile.Write(
            file,
            FrozenProgram.Write(
                head, [.. Fixed(1, type, rank), size, .. Fixed(1, type, rank), size, .. Fixed(0, 0, 2, (long)OutputSource.Input, 0),
                    .. Fixed((long)OutputSource.Constant, 0)]),
            (to, _) => to.Write(new byte[8]), [8]);
        Assert.Throws<FrozenModelException>(() => Load(file.ToArray()).Session(1000));
    }

    private static FrozenModel Load(byte[] file) => FrozenModel.Load(new MemoryStream(file), new() { MaxSessionBytes = MostBytes });

    private static byte[] Write<TInput, TOutput>(Func<Module<TInput, TOutput>> make, Tensor input, FrozenExportOptions? options = null)
    {
        using var rng = Rng.Scope(seed: 1);
        var (tree, config) = make();
        using var file = new MemoryStream();
        Export.Frozen(file, (tree, config.With("train_mode", false)), [input], options);
        return file.ToArray();
    }

    /// <summary>FNV-1a, as the format has it.</summary>
    private static ulong Sum(ReadOnlySpan<byte> bytes)
    {
        var sum = 14695981039346656037UL;
        foreach (var value in bytes)
        {
            sum = (sum ^ value) * 1099511628211UL;
        }

        return sum;
    }
}
