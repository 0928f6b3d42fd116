using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace Brachy.ShapeCheck;

/// <summary>
/// Checks the examples of an assembly. Argument: a file whose first line is the path of the assembly, the others those of all
/// that it refers to. Findings are written as MSBuild reads them; the exit code is 1 if one is an error.
/// </summary>
internal static class Program
{
    public static int Main(string[] arguments)
    {
        if (arguments is not [var list] || !File.Exists(list))
        {
            Console.Error.WriteLine("usage: Brachy.ShapeCheck FILE, with the paths of an assembly and of its references, one a line");
            return 2;
        }

        var paths = File.ReadAllLines(list);
        if (!ExampleMetadata.HasExamples(paths[0]))
        {
            return 0;
        }

        var references = paths.Skip(1)
            .Where(path => path.EndsWith(".dll", StringComparison.OrdinalIgnoreCase))
            .GroupBy(path => Path.GetFileNameWithoutExtension(path), StringComparer.OrdinalIgnoreCase)
            .ToDictionary(group => group.Key, group => group.First(), StringComparer.OrdinalIgnoreCase);
        AssemblyLoadContext.Default.Resolving += (context, name) =>
            references.TryGetValue(name.Name!, out var path) ? context.LoadFromAssemblyPath(path) : null;
        return Check(paths[0]);
    }

    // Of its own, since it refers to types of Brachy.Runtime, which is not found before.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Check(string path)
    {
        var findings = ExampleCheck.Run(AssemblyLoadContext.Default.LoadFromAssemblyPath(Path.GetFullPath(path)));
        foreach (var finding in findings)
        {
            Console.WriteLine(finding);
        }

        return findings.Any(finding => finding.IsError) ? 1 : 0;
    }
}
