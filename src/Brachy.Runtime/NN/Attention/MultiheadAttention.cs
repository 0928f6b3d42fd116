namespace Brachy.NN;

/// <summary>
/// Attention of several heads, with the params, arguments and masks of torch.nn.MultiheadAttention. A query that may see no key
/// gives the bias of the output, where PyTorch gives NaN if it returns weights, too.
/// Source: pytorch.org/docs/stable/generated/torch.nn.MultiheadAttention.html.
/// </summary>
[Module]
public partial class MultiheadAttention
{
    /// <summary>Projects queries, keys and values, [3 embed_dim, embed_dim]; null when keys or values have another size.</summary>
    [Param]
    public partial Tensor? InProjWeight { get; set; }

    /// <summary>Projects queries, [embed_dim, embed_dim], where <see cref="InProjWeight"/> is null.</summary>
    [Param]
    public partial Tensor? QProjWeight { get; set; }

    /// <summary>Projects keys, [embed_dim, kdim], where <see cref="InProjWeight"/> is null.</summary>
    [Param]
    public partial Tensor? KProjWeight { get; set; }

    /// <summary>Projects values, [embed_dim, vdim], where <see cref="InProjWeight"/> is null.</summary>
    [Param]
    public partial Tensor? VProjWeight { get; set; }

    /// <summary>The bias of the three projections, [3 embed_dim]; null for none.</summary>
    [Param]
    public partial Tensor? InProjBias { get; set; }

    /// <summary>A key that is added to those of the input, [1, 1, embed_dim]; null for none.</summary>
    [Param]
    public partial Tensor? BiasK { get; set; }

    /// <summary>A value that is added to those of the input, [1, 1, embed_dim]; null for none.</summary>
    [Param]
    public partial Tensor? BiasV { get; set; }

    /// <summary>Mixes the heads, [embed_dim, embed_dim].</summary>
    public partial Linear OutProj { get; set; }

    /// <summary>Where the next mask of attention weights comes from; null when there is no dropout.</summary>
    [Buffer]
    public partial RngKey? Key { get; set; }

    /// <summary>The number of heads.</summary>
    [Static]
    public partial long NumHeads { get; set; }

    /// <summary>The probability with which attention weights are set to zero in training.</summary>
    [Static]
    public partial double P { get; set; }

    /// <summary>Whether a key and a value of zeros are added to those of the input.</summary>
    [Static]
    public partial bool AddZeroAttn { get; set; }

    /// <summary>Whether the batch comes before the positions.</summary>
    [Static]
    public partial bool BatchFirst { get; set; }

    /// <summary>Whether the model trains.</summary>
    [Config("train_mode", Default = true)]
    public partial bool TrainMode { get; }

    /// <summary>
    /// The names of batches of <see cref="Vmap"/> (its axisName), one inside another; a single one may be given without a list. Each of
    /// their samples then draws a mask of its own, as in one batch with the first name's samples outermost; the function has to be one of
    /// such batches, in training. Null or empty, as by default, for none.
    /// </summary>
    [Config("batch_axis")]
    public partial IReadOnlyList<string>? BatchAxes { get; }

    /// <summary>The name in <see cref="BatchAxes"/>, if there is just one.</summary>
    public string? BatchAxis => NamedBatch.OnlyName(BatchAxes);

