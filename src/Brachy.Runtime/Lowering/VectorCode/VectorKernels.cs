using System.Numerics.Tensors;
using Brachy.Extending;

namespace Brachy.Compilation;

/// <summary>The rules by primitive.</summary>
internal static class VectorKernels
{
    public static IReadOnlyDictionary<Primitive, VectorRule> All { get; } = new Rules
    {
        { F.Reshape, ViewRules.Reshape },
        { F.Contiguous, ViewRules.Contiguous },
        { F.Alias, ViewRules.Alias },
        { F.Barrier, ViewRules.Barrier },
        { F.StopGradient, ViewRules.Alias },
        { F.Expand, ViewRules.Expand },
        { F.Permute, ViewRules.Permute },
        { F.Slice, ViewRules.Slice },
        { F.Select, ViewRules.Select },
        { F.Split, ViewRules.Split },
        { F.Flip, CopyKernels.Flip },
        { F.SliceBackward, CopyKernels.SliceBackward },
        { F.Cat, JoiningKernels.Cat },
        { F.Stack, JoiningKernels.Stack },
        { F.Clone, CopyKernels.Clone },
        { F.Cast, CopyKernels.ToType },
        { F.Neg, ElementwiseKernels.Signed(TensorPrimitives.Negate, TensorPrimitives.Negate, TensorPrimitives.Negate) },
        { F.Abs, ElementwiseKernels.Signed(TensorPrimitives.Abs, TensorPrimitives.Abs, ElementwiseKernels.Abs) },
        { F.Exp, ElementwiseKernels.Real(VectorMath.Exp, VectorMath.Exp) },
        { F.Log, ElementwiseKernels.Real(VectorMath.Log, VectorMath.Log) },
        { F.Sqrt, ElementwiseKernels.Real(TensorPrimitives.Sqrt, TensorPrimitives.Sqrt) },
        { F.Rsqrt, ElementwiseKernels.Real(TensorPrimitives.ReciprocalSqrt, TensorPrimitives.ReciprocalSqrt) },
        { F.Reciprocal, ElementwiseKernels.Real(TensorPrimitives.Reciprocal, TensorPrimitives.Reciprocal) },
        { F.Square, ElementwiseKernels.Signed(ElementwiseKernels.Square, ElementwiseKernels.Square, ElementwiseKernels.Square) },
        { F.Sin, ElementwiseKernels.Real(VectorMath.Sin, VectorMath.Sin) },
        { F.Cos, ElementwiseKernels.Real(VectorMath.Cos, VectorMath.Cos) },
        { F.Clamp, ElementwiseKernels.Clamp },
        { F.Tanh, ElementwiseKernels.Real(VectorMath.Tanh, VectorMath.Tanh) },
        { F.Sigmoid, ElementwiseKernels.Real(VectorMath.Sigmoid, VectorMath.Sigmoid) },
        { F.Silu, ElementwiseKernels.Real(VectorMath.Silu, VectorMath.Silu) },
        { F.Relu, ElementwiseKernels.Real(ElementwiseKernels.Relu, ElementwiseKernels.Relu) },
        { F.Gelu, ElementwiseKernels.Gelu },
        { F.Add, BinaryKernels.Arithmetic },
        { F.Sub, BinaryKernels.Arithmetic },
        { F.Mul, BinaryKernels.Arithmetic },
        { F.Div, BinaryKernels.Arithmetic },
        { F.Maximum, BinaryKernels.Arithmetic },
        { F.Minimum, BinaryKernels.Arithmetic },
        { F.Eq, BinaryKernels.Compare },
        { F.Ne, BinaryKernels.Compare },
        { F.Lt, BinaryKernels.Compare },
        { F.Le, BinaryKernels.Compare },
        { F.Gt, BinaryKernels.Compare },
        { F.Ge, BinaryKernels.Compare },
        { F.Where, BinaryKernels.Where },
        { F.LogicalAnd, LogicKernels.Binary },
        { F.LogicalOr, LogicKernels.Binary },
        { F.LogicalXor, LogicKernels.Binary },
        { F.LogicalNot, LogicKernels.Not },
        { F.Linear, ProductKernels.Linear },
        { F.MatMul, ProductKernels.MatMul },
        { F.AddMatMul, ProductKernels.AddMatMul },
        { F.LayerNorm, RowKernels.LayerNorm },
        { F.Softmax, RowKernels.Softmax },
        { F.LogSoftmax, RowKernels.Softmax },
        { F.Mean, RowKernels.Sum },
        { F.Sum, RowKernels.Sum },
        { F.Amin, RowKernels.Extremum },
        { F.Amax, RowKernels.Extremum },
        { F.CumSum, RowKernels.CumSum },
        { F.FlashAttention, AttentionKernels.FlashAttention },
        { F.Embedding, IndexKernels.Embedding },
        { F.IndexSelect, IndexKernels.IndexSelect },
        { F.IndexPut, IndexKernels.IndexPut },
        { F.TopK, OrderKernels.TopK },
        { F.Sort, OrderKernels.Sort },
        { F.Argmax, OrderKernels.Argmax },
        { F.FoldIn, RandomKernels.FoldIn },
        { F.UniformSample, RandomKernels.Uniform },
        { F.Scan, LoopCode.Write },
        { F.While, LoopCode.Write },
        { F.Switch, SwitchCode.Write },
    };

    /// <summary>Primitives that put elements in order, which takes these rules far longer than passing over them.</summary>
    public static IReadOnlySet<Primitive> InOrder { get; } = new HashSet<Primitive> { F.Sort, F.TopK };

    private sealed class Rules : Dictionary<Primitive, VectorRule>
    {
        /// <summary>Adds a rule that reads the settings.</summary>
        public void Add<TSettings>(Primitive<TSettings> primitive, VectorRule<TSettings> rule)
            where TSettings : Settings =>
            Add(primitive, x => rule(x, (TSettings)x.Settings));
    }
}
