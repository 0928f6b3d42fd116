using System.Reflection;

namespace Brachy.ShapeCheck;

/// <summary>Gives each named size of a method's examples a number of its own.</summary>
internal sealed class ExampleSizes
{
    private readonly Dictionary<string, long> _named = new(StringComparer.Ordinal);
    private readonly Queue<int> _free;

    public ExampleSizes(IEnumerable<int> candidates, MethodInfo method)
    {
        var taken = method.GetParameters()
            .Select(parameter => parameter.GetCustomAttribute<ExampleAttribute>())
            .SelectMany(example => example?.Value ?? [])
            .OfType<int>();
        _free = new Queue<int>(candidates.Except(taken));
    }

    public Shape ShapeOf(IReadOnlyList<object?> sizes, ParameterInfo parameter) =>
        sizes.Select(size => Size(size, parameter)).ToArray();

    /// <summary>Such as <c>[B = 7, 784]</c>.</summary>
    public string Describe(IReadOnlyList<object?> sizes) =>
        $"[{string.Join(", ", sizes.Select(size => size is string name ? $"{name} = {_named[name]}" : size))}]";

    private long Size(object? size, ParameterInfo parameter) => size switch
    {
        int number and >= 0 => number,
        long number and >= 0 => number,
        string name => Named(name),
        _ => throw new ExampleException(
            $"The example of '{parameter.Name}' has a size '{size ?? "null"}'; a size is a number that is not negative, or a name."),
    };

    private long Named(string name)
    {
        if (!_named.TryGetValue(name, out var size))
        {
            if (!_free.TryDequeue(out var next))
            {
                throw new ExampleException("The examples name more sizes than can be told apart; use numbers for some.");
            }

            _named.Add(name, size = next);
        }

        return size;
    }
}
