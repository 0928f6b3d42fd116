using TorchSharp;
using TorchSharp.Modules;

namespace LanguageModel;

/// <summary>The same network as <see cref="StackedAttention"/>, written the usual TorchSharp way, to compare with.</summary>
internal sealed class TorchSharpLanguageModel : torch.nn.Module<torch.Tensor, torch.Tensor>
{
    private readonly Parameter _positions;
    private readonly Embedding _tokens;
    private readonly TorchSharpBlock[] _blocks;
    private readonly Linear _head;

    public TorchSharpLanguageModel(ModelSettings settings)
        : base(nameof(TorchSharpLanguageModel))
    {
        Settings = settings;
        _positions = new Parameter(torch.randn(settings.MaxInputLength, settings.EmbedDim));
        _tokens = torch.nn.Embedding(settings.VocabSize, settings.EmbedDim);
        _blocks = [.. Enumerable.Range(0, settings.NumLayers).Select(_ => new TorchSharpBlock(settings.EmbedDim, settings.NumHeads))];
        _head = torch.nn.Linear(settings.EmbedDim, settings.VocabSize);
        register_parameter("position_embedding", _positions);
        register_module("token_embedding", _tokens);
        register_module("trunk", new ModuleList<TorchSharpBlock>(_blocks));
        register_module("head", _head);
    }

    public ModelSettings Settings { get; }

    /// <summary>From a path of this module to one of a tree of <see cref="StackedAttention"/>.</summary>
    public static string PathInTree(string path) => path.Replace(".c_", ".self_attention.c_", StringComparison.Ordinal);

    /// <summary>Tokens [batch, positions] to scores [batch, positions, tokens].</summary>
    public override torch.Tensor forward(torch.Tensor tokens)
    {
        var x = _tokens.call(tokens) + _positions.narrow(0, 0, tokens.shape[1]);
        foreach (var block in _blocks)
        {
            x = block.call(x);
        }

        return _head.call(x);
    }

    /// <summary>Scores of the token after the last one, with kept keys and values of earlier tokens.</summary>
    /// <param name="tokens">The new tokens, [1, new positions].</param>
    /// <param name="keys">The keys of each block, [1, heads, length, size of a head].</param>
    /// <param name="values">The values of each block.</param>
    /// <param name="start">The number of earlier tokens.</param>
    /// <returns>[tokens].</returns>
    public torch.Tensor Continue(torch.Tensor tokens, torch.Tensor[] keys, torch.Tensor[] values, long start)
    {
        var x = _tokens.call(tokens) + _positions.narrow(0, start, tokens.shape[1]);
        for (var i = 0; i < _blocks.Length; i++)
        {
            x = _blocks[i].Continue(x, keys[i], values[i], start);
        }

        return _head.call(x.select(1, -1)).select(0, 0);
    }
}
