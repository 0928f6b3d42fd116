using System.Text.RegularExpressions;

namespace Brachy.Fuzz;

/// <summary>Shapes and sizes that fit together for functions that chance alone seldom satisfies.</summary>
internal static partial class TypicalArguments
{
    private static readonly (string Method, string Parameter, Func<int, object> Value)[] s_table =
    [
        (@"^F\.conv_tbc", "bias", _ => new long[] { 4 }),
        (@"^F\.conv_tbc", "input", _ => new long[] { 4, 2, 4 }),
        (@"^F\.conv_tbc", "weight", _ => new long[] { 2, 4, 4 }),
        (@"^F\.conv", "input", n => (long[])[2, 4, .. Of(4, n)]),
        (@"^F\.conv", "weight", n => (long[])[4, 4, .. Of(2, n)]),
        (@"^F\.(conv|batch_norm|instance_norm|group_norm|layer_norm|rms_norm)", "bias|weight|running_mean|running_var",
            _ => new long[] { 4 }),
        (@"^F\.(batch|instance|group)_norm", "x", _ => new long[] { 2, 4, 4 }),
        (@"^F\.(layer|rms)_norm", "x", _ => new long[] { 2, 3, 4 }),
        (@"^F\.(layer|rms)_norm", "normalized_shape", _ => new long[] { 4 }),
        (@"^F\.[a-z_]*pool", "x", n => (long[])[2, 4, .. Of(8, n)]),
        (@"^F\.(interpolate|pixel)", "x", _ => new long[] { 2, 4, 4, 4 }),
        (@"^F\.interpolate", "size", _ => new long[] { 6, 3 }),
        (@"^F\.scaled_dot", "query|key|value", _ => new long[] { 2, 2, 3, 4 }),
        (@"^F\.scaled_dot", "attn_mask", _ => new long[] { 3, 3 }),
        (@"(index_add|index_select|index_copy|index_fill)", "x|this", _ => new long[] { 4, 4 }),
        (@"(index_add|index_copy)", "src|source", _ => new long[] { 4, 4 }),
        (@"(index_add|index_select|index_copy|index_fill)", "index", _ => new long[] { 4 }),
        (@"(select_scatter|diagonal_scatter)", "x|this", _ => new long[] { 4, 4 }),
        (@"(select_scatter|diagonal_scatter)", "src", _ => new long[] { 4 }),
        (@"^F\.grid_sample", "input", _ => new long[] { 2, 3, 4, 4 }),
        (@"^F\.grid_sample", "grid", _ => new long[] { 2, 3, 2, 2 }),
        (@"^F\.affine_grid", "theta", _ => new long[] { 2, 2, 3 }),
        (@"^F\.affine_grid", "size", _ => new long[] { 2, 3, 4, 4 }),
        (@"^F\.embedding_bag", "input", _ => new long[] { 2, 3 }),
        (@"^F\.embedding_bag", "weight", _ => new long[] { 4, 4 }),
        (@"^F\.ctc_loss", "log_probs", _ => new long[] { 4, 2, 3 }),
        (@"^F\.ctc_loss", "targets", _ => new long[] { 2, 2 }),
        (@"^F\.ctc_loss", "input_lengths|target_lengths", _ => new long[] { 2 }),
        (@"^F\.multi_margin", "weight", _ => new long[] { 4 }),
        (@"^F\.[a-z_]*unpool", "indices", n => (long[])[2, 4, .. Of(8, n)]),
        (@"^F\.bilinear", "input1|input2", _ => new long[] { 2, 4 }),
        (@"^F\.bilinear", "weight", _ => new long[] { 3, 4, 4 }),
        (@"^F\.bilinear", "bias", _ => new long[] { 3 }),
        (@"^F\.channel_shuffle", "x", _ => new long[] { 2, 4, 3 }),
        (@"^F\.fold", "x", _ => new long[] { 2, 16, 9 }),
        (@"^F\.fold", "output_size", _ => new Size2d(4, 4)),
        (@"^F\.fold", "kernel_size", _ => new Size2d(2, 2)),
        (@"index_reduce", "x|this|source", _ => new long[] { 4, 4 }),
        (@"index_reduce", "index", _ => new long[] { 4 }),
        (@"(scatter|index)_reduce", "reduce", _ => "amax"),
        (@"\.scatter\(", "reduce", _ => "add"),
        (@"repeat_interleave", "x|this", _ => new long[] { 4, 4 }),
        (@"repeat_interleave", "repeats", _ => F.tensor([1L, 0, 2, 1])),
        (@"bincount", "x|this", _ => F.tensor([1L, 0, 2, 1])),
        (@"quantile", "q", n => 0.5),
        (@"quantile", "q", _ => F.tensor([0.5f, 0.25f])),
        (@"quantile", "interpolation", _ => "lower"),
        (@"\.(add|)mv\(|addr\(", "vector|left|right", _ => new long[] { 4 }),
        (@"addmv|addr|addbmm", "input|this|matrix", _ => new long[] { 4, 4 }),
        (@"addbmm", "batch1|batch2", _ => new long[] { 2, 4, 4 }),
        (@"div", "rounding_mode", _ => "trunc"),
        (@"(gather|scatter|take_along_dim)", "x|this|src|index", _ => new long[] { 4, 4 }),
        (@"(bmm)", "left|right|this|input|batch1|batch2", _ => new long[] { 2, 4, 4 }),
        (@"\.mm|addmm", "left|right|mat1|mat2|this", _ => new long[] { 4, 4 }),
        (@"(nll_loss|cross_entropy|accuracy|multi_margin)", "scores|logits|log_probs|x", _ => new long[] { 4, 4 }),
        (@"(nll_loss|softmax_cross_entropy|accuracy|multi_margin)", "target|targets|weight", _ => new long[] { 4 }),
        (@"^F\.cosine_embedding", "input1|input2", _ => new long[] { 4, 4 }),
        (@"^F\.cosine_embedding", "target", _ => new long[] { 4 }),
        (@"^F\.cross\(", "left|right", _ => new long[] { 4, 3 }),
        (@"\.(dot|inner)\(", "left|right|this", _ => new long[] { 4 }),
        (@"\.mv\(", "left|this", _ => new long[] { 4, 4 }),
        (@"\.mv\(", "right", _ => new long[] { 4 }),
        (@"^F\.binary_cross", "target|weight", _ => new long[] { 4, 4 }),
        (@"^F\.linear", "x|weight", _ => new long[] { 4, 4 }),
        (@"^F\.linear", "bias", _ => new long[] { 4 }),
        (@"index_put", "x|this|values", _ => new long[] { 4, 4 }),
        (@"index_put", "indices", _ => new[] { F.ones([4], DType.Int64) }),
        (@"^F\.multi_", "parameters|grads|exp_avgs|exp_avg_sqs|state_sums|momenta", _ => new[] { F.ones([4]), F.ones([2, 2]) }),
        (@"^F\.multi_", "max_exp_avg_sqs", _ => Array.Empty<Tensor>()),
        (@"^F\.multi_", "lr|beta1|beta2|weight_decay|momentum|dampening|lr_decay|eps", _ => (Tensor)0.1),
        (@"^F\.multi_", "step", _ => F.ones([])),
        (@"^F\.embedding", "weight", _ => new long[] { 4, 4 }),
        (@"^F\.embedding", "indices", _ => new long[] { 2, 3 }),
        (@"^F\.[a-z_]*norm", "momentum", _ => (Tensor)0.1),
        (@"^linalg\.(cross)", "x|y", _ => new long[] { 4, 3 }),
        (@"^linalg\.(house)", "A", _ => new long[] { 4, 3 }),
        (@"^linalg\.(house)", "tau", _ => new long[] { 2 }),
        (@"^linalg\.multi_dot", "tensors", _ => new[] { F.ones([2, 3]), F.ones([3, 4]), F.ones([4, 2]) }),
        (@"^linalg\.tensor", "A", _ => new long[] { 2, 3, 6 }),
        (@"^linalg\.tensor", "B", _ => new long[] { 2, 3 }),
        (@"^linalg|^F\.(det|logdet|slogdet|inverse|pinverse|cholesky|matrix_)", "A|L|LU|B|x|y|left|right", _ => new long[] { 3, 3 }),
        (@"^linalg\.lu_solve", "pivots", _ => Tensor.FromArray(new[] { 2, 3, 3 }, [3])),
        (@"^F\.i?stft", "n_fft", _ => 4L),
        (@"^F\.i?stft", "hop_length", _ => 1L),
        (@"^F\.i?stft", "x", _ => new long[] { 2, 9 }),
        (@"eps", "eps", _ => 1e-5),
        (@"\.new\(", "inChannels|outChannels|numFeatures|embedDim|numChannels|inFeatures|numEmbeddings|embeddingDim", _ => 4L),
        (@"\.new\(", "kernelSize|outputSize|numHeads|numGroups", _ => 2L),
    ];

