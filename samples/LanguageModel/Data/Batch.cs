namespace LanguageModel;

/// <summary>Rows of a step.</summary>
/// <param name="Tokens">The rows one after the other; missing ones at the end of the text are padding.</param>
/// <param name="Targets">How many tokens are to be foretold.</param>
/// <param name="Epoch">The pass over the text, from 0.</param>
/// <param name="Number">The number of the batch in that, from 0.</param>
internal sealed record Batch(long[] Tokens, int Targets, int Epoch, int Number)
{
    /// <summary>Puts rows together.</summary>
    public static IEnumerable<Batch> Of(IEnumerable<long[]> rows, int size, int epoch)
    {
        var number = 0;
        foreach (var chunk in rows.Chunk(size))
        {
            var width = chunk[0].Length;
            var tokens = new long[size * width];
            Array.Fill(tokens, TrainingSteps.Padding);
            var targets = 0;
            for (var i = 0; i < chunk.Length; i++)
            {
                chunk[i].CopyTo(tokens, i * width);
                targets += chunk[i].AsSpan(1).Length - chunk[i].AsSpan(1).Count(TrainingSteps.Padding);
            }

            yield return new Batch(tokens, targets, epoch, number++);
        }
    }
}
