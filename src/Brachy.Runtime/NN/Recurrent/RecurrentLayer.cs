using Brachy.Trees;

namespace Brachy.NN;

/// <summary>
/// What recurrent layers share: stacked layers, one or two directions, dropout between layers, and batches of sequences of different
/// lengths. The params have the names of PyTorch: <c>weight_ih_l0</c>, <c>weight_hh_l0</c>, <c>bias_ih_l0</c>, <c>bias_hh_l0</c> and, for
/// the other direction, <c>…_l0_reverse</c>; then <c>…_l1</c> and so on.
/// </summary>
[Module]
public abstract partial class RecurrentLayer
{
    /// <summary>Where the next mask of dropout comes from; null when there is none.</summary>
    [Buffer]
    public partial RngKey? Key { get; set; }

    /// <summary>The size of an element of a sequence.</summary>
    [Static]
    public partial long InputSize { get; set; }

    /// <summary>The size of a state.</summary>
    [Static]
    public partial long HiddenSize { get; set; }

    /// <summary>The number of layers, each of which reads the output of the one before.</summary>
    [Static]
    public partial long NumLayers { get; set; }

    /// <summary>Whether there are biases.</summary>
    [Static]
    public partial bool HasBias { get; set; }

    /// <summary>Whether the batch comes before the positions.</summary>
    [Static]
    public partial bool BatchFirst { get; set; }

    /// <summary>The probability with which outputs of all layers but the last are set to zero in training.</summary>
    [Static]
    public partial double P { get; set; }

    /// <summary>Whether each layer also reads the sequences from their ends.</summary>
    [Static]
    public partial bool Bidirectional { get; set; }

    /// <summary>The size that states are projected to; 0 for none. Only LSTMs have a projection.</summary>
    [Static]
    public partial long ProjSize { get; set; }

    /// <summary>Whether the model trains.</summary>
    [Config("train_mode", Default = true)]
    public partial bool TrainMode { get; }

    /// <summary>
    /// The names of batches of <see cref="Vmap"/> (its axisName), one inside another; a single one may be given without a list. Each of
    /// their samples then draws masks of its own, as in one batch with the first name's samples outermost; the function has to be one of
    /// such batches, in training. Null or empty, as by default, for none.
    /// </summary>
    [Config("batch_axis")]
    public partial IReadOnlyList<string>? BatchAxes { get; }

    /// <summary>The name in <see cref="BatchAxes"/>, if there is just one.</summary>
    public string? BatchAxis => NamedBatch.OnlyName(BatchAxes);

    private protected RecurrentLayer(
        long gates, long inputSize, long hiddenSize, long numLayers, bool bias, bool batchFirst, double dropout, bool bidirectional,
        long projSize, DType dtype)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(inputSize);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(hiddenSize);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(numLayers);
        if (!(dropout >= 0 && dropout <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(dropout), dropout, "A probability lies between 0 and 1.");
        }

        if (projSize < 0 || projSize >= hiddenSize)
        {
            throw new ArgumentOutOfRangeException(
                nameof(projSize), projSize, $"A projection has less than the {hiddenSize} values of a state.");
        }

        (InputSize, HiddenSize, NumLayers, HasBias, BatchFirst) = (inputSize, hiddenSize, numLayers, bias, batchFirst);
        (P, Bidirectional, ProjSize) = (dropout, bidirectional, projSize);
        Key = dropout > 0 && numLayers > 1 ? Rng.NextKey() : null;
        for (var layer = 0; layer < numLayers; layer++)
        {
            for (var direction = 0; direction < Directions; direction++)
            {
                var name = NameOf(layer, direction);
                SetParam($"weight_ih{name}", Draw(gates * hiddenSize, layer == 0 ? inputSize : Directions * OutputSize));
                SetParam($"weight_hh{name}", Draw(gates * hiddenSize, OutputSize));
                if (bias)
                {
                    SetParam($"bias_ih{name}", Draw(gates * hiddenSize));
                    SetParam($"bias_hh{name}", Draw(gates * hiddenSize));
                }

                if (projSize > 0)
                {
                    SetParam($"weight_hr{name}", Draw(projSize, hiddenSize));
                }
            }
        }