    /// <summary>
    /// An attention layer. As in PyTorch, the weights of the input's projections are drawn from Xavier's uniform distribution,
    /// the bias of added keys and values from his normal one, and the other biases are zero.
    /// </summary>
    /// <param name="embedDim">The size of queries and of the output.</param>
    /// <param name="numHeads">The number of heads; it divides <paramref name="embedDim"/>.</param>
    /// <param name="dropout">The probability with which attention weights are set to zero in training.</param>
    /// <param name="bias">Whether the projections add a bias.</param>
    /// <param name="addBiasKv">Whether to add a trained key and value.</param>
    /// <param name="addZeroAttn">Whether to add a key and value of zeros.</param>
    /// <param name="kdim">The size of keys; <paramref name="embedDim"/> by default.</param>
    /// <param name="vdim">The size of values; <paramref name="embedDim"/> by default.</param>
    /// <param name="batchFirst">Whether the batch comes before the positions: [N, L, E] instead of [L, N, E].</param>
    /// <param name="dtype">The element type of the params.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive, or the probability is not from 0 to 1.</exception>
    /// <exception cref="ArgumentException">The heads do not divide the size.</exception>
    /// <exception cref="InvalidOperationException">There is no <see cref="Rng.Scope(long)"/> to draw from.</exception>
    public MultiheadAttention(
        long embedDim, long numHeads, double dropout = 0, bool bias = true, bool addBiasKv = false, bool addZeroAttn = false,
        long? kdim = null, long? vdim = null, bool batchFirst = false, DType dtype = DType.Float32)
    {
        AttentionHeads.Require(embedDim, numHeads, dropout);
        var (keySize, valueSize) = (kdim ?? embedDim, vdim ?? embedDim);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(keySize, nameof(kdim));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(valueSize, nameof(vdim));
        if (keySize == embedDim && valueSize == embedDim)
        {
            InProjWeight = XavierUniform(AttentionHeads.Times3(embedDim), embedDim);
        }
        else
        {
            QProjWeight = XavierUniform(embedDim, embedDim);
            KProjWeight = XavierUniform(embedDim, keySize);
            VProjWeight = XavierUniform(embedDim, valueSize);
        }

        InProjBias = bias ? F.zeros([AttentionHeads.Times3(embedDim)], dtype) : null;
        OutProj = new(embedDim, embedDim, bias, dtype);
        OutProj.Bias = bias ? F.zeros([embedDim], dtype) : null;
        BiasK = addBiasKv ? Rng.Normal([1, 1, embedDim], dtype) / Math.Sqrt(embedDim) : null;
        BiasV = addBiasKv ? Rng.Normal([1, 1, embedDim], dtype) / Math.Sqrt(embedDim) : null;
        Key = dropout > 0 ? Rng.NextKey() : null;
        NumHeads = numHeads;
        P = dropout;
        AddZeroAttn = addZeroAttn;
        BatchFirst = batchFirst;

        Tensor XavierUniform(long rows, long columns) =>
            (Rng.Uniform([rows, columns], dtype) * 2 - 1) * Math.Sqrt(6.0 / ((double)rows + columns));
    }

    /// <summary>Applies the layer. Without a batch, inputs and outputs have no dim N.</summary>
    /// <param name="query">[L, N, embed_dim], or [N, L, embed_dim] with <see cref="BatchFirst"/>.</param>
    /// <param name="key">[S, N, kdim], or [N, S, kdim].</param>
    /// <param name="value">[S, N, vdim], or [N, S, vdim].</param>
    /// <param name="keyPaddingMask">[N, S]: truth values, true for keys that are left out, or numbers that are added to the scores.</param>
    /// <param name="needWeights">Whether to return the weights; without them attention is faster.</param>
    /// <param name="attnMask">[L, S] or [N · num_heads, L, S]: as the other mask, for each query and key.</param>
    /// <param name="averageAttnWeights">Whether the weights returned are averaged over the heads.</param>
    /// <param name="isCausal">Whether query i sees only the keys 0 to i; it goes with any mask.</param>
    /// <returns>
    /// The output, in the shape of the query, and the weights after dropout: [N, L, S], or [N, num_heads, L, S] for each head, with a
    /// further key for each one added; null if they are not needed.
    /// </returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="DTypeException">The element types do not fit.</exception>
    public (Tensor Output, Tensor? Weights) Forward(
        Tensor query, Tensor key, Tensor value, Tensor? keyPaddingMask = null, bool needWeights = true,
        Tensor? attnMask = null, bool averageAttnWeights = true, bool isCausal = false)
    {
        RequireInputs(query, key, value);
        var (q, k, v) = Project(query, key, value);
        (q, k, v) = (Heads(q), Heads(k), Heads(v));
        var masks = new AttentionMasks(q.shape, k.shape[2], q.dtype, q.device, query.ndim == 3);
        (k, v, var added) = AddKeys(k, v);
        var (mask, causal) = masks.Combine(keyPaddingMask, attnMask, isCausal, added);
        var dropout = TrainMode ? P : 0;
        Tensor output;
        Tensor? weights = null;
        if (needWeights)
        {
            (output, weights) = F.attention_and_weights(q, k, v, mask, dropout, causal, 1 / Math.Sqrt(q.shape[3]), NextKey());
            weights = averageAttnWeights ? F.mean(weights, 1) : weights;
            weights = query.ndim == 3 ? weights : F.squeeze(weights, 0);
        }
        else
        {
            output = F.scaled_dot_product_attention(q, k, v, mask, dropout, causal, dropout_key: NextKey());
        }

        return (Mixed(output, query), weights);
    }

