namespace Brachy.NN;

/// <summary>
/// A module followed by functions of its output: <c>new Chain(network, F.tanh, x =&gt; x * 2)</c>. What is said of captured variables
/// at <see cref="Lambda"/> holds here, too.
/// </summary>
[Module]
public partial class Chain
{
    /// <summary>The module that comes first.</summary>
    public partial Module<Tensor, Tensor> Base { get; set; }

    /// <summary>The functions, in order.</summary>
    [Static]
    public partial IReadOnlyList<Func<Tensor, Tensor>> Functions { get; set; }

    /// <summary>A chain of a module and functions.</summary>
    /// <param name="module">From a tensor to a tensor.</param>
    /// <param name="functions">What is applied to its output, in order.</param>
    public Chain(Module<Tensor, Tensor> module, params ReadOnlySpan<Func<Tensor, Tensor>> functions)
    {
        ArgumentNullException.ThrowIfNull(module);
        foreach (var function in functions)
        {
            ArgumentNullException.ThrowIfNull(function, nameof(functions));
        }

        Base = module;
        Functions = functions.ToArray();
    }

    /// <summary>A chain of an existing node and functions; <c>var (tree, config) = Chain.Of(tree, config, F.tanh)</c>.</summary>
    /// <param name="tree">The node, from a tensor to a tensor.</param>
    /// <param name="config">Its settings.</param>
    /// <param name="functions">What is applied to its output, in order.</param>
    public static Chain Of(StructureTree tree, GlobalConfig config, params ReadOnlySpan<Func<Tensor, Tensor>> functions) =>
        new(Module<Tensor, Tensor>.Bind(tree, config), functions);

    /// <summary>Applies the module and then the functions.</summary>
    public Tensor Forward(Tensor x)
    {
        x = Base.Call(x);
        foreach (var function in Functions)
        {
            x = function(x);
        }

        return x;
    }
}
