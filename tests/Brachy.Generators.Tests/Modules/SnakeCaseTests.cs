namespace Brachy.Generators.Tests;

[Trait("Category", "Quick")]
public class SnakeCaseTests
{
    [Theory]
    [InlineData("Weight", "weight")]
    [InlineData("LayerNorm1", "layer_norm1")]
    [InlineData("QKVProj", "qkv_proj")]
    [InlineData("Conv2D", "conv2d")]
    [InlineData("Conv2d", "conv2d")]
    [InlineData("Layer1Conv", "layer1_conv")]
    [InlineData("WTE", "wte")]
    [InlineData("X", "x")]
    [InlineData("lmHead", "lm_head")]
    public void KeysReadAsInPyTorch(string property, string key) => Assert.Equal(key, SnakeCase.Of(property));
}