    /// <summary>
    /// Self-attention of new positions to themselves and all before them, whose keys and values are in a cache. Without dropout it computes
    /// what the layer computes for the whole sequence with <c>isCausal</c>.
    /// </summary>
    /// <param name="x">[L, N, embed_dim], or [N, L, embed_dim] with <see cref="BatchFirst"/>; without a batch there is no dim N.</param>
    /// <param name="step">The new positions, for N sequences or one.</param>
    /// <returns>In the shape of <paramref name="x"/>.</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="NotSupportedException">The layer adds keys, which would come before those of later positions.</exception>
    public Tensor Continue(Tensor x, KeyValueStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        RequireInputs(x, x, x);
        if (BiasK is not null || AddZeroAttn)
        {
            throw new NotSupportedException("MultiheadAttention: a layer that adds keys to those of the input cannot use a cache.");
        }

        var (q, k, v) = Project(x, x, x);
        return Mixed(step.Attend(Heads(q), Heads(k), Heads(v), dropout_p: TrainMode ? P : 0, dropout_key: NextKey()), x);
    }

    /// <summary>The keys and values that <see cref="Recall"/> attends to as often as it is called.</summary>
    /// <param name="key">[S, N, kdim], or [N, S, kdim] with <see cref="BatchFirst"/>; without a batch there is no dim N.</param>
    /// <param name="value">[S, N, vdim], or [N, S, vdim].</param>
    /// <returns>[N, num_heads, S, size of a head], both.</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public (Tensor Keys, Tensor Values) Remember(Tensor key, Tensor value)
    {
        RequireInputs(key, key, value);
        var (weights, biases) = Projections();
        return (Heads(F.linear(key, weights[1], biases[1])), Heads(F.linear(value, weights[2], biases[2])));
    }

    /// <summary>Attends to keys and values of <see cref="Remember"/>: what <see cref="Forward"/> computes without weights.</summary>
    /// <param name="query">
    /// [L, N, embed_dim], or [N, L, embed_dim] with <see cref="BatchFirst"/>; without a batch there is no dim N.
    /// </param>
    /// <param name="keys">[N, num_heads, S, size of a head].</param>
    /// <param name="values">[N, num_heads, S, size of a head].</param>
    /// <param name="keyPaddingMask">[N, S]: truth values, true for keys that are left out, or numbers that are added to the scores.</param>
    /// <param name="attnMask">[L, S] or [N · num_heads, L, S]: as the other mask, for each query and key.</param>
    /// <returns>In the shape of the query.</returns>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    public Tensor Recall(Tensor query, Tensor keys, Tensor values, Tensor? keyPaddingMask = null, Tensor? attnMask = null)
    {
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(values);
        RequireInputs(query, query, query);
        var (weights, biases) = Projections();
        var q = Heads(F.linear(query, weights[0], biases[0]));
        Shape expected = [q.shape[0], q.shape[1], keys.ndim == 4 ? keys.shape[2] : -1, q.shape[3]];
        if (keys.shape != expected || values.shape != expected)
        {
            throw new ShapeException(
                $"MultiheadAttention: keys {keys.Type} and values {values.Type} must both be [{q.shape[0]}, {q.shape[1]}, S, "
                + $"{q.shape[3]}], "
                + $"as Remember gives them for the batch of the query {query.Type}.");
        }

        var masks = new AttentionMasks(q.shape, keys.shape[2], q.dtype, q.device, query.ndim == 3);
        var (k, v, added) = AddKeys(keys, values);
        var (mask, causal) = masks.Combine(keyPaddingMask, attnMask, false, added);
        return Mixed(F.scaled_dot_product_attention(q, k, v, mask, TrainMode ? P : 0, causal, dropout_key: NextKey()), query);
    }

