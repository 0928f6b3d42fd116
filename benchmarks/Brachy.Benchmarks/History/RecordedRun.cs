using System.Text.Encodings.Web;
using System.Text.Json;

namespace Brachy.Benchmarks;

/// <summary>One run of the benchmarks, a file in the folder of the history.</summary>
/// <param name="Machine">Where it ran.</param>
/// <param name="Software">Operating system and .NET.</param>
/// <param name="Commit">What ran; <c>-dirty</c> is added where files had changed since.</param>
/// <param name="Date">When it ended.</param>
/// <param name="Note">What a reader should know, such as other programs that ran beside; null for none.</param>
/// <param name="Rows">The figures by id, in order of the run.</param>
internal sealed record RecordedRun(
    Machine Machine, string Software, string Commit, DateTimeOffset Date, string? Note, IReadOnlyDictionary<string, RecordedRow> Rows)
{
    private static readonly JsonSerializerOptions s_format = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <exception cref="InvalidDataException">The file holds no run.</exception>
    public static RecordedRun Read(FileInfo file)
    {
        try
        {
            using var stream = file.OpenRead();
            return JsonSerializer.Deserialize<RecordedRun>(stream, s_format) ?? throw new JsonException("it holds null");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"{file.FullName} is no run of the benchmarks: {error.Message}", error);
        }
    }

    /// <exception cref="IOException">There is such a file.</exception>
    public void Write(FileInfo file)
    {
        using var stream = file.Open(FileMode.CreateNew);
        JsonSerializer.Serialize(stream, this, s_format);
        stream.Write("\n"u8);
    }
}

/// <summary>A figure of a run.</summary>
/// <param name="Value">The number.</param>
/// <param name="Wanted">The target then, in words; empty for none.</param>
/// <param name="Details">Medians and other context.</param>
internal sealed record RecordedRow(double Value, string Wanted, string Details)
{
    public static RecordedRow Of(Measurement measured) => new(Math.Round(measured.Value, 4), measured.Wanted, measured.Details);
}
