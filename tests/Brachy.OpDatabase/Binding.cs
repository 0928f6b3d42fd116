using System.Reflection;
using Brachy.Fuzz;

namespace Brachy.OpDatabase;

/// <summary>Finds the function of <see cref="F"/> for an op, and its arguments for a sample.</summary>
public static class Binding
{
    private static readonly string[] s_prefixes = ["nn.functional.", "linalg.", "special.", "fft.", "ops.nvprims.", "_refs."];

    // Names that differ by .NET's or Brachy's habit; torch's first.
    private static readonly Dictionary<string, string> s_renamed = new()
    {
        ["true_divide"] = "div",
        ["concat"] = "cat",
        ["__radd__"] = "add",
        ["__rmul__"] = "mul",
        ["__rmatmul__"] = "matmul",
        ["__rand__"] = "bitwise_and",
        ["__ror__"] = "bitwise_or",
        ["__rxor__"] = "bitwise_xor",
        ["__rdiv__"] = "div",
        ["__rsub__"] = "sub",
        ["rsub"] = "sub",
        ["__rpow__"] = "pow",
        ["__rmod__"] = "remainder",
        ["__getitem__"] = "get_item",
        ["grid_sampler_2d"] = "grid_sample",
        ["max_pool2d_with_indices_backward"] = "none",
    };

    // What has no meaning here: gradients are asked for elsewhere, and results are new tensors.
    private static readonly HashSet<string> s_ignored =
        ["requires_grad", "device", "inplace", "layout", "pin_memory", "non_blocking", "memory_format", "use_mm_for_euclid_dist"];

