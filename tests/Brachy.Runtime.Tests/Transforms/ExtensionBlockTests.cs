namespace Brachy.Tests.Transforms;

/// <summary>Functions of a tensor and of a tree, declared in extension blocks.</summary>
public static partial class ExtensionSteps
{
    extension(Tensor x)
    {
        /// <summary>Scaled, and another added.</summary>
        [Jit]
        public Tensor Scaled([Static] int scale, Tensor? other = null) => (x * scale) + (other ?? 1.0);

        /// <summary>As many ones as asked for.</summary>
        [Jit]
        public static Tensor Ones([Static] int n, Tensor like) => F.ones([n]) * like;
    }

    extension([Donate] StructureTree tree)
    {
        /// <summary>All tensors doubled, written over the old ones.</summary>
        [Jit]
        public StructureTree Doubled() => tree.MapParamsBuffers((_, tensor) => tensor * 2);
    }
}

/// <summary>[Jit] methods of extension blocks run compiled.</summary>
public class ExtensionBlockTests
{
    [Fact]
    public void TheyRunCompiledAsExtensionMethodsDo()
    {
        Tensor x = F.ones([2]);
        Assert.Equal([4f, 4f], x.ScaledJit(3).ToArray<float>());
        Assert.Equal([5f, 5f], x.ScaledJit(3, x * 2).ToArray<float>());
        Assert.Equal(x.Scaled(3).ToArray<float>(), ExtensionSteps.ScaledJit(x, 3).ToArray<float>());
        Assert.Equal([2f, 2f, 2f], ExtensionSteps.OnesJit(3, 2.0).ToArray<float>());
        Assert.Contains("x", ExtensionSteps.ScaledJitFunction.Explain(), StringComparison.Ordinal);
    }

    [Fact]
    public void WhatAnExtensionBlockDonatesIsGivenAway()
    {
        var weight = F.ones([2]);
        var tree = new StructureTree { Params = { ["weight"] = weight } };
        Assert.Equal([2f, 2f], tree.DoubledJit().Params["weight"].Tensor.ToArray<float>());
        Assert.Throws<DonatedTensorException>(() => weight.ToArray<float>());
    }
}
