namespace Brachy.Transforms;

/// <summary>A function over tensors only: what transforms that know nothing of trees and static values take and give.</summary>
/// <param name="inputs">The tensors it is given.</param>
/// <returns>As many tensors as the function has results, at each call.</returns>
public delegate Tensor[] TensorFunction(Tensor[] inputs);

/// <summary>A lifted function whose arguments are known only when the program runs.</summary>
/// <param name="arguments">The positional arguments.</param>
/// <param name="named">The named ones; their order does not matter.</param>
/// <typeparam name="TResult">The result.</typeparam>
public delegate TResult DynamicFunction<out TResult>(object?[] arguments, IReadOnlyDictionary<string, object?>? named = null);
