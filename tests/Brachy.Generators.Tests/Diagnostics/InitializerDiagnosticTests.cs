using System.Globalization;
using Microsoft.CodeAnalysis;

namespace Brachy.Generators.Tests;

/// <summary>Which initialisers give each view something else, and what is said to do about members outside of the tree.</summary>
public class InitializerDiagnosticTests
{
    [Theory]
    [InlineData("double", "Math.Sqrt(64)")]
    [InlineData("double", "2 * Math.Max(Math.PI, 1.0 / 3)")]
    [InlineData("float", "MathF.Sqrt(2)")]
    [InlineData("TimeSpan", "TimeSpan.FromSeconds(1)")]
    [InlineData("TimeSpan", "new(0, 0, 1)")]
    [InlineData("DateTime", "new DateTime(2000, 1, 1).AddDays(2)")]
    [InlineData("double", "double.Parse(\"1\", CultureInfo.InvariantCulture)")]
    [InlineData("int", "int.Parse(\"1\")")]
    [InlineData("string", "string.Concat(\"a\", \"b\")")]
    [InlineData("string", "string.Join(\", \", \"a\", \"b\", \"c\", \"d\", \"e\")")]
    [InlineData("string", "$\"{1 + 1}\" + \"x\".ToUpperInvariant()")]
    [InlineData("string", "new('x', 3)")]
    [InlineData("string", "Path.Combine(\"a\", \"b\")")]
    [InlineData("int", "Convert.ToInt32(\"1\", CultureInfo.InvariantCulture)")]
    [InlineData("int", "BitOperations.Log2(64)")]
    [InlineData("Guid", "Guid.Empty")]
    [InlineData("Guid", "Guid.Parse(\"6f9619ff-8b86-d011-b42d-00c04fc964ff\")")]
    [InlineData("Uri", "new(\"https://a.b\")")]
    [InlineData("Version", "new Version(1, 2)")]
    [InlineData("Regex", "new(\"a+\")")]
    [InlineData("Complex", "new(1, 2)")]
    [InlineData("ImmutableArray<int>", "[1, 2]")]
    [InlineData("ImmutableArray<int>", "ImmutableArray.Create(1, 2)")]
    [InlineData("IReadOnlyList<int>", "[1, 2]")]
    [InlineData("int[]", "Array.Empty<int>()")]
    [InlineData("(int, double)", "(1, Math.Sqrt(4))")]
    [InlineData("int?", "new int?(3)")]
    [InlineData("Kind", "Enum.Parse<Kind>(\"A\")")]
    [InlineData("Type", "typeof(int)")]
    [InlineData("Range", "1..^2")]
    [InlineData("Options", "new(3, \"a\")")]
    [InlineData("Point", "new() { X = 1 }")]
    [InlineData("StringComparer", "StringComparer.Ordinal")]
    [InlineData("int", "Environment.ProcessorCount")]
    [InlineData("object", "s_gate")]
    [InlineData("int", "C")]
    [InlineData("TextWriter", "Console.Out")]
    [InlineData("Func<Tensor, Tensor>", "x => F.relu(x) * Math.Sqrt(2)")]
    [InlineData("Func<Tensor, Tensor>", "x => new Brachy.NN.ReLU().Call(x)")]
    [InlineData("Func<Tensor, Tensor>", "Twice")]
    [InlineData("Func<Random>", "() => new Random(1)")]
    [InlineData("string", "null ?? throw new ArgumentException(\"a\")")]
    public async Task IsTheSameForAllViews(string type, string value)
    {
        await Check($"private readonly {type} _a = {value};");
        await Check($"public {type} A {{ get; }} = {value};");
    }

