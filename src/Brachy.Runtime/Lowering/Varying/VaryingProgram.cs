namespace Brachy.Compilation;

/// <summary>A compiled function whose sizes vary.</summary>
internal abstract class VaryingProgram : IDisposable
{
    /// <summary>What runs for one of the sizes: it says what is true for all.</summary>
    public abstract Executable Example { get; }

    /// <summary>What runs for some sizes.</summary>
    /// <param name="sizes">The sizes in the order of their names.</param>
    public abstract Executable At(long[] sizes);

    /// <summary>Frees the code.</summary>
    public abstract void Dispose();
}
