using System.Buffers.Binary;
using Brachy.IO;

namespace Brachy.Tests.Checkpoints;

/// <summary>Damaged and hostile files are errors of one kind, and cost no more memory than they are long.</summary>
public sealed class SafeTensorsDamageTests : IDisposable
{
    private const int MostBytes = 1_000_000;

    private readonly SafeTensorsFolder _folder = new();

    public static TheoryData<string, int> Hostile => new()
    {
        { "", 0 },
        { " {}", 0 },
        { "{}x", 0 },
        { "{", 0 },
        { "{}", 2 },
        { "{\"a\":" + new string('[', 5000) + "}", 0 },
        { Entry(extra: ",\"z\":" + new string('[', 5000)), 4 },
        { Entry(dtype: "F8_E4M3"), 4 },
        { Entry(dtype: "f32"), 4 },
        { Entry(shape: "[-1]"), 4 },
        { Entry(shape: "[1.5]"), 4 },
        { Entry(shape: "[1e99]"), 4 },
        { Entry(shape: "[NaN]"), 4 },
        { Entry(shape: "[null]"), 4 },
        { Entry(shape: "1"), 4 },
        { Entry(shape: "[4294967296,4294967296]"), 4 },
        { Entry(shape: "[0,9223372036854775807,9]"), 4 },
        { Entry(shape: "[4611686018427387904]"), 4 },
        { Entry(shape: "[" + string.Join(',', Enumerable.Repeat(1, 65)) + "]"), 4 },
        { Entry(shape: "[2]"), 4 },
        { Entry(offsets: "[4,0]"), 4 },
        { Entry(offsets: "[0]"), 4 },
        { Entry(offsets: "[0,4,4]"), 4 },
        { Entry(offsets: "[1,5]"), 5 },
        { Entry(offsets: "[0,4]"), 5 },
        { Entry(offsets: "[0,4]"), 3 },
        { Entry(extra: ",\"dtype\":\"F32\""), 4 },
        { "{" + Entry()[1..^1] + "," + Entry()[1..], 4 },
        { "{" + Entry()[1..^1] + "," + Entry().Replace("\"a\"", "\"b\"", StringComparison.Ordinal)[1..], 8 },
        { """{"__metadata__":{"a":1}}""", 0 },
        { """{"__metadata__":{"a":"","a":""}}""", 0 },
        { """{"__metadata__":[]}""", 0 },
        { """{"a\ud800":{}}""", 0 },
    };

    public void Dispose() => _folder.Dispose();

    /// <summary>Downloads that went wrong, and other formats: what the file is, and what to do.</summary>
    [Theory]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 90868376\n", "pointer of git-lfs", "git lfs pull")]
    [InlineData("<!doctype html><html><head><title>Login</title></head></html>", "web page", "Download")]
    [InlineData("{\"error\": \"Entry not found\"}", "is JSON", "download the file itself again")]
    [InlineData("Entry not found", "is text that begins with 'Entry not found'", "Download")]
    [InlineData("PK\u0003\u0004 and so on", "perhaps one of PyTorch", "TorchFile.Load")]
    [InlineData("", "is empty", "Download")]
    [InlineData("{}", "is JSON", "download")]
    public void WhatElseAFileIsIsSaid(string content, string problem, string advice)
    {
        var path = _folder.Write(System.Text.Encoding.UTF8.GetBytes(content));
        foreach (var read in (Action[])[() => SafeTensors.Load(path), () => SafeTensors.ReadHeader(path), () => Checkpoint.Load(path)])
        {
            var error = Assert.Throws<CheckpointException>(read);
            Assert.Contains(problem, error.Message, StringComparison.Ordinal);
            Assert.Contains(advice, error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Hostile))]
    public void HostileHeadersAreRefused(string header, int dataBytes)
    {
        var data = new byte[dataBytes];
        Array.Fill(data, (byte)2);
        var path = _folder.Write(SafeTensorsFolder.Assemble(header, data));
        var error = Assert.Throws<CheckpointException>(() => SafeTensors.Load(path));
        Assert.Equal(path, error.File);
    }

    [Fact]
    public void TruthValuesBecomeZeroOrOne()
    {
        var path = _folder.Write(SafeTensorsFolder.Assemble(Entry(dtype: "BOOL", shape: "[4]"), 0, 1, 2, 255));
        Assert.Equal([0, 1, 1, 1], SafeTensors.Load(path)["a"].AsTorch().bytes.ToArray());
    }

    [Fact]
    public void LyingLengthsCostNothing()
    {
        foreach (var length in new ulong[] { 3ul, 100_000_000, 100_000_001, long.MaxValue, ulong.MaxValue })
        {
            var bytes = SafeTensorsFolder.Assemble("{}");
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, length);
            var path = _folder.Write(bytes);
            var before = GC.GetAllocatedBytesForCurrentThread();
            Assert.Throws<CheckpointException>(() => SafeTensors.Load(path));
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostBytes);
        }
    }

    [Fact]
    public void TruncatedFilesAreRefusedAtEveryLength()
    {
        var bytes = Sample();
        for (var length = 0; length < bytes.Length; length++)
        {
            var path = _folder.Write(bytes[..length]);
            Assert.Throws<CheckpointException>(() => SafeTensors.Load(path));
        }
    }

    [Fact]
    public void FlippedBitsAreReadOrRefused()
    {
        var bytes = Sample();
        var random = new Random(7);
        var refused = 0;
        for (var i = 0; i < 3000; i++)
        {
            var damaged = (byte[])bytes.Clone();
            for (var flips = random.Next(1, 4); flips > 0; flips--)
            {
                damaged[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            }

            var path = _folder.Write(damaged);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                SafeTensors.Load(path);
            }
            catch (CheckpointException)
            {
                refused++;
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostBytes);
        }

        Assert.InRange(refused, 1500, 3000);
    }

    [Fact]
    public void WhatIsNoFileIsRefused()
    {
        foreach (var path in new[] { Path.GetDirectoryName(_folder.File)!, "/dev/null" })
        {
            Assert.Equal(path, Assert.Throws<CheckpointException>(() => SafeTensors.ReadHeader(path)).File);
        }
    }

    private static byte[] Sample() => SafeTensorsFolder.Assemble(
        """{"__metadata__":{"k":"v"},"weight":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"""
        + """ "flag":{"dtype":"BOOL","shape":[],"data_offsets":[8,9]}}""",
        1, 2, 3, 4, 5, 6, 7, 8, 1);

    private static string Entry(string dtype = "F32", string shape = "[1]", string offsets = "[0,4]", string extra = "") =>
        "{\"a\":{\"dtype\":\"" + dtype + "\",\"shape\":" + shape + ",\"data_offsets\":" + offsets + extra + "}}";
}
