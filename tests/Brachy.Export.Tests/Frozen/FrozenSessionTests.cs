using Brachy.Inference;
using Brachy.IO;
using Brachy.NN;
using Brachy.Tests.TorchScript;
using Brachy.Transforms;

namespace Brachy.Tests.Frozen;

/// <summary>How frozen models are called.</summary>
public class FrozenSessionTests
{
    public static TheoryData<string> Programs => ["classifier", "integers", "few rows of integers", "text", "loop", "random", "sorted"];

    [Theory]
    [MemberData(nameof(Programs))]
    public void ACallAllocatesNothing(string name)
    {
        var session = Program(name).Session();
        session.Run();
        session.Run();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 20; i++)
        {
            session.Run();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void ARunOfSpansAllocatesNothingOnceASizeIsKnown()
    {
        var model = Classifier(new() { Varying = [new(0, "batch")] });
        float[] input = new float[5 * 6], result = new float[5 * 3];
        model.Run<float, float>(input, result);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 20; i++)
        {
            model.Run<float, float>(input, result);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void ThreadsRunAModelAtTheSameTime()
    {
        var model = Classifier(new() { Varying = [new(0, "batch")] });
        Parallel.For(0, 64, i =>
        {
            var rows = 1 + (i % 7);
            var input = Enumerable.Range(0, rows * 6).Select(k => (float)(k % (3 + i))).ToArray();
            float[] whole = new float[rows * 3], single = new float[3];
            model.Run<float, float>(input, whole);
            for (var row = 0; row < rows; row++)
            {
                model.Run<float, float>(input.AsSpan(row * 6, 6), single);
                Assert.All(single.Zip(whole.Skip(row * 3)), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
            }
        });
    }

    [Fact]
    public void InputsAndResultsHaveNamesTypesAndSizes()
    {
        var model = Classifier(new() { Varying = [new(0, "batch")], InputNames = ["x"] });

        Assert.Equal(["batch"], model.SizeNames);
        Assert.Equal("x: float32[batch, 6]", $"{model.Inputs[0]}");
        Assert.Equal("output", model.Results[0].Name);
        var session = model.Session(3);
        Assert.Equal([3, 6], session.Inputs[0].Shape);
        Assert.Equal([3, 3], session.Results[0].Shape);
        session.Input<float>("x").Fill(1);
        session.Run();
        Assert.Equal(session.Result<float>(0).ToArray(), session.Result<float>("output").ToArray());
    }

    [Fact]
    public void WrongCallsSayWhatIsWrong()
    {
        var model = Classifier(new() { Varying = [new(0, "batch")], InputNames = ["x"] });
        var session = model.Session(3);

        Check<ArgumentException>("batch", () => model.Session());
        Check<ArgumentOutOfRangeException>("sizes", () => model.Session(-1));
        Check<ArgumentException>("Double", () => session.Input<double>());
        Check<ArgumentException>("there are x", () => session.Input<float>("y"));
        Check<ArgumentOutOfRangeException>("There are 1", () => session.Result<float>(1));
        Check<ArgumentException>("multiple of 6", () => model.Run<float, float>(new float[7], new float[3]));
        Check<ArgumentException>("room for 4", () => model.Run<float, float>(new float[6], new float[4]));
        Check<ArgumentOutOfRangeException>("Threads", () => FrozenModel.Load(new MemoryStream(), new() { Threads = 0 }));
        Check<ArgumentException>("Session", () => Program("text").Run<long, float>(new long[12], new float[1]));
    }

    [Fact]
    public void WhatHasNoKernelIsListed()
    {
        using var file = new MemoryStream();
        var error = Assert.Throws<NotSupportedException>(() => Export.Frozen(file, (Tensor x) => F.linalg.inv(x), F.ones([3, 3])));
        Assert.Contains("no kernel for", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<NotSupportedException>(() => Export.Frozen(file, (Tensor x) => x, F.ones([3]).to(DType.Float16)));
        Assert.Contains("float16", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, file.Length);
    }

    private static void Check<TException>(string part, Action action)
        where TException : Exception => Assert.Contains(part, Assert.Throws<TException>(action).Message, StringComparison.Ordinal);

    private static FrozenModel Program(string name)
    {
        var x = Rng.Normal([4, 6], key: Rng.Seed(1));
        return name switch
        {
            "classifier" => Classifier(new()),
            "integers" => Classifier(new() { Quantization = new() }),
            "few rows of integers" => Classifier(new() { Quantization = new() }, rows: 2),
            "text" => Load(file =>
            {
                var (tree, config) = new TextNetwork(0);
                Export.Frozen(file, (tree, config.With("train_mode", false)), [Rng.RandInt(0, 20, [2, 6], Rng.Seed(3))]);
            }),
            "loop" => Load(file => Export.Frozen(
                file, (Tensor xs) => Control.Scan((Tensor sum, Tensor row) => (sum + row, F.tanh(sum)), F.zeros([6]), xs).Outputs, x)),
            "random" => Load(file => Export.Frozen(
                file, (Tensor key) => Rng.Uniform([3, 3], key: new RngKey(key)), Rng.Seed(5).Tensor)),
            _ => Load(file => Export.Frozen(file, (Tensor xs) => F.sort(xs, -1).values, x)),
        };
    }

    private static FrozenModel Classifier(FrozenExportOptions options, long rows = 4) => Load(file =>
    {
        using var rng = Rng.Scope(seed: 1);
        var (tree, config) = new Sequential(new Linear(6, 8), new ReLU(), new Linear(8, 3));
        Export.Frozen(file, (tree, config), [Rng.Normal([rows, 6], key: Rng.Seed(1))], options);
    });

    private static FrozenModel Load(Action<Stream> write)
    {
        using var rng = Rng.Scope(seed: 2);
        using var file = new MemoryStream();
        write(file);
        file.Position = 0;
        return FrozenModel.Load(file, new() { Threads = 1 });
    }
}