    /// <summary>From [N, num_heads, positions, size of a head] to the output for a query.</summary>
    private Tensor Mixed(Tensor heads, Tensor query)
    {
        heads = BatchFirst ? F.permute(heads, 0, 2, 1, 3) : F.permute(heads, 2, 0, 1, 3);
        return OutProj.Call(F.reshape(heads, query.shape));
    }

    /// <summary>The three projections, in one product where the inputs are one tensor.</summary>
    private (Tensor Query, Tensor Key, Tensor Value) Project(Tensor query, Tensor key, Tensor value)
    {
        if (InProjWeight is { } packed && ReferenceEquals(query, key) && ReferenceEquals(key, value))
        {
            var all = F.chunk(F.linear(query, packed, InProjBias), 3, -1);
            return (all[0], all[1], all[2]);
        }

        var (weights, biases) = Projections();
        return (F.linear(query, weights[0], biases[0]), F.linear(key, weights[1], biases[1]), F.linear(value, weights[2], biases[2]));
    }

    /// <summary>Weights and biases of queries, keys and values.</summary>
    private (Tensor[] Weights, Tensor?[] Biases) Projections() => (
        InProjWeight is { } weight ? F.chunk(weight, 3) : [QProjWeight!, KProjWeight!, VProjWeight!],
        InProjBias is { } bias ? F.chunk(bias, 3) : new Tensor?[3]);

    /// <summary>From positions to [N, num_heads, positions, size of a head].</summary>
    private Tensor Heads(Tensor x)
    {
        x = x.ndim == 3 ? x : F.unsqueeze(x, BatchFirst ? 0 : 1);
        x = F.unflatten(x, -1, NumHeads, x.shape[2] / NumHeads);
        return BatchFirst ? F.permute(x, 0, 2, 1, 3) : F.permute(x, 1, 2, 0, 3);
    }

    /// <summary>Appends the trained key and value, and those of zeros.</summary>
    private (Tensor Key, Tensor Value, long Added) AddKeys(Tensor key, Tensor value)
    {
        Shape one = [key.shape[0], NumHeads, 1, key.shape[3]];
        var (keys, values) = (new List<Tensor> { key }, new List<Tensor> { value });
        if (BiasK is { } biasK && BiasV is { } biasV)
        {
            Shape byHead = [1, NumHeads, 1, key.shape[3]];
            keys.Add(F.expand(F.reshape(biasK, byHead), one));
            values.Add(F.expand(F.reshape(biasV, byHead), one));
        }

        if (AddZeroAttn)
        {
            var zeros = F.zeros(one, key.dtype, key.device);
            keys.Add(zeros);
            values.Add(zeros);
        }

        return keys.Count == 1 ? (key, value, 0) : (F.cat(keys, 2), F.cat(values, 2), keys.Count - 1);
    }

    private RngKey? NextKey()
    {
        if (!TrainMode || P == 0)
        {
            return null;
        }

        var keys = Rng.Split(Key ?? Rng.NextKey());
        Key = keys[0];
        return NamedBatch.OfSample(nameof(MultiheadAttention), keys[1], BatchAxes);
    }

    private void RequireInputs(Tensor query, Tensor key, Tensor value)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(value);
        if (query.ndim is not (2 or 3) || key.ndim != query.ndim || value.ndim != query.ndim)
        {
            throw new ShapeException($"MultiheadAttention: query {query.Type}, key {key.Type} and value {value.Type} must all have 3 dims, "
                + "or all 2 without a batch.");
        }

        var batch = BatchFirst ? 0 : 1;
        if (key.shape.AsSpan()[..^1] is var positions && !positions.SequenceEqual(value.shape.AsSpan()[..^1]))
        {
            throw new ShapeException($"MultiheadAttention: key {key.Type} and value {value.Type} may differ in their last dim only.");
        }

        if (query.ndim == 3 && query.shape[batch] != key.shape[batch])
        {
            throw new ShapeException($"MultiheadAttention: query {query.Type} and key {key.Type} have batches of different lengths (dim "
                + $"{batch}); batchFirst is {BatchFirst}.");
        }
    }
}
