using System.Reflection;
using Brachy.Compilation;
using Brachy.Extending;
using Brachy.Tests.Ops;
using CsCheck;

namespace Brachy.Tests.Core;

/// <summary>The settings of all sample rows, and those of a primitive of a user's own.</summary>
public class SettingsTests
{
    private static readonly Primitive<ScalingSettings> s_scale = new("scale")
    {
        Abstract = x => x[0],
        Eager = x => x[0].mul(NativeValueOf(x.Settings.Factor)),
        Script = x => $"torch.mul({x[0]}, {Script.Real(x.Settings.Factor)})",
        Vjp = Vjp.Rule<ScalingSettings>((g, y, x) => [s_scale!.Bind(x.Settings, g)]),
    };

    private static readonly Settings[] s_samples = [.. OpSamples.All.Select(s => s.Settings).OfType<Settings>()];

    [Fact]
    public void EverySettingIsListedUnderItsOwnName()
    {
        var kinds = s_samples.GroupBy(s => s.GetType()).ToArray();
        Assert.True(kinds.Length > 60, $"There are {kinds.Length} kinds of settings.");
        foreach (var settings in kinds.Select(k => k.First()).Where(settings => settings is not BodySettings))
        {
            var members = settings.GetType().GetProperties(BindingFlags.Instance | BindingFlags.Public)
                .Where(p => p.CanWrite && p.GetIndexParameters().Length == 0).ToDictionary(p => Plain(p.Name), p => p.GetValue(settings));
            var entries = settings.Entries.ToDictionary(e => Plain(e.Name), e => e.Value);
            foreach (var (name, value) in entries)
            {
                Assert.True(members.ContainsKey(name), $"{settings.GetType().Name} lists '{name}', which it does not have.");
                Assert.Equal(members[name] is Reduction reduction ? (long)reduction : members[name], value);
            }

            // Scales of dims that an image does not have are null.
            Assert.All(members, m => Assert.True(
                entries.ContainsKey(m.Key)
                || (settings is InterpolationSettings && m.Value is null), $"{settings.GetType().Name} does not list its '{m.Key}'."));
        }

        static string Plain(string name) => name.Replace("_", "", StringComparison.Ordinal).ToUpperInvariant();
    }

    [Fact]
    public void SettingsAreValuesWithoutMutableParts()
    {
        Assert.All(s_samples.SelectMany(s => s.Entries), entry => Assert.True(
            entry.Value is null or string or ValueType or CustomGradient or CustomTangent or NamedAxis or Recomputation,
            $"'{entry.Name}' is a {entry.Value?.GetType().Name}, which is no value."));
    }

    [Fact]
    public void EqualSettingsHaveOneHashAndOneText()
    {
        // A gradient of a user's own is an identity; bodies are no part of the text.
        foreach (var kind in s_samples
            .Where(s => s is not (CustomGradientSettings or CustomTangentSettings or RecomputationSettings or BodySettings))
            .GroupBy(s => s.GetType()))
        {
            Settings[] some = [.. kind.Take(40)];
            foreach (var (a, b) in some.SelectMany(a => some.Select(b => (a, b))))
            {
                Assert.Equal(a.Equals(b), a.ToString() == b.ToString());
                Assert.True(!a.Equals(b) || a.GetHashCode() == b.GetHashCode());
            }
        }
    }

    [Fact]
    public void SettingsOfAnotherKindAreNotEqual()
    {
        Assert.NotEqual<Settings>(new DimSettings(1), new OneHotSettings(1));
        Assert.NotEqual<Settings>(new ReductionSettings([0], false), new SumSettings([0], false, DType.Int64));
        Assert.Equal(Settings.None, new NoSettings());
        Assert.Equal("", Settings.None.ToString());
    }

    [Fact]
    public void TextIsThatOfTheGraph()
    {
        Assert.Equal("dims=[0, 2] keepdim=True dtype=float32", new SumSettings([0, 2], true, DType.Float32).ToString());
        Assert.Equal("min=None max=0.5", new ClampSettings(null, 0.5).ToString());
        Assert.Equal("nan=-0.0 posinf=None neginf=1E+300", new NanToNumSettings(-0.0, null, 1e300).ToString());
        Assert.Equal("ignore_index=-100 reduction=1", new NllSettings(-100, Reduction.Mean).ToString());
    }

