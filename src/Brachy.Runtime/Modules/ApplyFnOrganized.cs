namespace Brachy.Trees;

// What a node computes, given by hand.
public abstract partial class ApplyFn
{
    /// <summary>An apply function that works on a view of its node.</summary>
    /// <param name="name">The name in messages and checkpoints.</param>
    /// <param name="body">From a view of the node, which may be changed, and the input to the output.</param>
    public static ApplyFn<TInput, TOutput> Organized<TInput, TOutput>(string name, Func<StateOrganizer, TInput, TOutput> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new ApplyFn<TInput, TOutput>(name, (tree, config, input) => body(new StateOrganizer(tree, config), input), identity: body);
    }

    /// <summary>An apply function that works on a view of its node and takes no input.</summary>
    /// <inheritdoc cref="Organized{TInput, TOutput}(string, Func{StateOrganizer, TInput, TOutput})"/>
    public static ApplyFn<ValueTuple, TOutput> Organized<TOutput>(string name, Func<StateOrganizer, TOutput> body) =>
        Organized<ValueTuple, TOutput>(name, body, (node, _) => body(node));

    private static ApplyFn<TInput, TOutput> Organized<TInput, TOutput>(
        string name, Delegate body, Func<StateOrganizer, TInput, TOutput> run)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new ApplyFn<TInput, TOutput>(name, (tree, config, input) => run(new StateOrganizer(tree, config), input), identity: body);
    }
}
