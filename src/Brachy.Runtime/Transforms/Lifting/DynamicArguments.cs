using System.Globalization;
using Brachy.CompilerServices;

namespace Brachy.Transforms;

/// <summary>Arguments of a function whose types are known only when the program runs.</summary>
internal readonly record struct DynamicArguments(object?[] Positional, IReadOnlyDictionary<string, object?> Named)
{
    public static DynamicArguments Of(object?[] arguments, IReadOnlyDictionary<string, object?>? named)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        return new(arguments, named ?? new Dictionary<string, object?>());
    }

    /// <summary>One argument, or an array of several.</summary>
    /// <param name="positions">Positions, which rise.</param>
    public object? Chosen(int[] positions)
    {
        var arguments = Positional;
        return positions[^1] >= arguments.Length
            ? throw new ArgumentException(
                $"The function is differentiated by argument {positions[^1] + 1}, but it is called with {arguments.Length}.")
            : positions is [var only] ? arguments[only] : Array.ConvertAll(positions, p => arguments[p]);
    }
}

/// <summary>Takes dynamic arguments apart: positional ones in order, then named ones by name.</summary>
/// <param name="staticArguments">Positions of static arguments; a call may have fewer.</param>
/// <param name="staticNames">Names of static arguments; a call need not have them.</param>
/// <param name="differentiated">Positions of arguments to differentiate; null where nothing is.</param>
internal sealed class DynamicArgumentsHandler(
    int[]? staticArguments, string[]? staticNames, int[]? differentiated) : TreeHandler<DynamicArguments>
{
    private static readonly ExplicitStaticHandler<object?> s_static = new();
    private readonly int[] _static = CheckStatic(staticArguments);
    private readonly int[] _differentiated = CheckDifferentiated(differentiated, staticArguments);

    public override void Flatten(DynamicArguments value, TreeFlattener flattener)
    {
        flattener.Layout(value.Positional.Length);
        for (var i = 0; i < value.Positional.Length; i++)
        {
            flattener.Argument(string.Create(CultureInfo.InvariantCulture, $"argument {i + 1}"), _differentiated.Contains(i));
            HandlerOf(i).Flatten(value.Positional[i], flattener);
        }

        flattener.Layout(value.Named.Count);
        foreach (var (name, item) in value.Named.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            flattener.Layout(name);
            flattener.Argument(name);
            HandlerOf(name).Flatten(item, flattener);
        }
    }

    public override DynamicArguments Unflatten(TreeUnflattener unflattener)
    {
        var positional = new object?[unflattener.Static<int>()];
        for (var i = 0; i < positional.Length; i++)
        {
            positional[i] = HandlerOf(i).Unflatten(unflattener);
        }

        var named = new Dictionary<string, object?>();
        for (var count = unflattener.Static<int>(); count > 0; count--)
        {
            var name = unflattener.Static<string>();
            named.Add(name, HandlerOf(name).Unflatten(unflattener));
        }

        return new(positional, named);
    }

    private static int[] CheckStatic(int[]? staticArguments) => Array.Find(staticArguments ?? [], p => p < 0) is var negative and < 0
        ? throw new ArgumentOutOfRangeException(nameof(staticArguments), negative, "Positions of arguments start at 0.")
        : [.. staticArguments ?? []];

    private static int[] CheckDifferentiated(int[]? differentiated, int[]? staticArguments)
    {
        if (differentiated is not null
            && (differentiated is [] or [< 0, ..] || differentiated.Zip(differentiated[1..]).Any(pair => pair.First >= pair.Second)))
        {
            throw new ArgumentOutOfRangeException(
                nameof(differentiated), string.Join(", ", differentiated), "One or more positions of arguments, from 0, must rise.");
        }

        return differentiated?.Intersect(staticArguments ?? []).Any() == true
            ? throw new ArgumentException("An argument that is differentiated cannot be static.", nameof(staticArguments))
            : [.. differentiated ?? []];
    }

    private TreeHandler<object?> HandlerOf(int position) => _static.Contains(position) ? s_static : TreeHandler.Dynamic;

    private TreeHandler<object?> HandlerOf(string name) => staticNames?.Contains(name) == true ? s_static : TreeHandler.Dynamic;
}

/// <summary>Takes a result apart of which some items are static: those of an array, or the result itself as item 0.</summary>
internal sealed class DynamicResultHandler(int[] staticReturns) : TreeHandler<object?>
{
    private static readonly ExplicitStaticHandler<object?> s_static = new();

    public override void Flatten(object? value, TreeFlattener flattener)
    {
        var items = value?.GetType() == typeof(object[]) ? (object?[])value : null;
        flattener.Layout(items?.Length ?? -1);
        if (items is null)
        {
            HandlerOf(0).Flatten(value, flattener);
            return;
        }

        for (var i = 0; i < items.Length; i++)
        {
            flattener.Push(i.ToString(CultureInfo.InvariantCulture));
            HandlerOf(i).Flatten(items[i], flattener);
            flattener.Pop();
        }
    }

    public override object? Unflatten(TreeUnflattener unflattener)
    {
        var count = unflattener.Static<int>();
        if (count < 0)
        {
            return HandlerOf(0).Unflatten(unflattener);
        }

        var items = new object?[count];
        for (var i = 0; i < count; i++)
        {
            items[i] = HandlerOf(i).Unflatten(unflattener);
        }

        return items;
    }

    private TreeHandler<object?> HandlerOf(int item) => staticReturns.Contains(item) ? s_static : TreeHandler.Dynamic;
}
