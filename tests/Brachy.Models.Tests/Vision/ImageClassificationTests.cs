namespace Brachy.Models.Tests.Vision;

[Trait("Category", "Quick")]
public class ImageClassificationTests
{
    [Theory]
    [InlineData("wide", 37, 53)]
    [InlineData("tall", 61, 40)]
    [InlineData("enlarged", 20, 24)]
    public void Images_become_those_of_torchvision(string name, int height, int width)
    {
        using var scope = TensorScope.Begin();
        var expected = VisionFixture.Numbers("preprocessing.txt");
        var numbers = FormulaWeights.Numbers(name, 3 * height * width);
        var pixels = Tensor.FromArray(Array.ConvertAll(numbers, u => (float)(u + 0.5)), [1, 3, height, width]);
        var preprocessing = new ImageClassification(CropSize: 24, ResizeSize: 32);

        AssertClose(expected[name + ".float"], preprocessing.Apply(pixels), 2e-5);
        AssertClose(expected[name + ".float"], Jit.Compile((Tensor x) => preprocessing.Apply(x)).Invoke(pixels), 2e-5);

        // Where a mean lies between two bytes, its last bits decide.
        var bytes = F.floor(pixels * 255).to(DType.UInt8);
        AssertClose(expected[name + ".bytes"], preprocessing.Apply(bytes), 1.01 / 255 / 0.224);
        AssertClose(expected[name + ".bytes"], F.unsqueeze(preprocessing.Apply(F.squeeze(bytes, 0)), 0), 1.01 / 255 / 0.224);
    }

    [Fact]
    public void Means_become_zero_and_images_keep_their_size()
    {
        var grey = Tensor.FromArray(ImageClassification.ImageNetMean.ToArray(), [1, 3, 1, 1]) * F.ones([2, 3, 4, 6], DType.Float64);
        var normalised = new ImageClassification().Normalize(grey);
        Assert.Equal([2, 3, 4, 6], normalised.shape);
        Assert.Equal(0, (double)F.max(F.abs(normalised)), 1e-15);
        Assert.Equal(DType.Float32, new ImageClassification().Normalize(F.zeros([3, 2, 2], DType.UInt8)).dtype);
    }

    [Fact]
    public void What_is_no_image_is_refused()
    {
        var preprocessing = new ImageClassification(8, 8);
        Assert.Throws<ShapeException>(() => preprocessing.Apply(F.zeros([1, 4, 8, 8])));
        Assert.Throws<ShapeException>(() => preprocessing.Apply(F.zeros([3, 8])));
        Assert.Throws<ShapeException>(() => preprocessing.Apply(F.zeros([1, 3, 0, 8])));
        Assert.Throws<DTypeException>(() => preprocessing.Apply(F.zeros([1, 3, 8, 8], DType.Int64)));
        Assert.Throws<ArgumentException>(() => new ImageClassification(9, 8).Apply(F.zeros([1, 3, 8, 8])));
        Assert.Throws<ArgumentException>(() => (preprocessing with { Mean = [0.5] }).Apply(F.zeros([1, 3, 8, 8])));
    }

    private static void AssertClose(double[] expected, Tensor images, double tolerance)
    {
        Assert.Equal([1, 3, 24, 24], images.shape);
        var values = F.slice(F.slice(images, 2, step: 5), 3, step: 5).reshape(-1).ToArray<float>();
        Assert.Equal(expected.Length, values.Length);
        for (var i = 0; i < values.Length; i++)
        {
            Assert.True(Math.Abs(expected[i] - values[i]) <= tolerance, $"element {i} is {values[i]}, not {expected[i]}");
        }
    }
}