    [Theory]
    [InlineData("DateTime", "DateTime.Now")]
    [InlineData("long", "DateTime.UtcNow.Ticks")]
    [InlineData("DateTimeOffset", "DateTimeOffset.Now")]
    [InlineData("int", "Environment.TickCount")]
    [InlineData("string", "Environment.MachineName + 1")]
    [InlineData("Random", "Random.Shared")]
    [InlineData("int", "Random.Shared.Next()")]
    [InlineData("int", "s_count++")]
    [InlineData("int", "++s_count + 1")]
    [InlineData("int", "s_count = 3")]
    [InlineData("int", "s_count")]
    [InlineData("int", "Count")]
    [InlineData("int", "System.Threading.Interlocked.Increment(ref s_count)")]
    [InlineData("int", "int.TryParse(\"1\", out s_count) ? 1 : 2")]
    [InlineData("Guid", "Guid.NewGuid()")]
    [InlineData("long", "Stopwatch.GetTimestamp()")]
    [InlineData("string", "Path.GetTempFileName()")]
    [InlineData("double", "Math.Sqrt(Random.Shared.NextDouble())")]
    [InlineData("CultureInfo", "CultureInfo.CurrentCulture")]
    [InlineData("string[]", "\"a,b\".Split(',')")]
    [InlineData("int[]", "[1]")]
    [InlineData("int[]", "new int[2]")]
    [InlineData("int[]", "{ 1, 2 }")]
    [InlineData("List<int>", "[1]")]
    [InlineData("Settable", "new() { A = 1 }")]
    [InlineData("Listed", "new([1])")]
    [InlineData("IReadOnlyList<List<int>>", "[[1]]")]
    [InlineData("ImmutableArray<List<int>>", "[[1]]")]
    [InlineData("StringBuilder", "new(\"a\")")]
    [InlineData("Func<Tensor, Tensor>", "x => new Brachy.NN.Linear(2, 2).Call(x)")]
    [InlineData("Func<Tensor, Tensor>", "delegate(Tensor x) { var layer = new Brachy.NN.Linear(2, 2); return layer.Call(x); }")]
    [InlineData("Func<Tensor, Tensor>", "x => Make().Call(x)")]
    [InlineData("Func<Tensor, Tensor>", "x => s_layer.Call(x)")]
    [InlineData("Func<Tensor, Tensor>", "new Brachy.NN.Linear(2, 2).Call")]
    [InlineData("Lazy<int>", "new(() => 3)")]
    public async Task IsAnotherForEachView(string type, string value)
    {
        await Check($"private readonly {type} {{|BRACHY018:_a|}} = {value};");
        if (!value.StartsWith('{'))
        {
            await Check($"public {type} {{|BRACHY018:A|}} {{ get; set; }} = {value};");
        }
    }

    /// <summary>What is no module has no views.</summary>
    [Fact]
    public Task OtherClassesMayHoldAll() => AnalyzerCheck.Reports<ModuleAnalyzer>("""
        using Brachy;
        public class Plain { private readonly System.Random _r = new(); public System.DateTime T { get; } = System.DateTime.Now; }
        public class Handwritten : Module<Tensor, Tensor> { private readonly System.Random _r = new(); private int _n; }
        """);

    [Theory]
    [InlineData("object", "new()", "declare it static, so that all views have the same")]
    [InlineData("object", "new object()", "declare it static, so that all views have the same")]
    [InlineData("System.Threading.Lock", "new()", "declare it static, so that all views have the same")]
    [InlineData("System.Threading.SemaphoreSlim", "new(1)", "declare it static, so that all views have the same")]
    [InlineData("ILayer", "new Lin()",
        "declare it a partial property of the module's own type, 'Lin', which is a submodule")]
    [InlineData("object", "new Lin()", "declare it a partial property of the module's own type, 'Lin', which is a submodule")]
    [InlineData("ILayer", "Find()",
        "if it is a module, declare it a partial property of the module's own type, or of Module<TInput, TOutput>, which is a submodule; "
        + "else one with [Static]")]
    [InlineData("Func<Tensor, Tensor>", "x => new Lin().Call(x)",
        "declare the module that the function uses a partial property of type 'Lin', which is a submodule")]
    [InlineData("Func<Tensor, Tensor>", "new Lin().Call",
        "declare the module that the function uses a partial property of type 'Lin', which is a submodule")]
    [InlineData("ILayer[]", "[new Lin()]",
        "use a partial property for each module, or one partial property of type Sequential or ModuleList")]
    [InlineData("(int, ILayer)", "(1, new Lin())",
        "use a partial property for each module, or one partial property of type Sequential or ModuleList")]
    [InlineData("List<Tensor>", "[F.ones([1])]",
        "declare partial properties for what it holds: with [Param] or [Buffer] for a tensor, of the module's own type for a module")]
    [InlineData("Tensor", "F.ones([1])", "declare it a partial property with [Param], [Buffer] or [Static]")]
    [InlineData("System.Random", "new(1)", "draw with Brachy's functions, such as F.rand, or keep an RngKey in a partial property with "
        + "[Buffer]")]
    [InlineData("int[]", "[1]", "declare it a partial property with [Param], [Buffer] or [Static]")]
    [InlineData("IReadOnlyCollection<int>", "new List<int>()", "declare it a partial property with [Param], [Buffer] or [Static]")]
    public async Task AdviceFits(string type, string value, string advice) => Assert.Equal(
        $"'_a' is not kept in the tree, so views that Bind, Call and Apply make of the module do not have its value; {advice}",
        await Message($"private readonly {type} _a = {value};"));

    [Fact]
    public async Task AdviceForWhatAConstructorSets() => Assert.EndsWith(
        "which is a submodule; else one with [Static]", await Message("private readonly ILayer _a; public Use(ILayer a) => _a = a;"),
        StringComparison.Ordinal);

    [Fact]
    public async Task AnEventHasNoSubscribersInViews() => Assert.EndsWith(
        "; declare it static, or add a hook to the node, which the tree keeps", await Message("public event Action? Done;"),
        StringComparison.Ordinal);

