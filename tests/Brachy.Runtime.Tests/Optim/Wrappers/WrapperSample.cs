namespace Brachy.Tests.Optim;

/// <summary>A setting of an optimizer whose step is not a formula of each number alone, or that holds another optimizer.</summary>
/// <param name="Name">The optimizer and what is special about the setting.</param>
/// <param name="Make">The optimizer of a model.</param>
/// <param name="Formula">
/// What it does to each number; null where numbers depend on each other, or on chance: such have tests of their own.
/// </param>
internal sealed record WrapperSample(string Name, Func<StructureTree, AnyOptimizer> Make, Formula? Formula)
{
    /// <summary>Whether a step looks at values, so that it cannot be compiled.</summary>
    public bool DecidesByValues { get; init; }
}
