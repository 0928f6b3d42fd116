namespace Brachy;

/// <summary>Choices between functions.</summary>
public static partial class Control
{
    /// <summary>Runs one of two functions, which a value decides: <c>lax.cond</c> of JAX.</summary>
    /// <typeparam name="T">The operand.</typeparam>
    /// <typeparam name="TResult">The result.</typeparam>
    /// <param name="condition">One truth value.</param>
    /// <param name="whenTrue">Runs when it holds.</param>
    /// <param name="whenFalse">Runs when it does not.</param>
    /// <param name="operand">What both are given.</param>
    /// <returns>The result. In compiled code only one function runs, and only its gradient is computed.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ShapeException"><paramref name="condition"/> has more than one element.</exception>
    /// <exception cref="DTypeException"><paramref name="condition"/> is no truth value.</exception>
    /// <exception cref="ArgumentException">The results have other types.</exception>
    /// <exception cref="NotSupportedException">Transforms do not know one of the types.</exception>
    public static TResult Cond<T, TResult>(Tensor condition, Func<T, TResult> whenTrue, Func<T, TResult> whenFalse, T operand)
    {
        ArgumentNullException.ThrowIfNull(condition);
        ArgumentNullException.ThrowIfNull(whenTrue);
        ArgumentNullException.ThrowIfNull(whenFalse);
        var choice = ScalarOf(condition, "Control.Cond", "condition", DType.Bool);
        return IsTraced
            ? ChooseTraced(choice, ["whenFalse", "whenTrue"], [whenFalse, whenTrue], operand, "Control.Cond")
            : ChooseEagerly(choice.item<bool>() ? whenTrue : whenFalse, operand);
    }

    /// <inheritdoc cref="Cond{T, TResult}(Tensor, Func{T, TResult}, Func{T, TResult}, T)"/>
    public static TResult Cond<TResult>(Tensor condition, Func<TResult> whenTrue, Func<TResult> whenFalse)
    {
        ArgumentNullException.ThrowIfNull(whenTrue);
        ArgumentNullException.ThrowIfNull(whenFalse);
        return Cond(condition, _ => whenTrue(), _ => whenFalse(), default(ValueTuple));
    }

    /// <summary>Runs one of several functions, which a value decides: <c>lax.switch</c> of JAX.</summary>
    /// <typeparam name="T">The operand.</typeparam>
    /// <typeparam name="TResult">The result.</typeparam>
    /// <param name="index">
    /// One int64 number. One that is too small stands for the first function, one that is too large for the last.
    /// </param>
    /// <param name="branches">The functions.</param>
    /// <param name="operand">What all are given.</param>
    /// <returns>The result. In compiled code only one function runs, and only its gradient is computed.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ShapeException"><paramref name="index"/> has more than one element.</exception>
    /// <exception cref="DTypeException"><paramref name="index"/> is not int64.</exception>
    /// <exception cref="ArgumentException">There is no function, or the results have other types.</exception>
    /// <exception cref="NotSupportedException">Transforms do not know one of the types.</exception>
    public static TResult Switch<T, TResult>(Tensor index, IReadOnlyList<Func<T, TResult>> branches, T operand)
    {
        ArgumentNullException.ThrowIfNull(index);
        ArgumentNullException.ThrowIfNull(branches);
        if (branches.Count == 0 || branches.Contains(null!))
        {
            throw new ArgumentException("Control.Switch: there must be a function, and none may be null.", nameof(branches));
        }

        var choice = ScalarOf(index, "Control.Switch", "index", DType.Int64);
        return IsTraced
            ? ChooseTraced(choice, [.. branches.Select((_, i) => $"branches[{i}]")], branches, operand, "Control.Switch")
            : ChooseEagerly(branches[(int)Math.Clamp(choice.item<long>(), 0, branches.Count - 1)], operand);
    }

    private static TResult ChooseEagerly<T, TResult>(Func<T, TResult> branch, T operand)
    {
        var memory = new EagerMemory();
        ControlValue<TResult> result;
        using (var scope = EagerMemory.BeginStep())
        {
            result = ControlValue<TResult>.Of(branch(operand), "result");
            memory.EndStep(scope, result.Leaves, []);
        }

        return result.With(memory.Results(result.Leaves));
    }

    private static TResult ChooseTraced<T, TResult>(
        Tensor choice, string[] names, IReadOnlyList<Func<T, TResult>> branches, T operand, string function)
    {
        ControlValue<TResult>? first = null;
        var bodies = branches.Select((branch, i) => TracedBody.Of($"{names[i]} of {function}", [], _ =>
        {
            var result = ControlValue<TResult>.Of(branch(operand), "result");
            first ??= result;
            return first.FindDifference(result) is { } difference
                ? throw new ArgumentException(
                    $"{function}: '{difference.Path}' is {difference.Expected} in {names[0]} and {difference.Found} in {names[i]}; the "
                    + $"results must have the same types, since nobody knows which it will be. {difference.Advice()}")
                : result.Leaves;
        })).ToArray();
        return first!.With(RecordedSwitch.Record(choice, bodies));
    }

    private static Tensor ScalarOf(Tensor value, string function, string name, DType dtype)
    {
        if (value.numel() != 1)
        {
            throw new ShapeException($"{function}: {name} must be one value, but it is {value.Type}; use all(), any() or F.where.");
        }

        return value.dtype == dtype ? F.reshape(value, [])
            : throw new DTypeException(
                $"{function}: {name} must be {dtype.Name()}, but it is {value.Type}; compare it, or use .to(DType.{dtype}).");
    }
}
