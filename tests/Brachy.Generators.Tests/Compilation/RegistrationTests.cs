namespace Brachy.Generators.Tests;

/// <summary>Which types get a handler because calls of transforms mention them.</summary>
[Trait("Category", "Quick")]
public class RegistrationTests
{
    [Theory]
    [InlineData("Options", true)]
    [InlineData("System.Collections.Generic.List<int>", true)]
    [InlineData("object", false)]
    [InlineData("Mutable", false)]
    public void OnlyValuesComparedByContentAreStatic(string type, bool isRegistered)
    {
        var result = TestCompilation.GenerateClean($$"""
            using Brachy;
            using Brachy.Trees;
            internal record Options(int Size);
            internal class Mutable { public int Size { get; set; } }
            internal static class Calls { public static object F() => Grad.ValueAndGrad<Tensor, {{type}}>(x => default!, _ => default!); }
            """);
        Assert.Equal(
            isRegistered, result.GeneratedTrees.Any(t => t.FilePath.EndsWith("Brachy.TreeRegistration.g.cs", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(
        "Static.Lift(Jit.Transform).Of((List<Tensor> x, int k) => x[k])", "List(global::Brachy.CompilerServices.TreeHandler.Tensor)")]
    [InlineData(
        "Static.Lift(Jit.Transform).Of((Tensor x) => (x, 1))",
        "Tuple(global::Brachy.CompilerServices.TreeHandler.Tensor, global::Brachy.CompilerServices.TreeHandler.Static<int>())")]
    [InlineData(
        "Static.LiftGradient(Grad.Transform).Of((List<Tensor> x, int k) => x[k])",
        "List(global::Brachy.CompilerServices.TreeHandler.Tensor)")]
    [InlineData(
        "Static.LiftValueAndGradient(Grad.ValueTransform).Of((Tensor x) => new[] { x }, x => x[0])",
        "Array(global::Brachy.CompilerServices.TreeHandler.Tensor)")]
    [InlineData("Tree.IsTraceable(new List<Tensor>())", "List(global::Brachy.CompilerServices.TreeHandler.Tensor)")]
    public void LiftedCallsMakeTheirTypesKnown(string call, string registered)
    {
        var result = TestCompilation.GenerateClean($$"""
            using System.Collections.Generic;
            using Brachy;
            using Brachy.Trees;
            internal static class Calls { public static object F() => {{call}}; }
            """);
        var file = Assert.Single(result.GeneratedTrees, t => t.FilePath.EndsWith("Brachy.TreeRegistration.g.cs", StringComparison.Ordinal));
        Assert.Contains(
            $"Register(global::Brachy.CompilerServices.TreeHandler.{registered});", TestCompilation.OnOneLine(file.ToString()),
            StringComparison.Ordinal);
    }

    /// <summary>The packages beside the runtime take values apart, too; elements of a list are none of them.</summary>
    [Theory]
    [InlineData("Brachy.Data.Batches.OfTensors(new List<Tensor>(), new() { Size = 2 })")]
    [InlineData("Brachy.Data.Batches.OfTensors((F.ones([2]), new List<Tensor>()), new() { Size = 2 })")]
    [InlineData(
        "Brachy.Data.Batches.Of(new[] { new Unknown() }, new() { Size = 2 }, rows => rows.Stack(_ => new List<Tensor>()))")]
    [InlineData("(Action)(() => Export.Onnx(\"x\", (Tensor x) => new List<Tensor>(), F.ones([2])))")]
    [InlineData("(Action)(() => Export.TorchScript(\"x\", (Tensor x) => new List<Tensor>(), F.ones([2])))")]
    public void CallsOfThePackagesMakeTheirTypesKnown(string call)
    {
        var result = TestCompilation.GenerateClean($$"""
            using System;
            using System.Collections.Generic;
            using Brachy;
            using Brachy.IO;
            internal sealed class Unknown { public int Size { get; set; } }
            internal static class Calls { public static object? Call() => {{call}}; }
            """);
        var file = Assert.Single(result.GeneratedTrees, t => t.FilePath.EndsWith("Brachy.TreeRegistration.g.cs", StringComparison.Ordinal));
        Assert.Contains(
            "List(global::Brachy.CompilerServices.TreeHandler.Tensor)", TestCompilation.OnOneLine(file.ToString()),
            StringComparison.Ordinal);
        Assert.DoesNotContain("Unknown", file.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("using static Brachy.Jit;", "Compile((Tensor x, List<Tensor> y) => x)")]
    [InlineData("global using static Brachy.Jit;", "Compile((Tensor x, List<Tensor> y) => x)")]
    [InlineData("using static Brachy.Grad;", "Of((List<Tensor> y) => y[0])")]
    [InlineData("using static Brachy.Grad;", "Jvp((List<Tensor> y) => y[0], new() { F.ones([1]) }, new() { F.ones([1]) })")]
    [InlineData("", "Grad.Linearize((List<Tensor> y) => y[0], new() { F.ones([1]) })")]
    [InlineData("", "Grad.Pullback((List<Tensor> y) => y[0], new() { F.ones([1]) })")]
    [InlineData("", "Grad.HessianVectorProduct((List<Tensor> y) => y[0], new() { F.ones([1]) }, new() { F.ones([1]) })")]
    [InlineData("", "Grad.JacobianReverse((List<Tensor> y) => y[0])")]
    [InlineData("", "Grad.JacobianForward<Tensor, List<Tensor>>(x => new() { x })")]
    [InlineData("", "Grad.Hessian((List<Tensor> y) => y[0].sum())")]
    [InlineData("", "CustomJvp.Create((List<Tensor> y) => y[0], (x, y, t) => t[0])")]
    [InlineData("using static Brachy.Grad;", "ValueAndGrad<Tensor, List<Tensor>>(x => new() { x }, y => y[0])")]
    [InlineData("using Transform = Brachy.Jit;", "Transform.Compile((Tensor x, List<Tensor> y) => x)")]
    [InlineData("", "new Func<Brachy.Transforms.LiftedTransform?, object?>(lift => lift?.Of((Tensor x, List<Tensor> y) => x))")]
    public void CallsByAnyFormOfNameMakeTheirTypesKnown(string directive, string call)
    {
        var result = TestCompilation.GenerateClean($$"""
            {{directive}}
            using System;
            using System.Collections.Generic;
            using Brachy;
            using Brachy.Trees;
            internal static class Calls { public static object Call() => {{call}}; }
            """);
        var file = Assert.Single(result.GeneratedTrees, t => t.FilePath.EndsWith("Brachy.TreeRegistration.g.cs", StringComparison.Ordinal));
        Assert.Contains(
            "List(global::Brachy.CompilerServices.TreeHandler.Tensor)", TestCompilation.OnOneLine(file.ToString()),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Control.Scan((List<Pair> s, Pair[] x) => (s, s[0]), s_list, s_array)", "List(Pair)", "Array(Pair)")]
    [InlineData("Control.Scan((List<Pair> s) => (s, new[] { s[0] }), s_list, 3)", "List(Pair)", "Array(Pair)")]
    [InlineData("Control.While(s => s[0].A.sum() > 0, s => s, s_list)", "List(Pair)")]
    [InlineData("Control.While<Pair[]>(s => s[0].A.sum() > 0, s => s, s_array, 3)", "Array(Pair)")]
    [InlineData("Control.For(0, 3, (i, s) => s, s_list)", "List(Pair)")]
    [InlineData("Control.For(F.tensor(0L), F.tensor(3L), (i, s) => s, s_array)", "Array(Pair)")]
    [InlineData("Control.Cond(F.tensor(true), s => s[0], s => s[1], s_list)", "List(Pair)")]
    [InlineData("Control.Cond(F.tensor(true), () => s_list, () => s_list)", "List(Pair)")]
    [InlineData("Control.Switch(F.tensor(0L), new Func<Pair[], List<Pair>>[] { s => s_list }, s_array)", "List(Pair)", "Array(Pair)")]
    [InlineData("Control.AssociativeScan((a, b) => a, s_list)", "List(Pair)")]
    public void CallsOfControlMakeTheirTypesKnown(string call, params string[] registered)
    {
        var result = TestCompilation.GenerateClean($$"""
            using System;
            using System.Collections.Generic;
            using Brachy;
            using Brachy.Trees;
            [Tree] internal partial record Pair(Tensor A, Tensor B);
            internal static class Calls
            {
                private static readonly List<Pair> s_list = new();
                private static readonly Pair[] s_array = Array.Empty<Pair>();
                public static object Run() => {{call}};
            }
            """);
        var file = Assert.Single(result.GeneratedTrees, t => t.FilePath.EndsWith("Brachy.TreeRegistration.g.cs", StringComparison.Ordinal));
        var code = TestCompilation.OnOneLine(file.ToString());
        Assert.All(registered, type => Assert.Contains(
            $"TreeHandler.{type.Replace("Pair", "global::Pair.TreeHandler", StringComparison.Ordinal)});", code, StringComparison.Ordinal));
    }

    [Fact]
    public void TypesOfGeneratedMembersInsideOthersAreLeftOut() => TestCompilation.GenerateClean("""
        using Brachy;
        using Brachy.Trees;
        [Module] public partial class Half { public Tensor Forward(Tensor x) => x / 2; }
        internal static class Calls
        {
            public static object Run(StructureTree tree, GlobalConfig config) =>
                Grad.TreeValueAndGrad((StructureTree t, Tensor x) => (t, Half.Apply(t, config, x).Item2))(tree, F.ones([1]));
        }
        """);
}
