using Brachy.Compilation;
using Brachy.Extending;

namespace Brachy.Inference;

/// <summary>Settings that a program gives by their names.</summary>
internal sealed class NamedSettings : SettingsFields
{
    private readonly string _op;
    private readonly BuiltFields _fields;
    private readonly Dictionary<string, FrozenSetting> _given = [];
    private readonly List<string> _asked = [];

    private NamedSettings(string op, ReadOnlySpan<(string Name, FrozenSetting Value)> given, BuiltFields fields)
    {
        (_op, _fields) = (op, fields);
        foreach (var (name, value) in given)
        {
            if (name is null || value is null)
            {
                throw new ArgumentNullException(nameof(given), $"{op}: a setting is null; leave it out.");
            }

            if (!_given.TryAdd(name, value))
            {
                throw new ArgumentException($"{op}: setting '{name}' is given twice.", nameof(given));
            }
        }
    }

    /// <summary>The settings of an operation for the typical sizes, whose fields are written down.</summary>
    /// <exception cref="ArgumentException">One is missing, unknown, or of another type.</exception>
    public static Settings Make(string op, ReadOnlySpan<(string Name, FrozenSetting Value)> given, BuiltFields fields)
    {
        var named = new NamedSettings(op, given, fields);
        var kind = SettingsFormat.Of(TypeRules.SettingsOf[op]);
        fields.List.Whole(kind.Number);
        var settings = kind.Make(named);
        return named._given.Keys.FirstOrDefault(name => !named._asked.Contains(name)) is not { } unknown ? settings
            : throw new ArgumentException(
                $"{op} has no setting '{unknown}'; "
                + (named._asked.Count == 0 ? "it has none." : $"its settings are {string.Join(", ", named._asked.Distinct())}."),
                nameof(given));
    }

    public override long Whole(string name) => _fields.Whole(Number(name, "a whole number"), What(name));

    public override int Count(string name) => Whole(name) is >= 0 and <= int.MaxValue and var count ? (int)count
        : throw new ArgumentException($"{What(name)} must be 0 or more, but is {_given[name]}.");

    public override long WholeOrZero(string name)
    {
        if (IsGiven(name))
        {
            return Whole(name);
        }

        _fields.List.Whole(0);
        return 0;
    }

    public override double Real(string name) => _fields.Real(Number(name, "a number"), What(name));

    public override bool Flag(string name)
    {
        var value = Value(name) is bool flag ? flag : throw Wrong(name, "true or false");
        _fields.List.Flag(value);
        return value;
    }

    public override string Text(string name)
    {
        var value = Value(name) as string ?? throw Wrong(name, "a text");
        _fields.List.Text(value);
        return value;
    }

    public override Shape List(string name) =>
        _fields.Shape(Value(name) as FrozenNumber[] ?? throw Wrong(name, "a list of whole numbers, such as [1, 2]"), What(name));

    public override DType DType(string name)
    {
        var value = Value(name) is DType dtype && Enum.IsDefined(dtype) ? dtype : throw Wrong(name, "an element type");
        _fields.List.DType(value);
        return value;
    }

    public override Scalar Number(string name) => _fields.Scalar(
        Value(name) is bool flag ? new FrozenNumber(new Scalar(flag)) : Number(name, "a number"), What(name));

    public override bool Has(string name)
    {
        var has = IsGiven(name);
        _fields.List.Flag(has);
        return has;
    }

    private bool IsGiven(string name)
    {
        _asked.Add(name);
        return _given.ContainsKey(name);
    }

    private FrozenNumber Number(string name, string expected) => Value(name) as FrozenNumber ?? throw Wrong(name, expected);

    private object Value(string name) => IsGiven(name) ? _given[name].Value
        : throw new ArgumentException($"{_op} needs its setting '{name}'.");

    private string What(string name) => $"{_op}: setting '{name}'";

    private ArgumentException Wrong(string name, string expected) => new($"{What(name)} must be {expected}, but is {_given[name]}.");
}
