using Brachy.Extending;

namespace Brachy.IO.Onnx;

/// <summary>How primitives are written as nodes of ONNX.</summary>
internal static partial class OnnxRules
{
    /// <summary>The rules, family by family.</summary>
    public static IReadOnlyDictionary<Primitive, OnnxRule> All { get; } = Join(
        Elementwise, Binary, MatMul, Activations, Reductions, Shaping, Creation, Indexing, Norms, Convolutions, Pooling, Losses,
        Order, Control, Fourier, LinearAlgebra);

    /// <summary>Whether an op can be written: by a rule, or by the ops that it is equal to.</summary>
    public static bool Covers(Primitive primitive) =>
        All.ContainsKey(primitive) || primitive.VjpRule.Decomposition is not null || primitive.Renames || primitive == F.LstmLayer;

    private static Dictionary<Primitive, OnnxRule> Join(params IEnumerable<(Primitive Primitive, OnnxRule Rule)>[] families) =>
        families.SelectMany(family => family).ToDictionary(rule => rule.Primitive, rule => rule.Rule);
}
