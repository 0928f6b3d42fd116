using System.Globalization;

namespace Brachy.IO;

/// <summary>
/// Reads the description of a tensor (TensorProto): everything but its elements, which are only counted where that is cheap.
/// Source of the format: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto.
/// </summary>
internal sealed class OnnxTensorReader(WireReader reader)
{
    private readonly List<long> _sizes = [];
    private readonly Dictionary<string, string> _external = new(StringComparer.Ordinal);
    private ulong? _type;
    private WireRange? _raw;
    private bool? _isExternal;
    private (int Field, WireKind Kind)? _field;
    private WireRange _message;

    /// <summary>The name that the tensor says it has; null until it was read.</summary>
    public string? Name { get; private set; }

    /// <summary>Reads the fields; the tensor is made of them by <see cref="Make"/>.</summary>
    /// <exception cref="WireException">They break a rule of the format.</exception>
    public void Read(WireRange range)
    {
        _message = range;
        for (var message = new WireMessage(reader, range); message.Next();)
        {
            switch (message.Field)
            {
                case 1:
                    AddSizes(message);
                    break;
                case 2:
                    _type = Once(_type, message.Number, "element type");
                    break;
                case 3:
                    throw new WireException("is one segment of a tensor, which nothing writes");
                case 8:
                    Name = Name is null ? message.Text : throw new WireException("says its name twice");
                    break;
                case 9:
                    _raw = Once(_raw, message.Bytes, "raw data");
                    break;
                case 13:
                    AddExternal(message.Bytes);
                    break;
                case 14:
                    _isExternal = Once(_isExternal, message.Number switch
                    {
                        0 => false,
                        1 => true,
                        var other => throw new WireException($"has its data at the place number {(long)other}, which is none"),
                    }, "place of its data");
                    break;
                case var field when OnnxElement.FieldName(field) is not null && !(message.Kind == WireKind.Bytes
                    && message.Bytes.Length == 0 && field != OnnxElement.StringData):
                    _field = _field is null || _field.Value.Field == field
                        ? (field, KindOf(field))
                        : throw new WireException(
                            $"has elements in {OnnxElement.FieldName(_field.Value.Field)} and in {OnnxElement.FieldName(field)}");
                    break;
            }
        }
    }

    /// <summary>The tensor.</summary>
    /// <exception cref="WireException">Sizes, elements and their type do not fit each other.</exception>
    public OnnxTensor Make(string name)
    {
        var element = OnnxElement.Of(_type is { } type and not 0 ? type : throw new WireException("does not say its element type"));
        long[] sizes = [.. _sizes];
        var count = StoredSizes.Count(element.IsComplex ? [.. sizes, 2] : sizes);
        return count < 0
            ? throw new WireException($"has the impossible sizes [{string.Join(", ", sizes)}]")
            : new OnnxTensor(name, element, Shape.Own(sizes), Source(element, count));
    }

    private OnnxSource Source(OnnxElement element, long count)
    {
        var bytes = element.DType is { } dtype ? count * dtype.ItemSize() : -1;
        if (_isExternal == true)
        {
            return _field is null && _raw is not { Length: > 0 }
                ? External(bytes)
                : throw new WireException("has elements in the file and in another file");
        }

        if (_field is var (field, kind))
        {
            if (_raw is { Length: > 0 })
            {
                throw new WireException($"has elements in raw_data and in {OnnxElement.FieldName(field)}");
            }

            if (element.DType is not null && field != element.Field)
            {
                throw new WireException(
                    $"has its elements in {OnnxElement.FieldName(field)}, where those of {element.Name} stand in "
                    + OnnxElement.FieldName(element.Field));
            }

            // Each number takes a byte at least.
            if (element.DType is not null && count > _message.Length)
            {
                throw new WireException($"has {count} elements in {_message.Length} bytes");
            }

            return new OnnxField(_message, field, kind);
        }

        var raw = _raw ?? new WireRange(_message.End, _message.End);
        return bytes < 0 || raw.Length == bytes
            ? new OnnxRaw(raw)
            : throw new WireException($"has {raw.Length} bytes, but is {element.Name} [{string.Join(", ", _sizes)}], which takes {bytes}");
    }

    private OnnxExternal External(long bytes)
    {
        var location = _external.GetValueOrDefault("location");
        var (offset, length) = (Number("offset") ?? 0, Number("length"));
        if (string.IsNullOrEmpty(location))
        {
            throw new WireException("has its elements in another file, but does not say in which");
        }

        return bytes < 0 || length is null || length == bytes
            ? new OnnxExternal(location, offset)
            : throw new WireException($"takes {bytes} bytes, but has {length} in '{location}'");

        long? Number(string key) => !_external.TryGetValue(key, out var text)
            ? null
            : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? number
                : throw new WireException($"says '{text}' for the {key} of its data in another file, which is no whole number");
    }

    private void AddSizes(WireMessage message)
    {
        if (message.Kind == WireKind.Varint)
        {
            Add(message.Number);
            return;
        }

        for (var (at, end) = (message.Bytes.Start, message.Bytes.End); at < end;)
        {
            Add(reader.Varint(ref at, end));
        }

        void Add(ulong size)
        {
            _sizes.Add((long)size);
            if (_sizes.Count > StoredSizes.MaxRank)
            {
                throw new WireException($"has more than {StoredSizes.MaxRank} dims");
            }
        }
    }

    private void AddExternal(WireRange range)
    {
        string? key = null;
        WireRange? value = null;
        for (var message = new WireMessage(reader, range); message.Next();)
        {
            switch (message.Field)
            {
                case 1:
                    key = message.Text;
                    break;
                case 2:
                    value = message.Bytes;
                    break;
            }
        }

        if (key is "location" or "offset" or "length" && !_external.TryAdd(key, value is { } text ? reader.Text(text) : ""))
        {
            throw new WireException($"says the {key} of its data in another file twice");
        }
    }

    private static WireKind KindOf(int field) => field switch
    {
        OnnxElement.FloatData => WireKind.Fixed32,
        OnnxElement.DoubleData => WireKind.Fixed64,
        _ => WireKind.Varint,
    };

    private static T Once<T>(T? before, T value, string what)
        where T : struct => before is null ? value : throw new WireException($"says its {what} twice");
}
