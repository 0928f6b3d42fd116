using System.Globalization;
using Brachy.CompilerServices;
using Brachy.Trees;

namespace Brachy.IO.Tracing;

/// <summary>A function that is written to a file, with example arguments taken apart.</summary>
internal sealed class ExportedFunction
{
    private const string TrainMode = "train_mode";
    private readonly Action<TreeUnflattener, TreeFlattener> _run;

    private ExportedFunction(
        string name, TreeDef arguments, Tensor[] leaves, bool takesModel, string[] names, string[]? parts,
        Action<TreeUnflattener, TreeFlattener> run)
    {
        (Name, Leaves, _run) = (name, leaves, run);
        FlattenedTree[] trees = [.. arguments.Trees!.Where(tree => !takesModel || tree.Argument == 0)];
        Trees = [.. trees.Select(tree => (names[tree.Argument] + From(tree.Path), tree.Tree))];
        Arguments = takesModel ? arguments : Watched(arguments, trees);
        LeafNames = [.. arguments.LeafPaths!.Select((path, i) => NameOf(path, arguments.LeafArguments![i]))];
        IsWeight = new bool[leaves.Length];
        foreach (var (i, tree) in trees.Index())
        {
            IsWeight.AsSpan(tree.Leaves).Fill(true);
            for (var leaf = tree.Leaves.Start.Value; leaf < tree.Leaves.End.Value; leaf++)
            {
                var below = arguments.LeafPaths![leaf][(tree.Path.Length + 1)..];
                LeafNames[leaf] = trees.Length == 1 ? below : $"{Trees[i].Name}.{below}";
            }
        }

        string NameOf(string path, int argument)
        {
            var below = From(path).TrimStart('.');
            if (parts is not null)
            {
                // Item1, or a position in a list.
                var end = below.IndexOf('.', StringComparison.Ordinal) is var next and >= 0 ? next : below.Length;
                var digits = new string([.. below[..end].Where(char.IsAsciiDigit)]);
                if (int.TryParse(digits, CultureInfo.InvariantCulture, out var part))
                {
                    return parts[below.StartsWith("Item", StringComparison.Ordinal) ? part - 1 : part] + below[end..];
                }
            }

            return names[argument] + From(path);
        }

        // What comes behind the argument, with its dot.
        static string From(string path) => path.IndexOf('.', StringComparison.Ordinal) is var dot and >= 0 ? path[dot..] : "";
    }

    /// <summary>The name, for messages.</summary>
    public string Name { get; }

    /// <summary>The static part of the arguments.</summary>
    public TreeDef Arguments { get; }

    /// <summary>The tensors of the arguments.</summary>
    public Tensor[] Leaves { get; }

    /// <summary>The trees whose tensors are weights, each with the name of its argument and its place in that.</summary>
    public IReadOnlyList<(string Name, StructureTree Tree)> Trees { get; }

    /// <summary>For each tensor whether it is one of a structure tree: a weight, and no input.</summary>
    public bool[] IsWeight { get; }

    /// <summary>For each tensor its name: the path in the tree, or the name of the argument with the path in it.</summary>
    public string[] LeafNames { get; }

    /// <summary>A function of some arguments; structure trees in them are weights, wherever they are.</summary>
    /// <param name="name">Its name, for messages.</param>
    /// <param name="arguments">Takes the arguments apart; it names them in their order.</param>
    /// <param name="result">Takes the result apart.</param>
    /// <param name="values">The arguments.</param>
    /// <param name="names">Names of the arguments.</param>
    /// <param name="function">The function.</param>
    public static ExportedFunction Of<TArguments, TResult>(
        string name, TreeHandler<TArguments> arguments, TreeHandler<TResult> result, TArguments values, string[] names,
        Func<TArguments, TResult> function) =>
        Make(name, arguments, values, takesModel: false, names, (given, flattener) => result.Flatten(function(given), flattener));

