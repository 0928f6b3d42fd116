using TorchSharp;

namespace LanguageModel;

/// <summary>Sampling from the network in eager TorchSharp with a key-value cache, to compare with.</summary>
internal sealed class TorchSharpGeneration : IDisposable
{
    private readonly TorchSharpLanguageModel _model;
    private readonly SamplingSettings _sampling;
    private readonly torch.Tensor[] _keys;
    private readonly torch.Tensor[] _values;
    private long _length;

    public TorchSharpGeneration(TorchSharpLanguageModel model, SamplingSettings sampling)
    {
        (_model, _sampling) = (model, sampling);
        var settings = model.Settings;
        _keys = Caches();
        _values = Caches();

        torch.Tensor[] Caches() =>
            [.. Enumerable.Range(0, settings.NumLayers).Select(
                _ => torch.zeros(1, settings.NumHeads, settings.MaxInputLength, settings.EmbedDim / settings.NumHeads))];
    }

    /// <summary>Reads a prompt from the start, and draws the token that follows it.</summary>
    public long Start(long[] prompt)
    {
        _length = 0;
        return Next(prompt);
    }

    /// <summary>Reads tokens, and draws the one that follows them.</summary>
    public long Next(params long[] tokens)
    {
        using var scope = torch.NewDisposeScope();
        using var inference = torch.inference_mode();
        var logits = _model.Continue(torch.tensor(tokens).unsqueeze(0), _keys, _values, _length);
        _length += tokens.Length;
        return Draw(logits);
    }

    public void Dispose()
    {
        foreach (var cache in (torch.Tensor[])[.. _keys, .. _values])
        {
            cache.Dispose();
        }
    }

    private long Draw(torch.Tensor logits)
    {
        if (_sampling.Temperature == 0)
        {
            return logits.argmax().item<long>();
        }

        var scaled = logits / _sampling.Temperature;
        var isAll = _sampling.TopK <= 0 || _sampling.TopK >= logits.shape[0];
        if (isAll && _sampling.TopP >= 1)
        {
            return scaled.softmax(-1).multinomial(1).item<long>();
        }

        var (values, indices) = scaled.topk(isAll ? (int)logits.shape[0] : _sampling.TopK);
        var probabilities = values.softmax(-1);
        if (_sampling.TopP < 1)
        {
            var before = probabilities.cumsum(-1) - probabilities;
            probabilities = probabilities.masked_fill(before >= _sampling.TopP, 0);
        }

        return indices[probabilities.multinomial(1)].item<long>();
    }
}