    [Theory]
    [InlineData("public static event Action? Done;")]
    [InlineData("public event Action Done { add { } remove { } }")]
    [InlineData("private static readonly object s_lock = new(); private static readonly System.Threading.Lock s_other = new();")]
    public Task SharedByAllViews(string member) => Check(member);

    [Theory]
    [InlineData("public class Wide : Lin { private readonly double {|BRACHY018:_scale|}; public Wide(double s) { _scale = s; } }")]
    [InlineData("public class Wide : Brachy.NN.Linear { public int {|BRACHY018:Size|} { get; } public Wide(int n) : base(n, n) { } }")]
    [InlineData("public class Wide : Lin { public Lin {|BRACHY018:Inner|} { get; set; } = new(); }")]
    [InlineData("public class Wide : Lin { private readonly Random {|BRACHY018:_r|} = new(1); }")]
    [InlineData("public class Wide : Lin { private readonly Tensor {|BRACHY018:_t|} = F.ones([1]); }")]
    [InlineData("public abstract class Wide : Lin { private int {|BRACHY018:_n|}; }")]
    [InlineData("public class Mid : Lin; public class Wide : Mid { private int {|BRACHY018:_n|}; }")]
    [InlineData("public class Wide : Lin { public int Twice => 2; private const int N = 3; private static int s_n; }")]
    [InlineData("public class Wide : Lin { private readonly int _n = 3; public Wide() { } }")]
    [InlineData("public class Wide : Lin { private int _n; internal static ApplyFn DefaultApply => null!; }")]
    [InlineData("public class {|BRACHY040:Wide|} : Lin { protected override Tensor Act(Tensor x) => x; }")]
    [InlineData("public class {|BRACHY040:Wide|} : Lin { protected override int Size => 3; }")]
    [InlineData("public class Wide : Lin { public override string ToString() => \"a\"; }")]
    [InlineData("[Module] public partial class Wide : Lin { protected override Tensor Act(Tensor x) => x; }")]
    public Task DerivedWithoutAMark(string derived) => Check("", derived);

    [Fact]
    public async Task AdviceWithoutAMark()
    {
        var reported = await BuildCheck.Report("""
            using Brachy;
            [Module] public partial class Lin
            {
                protected virtual Tensor Act(Tensor x) => x;
                public Tensor Forward(Tensor x) => Act(x);
            }
            public class Wide : Lin
            {
                private readonly double _scale;
                public Wide(double scale) => _scale = scale;
                protected override Tensor Act(Tensor x) => x * _scale;
            }
            """);
        Assert.Equal(
            [
                "BRACHY018: '_scale' is not kept in the tree, so views that Bind, Call and Apply make of the module do not have its value; "
                    + "mark 'Wide' [Module], and declare it a partial property with [Param], [Buffer] or [Static]",
                "BRACHY040: 'Wide' derives from the module 'Lin', but is not [Module], so views of its nodes are 'Lin', and do not have "
                    + "its 'Act'; mark it [Module] and declare it partial",
            ],
            reported.Where(d => d.Severity >= DiagnosticSeverity.Warning)
                .Select(d => $"{d.Id}: {d.GetMessage(CultureInfo.InvariantCulture)}").Order());
    }

    private static async Task<string> Message(string member) => Assert.Single(
        await BuildCheck.Report(Source(member, "").Replace("{|BRACHY018:", "", StringComparison.Ordinal)),
        d => d.Id == "BRACHY018").GetMessage(CultureInfo.InvariantCulture);

    private static Task Check(string member, string other = "") => AnalyzerCheck.Reports<ModuleAnalyzer>(Source(member, other));

    private static string Source(string member, string other) => $$"""
        #nullable enable
        using System;
        using System.Collections.Generic;
        using System.Collections.Immutable;
        using System.Diagnostics;
        using System.Globalization;
        using System.IO;
        using System.Numerics;
        using System.Text;
        using System.Text.RegularExpressions;
        using Brachy;

        public enum Kind { A }
        public sealed record Options(int A, string B);
        public record struct Point { public int X { get; set; } }
        public sealed record Listed(List<int> A);
        public sealed record Settable { public int A { get; set; } }
        public interface ILayer { }
        [Module] public partial class Lin : ILayer
        {
            [Param] public partial Tensor W { get; set; }
            protected virtual int Size => 2;
            public Lin() => W = F.ones([1]);
            protected virtual Tensor Act(Tensor x) => x;
            public Tensor Forward(Tensor x) => Act(x);
        }
        {{other}}
        [Module] public partial class Use
        {
            private const int C = 3;
            private static readonly object s_gate = new();
            private static readonly Lin s_layer = new();
            private static int s_count;
            private static int Count { get; set; }
            private static Lin Make() => new();
            private static ILayer Find() => new Lin();
            private static Tensor Twice(Tensor x) => x * 2;
            {{member}}
            public Tensor Forward(Tensor x) => x;
        }
        """;
}
