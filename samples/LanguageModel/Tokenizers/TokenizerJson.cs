using System.Text.Json;
using Samples.Shared;

namespace LanguageModel;

/// <summary>Tokenizers as text, for checkpoints: <c>{"kind": "bpe", "merges": [[101, 32], …]}</c>.</summary>
internal static class TokenizerJson
{
    public static string Write(ITokenizer tokenizer)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteString("kind", tokenizer switch { ByteTokenizer => "byte", Gpt2Tokenizer => "gpt2", _ => "bpe" });
            if (tokenizer is BytePairTokenizer pairs)
            {
                writer.WriteStartArray("merges");
                foreach (var (left, right) in pairs.Merges)
                {
                    writer.WriteStartArray();
                    writer.WriteNumberValue(left);
                    writer.WriteNumberValue(right);
                    writer.WriteEndArray();
                }

                writer.WriteEndArray();
            }

            writer.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }

    /// <param name="text">What <see cref="Write"/> gave.</param>
    /// <param name="file">What errors call it.</param>
    /// <exception cref="InputException">The text is something else.</exception>
    public static ITokenizer Read(string text, string file)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.GetProperty("kind").GetString() switch
            {
                "byte" => new ByteTokenizer(),
                "gpt2" => new Gpt2Tokenizer(),
                "bpe" => new BytePairTokenizer([.. document.RootElement.GetProperty("merges").EnumerateArray()
                    .Select(pair => (pair[0].GetInt32(), pair[1].GetInt32()))]),
                var kind => throw new InputException($"{file}: holds a tokenizer of the unknown kind '{kind}'"),
            };
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException
            or ArgumentException or IndexOutOfRangeException)
        {
            throw new InputException($"{file}: the tokenizer in it is damaged", e);
        }
    }
}
