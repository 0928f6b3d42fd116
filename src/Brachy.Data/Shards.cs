namespace Brachy.Data;

/// <summary>Which elements of an epoch's order each batch of each rank has.</summary>
/// <param name="Size">Elements of a batch.</param>
/// <param name="Rank">The rank.</param>
/// <param name="World">The number of ranks.</param>
/// <param name="DropLast">Whether what does not fill a step of all ranks is left out.</param>
internal readonly record struct Shards(int Size, int Rank, int World, bool DropLast)
{
    /// <summary>Elements of a step of all ranks.</summary>
    public long Step => (long)Size * World;

    /// <summary>Batches of each rank.</summary>
    public long Steps(long count) => DropLast ? count / Step : (count / Step) + (count % Step > 0 ? 1 : 0);

    /// <summary>Why so many elements cannot be shared out as they should; null when they can.</summary>
    public string? WhyNot(long count) => DropLast || count % Step is 0 || count % Step >= World || (count >= Step && Size > 1)
        ? null
        : $"{count} elements cannot be shared out to {World} ranks so that each has as many batches of at most {Size}; leave out what is "
        + "left over (DropLast), or take larger batches or more elements";

    /// <summary>
    /// Where the elements of a batch stand. All steps are full, but for the last: it is shared out evenly, together with the step before
    /// it where it has fewer elements than there are ranks.
    /// </summary>
    public (long Start, int Count) Range(long count, long step)
    {
        var (steps, rest) = (Steps(count), count % Step);
        var full = DropLast || rest == 0 ? steps : rest >= World ? steps - 1 : steps - 2;
        if (step < full)
        {
            return ((step * Step) + ((long)Rank * Size), Size);
        }

        var (left, parts, part) = (count - (full * Step), (steps - full) * World, ((step - full) * World) + Rank);
        var (start, end) = (part * left / parts, (part + 1) * left / parts);
        return ((full * Step) + start, (int)(end - start));
    }
}
