using Brachy.Compilation;

namespace Brachy.Tests.Shared;

/// <summary>
/// Ways to compile: with every pass, with all but one, and with one alone. The names are those of <see cref="CompilerPasses.Names"/>, so
/// that a pass added later is tested by itself.
/// </summary>
internal static class PassVariants
{
    public const string EveryPass = "every pass";
    private const string AllBut = "all but ";
    private const string Only = "only ";

    /// <summary>Every pass, and all but each.</summary>
    public static IReadOnlyList<string> LeftOut { get; } = [EveryPass, .. CompilerPasses.Names.Select(name => AllBut + name)];

    /// <summary>Every pass, and each alone.</summary>
    public static IReadOnlyList<string> Alone { get; } = [EveryPass, .. CompilerPasses.Names.Select(name => Only + name)];

    public static IReadOnlyList<string> All { get; } = [.. LeftOut.Union(Alone)];

    /// <summary>The passes that a way leaves out.</summary>
    public static string[] Off(string variant) =>
        variant == EveryPass ? []
        : variant.StartsWith(AllBut, StringComparison.Ordinal) ? [variant[AllBut.Length..]]
        : [.. CompilerPasses.Names.Where(name => name != variant[Only.Length..])];

    /// <summary>Calls a function, compiling it in one of these ways.</summary>
    public static T Run<T>(string variant, Func<T> call)
    {
        using var off = CompilerPasses.Disable(Off(variant));
        return call();
    }

    /// <summary>Calls a function, compiling it without any pass.</summary>
    public static T RunPlain<T>(Func<T> call)
    {
        using var off = CompilerPasses.Disable([.. CompilerPasses.Names]);
        return call();
    }

    /// <summary>A tree of copies, to give away.</summary>
    public static StructureTree Copy(StructureTree tree) => tree.MapParamsBuffers((_, tensor) => F.clone(tensor));

    /// <summary>Asserts that tensors differ by no more than a share of their largest element, or of 0.001 where all are smaller.</summary>
    public static void AssertClose(
        IEnumerable<(string Path, Tensor Tensor)> expected, IEnumerable<(string Path, Tensor Tensor)> actual, double tolerance)
    {
        var wrong = new List<string>();
        foreach (var ((path, e), (otherPath, a)) in expected.Zip(actual, (e, a) => (e, a)))
        {
            Assert.Equal((path, e.Type), (otherPath, a.Type));
            var largest = (double)F.max(F.abs(e.to(DType.Float64)));
            var difference = (double)F.max(F.abs(e.to(DType.Float64) - a.to(DType.Float64)));
            if (!(difference <= tolerance * Math.Max(largest, 1e-3)))
            {
                wrong.Add($"{path}: {difference:E2} off, of {largest:E2}");
            }
        }

        Assert.Equal(expected.Count(), actual.Count());
        Assert.True(wrong.Count == 0, $"{wrong.Count} differ:\n{string.Join("\n", wrong)}");
    }
}
