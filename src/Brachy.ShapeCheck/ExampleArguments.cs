using System.Globalization;
using System.Reflection;

using Brachy.Modules;

namespace Brachy.ShapeCheck;

/// <summary>The example arguments of one method: traced tensors, values, and modules built inside the trace.</summary>
internal sealed class ExampleArguments
{
    // Unlikely as sizes in a model, so that two names are not equal to each other, or to a number, by chance.
    private static readonly int[] s_primes = [7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97];

    private readonly Trace _trace;
    private readonly MethodInfo _method;
    private readonly ExampleSizes _sizes;
    private readonly List<string> _shown = [];
    private StateOrganizer? _model;

    public ExampleArguments(Trace trace, MethodInfo method)
    {
        _trace = trace;
        _method = method;
        _sizes = new ExampleSizes(s_primes, method);
    }

    /// <summary>Builds the arguments, and the module that the method belongs to, and calls it.</summary>
    public void Invoke()
    {
        var instance = _method.IsStatic ? null : Build(_method.DeclaringType!);
        var values = Values(_method);
        (instance is null ? _method : CallOf(_method)).Invoke(instance, values);
    }

    public override string ToString() => string.Join(", ", _shown);

    /// <summary>What goes through the node, so that errors name its path: <c>Call</c> for <c>Forward</c>.</summary>
    private static MethodInfo CallOf(MethodInfo forward) =>
        forward.DeclaringType!.GetMethod("Call", [.. forward.GetParameters().Select(parameter => parameter.ParameterType)]) ?? forward;

    private object?[] Values(MethodBase method)
    {
        var parameters = method.GetParameters();
        var values = new object?[parameters.Length];

        // Models before what is made of models, such as an optimizer that comes first in the list.
        var order = Enumerable.Range(0, parameters.Length).OrderBy(i => NeedsModel(parameters[i]));
        var owners = new StateOrganizer?[parameters.Length];
        foreach (var i in order)
        {
            if (TreeClass(parameters[i]) is { } type)
            {
                owners[i] = Build(type);
                values[i] = parameters[i].ParameterType == typeof(StructureTree) ? owners[i]!.Tree : owners[i];
                if (!NeedsModel(parameters[i]))
                {
                    _model ??= owners[i];
                }
            }
        }

        for (var i = 0; i < parameters.Length; i++)
        {
            if (owners[i] is null)
            {
                values[i] = parameters[i].ParameterType == typeof(GlobalConfig) && Example(parameters[i]) is null
                    ? (owners.Take(i).LastOrDefault(owner => owner is not null) ?? _model)?.Config ?? GlobalConfig.Empty
                    : Value(parameters[i]);
            }
        }

        return values;
    }

    private StateOrganizer Build(Type type)
    {
        if (type.IsAbstract || type.ContainsGenericParameters || !typeof(StateOrganizer).IsAssignableFrom(type))
        {
            throw new ExampleException($"{type.Name} cannot be built as an example; name a [Module] class that is neither abstract nor "
                + "generic.");
        }

        var constructors = type.GetConstructors();
        var usable = constructors
            .Where(constructor => constructor.GetParameters().All(HasValue))
            .OrderByDescending(constructor => constructor.GetParameters().Count(parameter => Example(parameter) is not null))
            .FirstOrDefault();
        if (usable is not null)
        {
            return (StateOrganizer)usable.Invoke(Values(usable));
        }

        var missing = constructors.SelectMany(constructor => constructor.GetParameters()).FirstOrDefault(p => !HasValue(p));
        throw new ExampleException(missing is null
            ? $"{type.Name} has no public constructor with which an example could be built."
            : $"The parameter '{missing.Name}' of the constructor of {type.Name} has neither an example nor a default value; write "
                + "[Example(…)] before it.");
    }

    private bool HasValue(ParameterInfo parameter) =>
        Example(parameter) is not null
        || parameter.HasDefaultValue
        || parameter.ParameterType == typeof(GlobalConfig)
        || parameter.ParameterType == typeof(StructureTree) && _model is not null;

    private object? Value(ParameterInfo parameter)
    {
        var type = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
        if (Example(parameter) is not { } example)
        {
            return type == typeof(StructureTree) && _model is not null ? _model.Tree
                : parameter.HasDefaultValue ? Default(parameter)
                : throw new ExampleException($"The parameter '{parameter.Name}' of {parameter.Member.DeclaringType!.Name}."
                    + $"{parameter.Member.Name} has neither an example nor a default value; write [Example(…)] before it.");
        }

        if (type == typeof(Tensor))
        {
            var shape = _sizes.ShapeOf(example.Value, parameter);
            _shown.Add($"{parameter.Name}: {_sizes.Describe(example.Value)}");
            return _trace.Argument(new TensorType(shape, example.DType), parameter.Name!);
        }

        return type.IsArray
            ? Elements(type.GetElementType()!, example.Value, parameter)
            : example.Value is [var value]
                ? Convert(value, type, parameter)
                : throw new ExampleException($"The example of '{parameter.Name}' must be one value, of type {type.Name}.");
    }

    private static Array Elements(Type type, IReadOnlyList<object?> values, ParameterInfo parameter)
    {
        var array = Array.CreateInstance(type, values.Count);
        for (var i = 0; i < values.Count; i++)
        {
            array.SetValue(Convert(values[i], type, parameter), i);
        }

        return array;
    }

    private static object? Convert(object? value, Type type, ParameterInfo parameter)
    {
        if (value is null || type.IsInstanceOfType(value))
        {
            return value;
        }

        try
        {
            return type.IsEnum ? Enum.ToObject(type, value) : System.Convert.ChangeType(value, type, CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is InvalidCastException or FormatException or OverflowException or ArgumentException)
        {
            throw new ExampleException($"The example {value} of '{parameter.Name}' is no {type.Name}.");
        }
    }

    private static object? Default(ParameterInfo parameter) =>
        parameter.DefaultValue is null && parameter.ParameterType.IsValueType && Nullable.GetUnderlyingType(parameter.ParameterType) is null
            ? Activator.CreateInstance(parameter.ParameterType)
            : parameter.DefaultValue is { } value && Nullable.GetUnderlyingType(parameter.ParameterType) is { IsEnum: true } type
                ? Enum.ToObject(type, value)
                : parameter.DefaultValue;

    private static ExampleAttribute? Example(ParameterInfo parameter) => parameter.GetCustomAttribute<ExampleAttribute>();

    /// <summary>The class whose tree a parameter takes, or that it is itself.</summary>
    private static Type? TreeClass(ParameterInfo parameter) =>
        Example(parameter) is { Value: [Type type] }
        && (parameter.ParameterType == typeof(StructureTree) || parameter.ParameterType.IsAssignableFrom(type)
            && typeof(StateOrganizer).IsAssignableFrom(parameter.ParameterType))
            ? type
            : null;

    /// <summary>Whether the class is made of the tree of another.</summary>
    private static bool NeedsModel(ParameterInfo parameter) =>
        TreeClass(parameter) is { } type
        && type.GetConstructors().Any(constructor => constructor.GetParameters().Any(p => p.ParameterType == typeof(StructureTree)));
}
