using TorchSharp;

namespace Brachy.IO;

/// <summary>
/// Finds a value for every place of a model. A shape must be the same; floating-point types convert into each other, and integer
/// types when no value is lost; the report says which. Places that share one weight take one value, which must be the same for all of them.
/// </summary>
internal sealed class StateFit
{
    private readonly List<string> _missing = [];
    private readonly List<LoadMismatch> _mismatched = [];
    private readonly List<LoadMismatch> _converted = [];
    private readonly Dictionary<string, torch.Tensor> _values;
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);

    public StateFit(IEnumerable<(string Path, torch.Tensor Value)> values)
    {
        _values = new(StringComparer.Ordinal);
        foreach (var (path, value) in values)
        {
            if (!_values.TryAdd(path, value))
            {
                throw new ArgumentException($"Two values come to '{path}'; give each its own path.", nameof(values));
            }
        }
    }

    /// <summary>Whether there is a value of a path.</summary>
    public bool Has(string path) => _values.ContainsKey(path);

    /// <summary>The value of a weight that stands at some paths; null when none fits.</summary>
    /// <param name="paths">All its places.</param>
    /// <param name="type">Its type.</param>
    public torch.Tensor? Find(IReadOnlyList<string> paths, TensorType type)
    {
        torch.Tensor? found = null;
        var converted = new List<LoadMismatch>();
        foreach (var path in paths)
        {
            if (!_values.TryGetValue(path, out var value))
            {
                continue;
            }

            _used.Add(path);
            var valueType = TorchModuleState.TypeOf(value);
            if (!Fits(type, valueType))
            {
                _mismatched.Add(new LoadMismatch(path, type.ToString(), valueType.ToString()));
                return null;
            }

            if (type.DType.IsInteger() && !IsLossless(value, type.DType))
            {
                _mismatched.Add(
                    new LoadMismatch(path, type.ToString(), $"{valueType} with values beyond {type.DType.ToString().ToLowerInvariant()}"));
                return null;
            }

            if (found is not null && !ReferenceEquals(found, value) && !AreEqual(found, value))
            {
                _mismatched.Add(new LoadMismatch(path, $"the values of {paths[0]}, which is the same weight,", "others"));
                return null;
            }

            found ??= value;
            if (type.DType != valueType.DType)
            {
                converted.Add(new LoadMismatch(path, type.ToString(), valueType.ToString()));
            }
        }

        if (found is null)
        {
            _missing.AddRange(paths);
        }

        _converted.AddRange(converted);
        return found;
    }

    /// <summary>What was found, and what was left over.</summary>
    public LoadReport Report() => new(_missing, [.. _values.Keys.Where(path => !_used.Contains(path))], _mismatched, _converted);

    /// <summary>Throws when strict loading was asked for and something does not fit.</summary>
    public static LoadReport Require(LoadReport report, bool strict, string what) => !strict || report.IsComplete
        ? report
        : throw new ArgumentException(
            $"{what} do not fit, and nothing was changed. {report.ToString().ReplaceLineEndings("; ")}. " +
            (Prefix(report) is { } prefix
                ? $"Without '{prefix}' the names would fit: take it away with WithoutPrefix(\"{prefix}\") or rename."
                : "Rename paths, leave some out with ignore, or take what fits with strict: false."));

    /// <summary>What the wrappers of PyTorch put before all names, such as <c>module.</c>; null for nothing that helps.</summary>
    private static string? Prefix(LoadReport report)
    {
        if (report.Unexpected.Count == 0 || report.Missing.Count == 0)
        {
            return null;
        }

        var dot = report.Unexpected[0].IndexOf('.', StringComparison.Ordinal);
        var prefix = report.Unexpected[0][..(dot + 1)];
        return dot > 0 && report.Unexpected.All(name => name.StartsWith(prefix, StringComparison.Ordinal))
            && report.Unexpected.Select(name => name[prefix.Length..]).ToHashSet().IsSupersetOf(report.Missing) ? prefix : null;
    }

    private static bool Fits(TensorType place, TensorType value) => place.Shape == value.Shape
        && (place.DType == value.DType || (place.DType.IsFloatingPoint() && value.DType.IsFloatingPoint())
            || (place.DType.IsInteger() && value.DType.IsInteger()));

    private static bool IsLossless(torch.Tensor value, DType dtype)
    {
        using var scope = torch.NewDisposeScope();
        return value.dtype == dtype.ToTorch() || value.to(dtype.ToTorch()).to(value.dtype).Equals(value);
    }

    private static bool AreEqual(torch.Tensor a, torch.Tensor b)
    {
        using var scope = torch.NewDisposeScope();
        return a.shape.AsSpan().SequenceEqual(b.shape) && a.dtype == b.dtype
            && torch.allclose(a.cpu(), b.cpu(), rtol: 0, atol: 0, equal_nan: true);
    }
}
