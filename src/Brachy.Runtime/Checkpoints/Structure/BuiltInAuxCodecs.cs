using System.Globalization;
using System.Text.Json;
using Brachy.Modules;
using Brachy.Optim;
using Brachy.Trees;

namespace Brachy.IO;

/// <summary>How checkpoints write the types that this library uses for static values.</summary>
internal static class BuiltInAuxCodecs
{
    public static void RegisterAll()
    {
        RegisterPlain();
        AuxCodec.Register<Shape>("shape", (w, v) => WriteNumbers(w, v.Sizes), e => Numbers(e));
        AuxCodec.Register<Size2d>(
            "size2d", (w, v) => WriteNumbers(w, v.ToArray()), e => Numbers(e) is [var h, var width] ? (h, width) : throw Wrong("size2d"));
        AuxCodec.Register<Size3d>("size3d", (w, v) => WriteNumbers(w, v.ToArray()), e =>
            Numbers(e) is [var d, var h, var width] ? (d, h, width) : throw Wrong("size3d"));
        AuxCodec.RegisterEnum<DType>("dtype");
        AuxCodec.Register<GlobalConfig>("config", WriteConfig, ReadConfig);
        AuxCodec.Register<PathFilter>("filter", WriteFilter, ReadFilter);
        AuxCodec.Register<Schedule>("schedule", ScheduleJson.Write, ScheduleJson.Read);
        AuxCodec.Register<HalfPrecision>(
            "half_precision", (w, v) => w.WriteStringValue(v.DType.ToString()), e => new HalfPrecision(Half(e.GetString())));
        AuxCodec.Register<CaptureOutput>("capture_output", (w, v) => AuxCodec.WriteText(w, v.Key), e =>
            new CaptureOutput(e.GetString() ?? throw Wrong("capture_output")));
    }

    public static void WriteReal(Utf8JsonWriter writer, double value)
    {
        if (double.IsFinite(value))
        {
            writer.WriteNumberValue(value);
        }
        else
        {
            writer.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));
        }
    }

    public static double ReadReal(JsonElement element) => element.ValueKind == JsonValueKind.String
        ? double.Parse(element.GetString()!, NumberStyles.Float, CultureInfo.InvariantCulture)
        : element.GetDouble();

    public static FormatException Wrong(string kind) => new($"{Article.With(kind)} is not written as one");

    private static void RegisterPlain()
    {
        AuxCodec.Register<bool>("bool", (w, v) => w.WriteBooleanValue(v), e => e.GetBoolean());
        AuxCodec.Register<string>("text", AuxCodec.WriteText, e => e.GetString() ?? throw Wrong("text"));
        AuxCodec.Register<char>("char", (w, v) => w.WriteNumberValue(v), e => (char)e.GetUInt16());
        AuxCodec.Register<byte>("byte", (w, v) => w.WriteNumberValue(v), e => e.GetByte());
        AuxCodec.Register<sbyte>("sbyte", (w, v) => w.WriteNumberValue(v), e => e.GetSByte());
        AuxCodec.Register<short>("short", (w, v) => w.WriteNumberValue(v), e => e.GetInt16());
        AuxCodec.Register<ushort>("ushort", (w, v) => w.WriteNumberValue(v), e => e.GetUInt16());
        AuxCodec.Register<int>("int", (w, v) => w.WriteNumberValue(v), e => e.GetInt32());
        AuxCodec.Register<uint>("uint", (w, v) => w.WriteNumberValue(v), e => e.GetUInt32());
        AuxCodec.Register<long>("long", (w, v) => w.WriteNumberValue(v), e => e.GetInt64());
        AuxCodec.Register<ulong>("ulong", (w, v) => w.WriteNumberValue(v), e => e.GetUInt64());
        AuxCodec.Register<Half>("half", (w, v) => WriteReal(w, (double)v), e => (Half)ReadReal(e));
        AuxCodec.Register<float>("float", (w, v) => WriteReal(w, v), e => (float)ReadReal(e));
        AuxCodec.Register<double>("double", WriteReal, ReadReal);
        AuxCodec.Register<decimal>("decimal", (w, v) => w.WriteNumberValue(v), e => e.GetDecimal());

        // A collection of objects: each item says its own type.
        AuxCodec.Register<object>("any", AuxCodec.Write, e => AuxCodec.ReadItem(e)!);
    }

    private static DType Half(string? name) =>
        Enum.TryParse<DType>(name, out var dtype) && dtype is DType.Float16 or DType.BFloat16
            ? dtype
            : throw new FormatException($"'{name}' is no half type");

    private static void WriteNumbers(Utf8JsonWriter writer, long[] numbers)
    {
        writer.WriteStartArray();
        Array.ForEach(numbers, writer.WriteNumberValue);
        writer.WriteEndArray();
    }

    private static long[] Numbers(JsonElement element) => [.. element.EnumerateArray().Select(e => e.GetInt64())];

    private static void WriteConfig(Utf8JsonWriter writer, GlobalConfig config)
    {
        writer.WriteStartObject();
        foreach (var key in config.Keys)
        {
            AuxCodec.WriteKey(writer, key);
            AuxCodec.Write(writer, Plain(config[key]));
        }

        writer.WriteEndObject();

        static object? Plain(object? value) => value is IReadOnlyList<object?> list ? list.Select(Plain).ToArray() : value;
    }

    private static GlobalConfig ReadConfig(JsonElement element) =>
        new([.. element.EnumerateObject().Select(p => (p.Name, AuxCodec.ReadItem(p.Value)))]);

    private static void WriteFilter(Utf8JsonWriter writer, PathFilter filter)
    {
        switch (filter)
        {
            case PathPattern pattern:
                AuxCodec.WriteText(writer, pattern.Pattern);
                break;
            case EitherPath either:
                writer.WriteStartObject();
                writer.WriteStartArray("or");
                WriteFilter(writer, either.Left);
                WriteFilter(writer, either.Right);
                writer.WriteEndArray();
                writer.WriteEndObject();
                break;
            case OtherPath other:
                writer.WriteStartObject();
                writer.WritePropertyName("not");
                WriteFilter(writer, other.Filter);
                writer.WriteEndObject();
                break;
            default:
                throw new NotSupportedException("a filter by PathFilter.Where is a function, which no file can hold");
        }
    }

    private static PathFilter ReadFilter(JsonElement element)
    {
        JsonParts.RequireStack();
        return element.ValueKind switch
        {
            JsonValueKind.String => PathFilter.FromString(element.GetString()!),
            JsonValueKind.Object when element.TryGetProperty("not", out var other) => PathFilter.LogicalNot(ReadFilter(other)),
            JsonValueKind.Object
                when element.TryGetProperty("or", out var sides) && sides.EnumerateArray().ToArray() is [var left, var right] =>
                PathFilter.BitwiseOr(ReadFilter(left), ReadFilter(right)),
            _ => throw Wrong("filter"),
        };
    }
}
