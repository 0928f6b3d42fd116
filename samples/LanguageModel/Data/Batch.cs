using Brachy;
using Brachy.Data;

namespace LanguageModel;

/// <summary>Rows of a step.</summary>
/// <param name="Tokens">int64 [batch, positions + 1]; missing rows at the end of the text are padding.</param>
/// <param name="Targets">How many tokens are to be foretold.</param>
/// <param name="Epoch">The pass over the text, from 0.</param>
/// <param name="Number">The number of the batch in that, from 0.</param>
internal sealed record Batch(Tensor Tokens, int Targets, int Epoch, int Number)
{
    /// <summary>Puts rows together.</summary>
    /// <param name="rows">At most <paramref name="size"/> rows.</param>
    /// <param name="size">Rows of a whole batch.</param>
    public static Batch Of(BatchRows<long[]> rows, int size)
    {
        var tokens = rows.New<long>(size, rows[0].Length);
        tokens.Span.Fill(TrainingSteps.Padding);
        var targets = 0;
        for (var i = 0; i < rows.Count; i++)
        {
            rows[i].CopyTo(tokens.Row(i));
            targets += rows[i].Length - 1 - rows[i].AsSpan(1).Count(TrainingSteps.Padding);
        }

        return new Batch(tokens.Tensor, targets, (int)rows.Epoch, (int)rows.Number);
    }
}
