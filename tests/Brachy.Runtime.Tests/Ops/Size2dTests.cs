namespace Brachy.Tests.Core;

public class Size2dTests
{
    [Fact]
    public void NumbersAndPairsConvert()
    {
        Size2d both = 3;
        Size2d pair = (3, 5);
        Assert.Equal(new Size2d(3, 3), both);
        Assert.Equal(new Size2d(3, 5), pair);
        Assert.Equal(new Size2d(2, 4), Optional((2, 4)));
        Assert.Equal("(3, 5)", $"{pair}");
    }

    private static Size2d Optional(Size2d? size) => size ?? 1;
}
