using System.Reflection;

namespace Brachy.Generators.Tests;

/// <summary>Layers built with constants that do not fit each other.</summary>
public class LayerSizeTests
{
    [Theory]
    [InlineData("new Linear(64, 128), new ReLU(), {|BRACHY073:new Linear(64, 10)|}")]
    [InlineData("new Linear(64, 128), new Dropout(0.5), new LayerNorm([128]), new GELU(), {|BRACHY073:new Linear(129, 10)|}")]
    [InlineData("new Linear(64, outFeatures: 128), {|BRACHY073:new Linear(outFeatures: 10, inFeatures: Width)|}")]
    [InlineData("new Conv2d(3, 16, 3), new BatchNorm2d(16), new MaxPool2d(2), {|BRACHY073:new Conv2d(32, 8, 3)|}")]
    [InlineData("new Conv2d(3, 16, 3), {|BRACHY073:new BatchNorm2d(32)|}, new ReLU(), {|BRACHY073:new Conv2d(16, 8, 3)|}")]
    [InlineData("new Embedding(1000, 32), {|BRACHY073:new Linear(1000, 10)|}")]
    [InlineData("new Sequential(new Linear(4, 8), new ReLU()), {|BRACHY073:new Linear(4, 8)|}")]
    [InlineData("new Linear(4, 8), {|BRACHY073:new Sequential(new ReLU(), new Linear(4, 8))|}")]
    public Task Sequentials(string layers) => Check($"new Sequential({layers});");

    [Theory]
    [InlineData("new Linear(64, 128), new ReLU(), new Linear(128, 10)")]
    [InlineData("new Conv2d(3, 16, 3), new Flatten(), new Linear(64, 10)")]
    [InlineData("new Linear(64, 128), new GLU(), new Linear(64, 10)")]
    [InlineData("new Linear(64, n), new Linear(64, 10)")]
    [InlineData("new Conv2d(3, 16, 3), new AdaptiveAvgPool2d(1), new Linear(1, 10)")]
    [InlineData("new Conv2d(3, 16, 3), new PixelShuffle(2), new Conv2d(4, 8, 3)")]
    [InlineData("new Linear(64, 128), new Unflatten(1, [2, 64]), new Linear(64, 10)")]
    [InlineData("new Linear(64, 128), n > 1 ? new GLU() : new ReLU(), new Linear(64, 10)")]
    public Task SilentInSequentials(string layers) => Check($"new Sequential({layers});");

    [Theory]
    [InlineData("return {|BRACHY073:Narrow.Call(Wide.Call(x))|};")]
    [InlineData("x = Wide.Call(x); x = F.relu(x); return {|BRACHY073:Narrow.Call(x)|};")]
    [InlineData("var h = Wide.Call(x).relu() * 2; Tensor y = 1 + h; return {|BRACHY073:Narrow.Call(-y)|};")]
    [InlineData("x = Wide.Call(x); if (Flag) { x = F.tanh(x); } return {|BRACHY073:Narrow.Call(x)|};")]
    [InlineData("x = Flag ? Wide.Call(x) : Wide.Call(x * 2); return {|BRACHY073:Narrow.Call(x)|};")]
    [InlineData("x = Wide.Call(x); for (var i = 0; i < 3; i++) { {|BRACHY073:Narrow.Call(x)|}; } return x;")]
    [InlineData("x = Drop.Call(Wide.Call(x)); x *= 2; x += 3; return {|BRACHY073:Narrow.Call(x)|};")]
    [InlineData("Func<Tensor, Tensor> f = v => {|BRACHY073:Narrow.Call(Wide.Call(v))|}; return f(x);")]
    public Task Calls(string body) => Check(Net(body));

