using Brachy.NN;
using Brachy.Optim;
using TorchSharp;

namespace Brachy.Benchmarks;

/// <summary>
/// A training step of recurrent layers with AdamW: 64 elements, 32 sequences, 256 values, two layers; or one sequence, 128 values, one
/// layer.
/// </summary>
internal static partial class RecurrentTraining
{
    private const int Length = 64;
    private const int Batch = 32;
    private const int Size = 256;
    private const int SmallSize = 128;

    public static Measurement Lstm(string id, int blocks, double bound) => Lstm(id, Batch, Size, layers: 2, blocks, blockSize: 1, bound);

    /// <summary>A step that is short: what is around its kernels counts.</summary>
    public static Measurement SmallLstm(string id, int blocks, double bound) =>
        Lstm(id, batch: 1, SmallSize, layers: 1, blocks, blockSize: 25, bound);

    private static Measurement Lstm(string id, int batch, int size, int layers, int blocks, int blockSize, double bound)
    {
        using var rng = Rng.Scope(0);
        var x = Rng.Normal([Length, batch, size]);
        var eager = torch.nn.LSTM(size, size, layers);
        return Measure(
            id, blocks, blockSize, bound, Eager(eager.parameters(), () => eager.call(x.AsTorch()).Item1),
            Jitted(new Lstm(size, size, layers), (opt, optConfig, model, config) => LstmStepJit(opt, optConfig, model, config, x)));
    }

    public static Measurement Gru(string id, int blocks, double bound)
    {
        using var rng = Rng.Scope(0);
        var x = Rng.Normal([Length, Batch, Size]);
        var eager = torch.nn.GRU(Size, Size, 2);
        return Measure(
            id, blocks, blockSize: 1, bound, Eager(eager.parameters(), () => eager.call(x.AsTorch()).Item1),
            Jitted(new Gru(Size, Size, 2), (opt, optConfig, model, config) => GruStepJit(opt, optConfig, model, config, x)));
    }

    private static Measurement Measure(string id, int blocks, int blockSize, double bound, Action eager, Action jitted)
    {
        var (first, second) = Interleaved.Medians(eager, jitted, blocks, blockSize);
        return Measurement.AtLeast(
            id, first / second, bound, FormattableString.Invariant($"TorchSharp {first:G3} ms, jitted {second:G3} ms"));
    }

    private static Action Eager(IEnumerable<TorchSharp.Modules.Parameter> parameters, Func<torch.Tensor> forward)
    {
        var optimizer = torch.optim.AdamW(parameters);
        return () =>
        {
            using var scope = torch.NewDisposeScope();
            optimizer.zero_grad();
            var y = forward();
            (y * y).mean().backward();
            optimizer.step();
        };
    }

    private static Action Jitted(
        Module layer, Func<StructureTree, GlobalConfig, StructureTree, GlobalConfig, (StructureTree, StructureTree, Tensor)> step)
    {
        var (model, config) = (layer.Tree, layer.Config);
        var (opt, optConfig) = new AdamW(model);
        return () =>
        {
            (opt, model, var loss) = step(opt, optConfig, model, config);
            loss.Dispose();
        };
    }

    [Jit]
    private static (StructureTree Opt, StructureTree Model, Tensor Loss) LstmStep(
        [Donate] StructureTree opt, GlobalConfig optConfig, [Donate] StructureTree model, GlobalConfig config, Tensor x) =>
        Optimizer.Step(opt, optConfig, model, current =>
        {
            (current, var result) = NN.Lstm.Apply(current, config, x, null, null, null);
            return (current, (result.Output * result.Output).mean());
        });

    [Jit]
    private static (StructureTree Opt, StructureTree Model, Tensor Loss) GruStep(
        [Donate] StructureTree opt, GlobalConfig optConfig, [Donate] StructureTree model, GlobalConfig config, Tensor x) =>
        Optimizer.Step(opt, optConfig, model, current =>
        {
            (current, var result) = NN.Gru.Apply(current, config, x, null, null);
            return (current, (result.Output * result.Output).mean());
        });
}
