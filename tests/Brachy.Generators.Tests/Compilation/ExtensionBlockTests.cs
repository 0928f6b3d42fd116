namespace Brachy.Generators.Tests;

/// <summary>[Jit] methods in extension blocks.</summary>
public class ExtensionBlockTests
{
    private const string Calls = """
        using Brachy;
        using Brachy.NN;
        using Scale = double;

        namespace Models;

        [Tree] public partial record Batch(Tensor X, Tensor Y);

        public static partial class Extensions
        {
            extension(Tensor x)
            {
                /// <summary>Twice.</summary>
                /// <param name="y">The other.</param>
                [Jit] public Tensor Twice(Tensor y) => (x * 2) + y;
                [Jit] internal (Tensor Sum, Tensor Other) Both([Static] int n, Tensor? other = null) => (x * n, other ?? x);
                [Jit] private Tensor Hidden() => x;
                [Jit] public static Tensor Ones([Static] int n, Tensor like) => F.ones([n]) + like;
            }

            extension([Donate] StructureTree tree)
            {
                [Jit] public Tensor Norm(GlobalConfig config, [Static] Scale scale) => tree["weight"].Tensor.sum() * scale;
            }

            extension(Batch batch)
            {
                [Jit] public Batch Swapped() => new(batch.Y, batch.X);
            }

            extension(Tensor)
            {
                [Jit] public static Tensor Zeros(Tensor like) => like * 0;
            }

            [Jit] public static Tensor Classic(this Tensor x) => x;
        }

        """;

    [Fact]
    public void AreCompiledAsExtensionMethods()
    {
        var result = TestCompilation.GenerateClean(Calls + """
            public static class Use
            {
                public static JitFunction Function => Extensions.TwiceJitFunction;

                public static Tensor Run(Tensor x, StructureTree tree, GlobalConfig config, Batch batch)
                {
                    var y = x.TwiceJit(Extensions.TwiceJit(x, x));
                    var (sum, other) = x.BothJit(3);
                    var z = Extensions.OnesJit(1, sum) + Extensions.ZerosJit(other) + tree.NormJit(config, 0.5);
                    return y + z + batch.SwappedJit().X + x.HiddenJit() + x.ClassicJit();
                }
            }
            """);
        var text = result.GeneratedTrees.Single(t => t.FilePath.Contains("TwiceJit", StringComparison.Ordinal)).ToString();
        Assert.Contains(
            "public static global::Brachy.Tensor TwiceJit(this global::Brachy.Tensor x, global::Brachy.Tensor y)", text,
            StringComparison.Ordinal);
    }

    [Fact]
    public Task Faults() => AnalyzerCheck.Reports<JitAnalyzer>("""
        using Brachy;
        public static partial class Extensions
        {
            extension(Tensor x)
            {
                [Jit] public void {|BRACHY023:Nothing|}() { }
                [Jit] public Tensor {|BRACHY021:Generic|}<T>(T y) => x;
                [Jit] public Tensor Rated(double {|BRACHY024:rate|}) => x * rate;
                [Jit] public Tensor {|BRACHY029:Same|}() => x;
                public Tensor Other([Donate] Tensor {|BRACHY026:y|}) => x;
            }

            extension<T>(T x)
            {
                [Jit] public Tensor {|BRACHY021:OfAny|}(Tensor y) => y;
            }

            extension(ref int {|BRACHY022:n|})
            {
                [Jit] public Tensor Counted(Tensor y) => y;
            }

            extension(Brachy.NN.Linear {|BRACHY028:layer|})
            {
                [Jit] public Tensor Run(Tensor x) => layer.Call(x);
            }

            [Jit] public static Tensor {|BRACHY029:Same|}(Tensor y, Tensor z) => y;
            [Jit] public static Tensor Good(this Tensor x) => x;
        }
        """);

    [Fact]
    public async Task AClassThatIsNotPartialIsNamed()
    {
        var reported = await BuildCheck.Report("""
            using Brachy;
            public static class Extensions { extension(Tensor x) { [Jit] public Tensor Twice() => x * 2; } }
            """);
        Assert.Equal(
            ["BRACHY002: 'Extensions' contains 'Twice', to which members are generated; declare 'Extensions' partial"],
            reported.Select(d => $"{d.Id}: {d.GetMessage(System.Globalization.CultureInfo.InvariantCulture)}"));
    }

    [Fact]
    public async Task AttributesOfModulesAreOnOtherExtensions()
    {
        var reported = await BuildCheck.Report("""
            using Brachy;
            public static class Extensions { extension(Tensor x) { [Param] public Tensor Same => x; } }
            """);
        Assert.Equal(
            ["BRACHY007: [Param] on 'Same' has no effect, because an extension block is no module; remove the attribute"],
            reported.Select(d => $"{d.Id}: {d.GetMessage(System.Globalization.CultureInfo.InvariantCulture)}"));
    }
}
