using Brachy.IO;
using Brachy.Tests.Shared;
using CsCheck;

namespace Brachy.Tests.Checkpoints;

/// <summary>Damage at random: a model is read, or refused by one kind of exception, with memory that the file answers for.</summary>
public sealed class OnnxFuzzTests : IDisposable
{
    private const int MostBytes = 2_000_000;

    private readonly TemporaryFolder _folder = new();

    public OnnxFuzzTests() => _folder.Write("w.bin", new byte[64]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void FlippedBytesAreReadOrRefused()
    {
        var model = Model();
        var refused = 0;
        Gen.Select(Gen.Int[0, model.Length - 1], Gen.Byte[1, 255]).Array[1, 4].Sample(
            flips =>
            {
                var damaged = (byte[])model.Clone();
                Array.ForEach(flips, f => damaged[f.Item1] ^= f.Item2);
                refused += IsRefused(damaged) ? 1 : 0;
            },
            iter: 4000, threads: 1);
        Assert.InRange(refused, 1000, 4000);
    }

    [Fact]
    public void PiecesPutElsewhereAreReadOrRefused()
    {
        var model = Model();
        Gen.Select(Gen.Int[0, model.Length], Gen.Int[0, model.Length], Gen.Byte.Array[0, 12]).Sample(
            (from, to, inserted) =>
            {
                IsRefused([.. model[..from], .. inserted, .. model[to..]]);
            },
            iter: 2000, threads: 1);
    }

    [Fact]
    public void TruncatedFilesAreRefusedAtEveryLength()
    {
        var model = Model();
        for (var length = 0; length < model.Length; length++)
        {
            Assert.True(IsRefused(model[..length]), $"{length} bytes of {model.Length}");
        }
    }

    private static byte[] Model()
    {
        var inner = new OnnxBytes().Bytes(5, OnnxBytes.Raw("w", 5, [2], 1, 2, 3, 4));
        var graph = new OnnxBytes()
            .Bytes(1, OnnxBytes.Node("Constant", "k", OnnxBytes.Attribute("value_ints").Bytes(8, OnnxBytes.Packed(1, -2)).Done()))
            .Bytes(1, OnnxBytes.Node("If", "y", OnnxBytes.Attribute("then_branch").Bytes(6, inner.Done()).Done()));
        return OnnxBytes.Model(
            graph, OnnxBytes.Raw("a", 1, [2, 1], TorchZip.Of(1f, 2)), OnnxBytes.Tensor("b", 10, 2).Bytes(5, OnnxBytes.Packed(7, 8)).Done(),
            OnnxBytes.External("c", "w.bin", ("offset", "8"), ("length", "8")).Done(),
            OnnxBytes.Tensor("d", 15, 1).Bytes(10, TorchZip.Of(1.0, 2)).Done());
    }

    private bool IsRefused(byte[] bytes)
    {
        var path = _folder.Write("x.onnx", bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            foreach (var tensor in OnnxFile.ReadWeights(path).Values)
            {
                Assert.InRange(tensor.Type.ByteSize, 0, 8 * (bytes.Length + 64));
                tensor.Dispose();
            }

            return false;
        }
        catch (CheckpointException)
        {
            return true;
        }
        finally
        {
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostBytes);
        }
    }
}
