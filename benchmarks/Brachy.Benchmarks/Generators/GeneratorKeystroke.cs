using Brachy.Generators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Brachy.Benchmarks;

/// <summary>What the generators cost for a keystroke in a method that has nothing to do with them.</summary>
internal static class GeneratorKeystroke
{
    public static Measurement Measure(string id, int modules, int plain, double bound)
    {
        var project = new SyntheticProject(modules, plain);
        var compilation = project.Compile();
        var generators = Array.ConvertAll(All(), generator => generator.AsSourceGenerator());
        GeneratorDriver driver = CSharpGeneratorDriver.Create(generators, parseOptions: SyntheticProject.Options);
        driver = driver.RunGenerators(compilation);
        var edit = 0;
        for (var i = 0; i < 5; i++)
        {
            driver = driver.RunGenerators(compilation = project.Edit(compilation, ++edit));
        }

        var times = new double[15];
        for (var i = 0; i < times.Length; i++)
        {
            compilation = project.Edit(compilation, ++edit);
            var start = ThreadClock.Milliseconds();
            driver = driver.RunGenerators(compilation);
            times[i] = ThreadClock.Milliseconds() - start;
        }

        Array.Sort(times);
        var files = driver.GetRunResult().GeneratedTrees.Length;
        return Measurement.AtMost(id, times[times.Length / 2], bound,
            FormattableString.Invariant(
                $"{modules} modules in {project.Lines} lines, {files} generated files, {times[0]:f2} to {times[^1]:f2} ms"));
    }

    /// <summary>The generators of the package.</summary>
    public static IIncrementalGenerator[] All() =>
    [
        new ModuleGenerator(), new TreeGenerator(), new JitGenerator(), new RegistrationGenerator(), new ContentGenerator(),
        new CheckpointRegistrationGenerator(), new InterceptorGenerator(),
    ];
}
