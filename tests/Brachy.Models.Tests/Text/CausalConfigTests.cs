using Brachy.IO;
using Brachy.Models.Text;
using Brachy.Tests.Shared;

namespace Brachy.Models.Tests.Text;

[Trait("Category", "Quick")]
public class CausalConfigTests
{
    [Theory]
    [InlineData("gpt2", "\"gpt2\"", "\"gptj\"", "'gptj' as 'model_type'")]
    [InlineData("gpt2", "\"gelu_new\"", "\"mish\"", "'mish' as 'activation_function'")]
    [InlineData("gpt2", "\"n_ctx\": 16", "\"scale_attn_weights\": false", "false as 'scale_attn_weights'")]
    [InlineData("gpt2", "\"n_ctx\": 16", "\"scale_attn_by_inverse_layer_idx\": true", "true as 'scale_attn_by_inverse_layer_idx'")]
    [InlineData("gpt2", "\"n_head\": 2", "\"n_head\": 3", "do not divide 'n_embd' 16")]
    [InlineData("llama", "\"llama\"", "\"mistral\"", "'mistral' as 'model_type'")]
    [InlineData("llama", "\"silu\"", "\"mish\"", "'mish' as 'hidden_act'")]
    [InlineData("llama", "\"rope_scaling\": null", "\"rope_scaling\": {\"rope_type\": \"yarn\"}", "'yarn' as 'rope_scaling.rope_type'")]
    [InlineData("llama", "\"rope_scaling\": null", "\"rope_scaling\": {\"type\": \"dynamic\"}", "'dynamic' as 'rope_scaling.type'")]
    [InlineData("llama", "\"rope_scaling\": null", "\"rope_scaling\": 3", "'rope_scaling' has no names")]
    [InlineData("llama", "\"rope_scaling\": null", "\"rope_scaling\": {\"type\": \"linear\"}", "does not say 'rope_scaling.factor'")]
    [InlineData("llama", "\"num_key_value_heads\": 2", "\"num_key_value_heads\": 3", "('num_key_value_heads')")]
    [InlineData("llama", "\"num_attention_heads\": 4", "\"num_attention_heads\": 4, \"head_dim\": 3", "it must be even")]
    [InlineData("llama3", "\"high_freq_factor\": 4.0", "\"high_freq_factor\": 1.0", "must be above 'low_freq_factor'")]
    public void What_is_not_implemented_or_does_not_fit_is_named(string name, string old, string changed, string message)
    {
        using var folder = new TemporaryFolder();
        var text = File.ReadAllText(Path.Combine(new Fixture(name).Folder, "config.json"));
        Assert.Contains(old, text, StringComparison.Ordinal);
        folder.Write("config.json", text.Replace(old, changed, StringComparison.Ordinal));
        var error = Assert.Throws<CheckpointException>(
            () => name == "gpt2" ? Gpt2.FromPretrained(folder.Path) : Llama.FromPretrained(folder.Path));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_folder_of_a_model_is_told_what_to_do()
    {
        using var folder = new TemporaryFolder();
        var name = Path.Combine(folder.Path, "sentence-transformers", "all-MiniLM-L6-v2");
        var missing = Assert.Throws<FileNotFoundException>(() => Bert.FromPretrained(name)).Message;
        Assert.Contains($"There is no folder '{name}'. Nothing is downloaded: fetch the model first", missing, StringComparison.Ordinal);
        var empty = Assert.Throws<FileNotFoundException>(() => Gpt2.FromPretrained(folder.Path)).Message;
        Assert.Contains($"The folder '{folder.Path}' has no config.json", empty, StringComparison.Ordinal);
        folder.Write("model.safetensors", "weights");
        var file = Path.Combine(folder.Path, "model.safetensors");
        var given = Assert.Throws<CheckpointException>(() => Llama.FromPretrained(file)).Message;
        Assert.Contains("is a file, where the folder of a model is taken. Give the folder", given, StringComparison.Ordinal);
        Assert.Equal("folder", Assert.Throws<ArgumentNullException>(() => Bert.FromPretrained(null!)).ParamName);
    }

    [Fact]
    public void The_newer_form_of_positions_is_read()
    {
        using var folder = new TemporaryFolder();
        var text = File.ReadAllText(Path.Combine(new Fixture("llama").Folder, "config.json"));
        folder.Write("config.json", text.Replace(
            "\"rope_scaling\": null", "\"rope_parameters\": {\"rope_type\": \"linear\", \"factor\": 4.0, \"rope_theta\": 5000.0}",
            StringComparison.Ordinal));
        var config = LlamaConfig.FromPretrained(folder.Path);

        Assert.Equal(5000, config.RopeTheta);
        Assert.Equal(new RopeScaling { RopeType = "linear", Factor = 4 }, config.RopeScaling);
    }

    [Fact]
    public void The_sizes_of_the_published_models_are_the_defaults()
    {
        // GPT-2 has 124,439,808 params, Llama 7B 6,738,415,616: neither is made.
        Assert.Equal(124_439_808, Count(() => new Gpt2(new Gpt2Config())));
        Assert.Equal(6_738_415_616, Count(() => new Llama(new LlamaConfig())));
        Assert.Equal(109_482_240, Count(() => new Bert(new BertConfig())));

        static long Count(Func<StateOrganizer> make)
        {
            var outline = Brachy.Modules.ModuleOutline.Of(make);
            var repeated = outline.Shared.SelectMany(paths => paths.Skip(1)).ToHashSet();
            return outline.Tensors.Where(t => t.Type.DType.IsFloatingPoint() && !repeated.Contains(t.Path))
                .Sum(t => t.Type.Shape.NumElements);
        }
    }
}