    /// <summary>What a tree computes, as a function of its input. The tree's tensors are the first ones, and the only
    /// weights: trees in the input are part of the input.</summary>
    /// <param name="tree">The tree.</param>
    /// <param name="config">Its settings.</param>
    /// <param name="input">The input.</param>
    /// <param name="names">The name of the input, or of the parts of one that is a tuple.</param>
    /// <exception cref="ArgumentException">The tree does not take such an input, or gives what transforms do not know.</exception>
    public static ExportedFunction Of<TInput>(StructureTree tree, GlobalConfig config, TInput input, string[] names)
    {
        if (tree.ApplyFn is not ITakes<TInput>)
        {
            var what = tree.ApplyFn is null
                ? "The model has no apply function"
                : $"The model computes {tree.ApplyFn.Name}: {tree.ApplyFn.Signature}";
            throw new ArgumentException($"{what}, so that it does not take an input of type {TypeText.Of(typeof(TInput))}.", nameof(input));
        }

        var handler = new ArgumentsHandler<StructureTree, TInput>(Transforms.ArgumentRoles.OfJit(2, null));
        return Make(
            tree.ApplyFn.Name, handler, new Arguments<StructureTree, TInput>(PathNotes.Watch(tree), input), takesModel: true,
            ["model", names[0]],
            (given, flattener) =>
            {
                var model = given.Argument1;
                var before = model.Tensors().ToArray();
                var function = model.ApplyFn!.Wrap("export", new OutputProbe(flattener));
                ((ITakes<TInput>)function).CallWithoutResult(model, config, given.Argument2);
                RequireNothingTrained(before, model, config);
            },
            names.Length == 1 ? null : names);
    }

    /// <summary>Runs the function on tensors without values, inside the trace that is going on.</summary>
    /// <param name="tensors">What stands for the arguments' tensors.</param>
    /// <returns>The tensors of the result and its static part.</returns>
    public (Tensor[] Outputs, TreeDef Result) Run(Tensor[] tensors)
    {
        var flattener = new TreeFlattener();
        flattener.BeginRecording(withPaths: true);
        flattener.Argument("output");
        _run(new TreeUnflattener(Arguments, tensors, forCaller: false), flattener);
        var result = flattener.EndRecording();
        return (flattener.Leaves.ToArray(), result);
    }

    /// <summary>Throws where a model in training has changed buffers, which a file does not keep; elsewhere they are left behind.</summary>
    private static void RequireNothingTrained((string Path, Tensor Tensor)[] before, StructureTree model, GlobalConfig config)
    {
        if (!config.Get(TrainMode, false))
        {
            return;
        }

        var keys = RandomKeys.Paths(model);
        string[] changed = [.. model.Tensors().Zip(before)
            .Where(pair => !ReferenceEquals(pair.First.Tensor, pair.Second.Tensor) && !keys.Contains(pair.First.Path))
            .Select(pair => $"'{pair.First.Path}'")];
        if (changed.Length > 0)
        {
            const int Named = 4;
            throw new ArgumentException(
                $"The model is in training, where it changes {string.Join(", ", changed.Take(Named))}"
                + $"{(changed.Length > Named ? $" and {changed.Length - Named} more" : "")}, which a file does not keep. Export it for "
                + $"evaluation: (model, config.With(\"{TrainMode}\", false)).", nameof(model));
        }
    }

    /// <summary>The arguments with trees inside of others whose nodes say when they run.</summary>
    private static TreeDef Watched(TreeDef arguments, FlattenedTree[] trees)
    {
        var tokens = arguments.Tokens.ToArray();
        foreach (var tree in trees.Where(tree => tree.Path.Contains('.', StringComparison.Ordinal)))
        {
            for (var i = tree.Tokens.Start.Value; i < tree.Tokens.End.Value; i++)
            {
                if (tokens[i] is { IsLeaf: false, IsStatic: false, Value: ApplyFn function })
                {
                    tokens[i] = new(PathNotes.Watched(function, arguments.Paths![i][tree.Path.Length..].TrimStart('.')), 0);
                }
            }
        }

        return arguments.WithTokens(tokens);
    }

    private static ExportedFunction Make<TArguments>(
        string name, TreeHandler<TArguments> handler, TArguments values, bool takesModel, string[] names,
        Action<TArguments, TreeFlattener> run, string[]? parts = null)
    {
        var flattener = new TreeFlattener();
        flattener.BeginRecording(withPaths: true, withTrees: true);
        handler.Flatten(values, flattener);
        var definition = flattener.EndRecording();
        var leaves = flattener.Leaves.ToArray();
        foreach (var leaf in leaves)
        {
            leaf.ThrowIfUnusable();
        }

        return new(name, definition, leaves, takesModel, names, parts, (u, f) => run(handler.Unflatten(u), f));
    }

    /// <summary>Takes the output of a tree apart, of whatever type it is.</summary>
    private sealed class OutputProbe(TreeFlattener flattener) : IApplyWrapper
    {
        public TOutput Call<TInput, TOutput>(ApplyFn<TInput, TOutput> inner, StructureTree tree, GlobalConfig config, TInput input)
        {
            var output = inner.Call(tree, config, input);
            TreeHandler.For<TOutput>().Flatten(output, flattener);
            return output;
        }
    }
}
