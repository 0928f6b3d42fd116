using System.Collections.Concurrent;

namespace Brachy.Compilation;

/// <summary>Code for each size that is met, for backends whose code depends on sizes.</summary>
internal sealed class ProgramForEachSize : VaryingProgram
{
    private const int MostKept = 64;

    private readonly Func<long[], Executable> _compile;
    private readonly ConcurrentDictionary<Shape, Executable> _compiled = [];

    /// <param name="example">Sizes for which to compile at once.</param>
    /// <param name="compile">Compiles the function for some sizes.</param>
    public ProgramForEachSize(long[] example, Func<long[], Executable> compile)
    {
        _compile = compile;
        Example = At(example);
    }

    /// <inheritdoc/>
    public override Executable Example { get; }

    /// <inheritdoc/>
    public override Executable At(long[] sizes)
    {
        if (_compiled.Count > MostKept)
        {
            // The memory of those that still run is freed when they are collected.
            _compiled.Clear();
        }

        return _compiled.GetOrAdd(sizes, static (key, compile) => compile(key.ToArray()), _compile);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        foreach (var executable in _compiled.Values)
        {
            executable.Dispose();
        }
    }
}
