using Brachy.Extending;
using TorchSharp;

namespace Brachy;

/// <summary>Lists of tensors as operands: five numbers first, then each list's tensors.</summary>
internal static class ForeachLists
{
    public const int FirstList = 5;

    /// <summary>Operand i of a list.</summary>
    public static int At(IRuleArgs<ForeachSettings> x, int list, int i) => FirstList + (list * (int)x.Settings.N) + i;

    /// <summary>Checks the operands; the types of all lists but the gradients are those of the results.</summary>
    public static TensorTypes UpdateTypes<TSettings>(
        AbstractArgs<TSettings> x, ReadOnlySpan<string> hyperparameters, ReadOnlySpan<string> lists)
        where TSettings : ForeachSettings
    {
        var n = (int)x.Settings.N;
        if (n < 1 || x.Count != FirstList + (lists.Length * n))
        {
            throw new ShapeException($"{x.Primitive.Name}: {x.Count} inputs do not make {FirstList} hyperparameters and {lists.Length} "
                + $"lists of {n} tensors; all lists must be equally long.");
        }

        for (var i = 0; i < FirstList; i++)
        {
            Hyperparameters.Require(x, i, hyperparameters[i]);
        }

        var results = new List<TensorType>();
        var dtype = x[FirstList].DType;
        for (var list = 0; list < lists.Length; list++)
        {
            for (var i = 0; i < n; i++)
            {
                var (type, parameter) = (x[At(x, list, i)], x[At(x, 0, i)]);
                if (type.Shape != parameter.Shape)
                {
                    throw new ShapeException(
                        $"{x.Primitive.Name}: {lists[list]} {i} is {type}, but its parameter is {parameter}; their shapes must be equal.");
                }

                if (type.DType != dtype || !dtype.IsFloatingPoint())
                {
                    throw new DTypeException($"{x.Primitive.Name}: {lists[list]} {i} is {type}, but all tensors must have one "
                        + $"floating-point type, here {dtype.Name()}; update tensors of another type separately.");
                }

                if (list != 1)
                {
                    results.Add(new TensorType(type.Shape, dtype, x.Device));
                }
            }
        }

        return TensorTypes.Create([.. results]);
    }

    /// <summary>
    /// An update of batches: that of all samples at once where they share the numbers, since it is elementwise; else in single steps.
    /// </summary>
    /// <param name="decomposed">The update in single steps.</param>
    /// <typeparam name="TSettings">The settings.</typeparam>
    public static Batching Batch<TSettings>(Func<VjpArgs<TSettings>, Tensor[]> decomposed)
        where TSettings : ForeachSettings => Batching.Either(
            x => !Enumerable.Range(0, FirstList).Any(x.IsBatched),
            Batching.Multi(x => x.Primitive.BindUntyped(
                x.Settings, [.. Enumerable.Range(0, x.Count).Select(i => i < FirstList ? x[i] : x.Expanded(i))])),
            Batching.Decompose(decomposed).Untyped);

    /// <summary>
    /// A half-precision operand in float32, as libtorch's fused kernels compute: squares and eps would vanish in float16. (The loops of
    /// torch.optim without <c>fused</c> compute in float16, and give NaN there where a gradient is 0.)
    /// </summary>
    public static torch.Tensor Wide(EagerArgs x, int input) =>
        IsHalf(x.Types[input].DType) ? x[input].to(torch.ScalarType.Float32) : x[input];

    /// <inheritdoc cref="Wide(EagerArgs, int)"/>
    public static Tensor Wide(VjpArgs x, int input) => IsHalf(x.Types[input].DType) ? x[input].to(DType.Float32) : x[input];

    /// <summary>The results of an update in the element type of its operands, moved out of the scope in which they were made.</summary>
    public static torch.Tensor[] Stored(EagerArgs x, torch.Tensor[] results)
    {
        var dtype = x.Types[FirstList].DType;
        return Array.ConvertAll(results, result => (IsHalf(dtype) ? result.to(dtype.ToTorch()) : result).MoveToOuterDisposeScope());
    }

    private static bool IsHalf(DType dtype) => dtype is DType.Float16 or DType.BFloat16;

    /// <summary>Which operand gives its memory to which result: every list but the gradients.</summary>
    public static int[] ListsButGradients(IRuleArgs<ForeachSettings> x, int lists)
    {
        var n = (int)x.Settings.N;
        return [.. Enumerable.Range(At(x, 0, 0), n), .. Enumerable.Range(At(x, 2, 0), n * (lists - 2))];
    }

    /// <summary>Writes the lists as TorchScript variables. The fused kernels walk raw memory, so all tensors must be dense.</summary>
    public static string[] ListsScript<TSettings>(ScriptArgs<TSettings> x, int lists)
        where TSettings : ForeachSettings
    {
        var n = (int)x.Settings.N;
        return [.. Enumerable.Range(0, lists).Select(list =>
            x.Let($"[{string.Join(", ", Enumerable.Range(0, n).Select(i => x.Dense(At(x, list, i))))}]"))];
    }

    /// <summary>
    /// The elements of TorchScript lists, one after the other, as a tuple. TorchScript drops an in-place op on a
    /// list that is not read again.
    /// </summary>
    public static string Elements<TSettings>(ScriptArgs<TSettings> x, params string[] lists)
        where TSettings : ForeachSettings
    {
        var elements = lists.SelectMany(list => Enumerable.Range(0, (int)x.Settings.N).Select(i => $"{list}[{i}]")).ToArray();
        return elements.Length == 1 ? elements[0] : $"({string.Join(", ", elements)})";
    }

    public static Tensor[] Slots(Tensor[] results, int n, int list) => results[(list * n)..((list + 1) * n)];

    public static void RequireLength(string op, string name, IReadOnlyList<Tensor> list, int n)
    {
        ArgumentNullException.ThrowIfNull(list, name);
        if (list.Count != n)
        {
            throw new ShapeException($"{op}: there are {list.Count} {name} for {n} parameters; give one for each.");
        }
    }
}
