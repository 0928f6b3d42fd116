using Brachy.NN;
using Brachy.Tests.Modules;

namespace Brachy.Tests.Docs.FromPython;

/// <summary>The examples of docs/from-python.md: paths and selection.</summary>
public partial class PathExamples
{
    [Fact]
    public void PathsReachEverything()
    {
        var (tree, config) = new Sequential(new Scaler(2), new Scaler(3));
        var scale = tree["0.scale"].Tensor;
        var changed = tree.At("**.scale").Update(weight => weight * 10);

        Assert.Equal((2, 20, 30), ((double)scale, (double)changed["0.scale"].Tensor, (double)changed["1.scale"].Tensor));
        Assert.Equal(["0.scale", "1.scale"], tree.Select("**.scale").Select(t => t.Path));
        Assert.Equal(2, (double)tree["0.scale"].Tensor);
    }

    [Fact]
    public void TreesComeApartByPath()
    {
        var (tree, config) = new Sequential(new Scaler(2), new Scaler(3));
        var (scales, rest) = tree.Partition("**.scale");
        tree = StructureTree.Combine(scales, rest);

        Assert.Equal(["0.scale", "1.scale"], scales.Tensors().Select(t => t.Path));
        Assert.Equal(6, (double)tree.Apply(config, F.tensor(1.0)).Output);
    }
}
