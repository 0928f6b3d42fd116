using Brachy.IO;
using Brachy.Tests.Shared;

namespace Brachy.Tests.Checkpoints;

[Trait("Category", "Quick")]
public sealed class SafeTensorsReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_reads_what_Load_reads_one_at_a_time()
    {
        SafeTensors.Save(
            _folder["x"], [new("a", F.arange(6).reshape(2, 3)), new("b", F.ones([2], DType.BFloat16)), new("empty", F.zeros([0, 3]))],
            [new("made by", "a test")]);
        var all = SafeTensors.Load(_folder["x"]);
        using var reader = SafeTensorsReader.Open(_folder["x"]);

        Assert.Equal(all.Select(t => (t.Key, t.Value.Type)), reader.Types.Select(t => (t.Key, t.Value)));
        Assert.Equal("a test", reader.Metadata["made by"]);
        foreach (var (name, tensor) in all.Reverse())
        {
            Assert.True((bool)F.all(F.eq(tensor, reader.Read(name))), name);
            Assert.NotSame(reader.Read(name), reader.Read(name));
        }

        Assert.Contains("no tensor 'c'", Assert.Throws<KeyNotFoundException>(() => reader.Read("c")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_closed_reader_and_a_damaged_file_say_so()
    {
        SafeTensors.Save(_folder["x"], [new("a", F.ones([3]))]);
        var reader = SafeTensorsReader.Open(_folder["x"]);
        var kept = reader.Read("a");
        reader.Dispose();

        Assert.Throws<ObjectDisposedException>(() => reader.Read("a"));
        Assert.Equal([1f, 1, 1], kept.ToArray<float>());
        Assert.Throws<CheckpointException>(() => SafeTensorsReader.Open(_folder.Write("y", File.ReadAllBytes(_folder["x"])[..^1])));
        Assert.Throws<FileNotFoundException>(() => SafeTensorsReader.Open(_folder["no"]));
    }
}
