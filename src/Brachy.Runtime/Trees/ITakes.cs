namespace Brachy.Trees;

/// <summary>An apply function of which only the input's type is known.</summary>
/// <typeparam name="TInput">The input.</typeparam>
internal interface ITakes<TInput>
{
    /// <summary>Calls the function with a tree that the caller owns and lets change, for what that does on the way.</summary>
    void CallWithoutResult(StructureTree tree, GlobalConfig config, TInput input);
}
