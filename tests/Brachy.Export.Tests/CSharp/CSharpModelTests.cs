using Brachy.Inference;
using Brachy.IO;
using Brachy.NN;
using Brachy.Tests.Frozen;
using Brachy.Tests.Shared;
using Brachy.Tests.TorchScript;
using Brachy.Transforms;
using LanguageModel;
using Quickstart;

namespace Brachy.Tests.CSharpSources;

/// <summary>Whole models as C# source give what they give as files, bit by bit.</summary>
public class CSharpModelTests
{
    private static readonly VaryingDims[] s_batch = [new(0, "batch")];

    private static readonly VaryingDims[] s_batchAndTime = [new(0, "batch", "time")];

    [Fact]
    public void NetworksOfAnySize()
    {
        var sources = new Sources();
        sources.Add("Fixed", Evaluated(() => new Classifier(49, 20, 10)), [], [Floats(2, 49)]);
        sources.Add("Digits", Evaluated(() => new Classifier(49, 20, 10)), s_batch, [Floats(2, 49)], [Floats(7, 49)], [Floats(0, 49)]);
        sources.Add("Images", Evaluated(() => new ImageNetwork()), s_batch, [Floats(4, 3, 8, 8)], [Floats(1, 3, 8, 8)]);
        sources.Add("Text", Evaluated(() => new TextNetwork()), s_batchAndTime, [Ids(2, 6)], [Ids(1, 1)], [Ids(3, 11)]);
        sources.Add("Recurrent", Evaluated(() => new RecurrentNetwork()), s_batchAndTime, [Floats(3, 6, 5)], [Floats(1, 2, 5)]);
        sources.Add(
            "Attention", Evaluated(() => new MaskedAttention()), [.. s_batchAndTime, new(1, "batch", "time")],
            [Floats(2, 5, 8), Tensor.FromArray(new bool[10], [2, 5])], [Floats(1, 3, 8), Tensor.FromArray([false, true, false], [1, 3])]);
        sources.Add("Odd", Evaluated(() => new OddNames()), [], [Floats(3)]);
        sources.Check();
    }

    [Fact]
    public void LoopsChoicesAndRandomNumbers()
    {
        Func<Tensor, Tensor, (Tensor, Tensor)> function = (key, x) =>
        {
            var (last, rows) = Control.Scan((Tensor sum, Tensor row) => (sum + row, F.sin(sum)), F.zeros([3]), x);
            var noise = Rng.Uniform([2, 3], key: new RngKey(key));
            var count = Control.While(total => F.lt(total, 100.0), total => (total * 2) + 1, F.sum(F.abs(last)));
            var choice = Control.Cond(F.gt(F.sum(x), 0), y => y * 2, y => Control.Cond(F.gt(F.sum(y), 0), z => z * 3, z => z - 1, y), last);
            return (F.cat([rows, noise, F.reshape(choice, [1, 3])], 0), count);
        };
        Func<Tensor, (Tensor, Tensor, Tensor, Tensor)> parts = x => (x, Floats(2, 2), x + 1, x + 1);
        var (key, x) = (Rng.Seed(5).Tensor, Floats(4, 3));
        var sources = new Sources();
        sources.Add(
            "Loops", stream => Export.Frozen(stream, function, key, x),
            path => Export.CSharp(path, function, key, x), [key, x], [key, -x]);
        Func<Tensor, Tensor, (Tensor, Tensor)> numbers = (x, n) => (
            F.where(F.gt(x, double.NegativeInfinity), (x * -0.0) + 1e-30, double.NaN)
                + BitConverter.UInt64BitsToDouble(0x7FF8_0000_0000_0001),
            F.maximum(n + long.MinValue, n * 3_000_000_000L));
        sources.Add(
            "Numbers", stream => Export.Frozen(stream, numbers, x, F.arange(3)), path => Export.CSharp(path, numbers, x, F.arange(3)),
            [x, F.arange(3)]);
        sources.Add("Parts", stream => Export.Frozen(stream, parts, x), path => Export.CSharp(path, parts, x), [x]);
        sources.Check();
    }

    /// <summary>A loop in which the cache is written over from step to step.</summary>
    [Fact]
    public void TextIsWrittenInALoopWithACache()
    {
        using var rng = Rng.Scope(seed: 4);
        var (model, config) = new StackedAttention(new(2, 16, 4, 12, 23));
        var evaluated = config.With("train_mode", false);
        var limit = Tensor.FromArray([9L], []);
        Func<StructureTree, Tensor, Tensor, Tensor> function = (model, token, key) => CachedGeneration.Continue(
            model, evaluated, token, CachedGeneration.EmptyCache(model, evaluated), limit, key, -1, new(Temperature: 0.8)).Tokens;
        var (token, key) = (Tensor.FromArray([1L], [1]), Tensor.FromArray([7L], []));

        var sources = new Sources();
        sources.Add(
            "Writer", stream => Export.Frozen(stream, function, model, token, key),
            path => Export.CSharp(path, function, model, token, key), [token, key], [token + 4, key]);
        Assert.Contains("(\"overwrites\", [", sources.Text("Writer"), StringComparison.Ordinal);
        sources.Check();
    }

    private static (StructureTree Tree, GlobalConfig Config) Evaluated<TInput, TOutput>(Func<Module<TInput, TOutput>> make)
    {
        using var rng = Rng.Scope(seed: 1);
        var (tree, config) = make();
        return (tree, config.With("train_mode", false));
    }

    private static Tensor Floats(params long[] shape) => Rng.Normal(shape, key: Rng.Seed(shape.Sum()));

    private static Tensor Ids(params long[] shape) => Rng.RandInt(0, 20, shape, Rng.Seed(shape.Sum()));

    /// <summary>Models as files and as sources, which are compiled together.</summary>
    private sealed class Sources
    {
        private readonly List<(string Name, byte[] File, string Text, Tensor[][] Inputs)> _all = [];

        public string Text(string name) => _all.Find(source => source.Name == name).Text;

        public void Add(string name, (StructureTree, GlobalConfig) model, VaryingDims[] varying, params Tensor[][] inputs) => Add(
            name, stream => Export.Frozen(stream, model, inputs[0], new() { Varying = varying }),
            path => Export.CSharp(path, model, inputs[0], new() { Varying = varying }), inputs);

        public void Add(string name, Action<Stream> freeze, Action<string> write, params Tensor[][] inputs)
        {
            using var file = new MemoryStream();
            freeze(file);
            using var folder = new TemporaryFolder();
            write(folder[$"{name}.cs"]);
            _all.Add((name, file.ToArray(), File.ReadAllText(folder[$"{name}.cs"]), inputs));
        }

        public void Check()
        {
            var compiled = new CompiledSources(_all.Select(source => source.Text));
            foreach (var (name, file, text, inputs) in _all)
            {
                var (frozen, built) = (FrozenModel.Load(new MemoryStream(file), new() { Threads = 2 }), compiled.Load($"Models.{name}"));
                Assert.True(frozen.Program.Bytes.Span.SequenceEqual(built.Program.Bytes.Span), text);
                Assert.All(inputs, given => SameBits.Assert(new LoadedFrozen(frozen).Run(given), new LoadedFrozen(built).Run(given)));
            }
        }
    }
}
