using System.ComponentModel;
using System.Diagnostics;

namespace Brachy.CompilerServices;

/// <summary>What the <c>JitApply</c> of a module class calls: <c>Apply</c>, compiled. Generated code makes one for each class.</summary>
/// <typeparam name="TInput">The input: one type, or a tuple for several arguments.</typeparam>
/// <typeparam name="TOutput">The output.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
[DebuggerStepThrough]
public sealed class ModuleJit<TInput, TOutput>
{
    private readonly Lazy<JitFunction<ModuleArguments<TInput>, (StructureTree Tree, TOutput Output)>> _function;

    /// <summary>The compiled function of a class. The handlers are asked for before the first call only.</summary>
    /// <param name="name">The name in messages.</param>
    /// <param name="inputs">The names of Forward's parameters.</param>
    /// <param name="handlers">Take the input apart, and put the output together.</param>
    public ModuleJit(string name, string[] inputs, Func<(TreeHandler<TInput> Input, TreeHandler<TOutput> Output)> handlers) =>
        _function = new(() => Create(name, inputs, handlers()), LazyThreadSafetyMode.PublicationOnly);

    /// <summary>Cache, graph, script and re-trace explanations.</summary>
    public JitFunction Function => _function.Value;

    /// <summary>Applies a node to an input. Pure: the node given is left as it is, and the one returned has the changed buffers.</summary>
    /// <exception cref="InvalidOperationException">The node has no apply function, or one of another signature.</exception>
    public static (StructureTree Tree, TOutput Output) Apply(StructureTree tree, GlobalConfig config, TInput input)
    {
        ArgumentNullException.ThrowIfNull(tree);
        return tree.Apply<TInput, TOutput>(config, input);
    }

    /// <summary>The same, compiled.</summary>
    /// <exception cref="InvalidOperationException">The node has no apply function, or one of another signature.</exception>
    public (StructureTree Tree, TOutput Output) Invoke(StructureTree tree, GlobalConfig config, TInput input)
    {
        ArgumentNullException.ThrowIfNull(tree);
        ArgumentNullException.ThrowIfNull(config);
        return _function.Value.InvokeWith(new(tree, config, input));
    }

    private static JitFunction<ModuleArguments<TInput>, (StructureTree Tree, TOutput Output)> Create(
        string name, string[] inputs, (TreeHandler<TInput> Input, TreeHandler<TOutput> Output) handlers) => Jit.Create(
        name,
        new ModuleArgumentsHandler<TInput>(inputs, handlers.Input),
        TreeHandler.Tuple(TreeHandler.StructureTree, handlers.Output),
        static arguments => Apply(arguments.Tree, arguments.Config, arguments.Input));
}

internal readonly record struct ModuleArguments<TInput>(StructureTree Tree, GlobalConfig Config, TInput Input);

/// <summary>Takes the arguments of an apply function apart, each under its name.</summary>
internal sealed class ModuleArgumentsHandler<TInput>(string[] names, TreeHandler<TInput> input) : TreeHandler<ModuleArguments<TInput>>
{
    private readonly string _tree = names.Contains("tree") ? "moduleTree" : "tree";
    private readonly string _config = names.Contains("config") ? "moduleConfig" : "config";
    private readonly ITupleHandler<TInput>? _inputs = names.Length > 1 ? (ITupleHandler<TInput>)input : null;

    public override void Flatten(ModuleArguments<TInput> value, TreeFlattener flattener)
    {
        flattener.Argument(_tree);
        flattener.Tree(value.Tree);
        flattener.Argument(_config);
        flattener.Static(value.Config);
        if (_inputs is not null)
        {
            _inputs.FlattenArguments(value.Input, names, flattener);
        }
        else if (names.Length == 1)
        {
            TupleItem.FlattenArgument(value.Input, input, names[0], flattener);
        }
    }

    public override ModuleArguments<TInput> Unflatten(TreeUnflattener unflattener) => new(
        unflattener.Tree()!, unflattener.Static<GlobalConfig>(), names.Length == 0 ? default! : input.Unflatten(unflattener));
}
