using Brachy.Extending;

namespace Brachy.Compilation;

/// <summary>
/// Removes steps that cancel or join: casts of casts, permutations of permutations, reshapes of reshapes, arithmetic with
/// neutral numbers. Every rule gives the same bits.
/// </summary>
internal static class AlgebraicCleanup
{
    private static readonly Dictionary<Primitive, Func<GraphReplay, Equation, Tensor[], Tensor?>> s_rules = new()
    {
        [F.Cast] = (replay, equation, x) => JoinCasts(replay, x[0], F.Cast.SettingsOf(equation).DType),
        [F.Permute] = (replay, equation, x) => JoinPermutations(replay, x[0], F.Permute.SettingsOf(equation).Dims),
        [F.Reshape] = (replay, equation, x) => JoinReshapes(replay, x[0], equation.Outputs[0].Type.Shape),
        [F.Neg] = (replay, _, x) => replay.DefinitionOf(x[0], F.Neg)?.Inputs[0],
        [F.Mul] = (_, equation, x) => IsNumber(x[1], 1) ? Same(x[0], equation) : IsNumber(x[0], 1) ? Same(x[1], equation) : null,
        [F.Div] = (_, equation, x) => IsNumber(x[1], 1) ? Same(x[0], equation) : null,
        [F.Sub] = (_, equation, x) => IsNumber(x[1], 0) ? Same(x[0], equation) : null,
        [F.Pow] = (_, equation, x) => IsNumber(x[1], 1) ? Same(x[0], equation) : null,
    };

    public static Graph Run(Graph graph) => GraphReplay.Rewrite(graph, (replay, equation, operands) =>
        s_rules.TryGetValue(equation.Primitive, out var rule) && rule(replay, equation, operands) is { } value ? [value] : null);

    /// <summary>A cast that loses nothing can be left out before another.</summary>
    private static Tensor? JoinCasts(GraphReplay replay, Tensor x, DType dtype)
    {
        if (replay.DefinitionOf(x, F.Cast)?.Inputs[0] is not { Number: null } source || !KeepsValues(source.dtype, x.dtype))
        {
            return null;
        }

        return F.to(source, dtype);
    }

    private static bool KeepsValues(DType from, DType to) => (from, to) switch
    {
        (DType.Float16 or DType.BFloat16, DType.Float32 or DType.Float64) => true,
        (DType.Float32, DType.Float64) => true,
        (DType.Bool, _) => true,
        (DType.UInt8, DType.Int16 or DType.Int32 or DType.Int64 or DType.Float32 or DType.Float64) => true,
        (DType.Int8, DType.Int16 or DType.Int32 or DType.Int64 or DType.Float32 or DType.Float64) => true,
        (DType.Int16, DType.Int32 or DType.Int64 or DType.Float32 or DType.Float64) => true,
        (DType.Int32, DType.Int64 or DType.Float64) => true,
        _ => false,
    };

    /// <summary>A permutation that only moves dims of size 1 is a reshape, which joins with others.</summary>
    private static Tensor? JoinPermutations(GraphReplay replay, Tensor x, Shape outer)
    {
        var dims = Shapes.NormalizeDims("permute", outer.AsSpan(), x.ndim);
        var source = x;
        if (replay.DefinitionOf(x, F.Permute) is { } first)
        {
            var inner = Shapes.NormalizeDims("permute", F.Permute.SettingsOf(first).Dims.AsSpan(), x.ndim);
            (source, dims) = (first.Inputs[0], Array.ConvertAll(dims, d => inner[d]));
        }

        var moved = dims.Where(d => source.shape[(int)d] != 1).ToArray();
        if (moved.SequenceEqual(moved.Order()))
        {
            Shape shape = [.. dims.Select(d => source.shape[(int)d])];
            return JoinReshapes(replay, source, shape) ?? F.reshape(source, shape);
        }

        return ReferenceEquals(source, x) ? null : F.permute(source, dims);
    }

    private static Tensor? JoinReshapes(GraphReplay replay, Tensor x, Shape shape)
    {
        if (x.Number is not null)
        {
            return null;
        }

        var source = replay.DefinitionOf(x, F.Reshape)?.Inputs[0] ?? x;
        return source.shape == shape ? source : ReferenceEquals(source, x) ? null : F.reshape(source, shape);
    }

    private static bool IsNumber(Tensor x, double number) => x.Number is { } n && n.Kind != ScalarKind.Bool && n.ToDouble() == number;

    private static Tensor? Same(Tensor x, Equation equation) => x.Number is null && x.Type.Equals(equation.Outputs[0].Type) ? x : null;
}
