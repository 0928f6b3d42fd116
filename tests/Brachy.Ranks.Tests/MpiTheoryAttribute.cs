namespace Brachy.Ranks.Tests;

/// <summary>
/// A test with a row for each MPI that is installed (<see cref="MpiKinds.Installed"/>, or data made of it); it is skipped, with the
/// reason, where none is.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MpiTheoryAttribute : TheoryAttribute
{
    public MpiTheoryAttribute() => Skip = MpiKinds.Installed.Count > 0
        ? null
        : $"{MpiKinds.Missing(MpiKind.OpenMpi)} {MpiKinds.Missing(MpiKind.Mpich)}";
}

/// <summary>A test with one MPI, which is skipped, with the reason, where it is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MpiFactAttribute : FactAttribute
{
    public MpiFactAttribute(MpiKind kind) => Skip = MpiKinds.Missing(kind);
}
