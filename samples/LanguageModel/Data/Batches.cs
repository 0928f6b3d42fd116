using Samples.Shared;

namespace LanguageModel;

/// <summary>Endless batches of a corpus, in an order that depends on the seed only.</summary>
/// <param name="corpus">The text.</param>
/// <param name="tokenizer">Makes tokens.</param>
/// <param name="settings">Sizes, order and seed.</param>
internal sealed class Batches(Corpus corpus, ITokenizer tokenizer, RunSettings settings)
{
    /// <summary>The batches from a position on. What comes before it in its epoch is read, but not trained on.</summary>
    /// <param name="epoch">The pass over the text.</param>
    /// <param name="number">The batch in that.</param>
    /// <exception cref="InputException">While enumerating: a file is damaged, or there is no text.</exception>
    public IEnumerable<Batch> From(int epoch, int number)
    {
        for (; ; epoch++, number = 0)
        {
            var pieces = corpus.Training(settings.Train.Seed, epoch);
            var rows = Rows.Of(pieces, tokenizer, settings.Model.MaxInputLength, settings.Data.Pack);
            var shuffled = Rows.Shuffled(rows, settings.Data.ShuffleBuffer, new Random(Corpus.Mixed(settings.Train.Seed, epoch)));
            var isEmpty = true;
            foreach (var batch in Batch.Of(shuffled, settings.Train.BatchSize, epoch))
            {
                isEmpty = false;
                if (batch.Number >= number)
                {
                    yield return batch;
                }
            }

            if (isEmpty)
            {
                throw new InputException("there is no text to learn from");
            }
        }
    }

    /// <summary>Some batches of the text that is held out; none where there is too little text.</summary>
    public List<Batch> HeldOut(int count) =>
        [.. Batch.Of(
            Rows.Of(corpus.HeldOut(), tokenizer, settings.Model.MaxInputLength, settings.Data.Pack), settings.Train.BatchSize,
            epoch: 0).Take(count)];
}
