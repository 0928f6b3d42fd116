using Brachy.Trees;

namespace Brachy.Modules;

/// <summary>
/// Functions that run before or after a node, put there by <see cref="StructureTree.Wrap"/>: PyTorch's forward hooks. They are part of the
/// compile key by the identity of their function; nodes of other types than the function's are passed over. What they capture from outside
/// is built into compiled code as it was then.
/// </summary>
/// <example>
/// <code>
/// var hook = Hook.After((Tensor y) => F.clamp(y, -1, 1));
/// var hooked = model.Wrap("blocks.*", hook);
/// model = hooked.Unwrap("**", w => w.Equals(hook));
/// </code>
/// </example>
public static class Hook
{
    /// <summary>A hook that changes the input.</summary>
    /// <typeparam name="TInput">The input of the nodes: one type, or a tuple for several arguments.</typeparam>
    /// <param name="function">From the input to what the node gets instead.</param>
    public static IApplyWrapper Before<TInput>(Func<TInput, TInput> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new BeforeHook<TInput>(function);
    }

    /// <summary>A hook that changes the output.</summary>
    /// <typeparam name="TOutput">The output of the nodes.</typeparam>
    /// <param name="function">From the output to what the caller of the node gets instead.</param>
    public static IApplyWrapper After<TOutput>(Func<TOutput, TOutput> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        return new AfterHook<TOutput>(function);
    }

    private static bool Meets(Type hook, Type node) => hook.IsAssignableFrom(node) || node.IsAssignableFrom(hook);

    private static T Fitting<T>(object? value, string what, ApplyFn node) =>
        value is T fitting ? fitting : throw new InvalidOperationException(
            $"A hook on the {what} takes {Article.With(TypeText.Of(typeof(T)))}, but {node.Name} is {node.Signature}. Hook other nodes, or "
            + "declare the lambda's parameter as that type.");

    private static T Changed<T>(object? value, string what, ApplyFn node) => value is null && default(T) is null
        ? throw new InvalidOperationException(
            $"The hook on the {what} of {node.Name} gave null; a hook that only looks gives back what it was given.")
        : Fitting<T>(value, what, node);

    private sealed record BeforeHook<T>(Func<T, T> Function) : IApplyWrapper
    {
        public TOutput Call<TInput, TOutput>(ApplyFn<TInput, TOutput> inner, StructureTree tree, GlobalConfig config, TInput input) =>
            inner.Call(tree, config, Changed<TInput>(Function(Fitting<T>(input, "input", inner)), "input", inner));

        public bool Fits(ApplyFn function, StructureTree node) => Meets(typeof(T), function.InputType);

        public override string ToString() => "before";
    }

    private sealed record AfterHook<T>(Func<T, T> Function) : IApplyWrapper
    {
        public TOutput Call<TInput, TOutput>(ApplyFn<TInput, TOutput> inner, StructureTree tree, GlobalConfig config, TInput input) =>
            Changed<TOutput>(Function(Fitting<T>(inner.Call(tree, config, input), "output", inner)), "output", inner);

        public bool Fits(ApplyFn function, StructureTree node) => Meets(typeof(T), function.OutputType);

        public override string ToString() => "after";
    }
}
