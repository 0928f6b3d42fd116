using Brachy.NN;
using TorchSharp;
using TorchModule = TorchSharp.torch.nn.Module;

namespace Brachy.Tests.NN.Samples;

/// <summary>Recurrent layers and cells. TorchSharp has no projections and no packed sequences: RecurrentFixtureTests has those.</summary>
public static class RecurrentLayers
{
    public static IEnumerable<LayerSample> All =>
    [
        OfRnn("Rnn", () => new Rnn(4, 3), () => torch.nn.RNN(4, 3), [5, 2, 4], [1, 2, 3]),
        OfRnn(
            "Rnn with relu, two layers, both directions, batch first",
            () => new Rnn(4, 3, 2, "relu", batchFirst: true, bidirectional: true),
            () => torch.nn.RNN(4, 3, 2, torch.nn.NonLinearities.ReLU, batchFirst: true, bidirectional: true), [2, 5, 4], [4, 2, 3]),
        OfGru("Gru", () => new Gru(4, 3), () => torch.nn.GRU(4, 3), [5, 2, 4], [1, 2, 3]),
        OfGru(
            "Gru of two layers, both directions, without bias", () => new Gru(4, 3, 2, bias: false, bidirectional: true),
            () => torch.nn.GRU(4, 3, 2, bias: false, bidirectional: true), [5, 2, 4], [4, 2, 3]),
        OfLstm("Lstm", () => new Lstm(4, 3), () => torch.nn.LSTM(4, 3), [5, 2, 4], [1, 2, 3]),
        OfLstm("Lstm of one step", () => new Lstm(4, 3), () => torch.nn.LSTM(4, 3), [1, 2, 4], [1, 2, 3]),
        OfLstm(
            "Lstm of three layers, both directions, batch first", () => new Lstm(4, 3, 3, batchFirst: true, bidirectional: true),
            () => torch.nn.LSTM(4, 3, 3, batchFirst: true, bidirectional: true), [2, 5, 4], [6, 2, 3]),
        OfLstm(
            "Lstm with dropout", () => new Lstm(4, 3, 2, dropout: 0.4), () => torch.nn.LSTM(4, 3, 2, dropout: 0.4), [5, 2, 4],
            [2, 2, 3]) with
        {
            OwnBuffers = ["key"],
            IsRandomInTraining = true,
        },
        new(
            "RnnCell", () => new RnnCell(4, 3, nonlinearity: "relu"), () => torch.nn.RNNCell(4, 3, torch.nn.NonLinearities.ReLU),
            Inputs([2, 4], [2, 3]), (tree, config, x) => One(RnnCell.Apply(tree, config, x[0], x[1])),
            (module, x) => [((TorchSharp.Modules.RNNCell)module).forward(x[0], x[1])]),
        new(
            "GruCell", () => new GruCell(4, 3), () => torch.nn.GRUCell(4, 3), Inputs([2, 4], [2, 3]),
            (tree, config, x) => One(GruCell.Apply(tree, config, x[0], x[1])),
            (module, x) => [((TorchSharp.Modules.GRUCell)module).forward(x[0], x[1])]),
        new(
            "LstmCell", () => new LstmCell(4, 3, bias: false), () => torch.nn.LSTMCell(4, 3, bias: false), Inputs([2, 4], [2, 3], [2, 3]),
            (tree, config, x) =>
            {
                var (next, output) = LstmCell.Apply(tree, config, x[0], x[1], x[2]);
                return (next, [output.H, output.C]);
            },
            (module, x) =>
            {
                var (h, c) = ((TorchSharp.Modules.LSTMCell)module).forward(x[0], (x[1], x[2]));
                return [h, c];
            }),
    ];

    private static LayerSample OfRnn(string name, Func<Rnn> layer, Func<TorchModule> torch, long[] input, long[] state) => new(
        name, layer, torch, Inputs(input, state),
        (tree, config, x) =>
        {
            var (next, output) = Rnn.Apply(tree, config, x[0], x[1], null);
            return (next, [output.Output, output.H]);
        },
        (module, x) =>
        {
            var (output, h) = ((TorchSharp.Modules.RNN)module).forward(x[0], x[1]);
            return [output, h];
        });

    private static LayerSample OfGru(string name, Func<Gru> layer, Func<TorchModule> torch, long[] input, long[] state) => new(
        name, layer, torch, Inputs(input, state),
        (tree, config, x) =>
        {
            var (next, output) = Gru.Apply(tree, config, x[0], x[1], null);
            return (next, [output.Output, output.H]);
        },
        (module, x) =>
        {
            var (output, h) = ((TorchSharp.Modules.GRU)module).forward(x[0], x[1]);
            return [output, h];
        });

    private static LayerSample OfLstm(string name, Func<Lstm> layer, Func<TorchModule> torch, long[] input, long[] state) => new(
        name, layer, torch, Inputs(input, state, state),
        (tree, config, x) =>
        {
            var (next, output) = Lstm.Apply(tree, config, x[0], x[1], x[2], null);
            return (next, [output.Output, output.H, output.C]);
        },
        (module, x) =>
        {
            var (output, h, c) = ((TorchSharp.Modules.LSTM)module).forward(x[0], (x[1], x[2]));
            return [output, h, c];
        });

    private static (StructureTree Tree, Tensor[] Outputs) One((StructureTree Tree, Tensor Output) result) => (result.Tree, [result.Output]);

    private static Func<int, Tensor[]> Inputs(params long[][] shapes) =>
        step => [.. shapes.Select((shape, i) => Ops.Make.Real([.. shape], seed: 31 + (10 * step) + i))];
}
