namespace Brachy;

/// <summary>What is drawn under <c>Vmap</c> where the key is the same for all samples.</summary>
public enum Randomness
{
    /// <summary>Nothing: it is an error. Keys must differ from sample to sample.</summary>
    Error,

    /// <summary>The same numbers for each sample.</summary>
    Same,

    /// <summary>
    /// Other numbers for each sample: those of a loop in which sample i is given <c>Rng.FoldIn</c> of each key and i,
    /// which is key number i of <c>Rng.Split</c>.
    /// </summary>
    Different,
}
