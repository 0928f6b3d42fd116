using System.Text;
using Brachy.IO;
using Brachy.Modules;
using Brachy.NN;
using Brachy.Optim;
using Brachy.Tests.Shared;
using Brachy.Trees;

namespace Brachy.Tests.Checkpoints;

/// <summary>A damaged checkpoint is read or refused by one kind of exception, whichever of its parts is damaged and asked for.</summary>
public sealed class CheckpointDamageTests : IDisposable
{
    private const int MostBytes = 10_000_000;

    private static readonly string[] s_tokens =
    [
        "null", "true", "-1", "1e999", "99999999999999999999", "0.5", "\"\"", "\"\\ud800\"", "[]", "{}", "{\"any[]\":[1]}", "[[[[",
        "\"tree\"", "{\"left out\":1}", ",", ":", "\"", "\uFFFF", "\0",
    ];

    private readonly TemporaryFolder _folder = new();
    private readonly StructureTree _template;
    private readonly byte[] _bytes;
    private readonly string _structure;
    private int _refused;
    private int _partsRefused;

    public CheckpointDamageTests()
    {
        using var rng = Rng.Scope(0);
        var (model, config) = new Sequential(new Linear(2, 3), new BatchNorm1d(3), new Dropout(0.5), new Linear(3, 1));
        var (opt, optConfig) = new AdamW(model, 0.01);
        _template = model;
        var watched = MixedPrecision.Cast(model.Wrap("0", new CaptureOutput("seen")));
        watched.Submodules["3"].Params["weight"] = watched.Submodules["0"].Params["bias"];
        for (var i = 0; i < CheckpointTests.StaticValues.Length; i++)
        {
            watched.Aux[$"v{i}"] = CheckpointTests.StaticValues[i];
        }

        watched.Buffers["list"] = new TreeValue[]
        {
            F.ones([1]), TreeValue.None, new TreeDictionary<TreeValue> { ["dotted.key"] = F.ones([]) },
            new StructureTree { Params = { ["w"] = F.ones([]) } }
        };
        Checkpoint.Save(
            _folder["c"], ("model", (watched, config.With("rate", 0.5))), ("opt", (opt, optConfig)), ("key", Rng.NextKey()),
            ("mask", F.ones([2], DType.Bool)), ("step", 3), ("note", "é"));
        _bytes = File.ReadAllBytes(_folder["c"]);
        _structure = SafeTensors.ReadHeader(_folder["c"]).Metadata["brachy"];
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void DamagedBytesAreReadOrRefused()
    {
        var random = new Random(3);
        for (var i = 0; i < 1500; i++)
        {
            Try(_folder.Write("d", Damaged(_bytes, random)));
        }

        Assert.InRange(_refused, 300, 1499);
    }

    [Fact]
    public void TruncatedFilesAreRefused()
    {
        for (var length = 0; length < _bytes.Length; length += 37)
        {
            var path = _folder.Write("t", _bytes[..length]);
            Assert.Throws<CheckpointException>(() => Checkpoint.Load(path));
        }
    }

    /// <summary>The file around it is whole, so that the damage reaches the structure.</summary>
    [Fact]
    public void ADamagedStructureIsReadOrRefused()
    {
        var random = new Random(5);
        for (var i = 0; i < 2000; i++)
        {
            var structure = i % 2 == 0
                ? Encoding.UTF8.GetString(Damaged(Encoding.UTF8.GetBytes(_structure), random))
                : WithToken(_structure, s_tokens[random.Next(s_tokens.Length)], random);
            Try(HostileCheckpoint.Write(_folder, structure, _bytes));
        }

        Assert.InRange(_refused, 700, 1999);
        Assert.InRange(_partsRefused, 700, int.MaxValue);
    }

    private static byte[] Damaged(byte[] bytes, Random random)
    {
        var damaged = bytes.ToList();
        for (var count = random.Next(1, 4); count > 0; count--)
        {
            var at = random.Next(damaged.Count);
            switch (random.Next(5))
            {
                case 0:
                    damaged.Insert(at, (byte)random.Next(256));
                    break;
                case 1:
                    damaged.RemoveRange(at, Math.Min(random.Next(1, 20), damaged.Count - at));
                    break;
                case 2:
                    damaged[at] = (byte)"0123456789\"{}[]:,"[random.Next(17)];
                    break;
                default:
                    damaged[at] ^= (byte)(1 << random.Next(8));
                    break;
            }
        }

        return [.. damaged];
    }

    /// <summary>One value of the JSON replaced by another, so that most often it is JSON still.</summary>
    private static string WithToken(string json, string token, Random random)
    {
        var places = new List<int>();
        for (var at = 0; at < json.Length; at++)
        {
            if (json[at] is ':' or ',' or '[')
            {
                places.Add(at + 1);
            }
        }

        var start = places[random.Next(places.Count)];
        var end = json.AsSpan(start + 1).IndexOfAny(",]}") + start + 1;
        return string.Concat(json.AsSpan(0, start), token, json.AsSpan(end));
    }

    private void Try(string path)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            var checkpoint = Checkpoint.Load(path);
            foreach (var name in checkpoint.Names)
            {
                Part(() => checkpoint.Tree(name));
                Part(() => checkpoint.Into(name, _template));
                Part(() => checkpoint.Into(name, _template, strict: false));
                Part(() => checkpoint.Key(name));
                Part(() => checkpoint.Tensor(name));
                Part(() => checkpoint.Value<object>(name));
            }
        }
        catch (CheckpointException error)
        {
            Assert.Equal(path, error.File);
            _refused++;
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostBytes);
    }

    private void Part(Action read)
    {
        try
        {
            read();
        }
        catch (CheckpointException)
        {
            _partsRefused++;
        }
        catch (ArgumentException error)
        {
            Assert.Matches("do not fit|Two values come to", error.Message);
        }
    }
}
