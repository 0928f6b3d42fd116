using Brachy.Tests.Transforms;
using Brachy.Trees;

namespace Brachy.Tests.Trees;

/// <summary>Which values are made of tensors only.</summary>
[Trait("Category", "Quick")]
public class TraceableTests
{
    private static readonly Tensor s_tensor = F.ones([1]);

    public static TheoryData<string, object?, bool> Values => new()
    {
        { "tensor", s_tensor, true },
        { "key", new RngKey(F.tensor(1L)), true },
        { "nothing", null, true },
        { "number", 3, false },
        { "text", "a", false },
        { "list", new List<object?> { s_tensor, new Dictionary<string, object?> { ["a"] = s_tensor, ["b"] = null } }, true },
        { "list with a number", new List<object?> { s_tensor, new Dictionary<string, object?> { ["a"] = 2.0 } }, false },
        { "empty list", new List<object?>(), true },
        { "record with a name", new Weights(s_tensor, s_tensor, "w"), false },
        { "params", new StructureTree
        {
            Params = { ["w"] = s_tensor, ["l"] = new TreeValue[] { s_tensor, TreeValue.None } },
            Submodules = { ["s"] = new StructureTree() }
        }, true },
        { "aux", new StructureTree { Submodules = { ["s"] = new StructureTree { Aux = { ["a"] = 1 } } } }, false },
        { "apply", new StructureTree { ApplyFn = new ApplyFn<Tensor, Tensor>("f", (_, _, x) => x) }, false },
        { "what has no equality", new TraceableTests(), false },
        { "a TorchSharp tensor", TorchSharp.torch.ones(1), false },
        { "numbers", new[] { 1, 2 }, false },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void Objects(string kind, object? value, bool expected) => Assert.True(Tree.IsTraceable(value) == expected, kind);

    [Fact]
    public void TypedValues()
    {
        Assert.True(Tree.IsTraceable((s_tensor, new[] { s_tensor }, new Dictionary<string, Tensor> { ["a"] = s_tensor })));
        Assert.False(Tree.IsTraceable((s_tensor, 1)));
        Assert.True(Tree.IsTraceable<List<Tensor>?>(null));
        Assert.True(Tree.IsTraceable(
            new StructureTree { Params = { ["w"] = s_tensor }, ApplyFn = new ApplyFn<int, int>("f", (_, _, x) => x) }.GetParams()));
    }
}
