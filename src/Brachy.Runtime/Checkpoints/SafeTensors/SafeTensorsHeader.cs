using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Brachy.IO;

/// <summary>
/// The names, types and places of the tensors of a <c>.safetensors</c> file. Source of the format:
/// https://github.com/huggingface/safetensors#format.
/// </summary>
internal sealed class SafeTensorsHeader
{
    private const string MetadataKey = "__metadata__";

    // As in the reference implementation.
    private const long MaxLength = 100_000_000;
    private const int Alignment = 8;

    private static readonly (string Code, DType DType)[] s_codes =
    [
        ("BOOL", DType.Bool), ("U8", DType.UInt8), ("I8", DType.Int8), ("I16", DType.Int16), ("I32", DType.Int32), ("I64", DType.Int64),
        ("F16", DType.Float16), ("BF16", DType.BFloat16), ("F32", DType.Float32), ("F64", DType.Float64),
    ];

    private SafeTensorsHeader(OrderedDictionary<string, SafeTensorsEntry> entries, Dictionary<string, string> metadata, long dataOffset)
    {
        (Entries, Metadata, DataOffset) = (entries, metadata, dataOffset);
    }

    /// <summary>By name, in the order of the data.</summary>
    public OrderedDictionary<string, SafeTensorsEntry> Entries { get; }

    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Where in the file the data begins.</summary>
    public long DataOffset { get; }

    /// <exception cref="CheckpointException">The header breaks a rule of the format.</exception>
    public static SafeTensorsHeader Read(CheckpointFile file)
    {
        if (file.Length < 8)
        {
            throw ForeignFile.NotSafeTensors(file, $"is no safetensors file: it has {file.Length} bytes");
        }

        var length = BitConverter.ToUInt64(file.Read(0, 8, "the length of the header"));
        if (length > MaxLength || (long)length > file.Length - 8)
        {
            throw ForeignFile.NotSafeTensors(
                file, $"is no safetensors file, or was cut short: its header would have {length} bytes, and the file has {file.Length}");
        }

        var json = file.Read(8, (long)length, "the header");
        if (json.Length == 0 || json[0] != '{')
        {
            throw ForeignFile.NotSafeTensors(file, "is no safetensors file: its header does not begin with '{'");
        }

        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 8 });
            return Parse(document.RootElement, 8 + (long)length, file);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException or DecoderFallbackException)
        {
            throw new CheckpointException(
                file.Path, $"has a damaged header: {error.Message.TrimEnd('.')}", "Copy or download the file again.", error);
        }
    }

    /// <summary>The bytes before the data.</summary>
    public static byte[] Write(IEnumerable<(string Name, TensorType Type)> tensors, IEnumerable<KeyValuePair<string, string>> metadata)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            WriteMetadata(writer, metadata);
            var offset = 0L;
            foreach (var (name, type) in tensors)
            {
                writer.WriteStartObject(name);
                writer.WriteString("dtype", s_codes.First(c => c.DType == type.DType).Code);
                WriteNumbers(writer, "shape", type.Shape.Sizes);
                WriteNumbers(writer, "data_offsets", [offset, offset + type.ByteSize]);
                writer.WriteEndObject();
                offset += type.ByteSize;
            }

            writer.WriteEndObject();
        }

        var padded = (buffer.WrittenCount + Alignment - 1) / Alignment * Alignment;
        var bytes = new byte[8 + padded];
        bytes.AsSpan().Fill((byte)' ');
        BitConverter.TryWriteBytes(bytes, (ulong)padded);
        buffer.WrittenSpan.CopyTo(bytes.AsSpan(8));
        return padded <= MaxLength ? bytes : throw new ArgumentException(
            $"The names and metadata take {padded} bytes, more than the {MaxLength} that a safetensors file may have. Save several files.",
            nameof(tensors));
    }

    public static bool IsReserved(string name) => name == MetadataKey;

    private static void WriteMetadata(Utf8JsonWriter writer, IEnumerable<KeyValuePair<string, string>> metadata)
    {
        writer.WriteStartObject(MetadataKey);
        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (key, value) in metadata)
        {
            ArgumentNullException.ThrowIfNull(key, nameof(metadata));
            ArgumentNullException.ThrowIfNull(value, key);
            if (!keys.Add(key))
            {
                throw new ArgumentException($"There is '{key}' twice in the metadata.", nameof(metadata));
            }

            writer.WriteString(
                StrictText.Require(key, "The key of the metadata"), StrictText.Require(value, $"The text '{key}' of the metadata"));
        }

        writer.WriteEndObject();
    }

    private static void WriteNumbers(Utf8JsonWriter writer, string name, long[] numbers)
    {
        writer.WriteStartArray(name);
        Array.ForEach(numbers, writer.WriteNumberValue);
        writer.WriteEndArray();
    }

    private static SafeTensorsHeader Parse(JsonElement root, long dataOffset, CheckpointFile file)
    {
        var found = new List<(string Name, SafeTensorsEntry Entry)>();
        var metadata = new Dictionary<string, string>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in root.EnumerateObject())
        {
            if (!names.Add(property.Name))
            {
                throw file.Damaged($"has two tensors of the name '{property.Name}'");
            }

            if (property.Name == MetadataKey)
            {
                ReadMetadata(property.Value, metadata, file);
            }
            else
            {
                found.Add((property.Name, SafeTensorsEntry.Parse(property.Name, property.Value, s_codes, file)));
            }
        }

        var ordered = found.OrderBy(f => f.Entry.Start).ThenBy(f => f.Entry.End).ToArray();
        RequireCover(ordered, file, dataOffset);
        var entries = new OrderedDictionary<string, SafeTensorsEntry>(StringComparer.Ordinal);
        foreach (var (name, entry) in ordered)
        {
            entries.Add(name, entry);
        }

        return new SafeTensorsHeader(entries, metadata, dataOffset);
    }

    /// <summary>The tensors follow each other without gaps or overlaps, and fill the file.</summary>
    private static void RequireCover((string Name, SafeTensorsEntry Entry)[] ordered, CheckpointFile file, long dataOffset)
    {
        var end = 0L;
        foreach (var (name, entry) in ordered)
        {
            if (entry.Start != end)
            {
                throw file.Damaged(
                    $"has '{name}' at byte {entry.Start} of the data, where {end} was expected: tensors must not overlap or leave gaps");
            }

            end = entry.End;
        }

        if (end != file.Length - dataOffset)
        {
            throw file.Damaged($"has {file.Length - dataOffset} bytes of data, but its tensors take {end}");
        }
    }

    private static void ReadMetadata(JsonElement element, Dictionary<string, string> metadata, CheckpointFile file)
    {
        foreach (var property in element.EnumerateObject())
        {
            if (!metadata.TryAdd(
                property.Name, property.Value.GetString() ?? throw file.Damaged($"has no text for '{property.Name}' in its metadata")))
            {
                throw file.Damaged($"has '{property.Name}' twice in its metadata");
            }
        }
    }
}