    private static readonly ILookup<string, Target> s_functions = Types(typeof(F))
        .SelectMany(t => t.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly).Select(
            m => (Key: Key(t, m.Name), Method: m)))
        .Where(m => !m.Method.ContainsGenericParameters && m.Method.GetParameters().All(p => !p.ParameterType.IsByRef))
        .Concat(typeof(Tensor).GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(m => !m.ContainsGenericParameters && !m.IsSpecialName && m.GetParameters().All(p => !p.ParameterType.IsByRef))
            .Select(m => (Key: m.Name, Method: m)))
        .ToLookup(m => m.Key, m => Target.Of(m.Method));

    /// <summary>The functions that may serve, those of the op's own group first; empty when there is none.</summary>
    public static IEnumerable<Target> Candidates(Sample sample)
    {
        var (op, name) = (sample.Op, sample.Op);
        foreach (var prefix in s_prefixes)
        {
            name = name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..] : name;
        }

        name = s_renamed.GetValueOrDefault(name, name);
        if (op.Contains("max_pool", StringComparison.Ordinal) && sample.Results.Length == 2)
        {
            return s_functions[$"{name}_with_indices"].Select(WithoutFlag);

            // Brachy gives indices by another name where PyTorch has a flag.
            Target WithoutFlag(Target target) => sample.Positional is not [.., true] ? target
                : target with
                {
                    Parameters = [.. target.Parameters, new Parameter(
                        "return_indices", typeof(bool), IsNullable: false, HasDefault: false, null)],
                    Invoke = a => target.Invoke(a[..^1])
                };
        }

        return op.StartsWith("linalg.", StringComparison.Ordinal) || op.StartsWith("fft.", StringComparison.Ordinal)
            ? s_functions[$"{op.Split('.')[0]}.{name}"].Concat(s_functions[op.Replace('.', '_')]).Concat(s_functions[name])
            : s_functions[name];
    }

    /// <summary>The function's arguments; null when they do not fit.</summary>
    public static object?[]? Arguments(Target target, Sample sample)
    {
        var result = new object?[target.Parameters.Count];
        var given = new bool[result.Length];

        var positional = Rearranged(sample, result.Length);
        if (positional.Length > result.Length)
        {
            return null;
        }

        for (var i = 0; i < positional.Length; i++)
        {
            if (!Convert(positional[i], target.Parameters[i], out result[i]))
            {
                return null;
            }

            given[i] = true;
        }

        foreach (var (name, raw) in sample.Named.Where(n => !s_ignored.Contains(n.Key)))
        {
            var i = Index(target, name, given);
            if (i < 0)
            {
                if (raw is null or false || (name == "return_indices" && target.Name.Contains("_with_indices", StringComparison.Ordinal)))
                {
                    continue;
                }

                return null;
            }

            var value =
                name == "unbiased" && raw is bool isUnbiased && target.Parameters[i].Type == typeof(long) ? (isUnbiased ? 1L : 0L) : raw;

            if (!Convert(value, target.Parameters[i], out result[i]))
            {
                return null;
            }

            given[i] = true;
        }

        for (var i = 0; i < result.Length; i++)
        {
            var parameter = target.Parameters[i];
            if (given[i])
            {
                continue;
            }

            if (!parameter.HasDefault)
            {
                if ((Parameter.ElementOfSpan(parameter.Type) ?? parameter.Type.GetElementType()) is not { } element)
                {
                    return null;
                }

                result[i] = Array.CreateInstance(element, 0);
                continue;
            }

            result[i] = parameter.Default is null
                ? parameter.Type.IsValueType && Nullable.GetUnderlyingType(parameter.Type) is null
                    ? Activator.CreateInstance(parameter.Type)
                    : null
                : (Nullable.GetUnderlyingType(parameter.Type) ?? parameter.Type) is { IsEnum: true } type ? Enum.ToObject(
                    type, parameter.Default) : parameter.Default;
        }

        return result;
    }

    /// <summary>The positional arguments in the order of Brachy's functions: operands from left to right, lists as lists.</summary>
    private static object?[] Rearranged(Sample sample, int count)
    {
        var positional = sample.Positional;
        if (positional.Length == 2 && sample.Op is "rsub" or ['_', '_', 'r', ..]
            && !sample.Op.StartsWith("__rshift", StringComparison.Ordinal))
        {
            return [positional[1], positional[0]];
        }

        if (sample.Op == "cdist" && positional is [.., string])
        {
            return positional[..^1];
        }

        if (sample.Op == "einsum")
        {
            return [positional[1], positional[0]];
        }

        // PyTorch takes dims and tensors one by one or as a list.
        if (sample.Op is "meshgrid" or "block_diag" or "broadcast_tensors" && positional[0] is Tensor)
        {
            return [positional];
        }

        return positional.Length <= count ? positional
            : positional.All(p => p is Tensor) && count <= 2 ? [positional]
            : positional[1..].All(p => p is long) && count == 2 ? [positional[0], positional[1..]]
            : positional;
    }

    private static string Key(Type type, string name) => type == typeof(F) ? name : $"{type.Name}.{name}";

    private static IEnumerable<Type> Types(Type type) => [type, .. type.GetNestedTypes().SelectMany(Types)];

    private static int Index(Target target, string name, bool[] given)
    {
        string[] names = name switch
        {
            "dim" => ["dim", "dims"],
            "dims" => ["dims", "dim"],
            "other" => ["other", "right"],
            "input" => ["input", "x"],
            "axis" => ["axis", "dim", "dims"],
            "p" => ["p", "ord"],
            "unbiased" => ["unbiased", "correction"],
            _ => [name],
        };
        foreach (var wanted in names)
        {
            for (var i = 0; i < given.Length; i++)
            {
                if (!given[i] && target.Parameters[i].Name.Equals(wanted, StringComparison.OrdinalIgnoreCase))
                {
                    return i;
                }
            }
        }

        return -1;
    }

    private static bool Convert(object? value, Parameter parameter, out object? result)
    {
        var type = Nullable.GetUnderlyingType(parameter.Type) ?? parameter.Type;
        result = null;
        if (value is null)
        {
            return parameter.IsNullable || Nullable.GetUnderlyingType(parameter.Type) is not null;
        }

        if (type == typeof(Tensor))
        {
            result = value switch { Tensor t => t, long n => (Tensor)n, double r => (Tensor)r, bool b => F.tensor(b), _ => null };
        }
        else if ((Parameter.ElementOfSpan(type) ?? Parameter.ElementOfList(type) ?? type.GetElementType()) is { } element)
        {
            var items = value as object?[] ?? [value];
            var array = Array.CreateInstance(Nullable.GetUnderlyingType(element) ?? element, items.Length);
            for (var i = 0; i < items.Length; i++)
            {
                if (!Convert(items[i], new Parameter("item", element, IsNullable: true, HasDefault: false, null), out var item))
                {
                    return false;
                }

                array.SetValue(item, i);
            }

            result = array;
        }
        else if (type.IsEnum)
        {
            result = value is string text && Enum.TryParse(type, text, ignoreCase: true, out var named) ? named
                : value.GetType() == type ? value
                : null;
        }
        else if (type == typeof(long))
        {
            result = value switch { long n => n, object?[] and [long one] => one, _ => null };
        }
        else if (type == typeof(double))
        {
            result = value switch { long n => (double)n, double r => r, _ => null };
        }
        else if (type == typeof(bool) || type == typeof(string))
        {
            result = value.GetType() == type ? value : null;
        }
        else if (type == typeof(Scalar))
        {
            result = value switch { long n => (Scalar)n, double r => (Scalar)r, bool b => (Scalar)b, _ => null };
        }
        else
        {
            result = ByConversion(value, type);
        }

        return result is not null;
    }

    /// <summary>Through the type's own conversions or constructor, as <c>Size2d</c>'s from one number or a pair.</summary>
    private static object? ByConversion(object value, Type type)
    {
        object? raw = value is object?[] list && list.All(v => v is long) ? list.Select(v => (long)v!).ToArray() : value;
        var conversion = type.GetMethods(BindingFlags.Public | BindingFlags.Static)
            .FirstOrDefault(
                m => m.Name == "op_Implicit" && m.ReturnType == type && m.GetParameters()[0].ParameterType.IsInstanceOfType(raw));
        if (conversion is not null)
        {
            return conversion.Invoke(null, [raw]);
        }

        if (raw is long[] numbers)
        {
            var constructor = type.GetConstructors().FirstOrDefault(
                c => c.GetParameters().Length == numbers.Length && c.GetParameters().All(p => p.ParameterType == typeof(long)));
            return constructor?.Invoke([.. numbers.Cast<object>()]) ?? (numbers.Length == 1 ? ByConversion(numbers[0], type) : null);
        }

        return null;
    }
}
