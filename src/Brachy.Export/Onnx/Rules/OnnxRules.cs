using Brachy.Extending;

namespace Brachy.IO.Onnx;

/// <summary>How primitives are written as nodes of ONNX.</summary>
internal static partial class OnnxRules
{
    /// <summary>The rules, family by family.</summary>
    public static IReadOnlyDictionary<Primitive, OnnxRule> All { get; } = Join(Elementwise, Binary, MatMul);

    private static Dictionary<Primitive, OnnxRule> Join(params IEnumerable<(Primitive Primitive, OnnxRule Rule)>[] families) =>
        families.SelectMany(family => family).ToDictionary(rule => rule.Primitive, rule => rule.Rule);
}
