using Brachy.Trees;

namespace Brachy.Tests.Trees;

/// <summary>The plain data of a model.</summary>
[Trait("Category", "Quick")]
public class StructureTreeTests
{
    [Fact]
    public void DictionariesKeepTheirOrderAndAreOpen()
    {
        var values = new TreeDictionary<int>();
        for (var i = 0; i < 20; i++)
        {
            values[$"k{i}"] = i;
        }

        Assert.True(values.Remove("k3"));
        Assert.False(values.Remove("k3"));
        values["k3"] = 33;
        values["k5"] = 55;
        Assert.Equal(Enumerable.Range(0, 20).Where(i => i != 3).Append(3).Select(i => $"k{i}"), values.Keys);
        Assert.Equal((33, 55, 19), (values["k3"], values["k5"], values["k19"]));
        Assert.Throws<ArgumentException>(() => values.Add("k1", 1));
        Assert.Contains("'none'", Assert.Throws<KeyNotFoundException>(() => values["none"]).Message, StringComparison.Ordinal);

        var copy = values.Copy();
        copy["k0"] = -1;
        copy["new"] = 1;
        Assert.Equal((0, false), (values["k0"], values.ContainsKey("new")));
        Assert.Equal(values.Select(e => e.Value * 2), values.Map((_, v) => v * 2).Values);
        values.Clear();
        Assert.Empty(values);
    }

    [Fact]
    public void ACopySharesTensorsAndNothingElse()
    {
        var tree = Tree();
        var copy = tree.Copy();
        Assert.Same(tree.Params["w"].Tensor, copy.Params["w"].Tensor);
        copy.Params["w"] = F.zeros([1]);
        copy.Submodules["inner"].Params["v"] = F.zeros([1]);
        ((List<int>)copy.Aux["sizes"]!).Add(9);
        copy.Buffers["momentum"].Tree.Params["m"] = F.zeros([1]);
        Assert.Equal(1, (double)tree.Params["w"].Tensor[0]);
        Assert.Equal(3, (double)tree.Submodules["inner"].Params["v"].Tensor[0]);
        Assert.Equal([1, 2], (List<int>)tree.Aux["sizes"]!);
        Assert.Equal(2, (double)tree.Buffers["momentum"].Tree.Params["m"].Tensor[0]);
    }

    [Fact]
    public void ParamsComeOutAndGoBackIn()
    {
        var tree = Tree();
        var parameters = tree.GetParams();
        Assert.Equal(["w", "inner.v"], parameters.Tensors().Select(t => t.Path));
        var doubled = tree.WithParams(parameters.MapParamsBuffers((_, t) => t * 2));
        Assert.Equal([2, 2, 6], doubled.Tensors().Select(t => (double)t.Tensor[0]));
        Assert.Equal(tree.Aux["sizes"], doubled.Aux["sizes"]);
        parameters.Submodules["other"] = new StructureTree();
        Assert.Contains("other", Assert.Throws<ArgumentException>(() => tree.WithParams(parameters)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ValuesConvertAndRefuse()
    {
        TreeValue value = F.ones([1]);
        Assert.True(value.IsTensor);
        Assert.Contains("a tensor float32[1]", Assert.Throws<InvalidCastException>(() => value.Tree).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidCastException>(() => TreeValue.None.Tensor);
        TreeValue list = new TreeValue[] { F.ones([1]), TreeValue.None };
        Assert.Equal(2, list.List.Count);
        Assert.True(list.List[1].IsNone);
    }

    private static StructureTree Tree() => new()
    {
        Params = { ["w"] = F.full([1], 1.0) },
        Buffers = { ["momentum"] = new StructureTree { Params = { ["m"] = F.full([1], 2.0) } } },
        Aux = { ["sizes"] = new List<int> { 1, 2 } },
        Submodules = { ["inner"] = new StructureTree { Params = { ["v"] = F.full([1], 3.0) } } },
    };
}
