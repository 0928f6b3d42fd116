using Brachy.Modules;
using Brachy.NN;

namespace Brachy.Tests.Modules;

/// <summary>Errors say in which node of a model they came up.</summary>
[Trait("Category", "Quick")]
public partial class ErrorPlaceTests
{
    private static readonly Tensor s_x = F.ones([2, 3]);

    public static TheoryData<string> Ways => ["view", "pure", "compiled", "gradient", "half precision", "organizer"];

    [Theory]
    [MemberData(nameof(Ways))]
    public void AnErrorNamesTheNode(string way)
    {
        using var rng = Rng.Scope(0);
#pragma warning disable BRACHY073 // A layer that does not fit is what fails here.
        var network = new Sequential(new Linear(3, 4), new Sequential(new ReLU(), new Linear(5, 2)));
#pragma warning restore BRACHY073
        var (tree, config) = network;
        var error = Assert.Throws<ShapeException>(() => way switch
        {
            "view" => network.Call(s_x),
            "pure" => tree.Apply(config, s_x).Output,
            "compiled" => Sequential.JitApply(tree, config, s_x).Output,
            "gradient" => Grad.TreeValueAndGrad(t => t.Apply(config, s_x).Output.sum())(tree).Value,
            "half precision" => MixedPrecision.Cast(tree).Apply(config, s_x).Output,
            _ => ((StateOrganizer)network).Call<Tensor, Tensor>(s_x),
        });
        Assert.EndsWith("(in '1.1')", error.Message, StringComparison.Ordinal);
        Assert.StartsWith("linear:", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnErrorOfTheRootHasNoPlace()
    {
        using var rng = Rng.Scope(0);
        Assert.DoesNotContain("(in", Assert.Throws<ShapeException>(() => new Linear(4, 2).Call(s_x)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AHalfOfAPartitionSaysWhatIsMissing()
    {
        using var rng = Rng.Scope(0);
        var (tree, config) = new Sequential(new Linear(3, 4), new Linear(4, 2));
        var (weights, others) = tree.Partition("1.weight");
        var message = Assert.ThrowsAny<InvalidOperationException>(() => others.Apply(config, s_x)).Message;
        Assert.Contains("The param 'weight' of Brachy.NN.Linear is None", message, StringComparison.Ordinal);
        Assert.Contains("Combine", message, StringComparison.Ordinal);
        Assert.EndsWith("(in '1')", message, StringComparison.Ordinal);
        Assert.Equal([2, 2], StructureTree.Combine(weights, others).Apply(config, s_x).Output.shape.ToArray());

        var scaler = new Scaler(2);
        scaler.Tree.Buffers["calls"] = TreeValue.None;
        Assert.Contains(
            "The buffer 'calls'", Assert.ThrowsAny<InvalidOperationException>(() => scaler.Call(s_x)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AValueThatMayBeNoneMayBeNone()
    {
        var node = new Anything();
        Assert.True(node.Value.IsNone);
        node.Value = s_x;
        Assert.Same(s_x, node.Value.Tensor);
    }

    /// <summary>A module with a param of any kind.</summary>
    [Module]
    public partial class Anything
    {
        [Param]
        public partial TreeValue Value { get; set; }

        public Anything() => Value = TreeValue.None;

        public Tensor Forward(Tensor x) => x;
    }
}
