using Brachy.Compilation;

namespace Brachy.Extending;

/// <summary>The settings of a primitive that runs graphs: a loop or a choice. They see nothing but the operands.</summary>
internal abstract record BodySettings : Settings
{
    /// <summary>
    /// The graphs. All that they share with what is around them are their inputs, the last of which are captured tensors.
    /// </summary>
    public abstract IReadOnlyList<Graph> Bodies { get; }

    /// <summary>The same with other graphs, which have inputs and results of the same types.</summary>
    public abstract BodySettings WithBodies(IReadOnlyList<Graph> bodies);

    /// <inheritdoc/>
    internal abstract override PrunedUse Prune(IReadOnlyList<bool> wanted);

    /// <summary>How often a body runs; a guess where nobody can know.</summary>
    public abstract double RunsOf(int body);
}
