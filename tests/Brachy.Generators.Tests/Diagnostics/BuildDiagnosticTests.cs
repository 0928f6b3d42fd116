using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Brachy.Generators.Tests;

/// <summary>Each diagnostic is seen in a build: errors of the compiler about code that cannot be generated do not hide it.</summary>
public class BuildDiagnosticTests
{
    private const string Forward = "public Tensor Forward(Tensor x) => x;";

    public static TheoryData<string, string> Cases { get; } = new()
    {
        { "BRACHY001", $"[Module] public class Layer {{ [Param] public partial Tensor W {{ get; set; }} {Forward} }}" },
        {
            "BRACHY002",
            $"public class Outer {{ [Module] public partial class Layer {{ [Param] public partial Tensor W {{ get; set; }} {Forward} }} }}"
        },
        { "BRACHY003", InModule("[Param] public Tensor W { get; set; } [Param] public required partial Tensor V { get; set; }") },
        { "BRACHY004", InModule("[Static] public partial Tensor W { get; set; }") },
        { "BRACHY005", InModule("[Param] public partial int W { get; private set; }") },
        { "BRACHY006", InModule("[Param, Buffer] public required partial Tensor W { get; init; }") },
        { "BRACHY007", "public partial class Plain { [Param] public partial Tensor W { get; set; } }" },
        { "BRACHY007", "public partial class Plain { [Param, Buffer] public partial Tensor W { get; init; } }" },
        { "BRACHY008", "[Module] public partial class Layer { [Param] public required partial Tensor W { get; set; } }" },
        { "BRACHY009", InModule("[Param] public required partial Tensor W { get; set; } public Tensor Forward(Tensor x, Tensor y) => x;") },
        {
            "BRACHY010",
            "[Module] public partial class Layer { [Param] public partial Tensor? W { get; set; } public void Forward(Tensor x) { } }"
        },
        { "BRACHY011", InModule("[Config(\"a\")] public partial bool A { get; set; }") },
        { "BRACHY012", InModule("[Param] public partial Tensor? A { get; set; } [Buffer(\"a\")] public partial Tensor? B { get; set; }") },
        {
            "BRACHY013",
            $"public class Base; [Module] public partial class Layer : Base {{ [Param] public partial Tensor W {{ get; set; }} {Forward} }}"
        },
        { "BRACHY014", InModule("public partial int Size { get; set; }") },
        { "BRACHY014", InModule("public partial System.Collections.Generic.List<Brachy.NN.Linear> Layers { get; set; }") },
        { "BRACHY015", InModule("[Param] public virtual partial Tensor W { get; set; }") },
        { "BRACHY015", InModule("[Param] public abstract partial Tensor W { get; set; }") },
        { "BRACHY015", InModule("[Param] public static partial Tensor W { get; set; }") },
        { "BRACHY015", InModule("[Param] public partial Tensor this[int i] { get; set; }") },
        { "BRACHY016", InModule("[Config(\"a\", Default = 1)] public partial bool A { get; }") },
        { "BRACHY017", $"[Module] public partial record Layer {{ [Param] public partial Tensor W {{ get; set; }} {Forward} }}" },
        { "BRACHY017", $"[Module] public static partial class Layer {{ [Param] public partial Tensor W {{ get; set; }} {Forward} }}" },
        { "BRACHY017", "[Module] public partial class Layer(int size) { [Param] public partial Tensor W { get; set; } public int S => "
            + $"size; {Forward} }}" },
        { "BRACHY018", InModule("public int Size { get; }") },
        { "BRACHY018", InModule("private readonly System.Random _random = new();") },
        {
            "BRACHY045",
            "[Module] public partial class Layer { private int _n = 0; public int N => _n; public Tensor Forward(Tensor x) { _n++; return "
            + "x; } }"
        },
        {
            "BRACHY046",
            "[Module] public partial class Layer { [Static] public partial int N { get; set; } public Layer() => N = 0; "
                + "public Tensor Forward(Tensor x) { N++; return x; } }"
        },
        {
            "BRACHY047",
            "public record Output(Tensor A); [Module] public partial class Layer { public Output Forward(Tensor x) => new(x); }"
        },
        { "BRACHY019", InModule("public partial Module A { get; set; }") },
        { "BRACHY020", InClass("[Jit] public Tensor Step(Tensor x) => x;") },
        { "BRACHY021", InClass("[Jit] static T Step<T>(T x) => x;") },
        { "BRACHY022", InClass("[Jit] static Tensor Step(ref Tensor x) => x;") },
        { "BRACHY023", InClass("[Jit] static void Step(Tensor x) { }") },
        { "BRACHY024", InClass("[Jit] static Tensor Step(Tensor x, double lr) => x;") },
        { "BRACHY025", InClass("[Jit] static Tensor Step(Tensor x, [Donate] int k) => x;") },
        { "BRACHY026", InClass("static Tensor Step([Donate] Tensor x) => x;") },
        { "BRACHY027", InClass("[Jit] static Tensor Step(System.Collections.Generic.Queue<Tensor> x) => x.Peek();") },
        { "BRACHY028", InClass("[Jit] static Tensor Step(Brachy.NN.Linear model, Tensor x) => x;") },
        { "BRACHY029", InClass("[Jit] static Tensor Step(Tensor x) => x; [Jit] static Tensor Step(Tensor x, Tensor y) => x;") },
        { "BRACHY030", "[Tree] public record Pair(Tensor A);" },
        { "BRACHY031", "[Tree] public partial record Pair;" },
        { "BRACHY032", "public class Base; [Tree] public partial class Pair : Base { public Tensor? A { get; set; } }" },
        { "BRACHY033", "[Tree] public partial class Pair { public Tensor? A { get; } }" },
        { "BRACHY034", InClass(
            "[Tree] private partial record Pair(Tensor A); public static object F { get; } = Jit.Compile((Pair p) => p.A);") },
        {
            "BRACHY054",
            InClass("private static readonly Brachy.NN.Linear s_l = new(1, 1); [Jit] static Tensor Step(Tensor x) => s_l.Call(x);")
        },
        { "BRACHY055", InClass("public static Tensor T = 1; [Jit] static Tensor Step(Tensor x) => x * T;") },
        { "BRACHY056", InModule("public static Tensor T = 1; public static object F { get; } = Grad.Of((Tensor x) => x * T);") },
        { "BRACHY035", InClass("[Jit] static Tensor Step(Tensor x, System.Random random) => x;") },
        { "BRACHY036", InModule("[Static] public required partial System.Random Random { get; set; }") },
        { "BRACHY037", InModule("[Param(\"a.b\")] public partial Tensor A { get; set; }") },
        { "BRACHY039", "[Module] public abstract partial class Base { protected Base(int size) { } } [Module] public partial class Layer : "
            + "Base { [Param] public partial Tensor W { get; set; } " + Forward + " }" },
        { "BRACHY039", "public abstract class Base : Module<Tensor, Tensor> { protected Base(ModuleBinding binding) : base(binding) { } } "
            + "[Module] public partial class Layer : Base { " + Forward + " }" },
        { "BRACHY040", "[Module] public abstract partial class Base { } public class Layer : Base { " + Forward + " }" },
        { "BRACHY038", InClass("static async System.Threading.Tasks.Task Wait() { using var scope = TensorScope.Begin(); await "
            + "System.Threading.Tasks.Task.Yield(); }") },
        {
            "BRACHY048",
            InClass("private static partial class Inner { [Jit(Intercept = true)] public static Tensor Step(Tensor x) => x; }")
        },
        { "BRACHY050", InModule("[Param] public partial Tensor W { get; set; }") },
        { "BRACHY051", InModule("[Static] public partial string? Config { get; set; }") },
        {
            "BRACHY052",
            "[Module] public partial class Layer { private static readonly Brachy.NN.Linear s_layer = new(2, 2); "
                + "public Tensor Forward(Tensor x) => s_layer.Call(x); }"
        },
        { "BRACHY053", InModule("[Param] public partial Tensor W { get; set; } = F.ones([1]);") },
        { "BRACHY053", InModule("[Buffer] public partial Tensor? W { get; set; } = null;") },
        { "BRACHY053", InModule("[Static] public partial int N { get; init; } = 3;") },
        { "BRACHY053", InModule("[Static] public required partial int N { set; } = 3;") },
        { "BRACHY053", InModule("public partial Brachy.NN.Linear L { get; private set; } = new(2, 3);") },
        { "BRACHY053", InModule("[Config(\"a\")] public partial bool A { get; } = true;") },
        { "BRACHY043", InModule("public int Apply => 1;") },
        { "BRACHY044", InClass("static int Run() { [Jit] static Tensor Step(Tensor x) => x; return 1; }") },
        { "BRACHY041", "[Module] file partial class Layer { " + Forward + " }" },
        {
            "BRACHY073", InClass("public static Brachy.NN.Sequential Net() => new(new Brachy.NN.Linear(2, 3), new Brachy.NN.Linear(4, 1));")
        },
        { "BRACHY060", InClass("[Jit] static Tensor Step([Donate] Tensor x) => x + 1; static Tensor Run(Tensor x) => StepJit(x) + x;") },
        { "BRACHY061", InClass("[Jit] static Tensor Step(Tensor x) { System.Console.WriteLine(); return x; }") },
        { "BRACHY062", InClass("[Jit] static Tensor Step(Tensor x) => (bool)x ? x : x + 1;") },
        { "BRACHY063", InClass("static Tensor Run(Brachy.NN.Linear layer, Tensor x) => layer.Forward(x);") },
        { "BRACHY064", InClass("[Jit] static Tensor Step(Tensor x) => x; static Tensor Run(Tensor x) => Step(x);") },
        { "BRACHY065", InClass("static bool Run(Tensor x, Tensor y) => x == y;") },
        {
            "BRACHY066", "[Module] public partial class Layer { public Tensor Forward(Tensor x) { System.Console.WriteLine(); return x; } }"
        },
        { "BRACHY067", "[Module] public partial class Layer { public Tensor Forward(Tensor x) => x * (double)x; }" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task IsSeen(string id, string source)
    {
        var reported = await BuildCheck.Report("using Brachy;\n" + source);
        Assert.Equal([id], reported.Select(d => d.Id).Where(i => !i.StartsWith("CS", StringComparison.Ordinal)).Distinct());

        // Where nothing can be added to a class, the compiler has errors of its own, and the generator reports ours.
        Assert.True(GeneratorFaults.Descriptors.Any(d => d.Id == id) || reported.All(d => d.Id == id));
    }

    /// <summary>A mistake is told where it was made, and not a second time in a file that nobody wrote.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    [InlineData("", "[Module] public partial class Layer { public Brachy.NN.Linear L { get; set; } public Layer() => L = new(1, 1); "
        + Forward + " }")]
    [InlineData("", "[Module] public partial class Layer { public Brachy.NN.Linear L { get; set; } " + Forward + " }")]
    [InlineData("", "[Module] public partial class Layer { [Static] public string S { get; set; } " + Forward + " }")]
    [InlineData("", "[Module] public partial class Layer { public string S { get; set; } private string _s; " + Forward + " }")]
    [InlineData(
        "", "[Module] public partial class Layer { [Config(\"s\", Default = null)] public partial string S { get; } " + Forward + " }")]
    public void NothingIsSaidOfGeneratedCode(string id, string source)
    {
        _ = id;
        TestCompilation.Driver().RunGeneratorsAndUpdateCompilation(
            TestCompilation.Of("#nullable enable\nusing Brachy;\n" + source), out var compilation, out _);
        Assert.Empty(compilation.GetDiagnostics().Where(d => d.Severity >= DiagnosticSeverity.Warning
            && d.Location.SourceTree is { } tree && !tree.FilePath.StartsWith("Source", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("[Param] public partial Tensor W { get; set; } = F.ones([1]);", "F.ones([1])",
        "'W' is kept in the tree, and views of it would run the initializer again; assign it in the constructor")]
    [InlineData("[Config(\"a\")] public partial bool A { get; } = true;", "true",
        "'A' is kept in the config that the whole model shares; write the value as [Config(…, Default = true)]")]
    public async Task AnInitializerIsReportedWithoutAnErrorOfTheCompiler(string property, string place, string message)
    {
        var source = InModule(property);
        var reported = Assert.Single(await BuildCheck.Report("using Brachy;\n\n" + source));
        Assert.Equal(
            ("BRACHY053", message), (reported.Id, reported.GetMessage(System.Globalization.CultureInfo.InvariantCulture)));
        var start = source.IndexOf(place, StringComparison.Ordinal);
        Assert.Equal(
            (2, start, start + place.Length),
            (reported.Location.GetLineSpan().StartLinePosition.Line, reported.Location.GetLineSpan().StartLinePosition.Character,
                reported.Location.GetLineSpan().EndLinePosition.Character));
    }

    [Fact]
    public async Task AKeyThatIsNotWrittenIsReportedAtItsProperty()
    {
        const string Property = "[Param] partial Tensor I.W { get; set; }";
        var source = "using Brachy;\npublic interface I { Tensor W { get; set; } } [Module] public partial class Layer : I { "
            + $"{Property} {Forward} }}";
        TestCompilation.Driver().RunGeneratorsAndUpdateCompilation(TestCompilation.Of(source), out var compilation, out _);
        var reported = Assert.Single(await compilation.WithAnalyzers([new ModuleAnalyzer()]).GetAnalyzerDiagnosticsAsync());
        Assert.Equal("BRACHY037", reported.Id);
        Assert.Equal(
            source.IndexOf(Property, StringComparison.Ordinal) + Property.IndexOf("W {", StringComparison.Ordinal),
            reported.Location.SourceSpan.Start);
    }

    [Fact]
    public void EachDescriptorHasACase()
    {
        var ids = typeof(DiagnosticDescriptors).GetFields(BindingFlags.Static | BindingFlags.Public)
            .Select(f => f.GetValue(null)).OfType<DiagnosticDescriptor>().Select(d => d.Id);

        // No source is known at which the generator fails; OddDeclarationTests makes it fail.
        Assert.Empty(ids.Except(Cases.Select(c => (string)c[0])).Except([DiagnosticDescriptors.GeneratorFailed.Id]));
    }

    [Fact]
    public async Task OneFaultDoesNotHideAnother()
    {
        var reported = await BuildCheck.Report("using Brachy;\n" + InModule("[Param] public partial int W { get; set; }")
            + "public partial class Plain { [Param] public partial Tensor W { get; set; } } [Module] public partial record Second { "
            + "[Param] public partial Tensor W { get; set; } }" + InClass("[Jit] static void Step(Tensor x) { }"));
        Assert.Equal(["BRACHY005", "BRACHY007", "BRACHY008", "BRACHY017", "BRACHY023"], reported.Select(d => d.Id).Order());
    }

    private static string InModule(string members) => $"[Module] public partial class Layer {{ {members} {Forward} }}";

    private static string InClass(string members) => $"public static partial class Steps {{ {members} }}".Replace(
        "static partial class Steps { [Jit] public Tensor", "partial class Steps { [Jit] public Tensor", StringComparison.Ordinal);
}
