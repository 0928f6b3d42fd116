namespace Brachy.Tests.Core;

/// <summary>Names of types and tensors in messages have the article that they are read with.</summary>
public class ArticleTests
{
    [Theory]
    [InlineData("int", "an int")]
    [InlineData("int[]", "an int[]")]
    [InlineData("object", "an object")]
    [InlineData("IReadOnlyList<int>", "an IReadOnlyList<int>")]
    [InlineData("Embedding", "an Embedding")]
    [InlineData("anonymous type", "an anonymous type")]
    [InlineData("int64[3]", "an int64[3]")]
    [InlineData("(int, int)", "an (int, int)")]
    [InlineData("LSTM", "an LSTM")]
    [InlineData("SGD", "an SGD")]
    [InlineData("Tensor", "a Tensor")]
    [InlineData("float32[2,3]", "a float32[2,3]")]
    [InlineData("uint", "a uint")]
    [InlineData("uint8[1]", "a uint8[1]")]
    [InlineData("Linear", "a Linear")]
    [InlineData("List<int>", "a List<int>")]
    [InlineData("GRUCell", "a GRUCell")]
    [InlineData("null", "null")]
    public void IsTheOneThatIsRead(string name, string read) => Assert.Equal(read, Article.With(name));

    [Fact]
    public void BeginsASentence()
    {
        Assert.Equal("An int", Article.Capital("int"));
        Assert.Equal("A Tensor", Article.Capital("Tensor"));
    }
}
