using Brachy.Modules;
using Brachy.NN;
using Brachy.Trees;

namespace Brachy.Tests.Modules;

[Trait("Category", "Quick")]
public class ModuleOutlineTests
{
    private static readonly Dictionary<string, Func<StateOrganizer>> s_models = new()
    {
        ["linear"] = () => new Linear(3, 4),
        ["norm and dropout"] = () => new Sequential(new BatchNorm1d(4), new Dropout(0.5), new Linear(4, 2)),
        ["recurrent"] = () => new Gru(3, 5),
        ["encoder"] = () => new TransformerEncoderLayer(8, 2, 16),
        ["table with padding"] = () => new Embedding(10, 4, paddingIdx: -1),
        ["tied"] = () => new Tied(5, 3),
    };

    public static TheoryData<string> Models => [.. s_models.Keys];

    [Theory]
    [MemberData(nameof(Models))]
    public void What_is_not_given_is_what_the_constructor_makes(string name)
    {
        var make = s_models[name];
        using var scope = Rng.Scope(7);
        var (expected, expectedConfig) = make();
        var outline = ModuleOutline.Of(make, Rng.Seed(7));

        Assert.Equal(expected.Tensors().Select(t => (t.Path, t.Tensor.Type)), outline.Tensors);
        var (tree, config) = outline.Fill(new Dictionary<string, Tensor>());
        Assert.Equal("no differences", StructureTree.Diff(expected, tree, TreeComparison.Exact).ToString());
        Assert.Equal(expectedConfig, config);
    }

    [Fact]
    public void Nothing_takes_memory_until_it_is_filled()
    {
        // A weight of 4 TB: no memory would hold it.
        var outline = ModuleOutline.Of(() => new Linear(1 << 20, 1 << 20));

        Assert.Equal(new TensorType([1 << 20, 1 << 20], DType.Float32), outline.Tensors[0].Type);
    }

    [Fact]
    public void Given_tensors_go_into_the_tree_as_they_are()
    {
        var weight = F.ones([4, 3], DType.BFloat16);
        var (tree, config) = ModuleOutline.Of(() => new Linear(3, 4, bias: false))
            .Fill(new Dictionary<string, Tensor> { ["weight"] = weight });

        Assert.Same(weight, (Tensor)tree["weight"]);
        var (_, y) = tree.Apply(config, F.ones([1, 3], DType.BFloat16));
        Assert.Equal([3f, 3, 3, 3], y.to(DType.Float32).ToArray<float>());
    }

    [Fact]
    public void A_shared_tensor_is_given_at_any_of_its_paths()
    {
        var outline = ModuleOutline.Of(() => new Tied(5, 3));
        Assert.Equal(["table.weight", "head.weight"], Assert.Single(outline.Shared));
        foreach (var path in outline.Shared[0])
        {
            var weight = F.ones([5, 3]);
            var (tree, _) = outline.Fill(new Dictionary<string, Tensor> { [path] = weight });
            Assert.Same(weight, (Tensor)tree["table.weight"]);
            Assert.Same(weight, (Tensor)tree["head.weight"]);
        }
    }

    [Fact]
    public void What_does_not_fit_is_refused_all_at_once()
    {
        var outline = ModuleOutline.Of(() => new Tied(5, 3));
        var error = Assert.Throws<ArgumentException>(() => outline.Fill(new Dictionary<string, Tensor>
        {
            ["table.weight"] = F.ones([5, 3]),
            ["head.weight"] = F.ones([5, 3]),
            ["head.bias"] = F.ones([4]),
            ["other"] = F.ones([1]),
        }));

        Assert.Contains("'head.weight' is the same tensor as at another path", error.Message, StringComparison.Ordinal);
        Assert.Contains("'head.bias' is float32[4], but must be float32[5]", error.Message, StringComparison.Ordinal);
        Assert.Contains("there is no 'other' in the model", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_constructor_that_needs_values_is_refused()
    {
        Assert.Throws<ConcretizationException>(() => ModuleOutline.Of(() => new Scaler((double)F.sum(F.ones([2])))));
        Assert.Throws<ConcretizationException>(() => ModuleOutline.Of(() =>
        {
            Checks.Require(F.ones([2]) > 0, "positive");
            return new Scaler(1);
        }));
        var traced = Jit.Compile((Tensor x) => (Tensor)ModuleOutline.Of(() => new Scaler(1)).Fill(new Dictionary<string, Tensor>())
            .Tree["scale"] * x);
        var error = Assert.Throws<InvalidOperationException>(() => traced.Invoke(F.ones([1])));
        Assert.Contains("ModuleOutline", error.Message, StringComparison.Ordinal);
    }
}

/// <summary>An output layer whose weight is the table of embeddings.</summary>
[Module]
public partial class Tied
{
    public partial Embedding Table { get; set; }

    public partial Linear Head { get; set; }

    public Tied(long count, long size)
    {
        Table = new(count, size);
        Head = new(size, count);
        Head.Weight = Table.Weight;
    }

    public Tensor Forward(Tensor x) => Head.Call(Table.Call(x));
}