    /// <summary>Two uses are merged exactly when their settings are equal; 0 and -0 are not, nor are two NaNs of other bits.</summary>
    [Fact]
    public void UsesWithEqualSettingsAreMergedAndOthersAreNot()
    {
        double[] special = [0.0, -0.0, 1, double.NaN, BitConverter.Int64BitsToDouble(
            BitConverter.DoubleToInt64Bits(double.NaN) ^ 1), double.PositiveInfinity];
        var reals = Gen.OneOf(Gen.Int[0, special.Length - 1].Select(i => special[i]), Gen.Double[-2, 2]);
        Gen.Select(reals, reals, Gen.Long[-1, 1], Gen.Long[-1, 1]).Sample((a, b, i, k) =>
        {
            var equal = BitConverter.DoubleToInt64Bits(a) == BitConverter.DoubleToInt64Bits(b) && i == k;
            var (left, right) = (new ScalingSettings(a, [i, 2]), new ScalingSettings(b, [k, 2]));
            Assert.Equal(equal, left.Equals(right));
            Assert.Equal(equal, ((Settings)left).Equals(right));
            Assert.Equal(equal, left == right);
            Assert.True(!equal || left.GetHashCode() == right.GetHashCode());

            using var trace = Trace.BeginGraph("a test");
            var x = trace.Argument(new TensorType([3], DType.Float64), "x");
            Tensor[] results = [-s_scale.Bind(left, x), -s_scale.Bind(right, x)];
            var graph = CommonSubexpressions.Run(Graph.FromTrace(trace, [x], results));
            Assert.Equal(equal ? 1 : 2, graph.Equations.Count(e => e.Primitive == s_scale));
        });
    }

    [Fact]
    public void APrimitiveTakesNoSettingsOfAnother()
    {
        var error = Assert.Throws<ArgumentException>(() => F.Softmax.BindUntyped(new OneHotSettings(1), F.ones([2])));
        Assert.Contains("softmax takes DimSettings, but was given OneHotSettings", error.Message, StringComparison.Ordinal);
        var f = Jit.Compile((Tensor x) => F.softmax(x, 0));
        f.Invoke(F.ones([2]));
        var equation = Assert.Single(f.Graph!.Equations);
        Assert.Equal(new DimSettings(0), F.Softmax.SettingsOf(equation));
        Assert.Contains("softmax", Assert.Throws<ArgumentException>(() => F.Cat.SettingsOf(equation)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AScriptThatLeavesNoPlaceForTheResultIsRefused()
    {
        var forgetful = new Primitive<NoSettings>("forgetful")
        {
            Abstract = Shapes.Unary,
            Eager = x => x[0].exp(),
            Script = x => $"torch.exp({x[0]})",
            Vjp = Vjp.None("a test"),
            InPlace = InPlace.Into("out", 0),
        };
        var type = new TensorType([2], DType.Float32);
        var place = new ScriptPlace([type], [type], ["a"], [null], [true], _ => { }, () => "t");
        Assert.Equal("torch.exp(a)", forgetful.WriteScript(Settings.None, place));
        Assert.Contains(
            "x.Into", Assert.Throws<InvalidOperationException>(() => forgetful.WriteScript(Settings.None, place, 0)).Message,
            StringComparison.Ordinal);
        var gelu = F.Gelu.WriteScript(new GeluSettings("tanh"), place, 0);
        Assert.Equal("torch.gelu(a, approximate='tanh', out=a)", gelu);
    }

    private static TorchSharp.Scalar NativeValueOf(double value) => new Scalar(value).ToTorch();

    private sealed record ScalingSettings(double Factor, Shape Sizes) : Settings
    {
        public override IReadOnlyList<(string Name, object? Value)> Entries => [("factor", Factor), ("sizes", Sizes)];
    }
}
