using Brachy.Extending;
using Brachy.IO;
using Brachy.NN;
using Brachy.Tests.Ops;

namespace Brachy.Tests.NN;

/// <summary>
/// Encoders and decoders with norms first, batches first, boolean masks and masks by head, against PyTorch 1.13
/// (Fixtures/transformer.py): values and gradients, with params imported from its state dict by path, eagerly and compiled.
/// </summary>
public class TransformerFixtureTests
{
    private static readonly Lazy<IReadOnlyDictionary<string, Tensor>> s_fixture = new(() => TorchFile.LoadStateDict(
        Path.Combine(AppContext.BaseDirectory, "NN", "Transformer", "Fixtures", "transformer.pt")));

    private delegate Tensor Run(StructureTree tree, GlobalConfig config, Tensor[] inputs, Func<string, Tensor?> mask);

    private static readonly Dictionary<string, (Func<Module> Layer, Run Run)> s_rows = new()
    {
        ["encoder layer"] = (() => new TransformerEncoderLayer(6, 2, 10, dropout: 0, dtype: DType.Float64), EncoderLayer),
        ["encoder layer norm first"] = (
            () => new TransformerEncoderLayer(6, 2, 10, 0, "gelu", 1e-2, batchFirst: true, normFirst: true, dtype: DType.Float64),
            EncoderLayer),
        ["encoder layer without a batch"] = (() => new TransformerEncoderLayer(6, 2, 10, dropout: 0, dtype: DType.Float64), EncoderLayer),
        ["decoder layer"] = (() => new TransformerDecoderLayer(6, 2, 10, 0, "gelu", dtype: DType.Float64), DecoderLayer),
        ["decoder layer norm first"] = (
            () => new TransformerDecoderLayer(6, 2, 10, 0, "relu", 1e-2, batchFirst: true, normFirst: true, dtype: DType.Float64),
            DecoderLayer),
        ["encoder"] = (
            () => new TransformerEncoder(
                new TransformerEncoderLayer(6, 2, 10, 0, batchFirst: true, normFirst: true, dtype: DType.Float64), 2,
                new LayerNorm(6, dtype: DType.Float64)),
            (tree, config, x, mask) => TransformerEncoder.Apply(tree, config, x[0], mask("mask"), mask("src_key_padding_mask")).Output),
        ["decoder"] = (
            () => new TransformerDecoder(
                new TransformerDecoderLayer(6, 2, 10, 0, dtype: DType.Float64), 2, new LayerNorm(6, dtype: DType.Float64)),
            (tree, config, x, mask) => TransformerDecoder.Apply(
                tree, config, x[0], x[1], mask("tgt_mask"), memoryKeyPaddingMask: mask("memory_key_padding_mask")).Output),
        ["transformer"] = (
            () => new Transformer(6, 2, 1, 2, 10, 0, "gelu", batchFirst: true, dtype: DType.Float64),
            (tree, config, x, mask) => Transformer.Apply(
                tree, config, x[0], x[1], null, mask("tgt_mask"), null, mask("src_key_padding_mask"), mask("tgt_key_padding_mask"),
                mask("memory_key_padding_mask")).Output),
    };

    public static TheoryData<string> Names => [.. s_rows.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void ValuesAndGradientsAreThoseOfPyTorch(string name)
    {
        using var rng = Rng.Scope(3);
        var (layer, run) = s_rows[name];
        var (model, config) = layer();
        var prefix = $"{name}/state/";
        (model, var report) = Import.FromStateDict(model, s_fixture.Value
            .Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(entry => entry.Key[prefix.Length..], entry => entry.Value));
        Assert.Empty(report.Missing);
        Assert.Empty(report.Unexpected);
        Tensor[] inputs = [.. Enumerable.Range(0, 2).Select(i => Mask($"{name}/x{i}")).OfType<Tensor>()];
        var paths = model.GetParams().Tensors().Select(t => t.Path).ToArray();

        (Tensor Output, Tensor[] Gradients) Differentiate(StructureTree tree, Tensor[] given)
        {
            Tensor[] wanted = [.. given, .. tree.GetParams().Tensors().Select(t => t.Tensor)];
            var (output, gradients) = Pullback.Differentiate(
                wanted,
                aliases =>
                {
                    var next = given.Length;
                    return run(
                        tree.WithParams(tree.GetParams().MapParamsBuffers((_, _) => aliases[next++])), config, aliases[..given.Length],
                        mask => Mask($"{name}/mask/{mask}"));
                },
                result => ([result], [Mask($"{name}/w")]));
            return (output, [.. gradients.Select(g => g!)]);
        }

        var compiled = Jit.Compile((StructureTree tree, Tensor[] given) => Differentiate(tree, given), name: name);
        foreach (var (output, gradients) in new[] { Differentiate(model, inputs), compiled.Invoke(model, inputs) })
        {
            OpCheck.AssertClose(Mask($"{name}/y")!, output, 1e-9, $"{name}, output");
            foreach (var (path, gradient) in inputs.Select((_, i) => $"x{i}").Concat(paths).Zip(gradients))
            {
                OpCheck.AssertClose(Mask($"{name}/d/{path}")!, gradient, 1e-9, $"{name}, gradient by {path}");
            }
        }
    }

    private static Tensor EncoderLayer(StructureTree tree, GlobalConfig config, Tensor[] x, Func<string, Tensor?> mask) =>
        TransformerEncoderLayer.Apply(tree, config, x[0], mask("src_mask"), mask("src_key_padding_mask")).Output;

    private static Tensor DecoderLayer(StructureTree tree, GlobalConfig config, Tensor[] x, Func<string, Tensor?> mask) =>
        TransformerDecoderLayer.Apply(
            tree, config, x[0], x[1], mask("tgt_mask"), mask("memory_mask"), mask("tgt_key_padding_mask"),
            mask("memory_key_padding_mask")).Output;

    private static Tensor? Mask(string name) => s_fixture.Value.GetValueOrDefault(name);
}
