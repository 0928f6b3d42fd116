using Brachy.Trees;

namespace Brachy.Tests.Trees;

/// <summary>Patterns for paths of tensors.</summary>
[Trait("Category", "Quick")]
public class PathFilterTests
{
    [Theory]
    [InlineData("**", "a", true)]
    [InlineData("**", "a.b.c", true)]
    [InlineData("*", "a", true)]
    [InlineData("*", "a.b", false)]
    [InlineData("**.bias", "bias", true)]
    [InlineData("**.bias", "a.0.bias", true)]
    [InlineData("**.bias", "a.bias.b", false)]
    [InlineData("**.bias", "a.mybias", false)]
    [InlineData("encoder.**", "encoder.0.weight", true)]
    [InlineData("encoder.**", "encoder", true)]
    [InlineData("encoder.**", "encoders.0", false)]
    [InlineData("encoder.**", "a.encoder.0", false)]
    [InlineData("layers.*.weight", "layers.0.weight", true)]
    [InlineData("layers.*.weight", "layers.0.sub.weight", false)]
    [InlineData("layers.1?.weight", "layers.12.weight", true)]
    [InlineData("layers.1?.weight", "layers.1.weight", false)]
    [InlineData("a.**.b.**.c", "a.x.b.y.b.z.c", true)]
    [InlineData("a.**.b.**.c", "a.b.c", true)]
    [InlineData("a.**.b.**.c", "a.x.y.c", false)]
    [InlineData("*norm*.w*t", "layernorm2.weight", true)]
    [InlineData("*ab", "aab", true)]
    [InlineData("layers.0.weight", "layers.0.weight", true)]
    [InlineData("layers.0.weight", "layers.0.weights", false)]
    public void PatternsMatchWholePaths(string pattern, string path, bool expected) =>
        Assert.Equal(expected, ((PathFilter)pattern).Matches(path, F.zeros([])));

    [Fact]
    public void ManyStarsTakeNoTime()
    {
        PathFilter filter = string.Join('.', Enumerable.Repeat("**.a*a*a*a*a*a", 20)) + ".b";
        Assert.False(filter.Matches(string.Join('.', Enumerable.Repeat(new string('a', 100), 200)), F.zeros([])));
    }

    [Fact]
    public void FiltersCombine()
    {
        var filter = ("**.bias" | PathFilter.Where((_, p) => p.ndim == 0)) & !(PathFilter)"head.**";
        Assert.True(filter.Matches("a.bias", F.zeros([2])));
        Assert.True(filter.Matches("a.scale", F.zeros([])));
        Assert.False(filter.Matches("head.bias", F.zeros([2])));
        Assert.False(filter.Matches("a.weight", F.zeros([2])));
    }

    [Fact]
    public void FiltersCompareByValue()
    {
        Func<string, Tensor, bool> isVector = (_, p) => p.ndim == 1;
        Assert.Equal<PathFilter>("a.*", "a.*");
        Assert.NotEqual<PathFilter>("a.*", "a.**");
        Assert.Equal("a.*" | PathFilter.Where(isVector), "a.*" | PathFilter.Where(isVector));
        Assert.Equal(!(PathFilter)"a", !(PathFilter)"a");
        Assert.Equal((PathFilter)"a", !!(PathFilter)"a");
    }

    [Theory]
    [InlineData("")]
    [InlineData("a..b")]
    [InlineData(".a")]
    [InlineData("a**")]
    [InlineData("a.**b.c")]
    [InlineData("***")]
    public void MeaninglessPatternsAreRefused(string pattern) => Assert.Throws<ArgumentException>(() => PathFilter.FromString(pattern));

    [Fact]
    public void ASelectionKeepsTheStructureOfWhatIsLeft()
    {
        var tree = new StructureTree();
        tree.Params["a"] = F.zeros([1]);
        tree.Params["list"] = new TreeValue[] { F.zeros([2]), F.zeros([3]) };
        tree.Params["map"] = new TreeDictionary<TreeValue> { ["x"] = F.zeros([4]), ["y"] = F.zeros([5]) };
        tree.Submodules["sub"] = new StructureTree { Params = { ["a"] = F.zeros([6]) } };
        tree.Submodules["none"] = new StructureTree { Params = { ["b"] = F.zeros([7]) } };
        string[] kept = ["list.1", "map.x", "sub.a"];
        var selected = PathSelection.Only(tree, kept.Contains);
        Assert.Equal(kept, selected.Tensors().Select(t => t.Path));
        Assert.Equal(["list", "map"], selected.Params.Keys);
        Assert.Equal(["sub"], selected.Submodules.Keys);
        Assert.Empty(PathSelection.Only(tree, _ => false).Params);
    }
}
