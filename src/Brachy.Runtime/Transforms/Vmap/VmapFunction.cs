using System.Globalization;
using Brachy.CompilerServices;
using Brachy.Native;

namespace Brachy;

/// <summary>A function over anything for a batch.</summary>
internal sealed class VmapFunction<TArguments, TResult>(
    VmapOptions options, TreeHandler<TArguments> arguments, TreeHandler<TResult> result, Func<TArguments, TResult> function)
{
    private const string Argument = "argument ";

    public TResult Call(TArguments values)
    {
        StackSpace.Require(options.Name);
        var flattener = new TreeFlattener();
        flattener.BeginRecording(withPaths: true);
        arguments.Flatten(values, flattener);
        var definition = flattener.EndRecording();
        var tensors = flattener.Leaves.ToArray();
        var paths = definition.LeafPaths!;
        var leaves = tensors.Select((tensor, i) => new VmapLeaf(tensor, paths[i], InAxis(paths[i], tensor.Type))).ToArray();
        TreeDef? given = null;
        var outputs = new VmapCall(options).Run(
            leaves,
            sample =>
            {
                var value = function(arguments.Unflatten(new TreeUnflattener(definition, sample, forCaller: false)));
                var taken = new TreeFlattener();
                taken.BeginRecording(withPaths: true);
                taken.Argument("result");
                result.Flatten(value, taken);
                given = taken.EndRecording().WithOwnStatics();
                return taken.Leaves.ToArray();
            },
            (batched, types) => OutAxes(given!.LeafPaths!, batched, types));
        return result.Unflatten(new TreeUnflattener(given!, outputs, forCaller: true));
    }

    private int? InAxis(string path, TensorType type)
    {
        var dot = path.IndexOf('.', StringComparison.Ordinal);
        var inside = dot < 0 ? "" : path[(dot + 1)..];
        if (options.InAxes.Items is not { } items)
        {
            return options.InAxes.Of(inside, type);
        }

        var position = int.Parse(path[Argument.Length..(dot < 0 ? path.Length : dot)], CultureInfo.InvariantCulture) - 1;
        return items[position]?.Of(inside, type);
    }

    private int?[] OutAxes(IReadOnlyList<string> paths, bool[] batched, TensorType[] types)
    {
        var axes = new int?[paths.Count];
        for (var i = 0; i < axes.Length; i++)
        {
            axes[i] = OutAxis(paths[i], types[i]);
            if (axes[i] is null && batched[i])
            {
                throw new ArgumentException(
                    $"Vmap of {options.Name}: '{paths[i]}' is to be the same for all samples (its axis in outAxes is null), but it depends "
                    + "on what differs between them. Give it an axis, or reduce it over the samples (F.pmean).");
            }

            if (axes[i] is { } axis && (axis < -types[i].Rank - 1 || axis > types[i].Rank))
            {
                throw new ShapeException(
                    $"Vmap of {options.Name}: the batch is to be dim {axis} of '{paths[i]}', which is {types[i]} for one sample and has "
                    + $"{types[i].Rank + 1} dims for a batch.");
            }
        }

        return axes;
    }

    private int? OutAxis(string path, TensorType type)
    {
        var parts = path.Split('.', 3);
        if (options.OutAxes.Items is not { } items)
        {
            return options.OutAxes.Of(path.Length > parts[0].Length ? path[(parts[0].Length + 1)..] : "", type);
        }

        var item = parts.Length < 2 ? -1
            : parts[1].StartsWith("Item", StringComparison.Ordinal)
                && int.TryParse(parts[1].AsSpan(4), CultureInfo.InvariantCulture, out var number) ? number - 1
            : int.TryParse(parts[1], CultureInfo.InvariantCulture, out var index) ? index
            : -1;
        return item >= 0 && item < items.Count
            ? items[item]?.Of(parts.Length > 2 ? parts[2] : "", type)
            : throw new ArgumentException(
                $"Vmap of {options.Name}: outAxes {options.OutAxes} has {items.Count} items, but the result has '{path}'; give one for "
                + "each item of a tuple or list, one number for all, or Axes.Where((path, type) => ...).");
    }
}