    [Theory]
    [InlineData("return Narrow.Call(x);")]
    [InlineData("x = Wide.Call(x); x = Narrow.Call(F.narrow(x, 1, 0, 64)); return x;")]
    [InlineData("x = Wide.Call(x); if (Flag) { x = F.narrow(x, 1, 0, 64); } return Narrow.Call(x);")]
    [InlineData("var y = Wide.Call(x); for (var i = 0; i < 3; i++) { y = Narrow.Call(x); } return Narrow.Call(y);")]
    [InlineData("var h = Wide.Call(x); Change(ref h); return Narrow.Call(h);")]
    [InlineData("var h = Wide.Call(x); (h, x) = (x, h); return Narrow.Call(h);")]
    [InlineData("var h = Wide.Call(x); Action f = () => h = x; f(); return Narrow.Call(h);")]
    [InlineData("return Narrow.Call(Replaced.Call(x));")]
    [InlineData("return Narrow.Call(Sized.Call(x));")]
    public Task SilentInForward(string body) => Check(Net(body));

    /// <summary>A row about a layer that does not exist, or that names no parameter of its constructor, would say nothing.</summary>
    [Fact]
    public void EveryRowNamesALayer()
    {
        foreach (var name in LayerSizes.Elementwise.Concat(LayerSizes.Spatial))
        {
            Assert.NotNull(Layer(name));
        }

        foreach (var (name, (_, takes, gives)) in LayerSizes.Sized)
        {
            var parameters = Layer(name)!.GetConstructors().SelectMany(constructor => constructor.GetParameters()).Select(p => p.Name);
            Assert.All(new[] { takes, gives }.OfType<string>(), parameter => Assert.Contains(parameter, parameters));
        }
    }

    /// <summary>A new layer with the usual names for its sizes must have a row, or be listed here.</summary>
    [Fact]
    public void EveryLayerWithSizesHasARow()
    {
        string[] severalInputs = ["Bilinear", "EmbeddingBag", "MultiheadAttention", "AdaptiveLogSoftmaxWithLoss"];
        string[] ofTwoRanks = ["InstanceNorm1d"];
        string[] sizes = ["inFeatures", "inChannels", "numFeatures", "numChannels", "embedDim", "embeddingDim", "normalizedShape"];
        var missing = typeof(NN.Linear).Assembly.GetExportedTypes()
            .Where(type => type.Namespace == typeof(NN.Linear).Namespace && !type.IsAbstract)
            .Where(type => type.GetConstructors().Any(c => c.GetParameters().Any(p => sizes.Contains(p.Name))))
            .Select(type => type.Name)
            .Except(LayerSizes.Sized.Keys)
            .Except(severalInputs)
            .Except(ofTwoRanks);
        Assert.Empty(missing);
    }

    private static Type? Layer(string name) =>
        typeof(NN.Linear).Assembly.GetType($"Brachy.NN.{name}") is { } type && type.IsAssignableTo(typeof(Module)) ? type : null;

    private static Task Check(string code) => AnalyzerCheck.Reports<LayerSizeAnalyzer>(
        code.StartsWith("new", StringComparison.Ordinal)
            ? $$"""
              using Brachy;
              using Brachy.NN;
              public static class Program
              {
                  private const int Width = 64;
                  public static Sequential Build(int n) => {{code}}
              }
              """
            : code);

    private static string Net(string body) =>
        $$"""
        using System;
        using Brachy;
        using Brachy.NN;
        [Module]
        public partial class Net
        {
            public partial Linear Wide { get; set; }
            public partial Linear Narrow { get; set; }
            public partial Linear Replaced { get; set; }
            public partial Linear Sized { get; set; }
            public partial Dropout Drop { get; set; }
            [Static] public partial bool Flag { get; set; }
            public Net(int n)
            {
                Wide = new(32, 128);
                Narrow = new(64, 10);
                Replaced = new(32, 128);
                Sized = new(32, n);
                Drop = new(0.5);
            }
            public void Shrink() => Replaced = new Linear(32, 64);
            private static void Change(ref Tensor x) => x = F.narrow(x, 1, 0, 64);
            public Tensor Forward(Tensor x)
            {
                {{body}}
            }
        }
        """;
}
