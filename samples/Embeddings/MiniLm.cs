using Brachy.Models;
using Brachy.Models.Text;
using Samples.Shared;

namespace Embeddings;

/// <summary>all-MiniLM-L6-v2, from the package of its weights.</summary>
internal static class MiniLm
{
    /// <summary>The model and its tokenizer.</summary>
    /// <exception cref="InputException">The package's assembly does not lie beside the program.</exception>
    public static (PretrainedModel Model, TextTokenizer Tokenizer) Load()
    {
        using var weights = MiniLmPackage.OpenModel();
        using var vocabulary = MiniLmPackage.OpenVocabulary();
        return (Bert.FromOnnx(weights, BertConfig.AllMiniLmL6V2, pooler: false), TextTokenizer.WordPiece(vocabulary));
    }
}
