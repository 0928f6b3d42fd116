using Brachy.IO;
using Brachy.Modules;

namespace Brachy.Models;

/// <summary>Finds the place of each tensor of a file, by names and types, before any elements are read.</summary>
internal sealed class WeightFit
{
    private readonly IWeightSource _source;
    private readonly WeightNames _names;
    private readonly PretrainedOptions _options;
    private readonly OrderedDictionary<string, TensorType> _places = new(StringComparer.Ordinal);
    private readonly HashSet<string> _leftOut = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<string>> _shared = new(StringComparer.Ordinal);
    private readonly OrderedDictionary<string, string> _nameOf = new(StringComparer.Ordinal);

    // No file of others has the random keys of dropout.
    private readonly HashSet<string> _keys;
    private readonly HashSet<string> _notTensors = new(StringComparer.Ordinal);
    private readonly List<string> _missing = [];
    private readonly List<string> _unexpected = [];
    private readonly List<string> _ignored = [];
    private readonly List<LoadMismatch> _mismatched = [];
    private readonly List<LoadMismatch> _converted = [];

    public WeightFit(ModuleOutline outline, IWeightSource source, WeightNames names, PretrainedOptions options)
    {
        (_source, _names, _options, _keys) = (source, names, options, RandomKeys.Paths(outline.Tree));
        foreach (var (path, type) in outline.Tensors)
        {
            if (options.Ignore?.MatchesPath(path) == true)
            {
                _leftOut.Add(path);
            }
            else
            {
                _places[path] = type;
            }
        }

        foreach (var group in outline.Shared)
        {
            foreach (var path in group)
            {
                _shared[path] = group;
            }
        }
    }

    /// <summary>Names of the file that are no part of the model.</summary>
    public IReadOnlyList<string> Ignored => _ignored;

    /// <summary>The paths that get a value, and the names in the file.</summary>
    public IReadOnlyDictionary<string, string> NameOf => _nameOf;

    /// <summary>What was found so far.</summary>
    public LoadReport Report => new(_missing, _unexpected, _mismatched, _converted) { NotTensors = [.. _notTensors] };

    /// <summary>Compares names and types.</summary>
    public void Match()
    {
        var named = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in _source.Types.Keys)
        {
            var path = _options.Rename is { } rename ? rename(name) : name;
            path = path is not null && _names.Rename is { } known && !IsPlace(path) ? known(path) : path;
            var place = path is null ? null : PlaceOf(path);
            if (place is not null && !_leftOut.Contains(place))
            {
                Add(named, place, name);
            }
            else if (path is null || place is not null || _names.Ignored?.MatchesPath(name) == true
                || _options.Ignore?.MatchesPath(path) == true)
            {
                _ignored.Add(name);
            }
            else
            {
                _unexpected.Add(name);
            }
        }

        _notTensors.UnionWith(_source.NotTensors);
        foreach (var (path, type) in _places)
        {
            if (named.TryGetValue(path, out var name))
            {
                MatchType(path, type, name);
            }
            else if (!_keys.Contains(path) && !SharedPaths(path).Any(named.ContainsKey))
            {
                _missing.Add(path);
            }
        }
    }

    /// <summary>The other paths of the tensor at a path.</summary>
    public IEnumerable<string> SharedPaths(string path) =>
        _shared.TryGetValue(path, out var group) ? group.Where(other => other != path) : [];

    /// <summary>Notes that one weight has two values.</summary>
    public void AddDiffering(string path, string other)
    {
        _nameOf.Remove(path);
        _mismatched.Add(new LoadMismatch(path, $"the values of {other}, which is the same weight,", "others"));
    }

    public CheckpointException DoesNotFit() => new(
        _source.Place, $"does not fit the model, and nothing was loaded. {Report.ToString().ReplaceLineEndings("; ").TrimEnd('.')}",
        "Rename names, leave paths out with Ignore, or take what fits with Strict = false.");

    private bool IsPlace(string path) => _places.ContainsKey(path) || _leftOut.Contains(path);

    /// <summary>The path of a name, with or without what families put before it; null for none.</summary>
    private string? PlaceOf(string name)
    {
        if (IsPlace(name))
        {
            return name;
        }

        foreach (var prefix in _names.Prefixes)
        {
            if (name.StartsWith(prefix, StringComparison.Ordinal) && IsPlace(name[prefix.Length..]))
            {
                return name[prefix.Length..];
            }

            if (IsPlace(prefix + name))
            {
                return prefix + name;
            }
        }

        return null;
    }

    private void Add(OrderedDictionary<string, string> named, string place, string name)
    {
        if (!named.TryAdd(place, name))
        {
            throw new CheckpointException(
                _source.Place, $"has '{named[place]}' and '{name}', which both would be '{place}' of the model",
                "Leave one of them out: a Rename that gives null for it does.");
        }
    }

    private void MatchType(string path, TensorType place, string name)
    {
        var value = _source.Types[name];
        if (place.Shape != value.Shape || place.DType.IsFloatingPoint() != value.DType.IsFloatingPoint()
            || (place.DType == DType.Bool) != (value.DType == DType.Bool))
        {
            _mismatched.Add(new LoadMismatch(path, place.ToString(), value.ToString()));
            return;
        }

        _nameOf.Add(path, name);
        if (TypeOf(value.DType) is var wanted && wanted != value.DType)
        {
            _converted.Add(new LoadMismatch(path, value.WithDType(wanted).ToString(), value.ToString()));
        }
    }

    private DType TypeOf(DType stored) => stored.IsFloatingPoint() ? _options.DType ?? stored : stored;
}
