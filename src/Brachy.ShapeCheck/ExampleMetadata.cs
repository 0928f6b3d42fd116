using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Brachy.ShapeCheck;

/// <summary>Finds out, without loading an assembly, whether it has examples: most have none.</summary>
internal static class ExampleMetadata
{
    public static bool HasExamples(string path)
    {
        using var file = new PEReader(File.OpenRead(path));
        var metadata = file.GetMetadataReader();
        foreach (var handle in metadata.TypeReferences)
        {
            var type = metadata.GetTypeReference(handle);
            if (metadata.StringComparer.Equals(type.Name, nameof(ExampleAttribute))
                && metadata.StringComparer.Equals(type.Namespace, nameof(Brachy)))
            {
                return true;
            }
        }

        return false;
    }
}
