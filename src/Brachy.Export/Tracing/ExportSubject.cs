using Brachy.CompilerServices;
using Brachy.Transforms;
using Brachy.Trees;

namespace Brachy.IO.Tracing;

/// <summary>What is exported, and which sizes of its arguments vary.</summary>
/// <param name="Function">The function.</param>
/// <param name="Varying">The sizes; arguments count as they do for the function, a model among them.</param>
/// <param name="Tree">
/// The tree whose tensors are the weights, or null when there is none. Several are one, under the names of their arguments.
/// </param>
internal sealed record ExportSubject(ExportedFunction Function, IReadOnlyList<VaryingDims> Varying, StructureTree? Tree)
{
    /// <summary>A model for an input of any type that transforms know.</summary>
    /// <param name="model">The model.</param>
    /// <param name="input">Its input.</param>
    /// <param name="text">The expression of the input.</param>
    /// <param name="varying">Which sizes vary, of argument 0; of a tuple, those of its parts.</param>
    public static ExportSubject Of<TInput>(
        (StructureTree Tree, GlobalConfig Config) model, TInput input, string? text, IReadOnlyList<VaryingDims> varying)
    {
        Require(model);
        var function = ExportedFunction.Of(model.Tree, model.Config, input, CallNames.Of(null, text));
        return new(function, [.. varying.Select(dims => Shifted(dims, 1, dims.Member))], model.Tree);
    }

    /// <summary>A model for one to four tensors.</summary>
    /// <param name="model">The model.</param>
    /// <param name="inputs">Its inputs.</param>
    /// <param name="text">The expression of the inputs.</param>
    /// <param name="varying">Which sizes vary; arguments are positions in the list.</param>
    public static ExportSubject Of(
        (StructureTree Tree, GlobalConfig Config) model, Tensor[] inputs, string? text, IReadOnlyList<VaryingDims> varying)
    {
        Require(model);
        ArgumentNullException.ThrowIfNull(inputs);
        var ((tree, config), names) = (model, CallNames.OfList(text, inputs.Length));
        var function = inputs switch
        {
            _ when tree.ApplyFn is ITakes<Tensor[]> => ExportedFunction.Of(tree, config, inputs, names),
            [var x] => ExportedFunction.Of(tree, config, x, names),
            [var a, var b] => ExportedFunction.Of(tree, config, (a, b), names),
            [var a, var b, var c] => ExportedFunction.Of(tree, config, (a, b, c), names),
            [var a, var b, var c, var d] => ExportedFunction.Of(tree, config, (a, b, c, d), names),
            _ => throw new ArgumentException(
                $"There are {inputs.Length} inputs; lists of one to four tensors are taken. Pass the model's input, a tuple, as one value.",
                nameof(inputs)),
        };
        return new(
            function,
            [.. varying.Select(dims => Shifted(dims, inputs.Length, inputs.Length == 1 ? null : $"Item{dims.Argument + 1}"))],
            tree);
    }

    /// <summary>A function of some arguments, of which structure trees are weights.</summary>
    /// <param name="text">The expression of the function.</param>
    /// <param name="texts">The expressions of the arguments.</param>
    /// <param name="handler">Takes the arguments apart.</param>
    /// <param name="values">The arguments.</param>
    /// <param name="trees">The arguments that are structure trees, null for others.</param>
    /// <param name="function">The function, for its name.</param>
    /// <param name="run">Calls it.</param>
    /// <param name="varying">Which sizes vary; arguments are those of the function.</param>
    public static ExportSubject Of<TArguments, TResult>(
        string? text, string?[] texts, TreeHandler<TArguments> handler, TArguments values, StructureTree?[] trees, Delegate function,
        Func<TArguments, TResult> run, IReadOnlyList<VaryingDims> varying)
    {
        ArgumentNullException.ThrowIfNull(function);
        _ = ArgumentRoles.OfVarying(texts.Length, varying);
        var (name, names) = (Jit.NameOf(function, text ?? nameof(function)), CallNames.Of(text, texts));
        var exported = ExportedFunction.Of(name, handler, TreeHandler.For<TResult>(), values, names, run);

        // Trees that are arguments themselves are not those that say when their nodes run.
        return new(exported, varying, Joined([.. exported.Trees.Select(tree =>
            (tree.Name, Array.IndexOf(names, tree.Name) is var i and >= 0 && trees[i] is { } own ? own : tree.Tree))]));
    }

    /// <summary>The one tree, or one with all of them under the names of their arguments, and their places in these.</summary>
    private static StructureTree? Joined(IReadOnlyList<(string Name, StructureTree Tree)> trees)
    {
        if (trees.Count < 2)
        {
            return trees.Count == 0 ? null : trees[0].Tree;
        }

        var all = new StructureTree();
        foreach (var (name, tree) in trees)
        {
            var (parent, keys) = (all, name.Split('.'));
            foreach (var key in keys.SkipLast(1))
            {
                if (!parent.Submodules.ContainsKey(key))
                {
                    parent.Submodules.Add(key, new());
                }

                parent = parent.Submodules[key];
            }

            parent.Submodules.Add(keys[^1], tree);
        }

        return all;
    }

    /// <summary>The model is the first argument, its input the second.</summary>
    private static VaryingDims Shifted(VaryingDims dims, int count, string? member) => dims.Argument >= 0 && dims.Argument < count
        ? new VaryingDims(1, [.. dims.Names]) { Member = member, Typical = dims.Typical }
        : throw new ArgumentOutOfRangeException(
            nameof(OnnxOptions.Varying), dims.Argument, $"There are {count} inputs; positions go from 0 to {count - 1}.");

    private static void Require((StructureTree Tree, GlobalConfig Config) model)
    {
        ArgumentNullException.ThrowIfNull(model.Tree, nameof(model));
        ArgumentNullException.ThrowIfNull(model.Config, nameof(model));
    }
}
