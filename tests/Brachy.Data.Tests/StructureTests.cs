namespace Brachy.Data.Tests;

/// <summary>Data in structures that only the generator of the project can know.</summary>
[Trait("Category", "Quick")]
public class StructureTests
{
    private static readonly int[] s_items = [1, 2, 3, 4];

    [Fact]
    public void ListsDictionariesAndNestedTuplesOfTensorsAreData()
    {
        using var lists = Batches.OfTensors(new List<Tensor> { F.ones([4]), F.zeros([4, 2]) }, new() { Size = 3 });
        Assert.Equal(["[3, 2]", "[1, 2]"], lists.Epoch().Select(batch => batch[1].shape.ToString()));
        using var named = Batches.OfTensors(
            new Dictionary<string, Tensor> { ["a"] = F.ones([4]), ["b"] = F.zeros([4, 2]) }, new() { Size = 4 });
        Assert.Equal(["a", "b"], named.Epoch().Single().Keys.Order());
        using var nested = Batches.OfTensors((F.ones([4]), (F.ones([4, 2]), (A: F.ones([4]), Name: "n"))), new() { Size = 4 });
        var (_, (pair, inner)) = nested.Epoch().Single();
        Assert.Equal("[4, 2] n", $"{pair.shape} {inner.Name}");
    }

    [Fact]
    public void RowsOfAnyStructureAreStacked()
    {
        using var batches = Batches.Of(s_items, new() { Size = 4 }, rows =>
            rows.Stack(item => (F.ones([2]) * item, (Name: "n", Values: new List<Tensor> { F.zeros([item == 0 ? 1 : 3]) }))));
        var (scaled, (name, values)) = batches.Epoch().Single();
        Assert.Equal("[4, 2] n [4, 3]", $"{scaled.shape} {name} {values[0].shape}");
    }
}
