using System.Text.Json;

namespace Brachy.IO;

/// <summary>How values of one type are written and read.</summary>
internal abstract class AuxForm(string name)
{
    public string Name { get; } = name;

    public abstract void Write(Utf8JsonWriter writer, object value);

    public abstract object Read(JsonElement element);

    /// <summary>Whether a value is of a type derived from this form's; those of a collection are not meant.</summary>
    public abstract bool IsBaseOf(object value);
}

/// <inheritdoc/>
internal sealed class AuxForm<T>(string name, Action<Utf8JsonWriter, T> write, Func<JsonElement, T> read) : AuxForm(name)
    where T : notnull
{
    public override void Write(Utf8JsonWriter writer, object value) => write(writer, (T)value);

    public override object Read(JsonElement element) => read(element);

    public override bool IsBaseOf(object value) => typeof(T) != typeof(object) && value is T and not System.Collections.IEnumerable;
}
