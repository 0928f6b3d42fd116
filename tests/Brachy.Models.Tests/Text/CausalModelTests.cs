using Brachy.Models.Text;
using Brachy.NN;

namespace Brachy.Models.Tests.Text;

/// <summary>GPT-2 and Llama beside what PyTorch computed with the same weights.</summary>
[Trait("Category", "Quick")]
public class CausalModelTests
{
    /// <summary>What the two have in common.</summary>
    private sealed record Model(
        Func<PretrainedOptions?, PretrainedModel> Load, Func<StructureTree, GlobalConfig, Tensor, Tensor?, Tensor> Run,
        Func<StructureTree, GlobalConfig, Tensor, Tensor> RunJit,
        Func<StructureTree, GlobalConfig, long, long?, KeyValueCache> EmptyCache,
        Func<StructureTree, GlobalConfig, Tensor, KeyValueCache, Tensor?, DecodedStep> Read);

    public static TheoryData<string> Names => new("gpt2", "llama", "llama3", "llama-linear");

    [Theory]
    [MemberData(nameof(Names))]
    public void The_whole_text_gives_what_PyTorch_gives(string name)
    {
        var (fixture, model) = (new Fixture(name), ModelOf(name));
        var (tree, config) = model.Load(new() { DType = DType.Float32 });
        var ids = fixture["input_ids"];

        Fixture.RequireClose(fixture["logits"], model.Run(tree, config, ids, null), 2e-6, "eager");
        Fixture.RequireClose(fixture["logits"], model.RunJit(tree, config, ids), 2e-6, "compiled");
        Fixture.RequireClose(fixture["logits"], model.Run(tree, config, ids, F.ones_like(ids)), 2e-6, "with a mask");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Token_by_token_with_a_cache_gives_what_the_whole_gives(string name)
    {
        var (fixture, model) = (new Fixture(name), ModelOf(name));
        var (tree, config) = model.Load(new() { DType = DType.Float32 });
        var ids = fixture["input_ids"];
        var compiled = Jit.Compile(
            (StructureTree m, Tensor tokens, KeyValueCache c) => model.Read(m, config, tokens, c, null), donate: [2]);
        foreach (var isCompiled in new[] { false, true })
        {
            var cache = model.EmptyCache(tree, config, 2, ids.shape[1]);
            for (var (start, count) = (0L, 4L); start < ids.shape[1]; (start, count) = (start + count, 1))
            {
                var piece = F.narrow(ids, 1, start, count);
                (var logits, cache) = isCompiled ? compiled.Invoke(tree, piece, cache) : model.Read(tree, config, piece, cache, null);
                Fixture.RequireClose(F.select(fixture["logits"], 1, start + count - 1), logits, 3e-6, $"{isCompiled}, from {start}");
            }

            Assert.Throws<CheckFailedException>(() => model.Read(tree, config, F.narrow(ids, 1, 0, 1), cache, null));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Prompts_of_different_lengths_go_on_where_they_end(string name)
    {
        var (fixture, model) = (new Fixture(name), ModelOf(name));
        var (tree, config) = model.Load(new() { DType = DType.Float32 });
        var ids = fixture["input_ids"];
        var counts = Tensor.FromArray([3L, 5], [2]);
        var (first, cache) = model.Read(tree, config, F.narrow(ids, 1, 0, 6), model.EmptyCache(tree, config, 2, 9), counts);
        var (next, _) = model.Read(tree, config, F.gather(ids, 1, F.reshape(counts, 2, 1)), cache, null);
        for (var i = 0; i < 2; i++)
        {
            var expected = F.select(fixture["logits"], 0, i);
            var count = i == 0 ? 3 : 5;
            Fixture.RequireClose(F.select(expected, 0, count - 1), F.select(first, 0, i), 3e-6);
            Fixture.RequireClose(F.select(expected, 0, count), F.select(next, 0, i), 3e-6);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_loop_in_compiled_code_writes_what_single_steps_write(string name)
    {
        var (fixture, model) = (new Fixture(name), ModelOf(name));
        var (tree, config) = model.Load(new() { DType = DType.Float32 });
        var prompt = F.narrow(F.narrow(fixture["input_ids"], 0, 0, 1), 1, 0, 3);
        var expected = new List<long>();
        var text = prompt;
        for (var i = 0; i < 4; i++)
        {
            var token = F.argmax(F.select(model.Run(tree, config, text, null), 1, text.shape[1] - 1), 1);
            expected.Add(token.ToArray<long>()[0]);
            text = F.cat([text, F.reshape(token, 1, 1)], 1);
        }

        var generate = Jit.Compile((StructureTree m, Tensor tokens) =>
        {
            var (logits, cache) = model.Read(m, config, tokens, model.EmptyCache(m, config, 1, 12), null);
            var first = F.argmax(logits, 1);
            var (_, rest) = Control.Scan(
                ((Tensor Token, KeyValueCache Cache) state, Tensor _) =>
                {
                    var (scores, next) = model.Read(m, config, F.reshape(state.Token, 1, 1), state.Cache, null);
                    var token = F.argmax(scores, 1);
                    return ((token, next), token);
                },
                (first, cache), F.arange(3));
            return F.cat([first, F.flatten(rest)]);
        });
        Assert.Equal(expected, generate.Invoke(tree, prompt).ToArray<long>());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Padding_at_the_end_changes_nothing_before_it(string name)
    {
        var (fixture, model) = (new Fixture(name), ModelOf(name));
        var (tree, config) = model.Load(new() { DType = DType.Float32 });
        var ids = fixture["input_ids"];
        var mask = F.cat([F.ones([2, 6], DType.Int64), F.zeros([2, ids.shape[1] - 6], DType.Int64)], 1);
        var padded = F.where(F.ne(mask, 0), ids, 0);

        Fixture.RequireClose(
            F.narrow(fixture["logits"], 1, 0, 6), F.narrow(model.Run(tree, config, padded, mask), 1, 0, 6), 2e-6);
        Assert.True((bool)F.all(F.isfinite(model.Run(tree, config, padded, F.zeros_like(mask)))));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void In_bfloat16_it_computes_about_the_same(string name)
    {
        var (fixture, model) = (new Fixture(name), ModelOf(name));
        var (tree, config) = model.Load(new() { DType = DType.BFloat16 });
        var logits = model.RunJit(tree, config, fixture["input_ids"]);

        Assert.Equal(DType.BFloat16, logits.dtype);
        Fixture.RequireClose(fixture["logits"], logits, 0.06);
        Assert.Equal(DType.BFloat16, model.EmptyCache(tree, config, 1, 8).Keys[0].dtype);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradients_are_those_of_finite_differences(string name)
    {
        var (fixture, model) = (new Fixture(name), ModelOf(name));
        var (tree, config) = model.Load(new() { DType = DType.Float64 });
        var ids = fixture["input_ids"];
        var inputs = F.narrow(ids, 1, 0, ids.shape[1] - 1);
        var targets = F.flatten(F.narrow(ids, 1, 1, ids.shape[1] - 1));
        Tensor Loss(StructureTree m) => F.cross_entropy(F.flatten(model.Run(m, config, inputs, null), 0, 1), targets);
        var gradients = Grad.Of((StructureTree m) => Loss(m))(tree);
        var gradient = gradients.Tensors().Where(t => ((Tensor)tree[t.Path]).dtype.IsFloatingPoint()).ToArray();
        Assert.NotEmpty(gradient);
        Assert.All(gradient, g => Assert.True((double)F.sum(F.abs(g.Tensor)) > 0, g.Path));

        // Along one random direction of all weights at once.
        using var rng = Rng.Scope(3);
        var direction = tree.MapParamsBuffers((_, p) => p.dtype.IsFloatingPoint() ? Rng.Normal(p.shape, DType.Float64) : p);
        StructureTree Moved(double step) => StructureTree.MapParamsBuffers(
            (_, p, d) => p!.dtype.IsFloatingPoint() ? p + (d! * step) : p, tree, direction);
        var numeric = ((double)Loss(Moved(1e-6)) - (double)Loss(Moved(-1e-6))) / 2e-6;
        var shared = new HashSet<Tensor>(ReferenceEqualityComparer.Instance);
        var analytic = gradient.Where(t => shared.Add(t.Tensor))
            .Sum(t => (double)F.sum(t.Tensor * (Tensor)direction[t.Path]));
        Assert.Equal(numeric, analytic, 1e-5 * (1 + Math.Abs(numeric)));
    }

    private static Model ModelOf(string name)
    {
        var folder = new Fixture(name).Folder;
        return name == "gpt2"
            ? new(
                options => Gpt2.FromPretrained(folder, options), (t, c, x, m) => Gpt2.Apply(t, c, x, m).Output,
                (t, c, x) => Gpt2.JitApply(t, c, x).Output, Gpt2.EmptyCache, Gpt2.Read)
            : new(
                options => Llama.FromPretrained(folder, options), (t, c, x, m) => Llama.Apply(t, c, x, m).Output,
                (t, c, x) => Llama.JitApply(t, c, x).Output, Llama.EmptyCache, Llama.Read);
    }
}
