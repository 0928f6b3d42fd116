using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Brachy.Benchmarks;

/// <summary>
/// What the generators add to the compiler's own work: the same project with them, and with the files that they write among its sources.
/// </summary>
internal static class GeneratorCompile
{
    private const int Warmups = 3;
    private const int Runs = 9;

    public static Measurement Measure(string id, int modules, int plain, double bound)
    {
        var generated = Generated(modules, plain);
        var (on, off) = Interleaved.Medians(
            () => Compile(modules, plain, null), () => Compile(modules, plain, generated), Warmups, Runs);
        return Measurement.AtMost(id, (on / off) - 1, bound, FormattableString.Invariant(
            $"{modules} modules, {generated.Length} generated files: {on:f0} ms with generators, {off:f0} ms with their files as sources"));
    }

    /// <summary>The processor time of compiling, from texts to an assembly, on one thread, in milliseconds.</summary>
    private static double Compile(int modules, int plain, (string Path, string Text)[]? generated)
    {
        GC.Collect();
        var start = ThreadClock.Milliseconds();
        Microsoft.CodeAnalysis.Compilation compilation = Project(modules, plain);
        if (generated is null)
        {
            Driver().RunGeneratorsAndUpdateCompilation(compilation, out compilation, out _);
        }
        else
        {
            compilation = compilation.AddSyntaxTrees(generated.Select(file =>
                CSharpSyntaxTree.ParseText(file.Text, SyntheticProject.Options, file.Path, Encoding.UTF8)));
        }

        using var assembly = new MemoryStream();
        var result = compilation.Emit(assembly);
        return result.Success
            ? ThreadClock.Milliseconds() - start
            : throw new InvalidOperationException($"The project does not compile: {result.Diagnostics.First(d => d.DefaultSeverity > 0)}");
    }

    private static CSharpCompilation Project(int modules, int plain)
    {
        var compilation = new SyntheticProject(modules, plain).Compile();
        return compilation.WithOptions(compilation.Options.WithConcurrentBuild(false));
    }

    public static (string Path, string Text)[] Generated(int modules, int plain) =>
        [.. Driver().RunGenerators(Project(modules, plain)).GetRunResult().GeneratedTrees
            .Select(tree => (tree.FilePath, tree.GetText().ToString()))];

    private static GeneratorDriver Driver() => CSharpGeneratorDriver.Create(
        Array.ConvertAll(GeneratorKeystroke.All(), generator => generator.AsSourceGenerator()), parseOptions: SyntheticProject.Options);
}