    /// <summary>A long[] for a shape, a number, or null where chance may decide.</summary>
    public static object? Of(string target, Parameter parameter)
    {
        var rank = DimsOf(target);
        foreach (var (method, names, value) in s_table)
        {
            if (names.Split('|').Contains(parameter.Name) && Regex.IsMatch(target, method))
            {
                var made = value(rank);
                var fits = made switch
                {
                    long[] => parameter.Type == typeof(Tensor) || parameter.Type == typeof(Shape) || parameter.Type == typeof(Shape?),
                    Tensor => parameter.Type == typeof(Tensor),
                    Tensor[] => Parameter.ElementOfList(parameter.Type) == typeof(Tensor),
                    double => parameter.Type == typeof(double),
                    string => parameter.Type == typeof(string),
                    Size2d => parameter.Type == typeof(Size2d),
                    _ => parameter.Type == typeof(long),
                };
                if (fits)
                {
                    return made;
                }
            }
        }

        return null;
    }

    public static DType DTypeOf(string target, string name) => name switch
    {
        "index" or "indices" => DType.Int64,
        "input" when target.StartsWith("F.embedding_bag", StringComparison.Ordinal) => DType.Int64,
        "input_lengths" or "target_lengths" => DType.Int64,
        "target" or "targets" when !target.Contains("binary", StringComparison.Ordinal)
            && !target.Contains("embedding", StringComparison.Ordinal) => DType.Int64,
        "attn_mask" => DType.Bool,
        _ => DType.Float32,
    };

    /// <summary>What a layer is applied to.</summary>
    public static Tensor LayerInput(string target) => target.StartsWith("Embedding", StringComparison.Ordinal)
        ? F.ones([2, 3], DType.Int64)
        : F.full((Shape)(long[])[2, 4, .. Of(4, DimsOf(target))], 0.5);

    private static int DimsOf(string target) => Dims().Match(target) is { Success: true } match ? match.Groups[1].Value[0] - '0'
        : target.StartsWith("CausalSelf", StringComparison.Ordinal) ? 1
        : 2;

    private static long[] Of(long size, int count) => [.. Enumerable.Repeat(size, count)];

    [GeneratedRegex(@"^[^(]*?([123])d")]
    private static partial Regex Dims();
}
