using Brachy.CompilerServices;
using Brachy.Trees;

namespace Brachy;

/// <summary>
/// A typed view of one node of a structure tree. A constructor builds a new node; <c>Bind</c> views an existing one.
/// Members read and write the node.
/// </summary>
public abstract class Module : StateOrganizer
{
    /// <summary>Builds a new node.</summary>
    protected Module()
    {
        Tree.ApplyFn = DefaultApply;
        AdoptConfig(DefaultConfig);
    }

    /// <summary>Views an existing node.</summary>
    protected Module(ModuleBinding binding)
        : base(binding.Tree, binding.Config)
    {
    }

    /// <summary>
    /// A module without state that computes a function; see
    /// <see cref="StructureTree.FromFunc{TInput, TOutput}(Func{TInput, TOutput}, string)"/>.
    /// </summary>
    public static Module<TInput, TOutput> FromFunc<TInput, TOutput>(Func<TInput, TOutput> function, string name = "function") =>
        Module<TInput, TOutput>.Bind(StructureTree.FromFunc(function, name), GlobalConfig.Empty);

    /// <summary>What a newly built node computes.</summary>
    protected virtual ApplyFn? DefaultApply => null;

    /// <summary>The settings that a newly built module brings along.</summary>
    protected virtual GlobalConfig DefaultConfig => GlobalConfig.Empty;
}

/// <summary>A view of any node whose apply function has this signature.</summary>
/// <typeparam name="TInput">The input: one type, or a tuple for several arguments.</typeparam>
/// <typeparam name="TOutput">The output.</typeparam>
public class Module<TInput, TOutput> : Module, IModule<Module<TInput, TOutput>>
{
    /// <summary>Builds a new node.</summary>
    protected Module()
    {
    }

    /// <summary>Views an existing node.</summary>
    protected Module(ModuleBinding binding)
        : base(binding)
    {
    }

    /// <summary>Views a node as anything with this signature.</summary>
    public static Module<TInput, TOutput> Bind(StructureTree tree, GlobalConfig config) => new(new ModuleBinding(tree, config));

    /// <summary>
    /// Computes what the node's apply function says; changed buffers are in <see cref="StateOrganizer.Tree"/> afterwards.
    /// </summary>
    /// <exception cref="InvalidOperationException">The node has no apply function, or one of another signature.</exception>
    public TOutput Call(TInput input) => Tree.ApplyOf<TInput, TOutput>().Call(Tree, Config, input);
}
