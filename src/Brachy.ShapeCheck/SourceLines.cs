using System.Diagnostics;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Brachy.ShapeCheck;

/// <summary>Where code lies in the sources, by the debug information of its assembly.</summary>
internal static class SourceLines
{
    /// <summary>The innermost line of an assembly's own source files that an exception came through.</summary>
    public static (string? File, int Line, int Column)? Of(Exception error, System.Reflection.Module module)
    {
        foreach (var frame in new StackTrace(error, fNeedFileInfo: true).GetFrames())
        {
            if (frame.GetMethod()?.Module.Equals(module) == true && frame.GetFileName() is { } file && !IsGenerated(file))
            {
                return (file, frame.GetFileLineNumber(), Math.Max(frame.GetFileColumnNumber(), 1));
            }
        }

        return null;
    }

    /// <summary>The line on which the body of a method begins; no file without debug information.</summary>
    public static (string? File, int Line, int Column) Start(MethodInfo method)
    {
        var path = method.Module.FullyQualifiedName;
        using var file = new PEReader(File.OpenRead(path));
        if (!file.TryOpenAssociatedPortablePdb(path, name => File.Exists(name) ? File.OpenRead(name) : null, out var provider, out _)
            || provider is null)
        {
            return (null, 0, 0);
        }

        using (provider)
        {
            var reader = provider.GetMetadataReader();
            var body = reader.GetMethodDebugInformation((MethodDefinitionHandle)MetadataTokens.Handle(method.MetadataToken));
            foreach (var point in body.GetSequencePoints())
            {
                if (!point.IsHidden)
                {
                    return (reader.GetString(reader.GetDocument(point.Document).Name), point.StartLine, point.StartColumn);
                }
            }
        }

        return (null, 0, 0);
    }

    private static bool IsGenerated(string file) => file.EndsWith(".g.cs", StringComparison.OrdinalIgnoreCase);
}
