using System.Globalization;
using Brachy.Inference;
using Brachy.IO;
using Brachy.Models.Text;
using Embeddings.Data;
using Embeddings.Tuning;
using Samples.Shared;

namespace Brachy.Benchmarks;

/// <summary>all-MiniLM-L6-v2 frozen as it is, and with weights of 8 bits: how long both take, and what rounding costs.</summary>
internal static class QuantizedInference
{
    private const int MostTokens = 64;
    private const int Texts = 600;

    /// <summary>The time with weights of float32 ÷ that with weights of 8 bits.</summary>
    /// <param name="id">The row.</param>
    /// <param name="length">The number of tokens.</param>
    /// <param name="threads">The threads of both.</param>
    /// <param name="blocks">Blocks that are timed.</param>
    public static Measurement Speedup(string id, int length, int threads, int blocks)
    {
        using var stream = MiniLmPackage.OpenModel();
        var (model, config) = Bert.FromOnnx(stream, BertConfig.AllMiniLmL6V2);
        using var rng = Rng.Scope(0);
        var ids = Rng.RandInt(1000, 20_000, [1, length]);
        var (plain, small) = (Frozen(null), Frozen(new()));
        var (before, after) = Interleaved.Medians(plain.Run, small.Run, blocks, blockSize: 12);
        return Measurement.Reported(id, before / after, string.Create(
            CultureInfo.InvariantCulture,
            $"{length} tokens, {threads} threads: float32 {before:F2} ms{plain}; 8 bits {after:F2} ms{small}"));

        FrozenRun Frozen(DynamicQuantization? quantization)
        {
            var run = FrozenRun.Of(
                to => Export.Frozen(
                    to, (StructureTree bert, Tensor tokens) => Hidden(bert, config, tokens), model, ids,
                    new() { Quantization = quantization }), threads);
            run.Set(0, ids);
            return run;
        }
    }

    /// <summary>
    /// The mean cosine between the vectors of a text by both models; and how well they find the sentence that documents a member, by its
    /// name, among all of them.
    /// </summary>
    /// <param name="id">The row.</param>
    public static Measurement Accuracy(string id)
    {
        using var stream = MiniLmPackage.OpenModel();
        var (model, config) = Bert.FromOnnx(stream, BertConfig.AllMiniLmL6V2, pooler: false);
        using var vocabulary = MiniLmPackage.OpenVocabulary();
        var tokenizer = TextTokenizer.WordPiece(vocabulary);
        Pair[] pairs = [.. Pair.OfRepository().Take(Texts)];
        var errors = new List<double>();
        var (plain, small) = (Load(null), Load(new() { Report = layer => errors.Add(layer.RelativeError) }));
        var (queries, roundQueries) = (Vectors(plain, pair => pair.Query), Vectors(small, pair => pair.Query));
        var (answers, roundAnswers) = (Vectors(plain, pair => pair.Answer), Vectors(small, pair => pair.Answer));
        float[] cosines = [.. Cosines(queries, roundQueries), .. Cosines(answers, roundAnswers)];
        var (before, after) = (Retrieval.Of(queries, answers), Retrieval.Of(roundQueries, roundAnswers));
        return Measurement.Reported(id, cosines.Average(), string.Create(
            CultureInfo.InvariantCulture,
            $"{cosines.Length} texts, least {cosines.Min():F4}; of {pairs.Length} questions the answer comes first {before.First:P1} -> "
            + $"{after.First:P1}, among ten {before.FirstTen:P1} -> {after.FirstTen:P1}, mean reciprocal rank "
            + $"{before.ReciprocalRank:F4} -> {after.ReciprocalRank:F4}; {errors.Count} layers, rounding of weights "
            + $"{errors.Min():P2} to {errors.Max():P2}"));

        FrozenModel Load(DynamicQuantization? quantization)
        {
            using var file = new MemoryStream();
            Export.Frozen(
                file, (StructureTree bert, Tensor tokens) => Hidden(bert, config, tokens), model, F.ones([1, 9], DType.Int64),
                new() { Varying = [new(1, "batch", "time")], Quantization = quantization });
            file.Position = 0;
            return FrozenModel.Load(file);
        }

        Tensor Vectors(FrozenModel frozen, Func<Pair, string> text) => F.stack([.. pairs.Select(pair =>
        {
            long[] tokens = [.. tokenizer.Encode(text(pair)).Take(MostTokens)];
            var session = frozen.Session(1, tokens.Length);
            tokens.CopyTo(session.Input<long>());
            session.Run();
            var hidden = Tensor.FromArray(session.Result<float>().ToArray(), [tokens.Length, 384]);
            return F.normalize(F.mean(hidden, [0]), dim: 0);
        })]);
    }

    private static float[] Cosines(Tensor left, Tensor right) => F.sum(left * right, [1]).ToArray<float>();

    private static Tensor Hidden(StructureTree model, GlobalConfig config, Tensor tokens) =>
        Bert.Apply(model, config, tokens, F.ones(tokens.shape, DType.Int64)).Output.LastHiddenState;
}
