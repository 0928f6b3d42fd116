using System.Globalization;
using Brachy.Extending;

namespace Brachy.Inference;

/// <summary>The fields of settings, each of which is written down as it is asked for.</summary>
internal sealed class WrittenSettings(FieldList to, Settings settings) : SettingsFields
{
    public override long Whole(string name)
    {
        var value = Convert.ToInt64(Entry(name), CultureInfo.InvariantCulture);
        to.Whole(value);
        return value;
    }

    public override int Count(string name) => (int)Whole(name);

    // Converted, null is 0.
    public override long WholeOrZero(string name) => Whole(name);

    public override double Real(string name)
    {
        var value = (double)Entry(name)!;
        to.Real(value);
        return value;
    }

    public override bool Flag(string name)
    {
        var value = (bool)Entry(name)!;
        to.Flag(value);
        return value;
    }

    public override string Text(string name)
    {
        var value = (string)Entry(name)!;
        to.Text(value);
        return value;
    }

    public override Shape List(string name)
    {
        var value = (Shape)Entry(name)!;
        to.Shape(value);
        return value;
    }

    public override DType DType(string name)
    {
        var value = (DType)Entry(name)!;
        to.DType(value);
        return value;
    }

    public override Scalar Number(string name)
    {
        var value = (Scalar)Entry(name)!;
        to.Number(value);
        return value;
    }

    public override bool Has(string name)
    {
        var value = Entry(name) is not null;
        to.Flag(value);
        return value;
    }

    private object? Entry(string name) => settings.Entries.First(entry => entry.Name == name).Value;
}
