using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Brachy.IO;

namespace Brachy.Data;

/// <summary>
/// Where a reading stands: the next batch, and of which batches. It is the same on all ranks, converts to an entry of a
/// <see cref="Checkpoint"/>, and is a short text everywhere else.
/// </summary>
/// <param name="Epoch">The pass over the elements, from 0.</param>
/// <param name="Batch">The next batch in it, from 0.</param>
/// <param name="Of">What decides which elements that batch has: number of elements, order and key, sizes.</param>
public sealed record BatchPosition(long Epoch, long Batch, string Of)
{
    private const string Separator = " of ";

    /// <summary>The position as a text entry of a checkpoint; <see cref="BatchPositions.Position"/> reads it.</summary>
    public static implicit operator CheckpointEntry(BatchPosition position)
    {
        ArgumentNullException.ThrowIfNull(position);
        return position.ToString();
    }

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    /// <exception cref="FormatException">It is something else.</exception>
    public static BatchPosition Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var position)
            ? position
            : throw new FormatException($"'{text}' is no position of batches, such as '2:150 of 1000 elements, in order, batches of 4'.");
    }

    /// <summary>As <see cref="Parse"/>, without an exception.</summary>
    /// <returns>Whether it is one.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out BatchPosition? position)
    {
        position = null;
        var end = text?.IndexOf(Separator, StringComparison.Ordinal) ?? -1;
        if (end < 0 || text![..end].Split(':') is not [var epoch, var batch]
            || !long.TryParse(epoch, NumberStyles.None, CultureInfo.InvariantCulture, out var epochNumber)
            || !long.TryParse(batch, NumberStyles.None, CultureInfo.InvariantCulture, out var batchNumber))
        {
            return false;
        }

        position = new(epochNumber, batchNumber, text[(end + Separator.Length)..]);
        return true;
    }

    /// <summary>Such as <c>2:150 of 1000 elements, in order, batches of 4</c>: epoch and batch, and of what.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Epoch}:{Batch}{Separator}{Of}");
}

/// <summary>Positions in checkpoints.</summary>
public static class BatchPositions
{
    /// <summary>The position under a name.</summary>
    /// <exception cref="KeyNotFoundException">There is no such entry.</exception>
    /// <exception cref="CheckpointException">It is none that was saved from a <see cref="BatchPosition"/>.</exception>
    public static BatchPosition Position(this Checkpoint checkpoint, string name)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        return BatchPosition.Parse(checkpoint.Value<string>(name));
    }
}