        Tensor Draw(params long[] shape) => RecurrentWeights.Draw([.. shape], hiddenSize, dtype);
    }

    private int Directions => Bidirectional ? 2 : 1;

    private long OutputSize => ProjSize > 0 ? ProjSize : HiddenSize;

    /// <summary>Runs all layers.</summary>
    /// <param name="input">The sequences.</param>
    /// <param name="h0">The first states, or null for zeros.</param>
    /// <param name="c0">The first cell states, or null for zeros.</param>
    /// <param name="lengths">How many elements of each sequence count; null for all.</param>
    private protected (Tensor Output, Tensor H, Tensor C) Run(Tensor input, Tensor? h0, Tensor? c0, Tensor? lengths)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (input.ndim is not (2 or 3) || input.shape[^1] != InputSize)
        {
            throw new ShapeException(
                $"{GetType().Name}: the input is {input.Type}, but must be {(BatchFirst ? "[N, L, " : "[L, N, ")}{InputSize}] "
                    + $"or, without a batch, [L, {InputSize}].");
        }

        var isBatched = input.ndim == 3;
        var x = !isBatched ? F.unsqueeze(input, 1) : BatchFirst ? F.transpose(input, 0, 1) : input;
        var weight = (Tensor)GetParam($"weight_hh{NameOf(0, 0)}");
        RecurrentInputs.RequireElements(GetType().Name, input, x.shape[0]);
        RecurrentInputs.Require(GetType().Name, "the input", input, weight);
        var (h, c) = (FirstStates(h0, x, OutputSize, isBatched, nameof(h0)), FirstStates(c0, x, HiddenSize, isBatched, nameof(c0)));
        var mask = lengths is null ? null : MaskOf(lengths, x);
        var (lastH, lastC) = (new List<Tensor>(), new List<Tensor>());
        for (var layer = 0; layer < NumLayers; layer++)
        {
            var outputs = new Tensor[Directions];
            for (var direction = 0; direction < Directions; direction++)
            {
                var k = (layer * Directions) + direction;
                var first = (H: F.select(h, 0, k), C: F.select(c, 0, k));
                (var last, outputs[direction]) = RunOne(x, first, mask, WeightsOf(layer, direction), reverse: direction == 1);
                lastH.Add(last.H);
                lastC.Add(last.C);
            }

            x = outputs.Length == 1 ? outputs[0] : F.cat(outputs, -1);
            x = layer < NumLayers - 1 ? Drop(x) : x;
        }

        (h, c) = (F.stack(lastH), F.stack(lastC));
        return isBatched ? (BatchFirst ? F.transpose(x, 0, 1) : x, h, c) : (F.squeeze(x, 1), F.squeeze(h, 1), F.squeeze(c, 1));
    }

    /// <summary>What the elements of a sequence add to the gates, all at once.</summary>
    private protected abstract Tensor OfInput(Tensor x, RecurrentWeights weights);

    /// <summary>The state after an element.</summary>
    /// <param name="x">What it adds to the gates.</param>
    /// <param name="h">The state before it.</param>
    /// <param name="c">The cell state before it.</param>
    /// <param name="weights">The weights of layer and direction.</param>
    private protected abstract (Tensor H, Tensor C) Step(Tensor x, Tensor h, Tensor c, RecurrentWeights weights);

    /// <summary>Runs one layer in one direction by one kernel; null where a loop is better, or there is no such kernel.</summary>
    /// <param name="x">[L, N, I].</param>
    /// <param name="first">The first states.</param>
    /// <param name="weights">The weights of layer and direction.</param>
    /// <param name="reverse">Whether the last element comes first.</param>
    private protected virtual ((Tensor H, Tensor C) Last, Tensor Output)? RunFused(
        Tensor x, (Tensor H, Tensor C) first, RecurrentWeights weights, bool reverse) => null;

    private ((Tensor H, Tensor C) Last, Tensor Output) RunOne(
        Tensor x, (Tensor H, Tensor C) first, Tensor? mask, RecurrentWeights weights, bool reverse)
    {
        if (mask is null && RunFused(x, first, weights, reverse) is { } fused)
        {
            return fused;
        }

        var gates = OfInput(x, weights);
        if (mask is null)
        {
            return Control.Scan(
                ((Tensor H, Tensor C) state, Tensor element) =>
                {
                    var next = Step(element, state.H, state.C, weights);
                    return (next, next.H);
                },
                first, gates, reverse);
        }

        // Behind the end of a sequence its state stays as it is, so that the other direction begins with its last element.
        return Control.Scan(
            ((Tensor H, Tensor C) state, (Tensor Gates, Tensor Counts) element) =>
            {
                var (h, c) = Step(element.Gates, state.H, state.C, weights);
                (Tensor H, Tensor C) next = (F.where(element.Counts, h, state.H), F.where(element.Counts, c, state.C));
                return (next, F.where(element.Counts, h, F.zeros_like(h)));
            },
            first, (gates, mask), reverse);
    }

    private RecurrentWeights WeightsOf(int layer, int direction)
    {
        var name = NameOf(layer, direction);
        return new(
            (Tensor)GetParam($"weight_ih{name}"), (Tensor)GetParam($"weight_hh{name}"), HasBias ? (Tensor)GetParam($"bias_ih{name}") : null,
            HasBias ? (Tensor)GetParam($"bias_hh{name}") : null, ProjSize > 0 ? (Tensor)GetParam($"weight_hr{name}") : null);
    }

    private static string NameOf(int layer, int direction) => $"_l{layer}{(direction == 1 ? "_reverse" : "")}";

    private Tensor Drop(Tensor x)
    {
        if (!TrainMode || Key is not { } key)
        {
            return x;
        }

        var keys = Rng.Split(key);
        Key = keys[0];
        return F.dropout(x, P, training: true, NamedBatch.OfSample(GetType().Name, keys[1], BatchAxes));
    }

    private Tensor FirstStates(Tensor? given, Tensor x, long size, bool isBatched, string name)
    {
        Shape all = [NumLayers * Directions, x.shape[1], size];
        if (given is null)
        {
            return F.zeros(all, x.dtype, x.device);
        }

        var states = isBatched ? given : F.unsqueeze(given, Math.Min(1, given.ndim));
        if (states.shape != all)
        {
            throw new ShapeException(
                $"{GetType().Name}: {name} is {given.Type}, but must be {(isBatched ? all : [all[0], all[2]])}: layers times directions, "
                + $"{(isBatched ? "sequences, " : "")}values.");
        }

        RecurrentInputs.Require(GetType().Name, name, given, x);
        return states;
    }

    private Tensor MaskOf(Tensor lengths, Tensor x)
    {
        var wanted = $"{GetType().Name}: lengths is {lengths.Type}, but must be int64[{x.shape[1]}]: one for each sequence.";
        if (lengths.ndim != 1 || lengths.shape[0] != x.shape[1])
        {
            throw new ShapeException(wanted);
        }

        if (lengths.dtype != DType.Int64)
        {
            throw new DTypeException(wanted);
        }

        Checks.Require(
            F.logical_and(lengths >= 0, lengths <= x.shape[0]), $"{GetType().Name}: lengths go from 0 to {x.shape[0]}, the length of x");
        var positions = F.reshape(F.arange(x.shape[0], device: x.device), [x.shape[0], 1, 1]);
        return positions < F.reshape(lengths, [1, x.shape[1], 1]);
    }
}
