using Brachy.Models.Text;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Samples.Shared;

namespace Brachy.Models.Tests.Text;

/// <summary>all-MiniLM-L6-v2 as a package of NuGet has it, with ONNX Runtime beside it. Of the package's assembly nothing runs.</summary>
public sealed class MiniLm : IDisposable
{
    private readonly InferenceSession _session;

    public MiniLm()
    {
        using (var model = MiniLmPackage.OpenModel())
        {
            Model = Bert.FromOnnx(model, BertConfig.AllMiniLmL6V2, pooler: true);
        }

        using (var vocabulary = MiniLmPackage.OpenVocabulary())
        {
            Tokenizer = TextTokenizer.WordPiece(vocabulary);
        }

        using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
        _session = new InferenceSession(MiniLmPackage.ReadModel(), options);
    }

    public PretrainedModel Model { get; }

    public TextTokenizer Tokenizer { get; }

    /// <summary>What ONNX Runtime computes: hidden states and the pooled one.</summary>
    public (Tensor Hidden, Tensor Pooled) Run(TokenBatch batch)
    {
        var shape = batch.InputIds.shape.Sizes.Select(size => (int)size).ToArray();
        NamedOnnxValue[] inputs =
        [
            NamedOnnxValue.CreateFromTensor("input_ids", new DenseTensor<long>(batch.InputIds.ToArray<long>(), shape)),
            NamedOnnxValue.CreateFromTensor("attention_mask", new DenseTensor<long>(batch.AttentionMask.ToArray<long>(), shape)),
            NamedOnnxValue.CreateFromTensor("token_type_ids", new DenseTensor<long>(new long[shape[0] * shape[1]], shape)),
        ];
        using var outputs = _session.Run(inputs);
        return (Of(outputs[0].AsTensor<float>()), Of(outputs[1].AsTensor<float>()));

        static Tensor Of(Microsoft.ML.OnnxRuntime.Tensors.Tensor<float> value) =>
            Brachy.Tensor.FromArray(value.ToArray(), [.. value.Dimensions.ToArray().Select(d => (long)d)]);
    }

    public void Dispose() => _session.Dispose();
}
