using Brachy.CompilerServices;

namespace Brachy;

/// <summary>A value taken apart, with what puts others of its structure together.</summary>
internal sealed record Parts<T>(TreeHandler<T> Handler, TreeDef Definition, TensorType[] Types)
{
    /// <summary>The tensors. They are let go of when the value itself is not needed again.</summary>
    public Tensor[] Leaves { get; private init; } = [];

    public static Parts<T> Of(T value, TreeHandler<T> handler)
    {
        var flattener = new TreeFlattener();
        flattener.BeginRecording(withPaths: true);
        flattener.Argument("argument");
        handler.Flatten(value, flattener);
        var leaves = flattener.Leaves.ToArray();
        return new(handler, flattener.EndRecording(), Array.ConvertAll(leaves, leaf => leaf.Type)) { Leaves = leaves };
    }

    public Parts<T> WithoutLeaves() => this with { Leaves = [] };

    public T With(Tensor[] leaves) => Handler.Unflatten(new TreeUnflattener(Definition, leaves, forCaller: false));

    public T WithForCaller(Tensor[] leaves) => Handler.Unflatten(new TreeUnflattener(Definition, leaves, forCaller: true));

    /// <summary>
    /// Every place of a tensor, and which tensor it is: path, how many places of that path came before, and position among the leaves.
    /// </summary>
    public IEnumerable<((string Path, int Number) Place, int Leaf)> Places()
    {
        var next = 0;
        var numbers = new Dictionary<string, int>();
        for (var i = 0; i < Definition.Tokens.Length; i++)
        {
            var token = Definition.Tokens[i];
            var isNull = ReferenceEquals(token.Value, TreeFlattener.NullLeaf);
            if (!token.IsLeaf && !isNull && token.Value is not SharedLeaf)
            {
                continue;
            }

            // A handler of the user's own may write several tensors under one name.
            var path = Definition.Paths![i];
            var number = numbers.GetValueOrDefault(path);
            numbers[path] = number + 1;
            if (!isNull)
            {
                yield return ((path, number), token.Value is SharedLeaf shared ? shared.Leaf : next++);
            }
        }
    }
}

/// <summary>The gradient of a <see cref="CustomVjp"/>: calls the user's function and checks what it gives.</summary>
internal sealed class UserGradient<TArgument, TResult, TResiduals>(
    string name, Parts<TArgument> argument, Parts<TResult> result, Parts<TResiduals> residuals,
    Func<TResiduals, TResult, TArgument?> backward)
    : CustomGradient(name, result.Leaves.Length, argument.Leaves.Length, residuals.Leaves.Length)
{
    private readonly Parts<TArgument> _argument = argument.WithoutLeaves();
    private readonly Parts<TResult> _result = result.WithoutLeaves();
    private readonly Parts<TResiduals> _residuals = residuals.WithoutLeaves();

    protected override Tensor?[] Gradients(Tensor[] cotangents, Tensor[] residuals)
    {
        var parts = Parts<TArgument>.Of(backward(_residuals.With(residuals), _result.With(cotangents))!, _argument.Handler);
        var given = parts.Places().ToDictionary(p => p.Place, p => parts.Leaves[p.Leaf]);
        var found = new List<Tensor>[_argument.Types.Length];
        foreach (var (place, leaf) in _argument.Places())
        {
            found[leaf] ??= [];
            if (given.Remove(place, out var gradient))
            {
                Check(gradient, _argument.Types[leaf], place.Path);
                if (!found[leaf].Exists(other => ReferenceEquals(other, gradient)))
                {
                    found[leaf].Add(gradient);
                }
            }
        }

        if (given.Count > 0)
        {
            throw new ArgumentException(
                $"The backward function of {Name} gave a gradient for '{given.Keys.First().Path}', where its argument has no tensor; " +
                $"it has some at {string.Join(", ", _argument.Definition.LeafPaths!.Select(path => $"'{path}'"))}.");
        }

        return Array.ConvertAll(found, same => same.Count == 0 ? null : same.Aggregate((a, b) => a + b));
    }

    private void Check(Tensor gradient, TensorType type, string path)
    {
        var problem = $"The backward function of {Name} gave {Article.With(gradient.Type)} as the gradient of '{path}', which is {type}";
        if (gradient.shape != type.Shape)
        {
            throw new ShapeException($"{problem}; a gradient has the shape of its tensor (sum over the dims that were broadcast).");
        }

        // The gradient of an integer does not count, whatever it is.
        if (type.DType.IsFloatingPoint() && gradient.dtype != type.DType)
        {
            throw new DTypeException($"{problem}; a gradient has the element type of its tensor (use x.to(dtype)).");
        }

        if (type.DType.IsFloatingPoint() && gradient.device != type.Device)
        {
            throw new DeviceException($"{problem}; a gradient lies on the device of its tensor (use x.to(device)).");
        }
    }
}
