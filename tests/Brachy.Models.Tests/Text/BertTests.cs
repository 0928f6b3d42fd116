using Brachy.IO;
using Brachy.Models.Text;
using Brachy.Tests.Shared;

namespace Brachy.Models.Tests.Text;

[Trait("Category", "Quick")]
public class BertTests
{
    private readonly Fixture _fixture = new("bert");

    [Fact]
    public void It_computes_what_PyTorch_computes_eagerly_and_compiled()
    {
        var (tree, config) = Bert.FromPretrained(_fixture.Folder);
        var (ids, mask, types) = (_fixture["input_ids"], _fixture["attention_mask"], _fixture["token_type_ids"]);
        foreach (var (_, output) in new[]
        {
            Bert.Apply(tree, config, ids, mask, types), Bert.JitApply(tree, config, ids, mask, types),
        })
        {
            Fixture.RequireClose(_fixture["last_hidden_state"], output.LastHiddenState, 2e-6);
            Fixture.RequireClose(_fixture["pooler_output"], output.PoolerOutput!, 2e-6);
        }
    }

    [Fact]
    public void Padding_and_kinds_have_defaults_and_masks_any_type()
    {
        var (tree, config) = Bert.FromPretrained(_fixture.Folder);
        var (ids, mask) = (_fixture["input_ids"], _fixture["attention_mask"]);
        var short_ = F.narrow(F.narrow(ids, 0, 1, 1), 1, 0, 4);
        var zeros = F.zeros_like(ids);
        var padded = Bert.Apply(tree, config, ids, mask, zeros).Output.LastHiddenState;

        Fixture.RequireClose(padded, Bert.Apply(tree, config, ids.to(DType.Int32), F.ne(mask, 0)).Output.LastHiddenState, 1e-6);
        Fixture.RequireClose(
            F.narrow(F.narrow(padded, 0, 1, 1), 1, 0, 4), Bert.Apply(tree, config, short_).Output.LastHiddenState, 1e-6);
        var nothing = Bert.Apply(tree, config, ids, zeros).Output.LastHiddenState;
        Assert.True((bool)F.all(F.isfinite(nothing)));
    }

    [Fact]
    public void A_model_without_pooler_passes_over_the_files()
    {
        var model = Bert.FromPretrained(_fixture.Folder, pooler: false);

        Assert.Contains("bert.pooler.dense.weight", model.Ignored);
        Assert.Contains("bert.embeddings.position_ids", model.Ignored);
        Assert.Contains("cls.predictions.bias", model.Ignored);
        Assert.Null(Bert.Apply(model.Tree, model.Config, _fixture["input_ids"]).Output.PoolerOutput);
    }

    [Theory]
    [InlineData(DType.BFloat16, 0.05)]
    [InlineData(DType.Float64, 2e-6)]
    public void It_runs_in_other_element_types(DType dtype, double tolerance)
    {
        var (tree, config) = Bert.FromPretrained(_fixture.Folder, options: new() { DType = dtype });
        var output = Bert.JitApply(
            tree, config, _fixture["input_ids"], _fixture["attention_mask"], _fixture["token_type_ids"]).Output.LastHiddenState;

        Assert.Equal(dtype, output.dtype);
        Fixture.RequireClose(_fixture["last_hidden_state"], output, tolerance);
    }

    [Fact]
    public void Training_drops_and_gradients_flow_to_every_weight()
    {
        var (tree, config) = Bert.FromPretrained(_fixture.Folder);
        var train = config.With("train_mode", true);
        var ids = _fixture["input_ids"];
        var a = Bert.Apply(tree, train, ids);
        Assert.False((bool)F.all(F.eq(a.Output.LastHiddenState, Bert.Apply(a.Tree, train, ids).Output.LastHiddenState)));

        var gradients = Grad.Of((StructureTree m) =>
        {
            var output = Bert.Apply(m, config, ids).Output;
            return F.sum(output.LastHiddenState * output.LastHiddenState * output.LastHiddenState) + F.sum(output.PoolerOutput!);
        })(tree);
        foreach (var (path, gradient) in gradients.Tensors().Where(t => !t.Path.EndsWith("key", StringComparison.Ordinal)))
        {
            Assert.True((double)F.sum(F.abs(gradient)) > 0, path);
        }
    }

    [Fact]
    public void Wrong_input_is_refused()
    {
        var (tree, config) = Bert.FromPretrained(_fixture.Folder);
        Assert.Throws<ShapeException>(() => Bert.Apply(tree, config, F.zeros([1, 13], DType.Int64)));
        Assert.Throws<ShapeException>(() => Bert.Apply(tree, config, F.zeros([4], DType.Int64)));
        Assert.Throws<DTypeException>(() => Bert.Apply(tree, config, F.zeros([1, 4])));
        Assert.Throws<ShapeException>(() => Bert.Apply(tree, config, F.zeros([1, 4], DType.Int64), F.ones([1, 3])));
        Assert.Throws<ShapeException>(() => MeanPooling.Of(F.zeros([1, 4])));
    }

    [Theory]
    [InlineData("\"model_type\": \"bert\"", "\"model_type\": \"roberta\"", "'roberta' as 'model_type'")]
    [InlineData("\"absolute\"", "\"relative_key\"", "'relative_key' as 'position_embedding_type'")]
    [InlineData("\"gelu\"", "\"mish\"", "'mish' as 'hidden_act'")]
    [InlineData("\"use_cache\": true", "\"is_decoder\": true", "true as 'is_decoder'")]
    [InlineData("\"hidden_size\": 16", "\"hidden_size\": -16", "-16 for 'hidden_size'")]
    [InlineData("\"hidden_size\": 16", "\"hidden_size\": 1e99", "1e99 for 'hidden_size'")]
    [InlineData("\"hidden_size\": 16", "\"hidden_size\": \"16\"", "for 'hidden_size'")]
    [InlineData("\"hidden_size\": 16,", "", "does not say 'hidden_size'")]
    [InlineData("\"hidden_size\": 16", "\"hidden_size\": 18", "do not divide 'hidden_size' 18")]
    [InlineData("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 1000000000", "1000000000 for 'num_hidden_layers'")]
    [InlineData("\"vocab_size\": 60", "\"vocab_size\": 60, \"vocab_size\": 61", "says 'vocab_size' twice")]
    [InlineData("\"hidden_dropout_prob\": 0.1", "\"hidden_dropout_prob\": 2", "2 for 'hidden_dropout_prob'")]
    [InlineData("}", "", "is no JSON")]
    public void What_is_not_implemented_or_damaged_is_named(string old, string changed, string message)
    {
        using var folder = new TemporaryFolder();
        var text = File.ReadAllText(Path.Combine(_fixture.Folder, "config.json"));
        Assert.Contains(old, text, StringComparison.Ordinal);
        folder.Write("config.json", text.Replace(old, changed, StringComparison.Ordinal));

        var error = Assert.Throws<CheckpointException>(() => Bert.FromPretrained(folder.Path));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }
}
