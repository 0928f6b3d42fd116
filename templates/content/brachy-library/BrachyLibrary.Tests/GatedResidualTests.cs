using Brachy;

namespace BrachyLibrary.Tests;

public class GatedResidualTests
{
    [Fact]
    public void PassesOnWhatItIsGivenAtFirst()
    {
        using var rng = Rng.Scope(seed: 0);
        var layer = new GatedResidual(4);
        var x = Rng.Normal([2, 4]);

        Assert.Equal(x.ToArray<float>(), layer.Call(x).ToArray<float>());
    }

    [Fact]
    public void TheGateIsTrained()
    {
        using var rng = Rng.Scope(seed: 0);
        var (model, config) = new GatedResidual(4);
        var x = Rng.Normal([2, 4]);

        var gradients = Grad.Of((StructureTree m) => F.sum(GatedResidual.Apply(m, config, x).Output))(model);

        Assert.NotEqual(0, (double)(Tensor)gradients["gate"]);
    }
}
