namespace Brachy.Packages.Tests;

/// <summary>Sources of users who freeze models, and run them without libtorch.</summary>
internal static class InferencePrograms
{
    /// <summary>
    /// Freezes a classifier of 784 values, a loop that writes bytes, a network of images and attention, and one whose layers have weights
    /// of 8 bits; and writes the third one's source, its input and results, and the last one's, beside them.
    /// </summary>
    public const string Freezing = """
        using Brachy;
        using Brachy.Inference;
        using Brachy.IO;
        using Brachy.NN;
        using Brachy.Transforms;

        using var rng = Rng.Scope(seed: 3);
        var (digits, digitsConfig) = new Sequential(new Linear(784, 64), new ReLU(), new Linear(64, 10));
        Export.Frozen("digits.brachy", (digits, digitsConfig), [F.zeros([1, 784])], new() { Varying = [new(0, "batch")] });

        // Repeats the prompt's last byte, and counts up.
        Export.Frozen(
            "writer.brachy", (Tensor prompt, Tensor limit, Tensor key) =>
            {
                var last = F.index_select(prompt, 0, F.full([1], prompt.shape[0] - 1, DType.Int64));
                var (count, tokens) = Control.While(
                    s => F.logical_and(F.lt(s.Count, limit), F.lt(s.Count, 5)),
                    s => (s.Count + 1, F.index_put(s.Tokens, [F.unsqueeze(s.Count, 0)], last + s.Count)),
                    (Count: F.zeros([], DType.Int64), Tokens: F.zeros([8], DType.Int64)));
                return (tokens, count);
            },
            F.zeros([3], DType.Int64), F.ones([], DType.Int64), F.ones([], DType.Int64),
            new() { Varying = [new(0, "length")], InputNames = ["prompt", "limit", "key"] });

        var (net, config) = new Mixed();
        var x = Rng.Normal([2, 3, 17, 19]);
        Export.Frozen("mixed.brachy", (net, config.With("train_mode", false)), [x]);
        Export.CSharp("MixedSource.txt", (net, config.With("train_mode", false)), [x]);
        File.WriteAllText("input.txt", string.Join(' ', x.ToArray<float>()));
        File.WriteAllText("expected.txt", string.Join(' ', Mixed.Apply(net, config.With("train_mode", false), x).Output.ToArray<float>()));

        var (layers, layersConfig) = new Sequential(new Linear(70, 133), new ReLU(), new Linear(133, 5));
        Export.Frozen("layers.brachy", (layers, layersConfig), [F.zeros([3, 70])], new() { Quantization = new() });
        var scores = new float[15];
        FrozenModel.Load("layers.brachy").Run<float, float>(x.ToArray<float>().AsSpan(0, 210), scores);
        File.WriteAllText("scores.txt", string.Join(' ', scores));
        Console.WriteLine("frozen");

        [Module]
        public partial class Mixed
        {
            public partial Conv2d First { get; set; }
            public partial BatchNorm2d Norm { get; set; }
            public partial Conv2d Second { get; set; }
            public partial MultiheadAttention Attention { get; set; }
            public partial Lstm Layer { get; set; }
            public partial Linear Head { get; set; }

            public Mixed()
            {
                First = new(3, 20, 3, stride: 2, padding: 1);
                Norm = new(20);
                Second = new(20, 24, 3, padding: 1);
                Attention = new(24, 3, batchFirst: true);
                Layer = new(24, 9, batchFirst: true);
                Head = new(9, 5);
            }

            public Tensor Forward(Tensor x)
            {
                x = F.max_pool2d(Second.Call(F.relu(Norm.Call(First.Call(x)))), 2);
                x = F.transpose(F.flatten(x, 2), 1, 2);
                x = F.gelu(x) + Attention.Call(x, x, x).Output;
                return F.softmax(Head.Call(Layer.Call(F.layer_norm(x, [24])).Output), -1);
            }
        }
        """;

    /// <summary>Runs a model, as a file and as a source, with the package Brachy.Inference alone, and says how results differ.</summary>
    public const string Running = """
        using System.Globalization;
        using Brachy.Inference;

        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        float[] Numbers(string file) => [.. File.ReadAllText(file).Split(' ').Select(float.Parse)];
        float[] Run(FrozenModel model)
        {
            var session = model.Session();
            Numbers("input.txt").CopyTo(session.Input<float>());
            session.Run();
            return session.Result<float>().ToArray();
        }

        float[] Scores()
        {
            // The same bits on every processor.
            var scores = new float[15];
            FrozenModel.Load("layers.brachy").Run<float, float>(Numbers("input.txt").AsSpan(0, 210), scores);
            return scores;
        }

        var result = Run(FrozenModel.Load("mixed.brachy"));
        var difference = Numbers("expected.txt").Zip(result, (a, b) => Math.Abs(a - b)).Max();
        Console.WriteLine(
            difference > 1e-5 ? $"differs by {difference}"
            : !Scores().SequenceEqual(Numbers("scores.txt")) ? $"layers of 8 bits give {string.Join(' ', Scores())}"
            : result.SequenceEqual(Run(Models.MixedSource.Load())) ? "same" : "The source differs.");
        """;
}
