using System.Globalization;
using Brachy;
using Brachy.Models.Text;
using Embeddings.Data;
using Spectre.Console;

namespace Embeddings;

/// <summary>Finds passages by their meaning.</summary>
internal static class SearchRun
{
    public static int Run(SearchOptions options)
    {
        var passages = Passage.InFolder(options.Folder);
        var ((model, config), tokenizer) = MiniLm.Load();
        using var embedder = new SentenceEmbedder(model, config, tokenizer);
        AnsiConsole.MarkupLineInterpolated(
            CultureInfo.InvariantCulture, $"{passages.Count:N0} passages of {passages.DistinctBy(p => p.File).Count()} files.");
        foreach (var (passage, cosine) in Nearest(embedder, passages, options.Query, options.Top))
        {
            AnsiConsole.MarkupLineInterpolated(
                CultureInfo.InvariantCulture, $"[bold]{cosine:F3}[/] {passage.File}:{passage.Line}  {Shortened(passage.Text)}");
        }

        return 0;
    }

    /// <summary>The passages whose vectors are nearest to that of a question.</summary>
    public static IReadOnlyList<(Passage Passage, double Cosine)> Nearest(
        SentenceEmbedder embedder, IReadOnlyList<Passage> passages, string query, int top)
    {
        using var scope = TensorScope.Begin();
        var vectors = embedder.Embed([.. passages.Select(passage => passage.Text)]);
        var cosines = F.matmul(vectors, embedder.Embed([query])[0]);
        var (values, places) = F.topk(cosines, Math.Min(top, passages.Count));
        return [.. values.ToArray<float>().Zip(places.ToArray<long>(), (cosine, place) => (passages[(int)place], (double)cosine))];
    }

    private static string Shortened(string text) => text.Length <= 100 ? text : text[..99] + "…";
}
