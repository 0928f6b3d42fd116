using Brachy.CompilerServices;

namespace Brachy;

// How matrices of derivatives are computed: one for each pair of a result and an argument.
public static partial class Grad
{
    private static Func<T, T> OneRow<T>(JacobianMode mode, Func<T, Tensor> function, TreeHandler<T> handler)
    {
        ArgumentNullException.ThrowIfNull(function);
        return argument => Row(mode, function, argument, handler);
    }

    private static T Row<T>(JacobianMode mode, Func<T, Tensor> function, T argument, TreeHandler<T> handler) =>
        Rows(mode, function, argument, handler, TreeHandler.Tensor).TryGetValue("", out var row)
            ? row
            : throw new ArgumentException($"{mode.Name}: the function gave no tensor, so that there is nothing to differentiate.");

    private static Func<T, Dictionary<string, T>> AllRows<T, TResult>(
        JacobianMode mode, Func<T, TResult> function, TreeHandler<T> handler)
    {
        ArgumentNullException.ThrowIfNull(function);
        var result = TreeHandler.For<TResult>();
        return argument => Rows(mode, function, argument, handler, result);
    }

    private static Func<T, Dictionary<string, T>> HessianRows<T>(Func<T, Tensor> function, TreeHandler<T> handler, long? chunkSize)
    {
        ArgumentNullException.ThrowIfNull(function);
        var mode = JacobianMode.Hessian(chunkSize);
        return argument => SecondRows(mode, function, argument, handler);
    }

    private static Dictionary<string, T> SecondRows<T>(JacobianMode mode, Func<T, Tensor> function, T argument, TreeHandler<T> handler) =>
        Rows(
            mode, x => Evaluate(x, handler, function, TreeHandler.Tensor, loss => loss, forCaller: false).Grad, argument, handler, handler);

    /// <summary>For each argument whether it is differentiated: all of them where none is chosen.</summary>
    private static bool[] ChosenOrAll(int[]? argnums, int count) =>
        Chosen(argnums ?? [.. Enumerable.Range(0, count)], count);

    /// <summary>One of several arguments. Where none is chosen, only some need to have a floating-point tensor.</summary>
    private static TreeHandler<T> ArgumentOf<T>(int[]? argnums, bool isChosen, string name) =>
        argnums is null ? TreeHandler.For<T>() : HandlerOf<T>(isChosen, name);

    /// <summary>For each tensor of the result, by its path, a value of the argument's structure.</summary>
    private static Dictionary<string, T> Rows<T, TResult>(
        JacobianMode mode, Func<T, TResult> function, T argument, TreeHandler<T> handler, TreeHandler<TResult> resultHandler)
    {
        var parts = Parts<T>.Of(argument, handler);
        Parts<TResult> result = null!;
        using var scope = Trace.Current is null ? TensorScope.Begin() : null;
        var blocks = Blocks(
            mode, leaves => (result = Parts<TResult>.Of(function(parts.With(leaves)), resultHandler)).Leaves, parts.Leaves);
        var rows = new Dictionary<string, T>();
        foreach (var ((path, number), leaf) in result.Places())
        {
            if (blocks[leaf] is { } row)
            {
                var dot = path.IndexOf('.', StringComparison.Ordinal);
                var inside = dot < 0 ? path["argument".Length..] : path[(dot + 1)..];
                rows.Add(number == 0 ? inside : $"{inside}#{number}", parts.WithForCaller(row));
                Array.ForEach(row, block => scope?.Keep(block));
            }
        }

        return rows;
    }

    /// <summary>For each result, and then each input, the derivatives; null for a result that has none.</summary>
    private static Tensor[]?[] Blocks(JacobianMode mode, Func<Tensor[], Tensor[]> function, Tensor[] inputs)
    {
        if (mode.IsReverse)
        {
            var (values, pullback) = PullbackWith(function, inputs, s_tensors, s_tensors);
            return Array.ConvertAll(Numbers(values), o => !mode.Takes(values[o]) ? null : Array.ConvertAll(
                Each(mode, values.Length, o, values[o].Type, pullback).Zip(inputs).ToArray(),
                pair => F.reshape(pair.First, [.. values[o].shape, .. pair.Second.shape])));
        }

        var (outputs, jvp) = LinearizeWith(function, inputs, s_tensors);
        int[] taken = [.. Numbers(outputs).Where(o => mode.Takes(outputs[o]))];
        var blocks = Array.ConvertAll(outputs, _ => (Tensor[]?)null);
        Array.ForEach(taken, o => blocks[o] = new Tensor[inputs.Length]);
        for (var i = 0; i < inputs.Length; i++)
        {
            var columns = inputs[i].dtype.IsFloatingPoint() ? Each(mode, inputs.Length, i, inputs[i].Type, jvp) : null;
            foreach (var o in taken)
            {
                long[] shape = [.. outputs[o].shape, .. inputs[i].shape];
                blocks[o]![i] = columns is null ? F.zeros(shape, inputs[i].dtype, inputs[i].device)
                    : F.reshape(F.movedim(columns[o], 0, -1), shape);
            }
        }

        return blocks;
    }

    private static int[] Numbers(Tensor[] tensors) => [.. Enumerable.Range(0, tensors.Length)];

    /// <summary>A linear function of tensors along every direction in which a single element of one of them changes.</summary>
    private static Tensor[] Each(JacobianMode mode, int count, int position, TensorType type, Func<Tensor[], Tensor[]> linear)
    {
        // What the function draws is drawn once: all rows are derivatives of one run.
        var options = VmapOptions.Of(mode.Name, 1, null, null, null, null, mode.ChunkSize, Randomness.Same);
        return new VmapFunction<Tensor, Tensor[]>(options, TreeHandler.Tensor, s_tensors, direction =>
        {
            var directions = new Tensor[count];
            directions[position] = direction;
            return linear(directions);
        }).Call(Units(type));
    }

    /// <summary>For each element of a tensor the direction in which it alone changes.</summary>
    private static Tensor Units(TensorType type)
    {
        var count = type.Shape.NumElements;
        var numbers = F.arange(count, device: type.Device);
        return F.reshape(F.eq(F.unsqueeze(numbers, 1), numbers).to(type.DType), [count, .. type.Shape]);
    }

    /// <summary>In which order a matrix of derivatives is computed.</summary>
    /// <param name="Name">The function that was called, for messages.</param>
    /// <param name="IsReverse">Whether by rows.</param>
    /// <param name="ChunkSize">How many rows or columns at once.</param>
    /// <param name="IsOfGradient">Whether results that are not of a floating-point type are passed by.</param>
    private sealed record JacobianMode(string Name, bool IsReverse, long? ChunkSize, bool IsOfGradient = false)
    {
        public static JacobianMode Reverse(long? chunkSize) => new(nameof(JacobianReverse), true, Checked(chunkSize));

        public static JacobianMode Forward(long? chunkSize) => new(nameof(JacobianForward), false, Checked(chunkSize));

        public static JacobianMode Hessian(long? chunkSize) => new(nameof(Grad.Hessian), false, Checked(chunkSize), true);

        /// <summary>Whether a result is differentiated.</summary>
        public bool Takes(Tensor result) => result.dtype.IsFloatingPoint() || (IsOfGradient ? false
            : throw new DifferentiationException($"{Name}: the result is {result.Type}; only floating-point numbers have derivatives."));

        private static long? Checked(long? chunkSize)
        {
            if (chunkSize is { } chunk)
            {
                ArgumentOutOfRangeException.ThrowIfNegativeOrZero(chunk, nameof(chunkSize));
            }

            return chunkSize;
        }
    }
}
