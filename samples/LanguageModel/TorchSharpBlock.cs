using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch.nn.functional;

namespace LanguageModel;

/// <summary>The same block as <see cref="AttentionBlock"/>, written the usual TorchSharp way, to compare with.</summary>
internal sealed class TorchSharpBlock : torch.nn.Module<torch.Tensor, torch.Tensor>
{
    private readonly int _heads;
    private readonly LayerNorm _norm;
    private readonly Linear _inProjection;
    private readonly Linear _outProjection;
    private readonly Linear _expand;
    private readonly Linear _contract;

    public TorchSharpBlock(int embedDim, int numHeads)
        : base(nameof(TorchSharpBlock))
    {
        _heads = numHeads;
        _norm = torch.nn.LayerNorm(embedDim);
        _inProjection = torch.nn.Linear(embedDim, 3 * embedDim);
        _outProjection = torch.nn.Linear(embedDim, embedDim);
        _expand = torch.nn.Linear(embedDim, 2 * embedDim);
        _contract = torch.nn.Linear(2 * embedDim, embedDim);
        register_module("ln", _norm);
        register_module("c_attn", _inProjection);
        register_module("c_proj", _outProjection);
        register_module("expand_fc", _expand);
        register_module("contract_fc", _contract);
    }

    /// <summary>Input and output [batch, positions, size].</summary>
    public override torch.Tensor forward(torch.Tensor x)
    {
        var (query, key, value) = QueryKeyValue(x);
        return AfterAttention(x, scaled_dot_product_attention(query, key, value, is_casual: true));
    }

    /// <summary>
    /// New positions attend to earlier ones, whose keys and values, [1, heads, length, size of a head], are kept in two tensors that are
    /// written in place.
    /// </summary>
    /// <param name="x">[1, new positions, size].</param>
    /// <param name="keys">The keys.</param>
    /// <param name="values">The values.</param>
    /// <param name="start">The number of earlier positions.</param>
    public torch.Tensor Continue(torch.Tensor x, torch.Tensor keys, torch.Tensor values, long start)
    {
        var (query, key, value) = QueryKeyValue(x);
        var count = x.shape[1];
        keys.narrow(2, start, count).copy_(key);
        values.narrow(2, start, count).copy_(value);
        var (seenKeys, seenValues) = (keys.narrow(2, 0, start + count), values.narrow(2, 0, start + count));

        // One position sees all there is; a prompt starts at 0.
        return AfterAttention(x, scaled_dot_product_attention(query, seenKeys, seenValues, is_casual: count > 1));
    }

    private (torch.Tensor Query, torch.Tensor Key, torch.Tensor Value) QueryKeyValue(torch.Tensor x)
    {
        var (batch, length, size) = (x.shape[0], x.shape[1], x.shape[2]);
        var parts = _inProjection.call(_norm.call(x)).chunk(3, -1);
        return (Heads(parts[0]), Heads(parts[1]), Heads(parts[2]));

        torch.Tensor Heads(torch.Tensor part) => part.view(batch, length, _heads, size / _heads).transpose(1, 2);
    }

    private torch.Tensor AfterAttention(torch.Tensor x, torch.Tensor attended)
    {
        var y = _outProjection.call(attended.transpose(1, 2).reshape(x.shape));
        return x + _contract.call(gelu(_expand.call(gelu(y))));
    }
}
