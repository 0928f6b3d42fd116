namespace Brachy.Tests.Trees;

/// <summary>Shared settings.</summary>
public class GlobalConfigTests
{
    [Fact]
    public void EqualityIsByContent()
    {
        var config = new GlobalConfig(("b", 1), ("a", new List<object?> { 1, "x" }), ("c", new GlobalConfig(("d", 1.5))));
        var same = new GlobalConfig(("c", new GlobalConfig(("d", 1.5))), ("a", new object?[] { 1L, "x" }), ("b", 1L));
        Assert.Equal(config, same);
        Assert.Equal(config.GetHashCode(), same.GetHashCode());
        Assert.NotEqual(config, config.With("b", 2));
        Assert.NotEqual(config, config.With("b", null));
        Assert.NotEqual(config, config.With("e", null));
        Assert.Equal(1L, config["b"]);
    }

    [Fact]
    public void ALaterChangeToAListDoesNotReachTheConfig()
    {
        var list = new List<object?> { 1 };
        var config = new GlobalConfig(("list", list));
        list[0] = 2;
        Assert.Equal(config, new GlobalConfig(("list", new[] { 1 })));
    }

    [Fact]
    public void TheParentWinsAndNestedConfigsMerge()
    {
        var parent = new GlobalConfig(("a", 1), ("n", new GlobalConfig(("x", 1))));
        var child = new GlobalConfig(("a", 2), ("b", 3), ("n", new GlobalConfig(("x", 9), ("y", 2))));
        Assert.Equal(new GlobalConfig(("a", 1), ("b", 3), ("n", new GlobalConfig(("x", 1), ("y", 2)))), GlobalConfig.Merge(parent, child));
    }

    [Fact]
    public void SettingsConvert()
    {
        var config = new GlobalConfig(("i", 3), ("r", 2.0), ("e", "Wednesday"), ("s", "text"));
        Assert.Equal(
            (3, 3.0, 2f, DayOfWeek.Wednesday, 5),
            (config.Get("i", 0), config.Get("i", 0.0), config.Get("r", 0f), config.Get("e", DayOfWeek.Monday), config.Get("none", 5)));
        Assert.Contains("'s'", Assert.Throws<InvalidCastException>(() => config.Get("s", 0)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new GlobalConfig(("x", new Version(1, 2))));
        Assert.Contains("'zz'", Assert.Throws<KeyNotFoundException>(() => config["zz"]).Message, StringComparison.Ordinal);
    }
}
