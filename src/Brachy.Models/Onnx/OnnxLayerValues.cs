using Brachy.IO;
using Brachy.Trees;

namespace Brachy.Models;

/// <summary>Collects tensors of an ONNX file under the paths of a tree.</summary>
internal sealed class OnnxLayerValues(IReadOnlyDictionary<string, Tensor> stored)
{
    private readonly Dictionary<string, Tensor> _values = new(StringComparer.Ordinal);

    public void AddLayer(string path, OnnxLayer layer, bool hasBias)
    {
        _values[Join(path, "weight")] = Weight(layer);
        if (hasBias)
        {
            _values[Join(path, "bias")] = layer.Bias is { } bias ? stored[bias].clone() : F.zeros([layer.Shape[0]]);
        }
    }

    /// <summary>A layer that the model does not have.</summary>
    public void AddUnknown(OnnxLayer layer) => _values[layer.Weight] = Weight(layer);

    /// <summary>A norm of the file, or one that only adds a bias, as norms do that are folded into what comes before.</summary>
    public void AddNorm(string path, StructureTree node, OnnxNorm? norm, string? bias)
    {
        var (eps, type) = (Convert.ToDouble(node.Aux["eps"]), node.Buffers["running_mean"].Tensor.Type);
        Add("weight", node.Params, norm?.Scale, () => F.ones(type.Shape));
        Add("bias", node.Params, norm?.Bias ?? bias, () => F.zeros(type.Shape));
        Add("running_mean", node.Buffers, norm?.Mean, () => F.zeros(type.Shape));
        Add("running_var", node.Buffers, null, () => norm is null
            ? F.full(type.Shape, 1 - eps)
            : Math.Abs(norm.Eps - eps) <= 1e-6 * eps ? stored[norm.Variance].clone() : stored[norm.Variance] + (norm.Eps - eps));
        Add("num_batches_tracked", node.Buffers, null, () => F.zeros([], DType.Int64));

        void Add(string key, TreeDictionary<TreeValue> members, string? name, Func<Tensor> other)
        {
            if (members.TryGetValue(key, out var member) && member.IsTensor)
            {
                _values[Join(path, key)] = name is null ? other() : stored[name].clone();
            }
        }
    }

    /// <summary>What was collected; the rest of the file is freed.</summary>
    public IReadOnlyDictionary<string, Tensor> Take()
    {
        foreach (var tensor in stored.Values)
        {
            tensor.Dispose();
        }

        return _values;
    }

    private Tensor Weight(OnnxLayer layer) =>
        layer.IsTransposed ? TensorMemory.Transposed(stored[layer.Weight]) : stored[layer.Weight].clone();

    private static string Join(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";
}
