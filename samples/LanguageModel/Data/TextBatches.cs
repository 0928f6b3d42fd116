using Brachy;
using Brachy.Data;
using Samples.Shared;

namespace LanguageModel;

/// <summary>Endless batches of a corpus, in an order that depends on the seed only.</summary>
/// <param name="corpus">The text.</param>
/// <param name="tokenizer">Makes tokens.</param>
/// <param name="settings">Sizes, order, seed and threads.</param>
internal sealed class TextBatches(Corpus corpus, ITokenizer tokenizer, RunSettings settings) : IDisposable
{
    private const int Ahead = 8;

    private readonly Batches<Batch> _training = Batches.OfEpochs(
        epoch => Rows.Of(
            corpus.Training(settings.Train.Seed, (int)epoch), tokenizer, settings.Model.MaxInputLength, settings.Data.Pack),
        new BatchOptions
        {
            Size = settings.Train.BatchSize,
            Key = Rng.Seed(settings.Train.Seed),
            ShuffleBuffer = settings.Data.ShuffleBuffer,
            Workers = settings.Train.NumWorkers,
            Prefetch = Ahead,
        }.Shard(),
        rows => Batch.Of(rows, settings.Train.BatchSize / Rank.Count));

    /// <summary>The batches from a position on. What comes before it in its epoch is read, but not trained on.</summary>
    /// <param name="epoch">The pass over the text.</param>
    /// <param name="number">The batch in that.</param>
    /// <exception cref="InputException">While enumerating: a file is damaged, or there is no text.</exception>
    public IEnumerable<Batch> From(int epoch, int number)
    {
        _training.Seek(epoch, number);
        while (true)
        {
            var isEmpty = _training.Position.Batch == 0;
            foreach (var batch in _training.Epoch())
            {
                isEmpty = false;
                yield return batch;
            }

            if (isEmpty)
            {
                throw new InputException("there is no text to learn from");
            }
        }
    }

    /// <summary>Some batches of the text that is held out, which stay; none where there is too little text.</summary>
    public List<Batch> HeldOut(int count)
    {
        var rows = Rows.Of(corpus.HeldOut(), tokenizer, settings.Model.MaxInputLength, settings.Data.Pack);
        using var batches = Batches.Of(
            rows, new() { Size = settings.Train.BatchSize, Reuse = false }, own => Batch.Of(own, settings.Train.BatchSize));
        return [.. batches.Epoch().Take(count)];
    }

    /// <inheritdoc/>
    public void Dispose() => _training.Dispose();
}
