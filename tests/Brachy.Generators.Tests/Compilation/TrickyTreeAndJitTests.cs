namespace Brachy.Generators.Tests;

/// <summary>What is generated for [Tree] types and [Jit] methods compiles without warnings, whatever the declarations look like.</summary>
public class TrickyTreeAndJitTests
{
    [Fact]
    public void TreeKinds() => TestCompilation.GenerateClean("""
        using System.Collections.Generic;
        using Brachy;

        [Tree] public partial record Both(Tensor A, int B) { public Tensor? C { get; init; } }
        [Tree] public readonly partial record struct Small(Tensor A, string? Name);
        [Tree] public partial struct Plain { public Tensor A; private int _b; public int B => _b; }
        [Tree] public sealed partial class Settable
        {
            public required Tensor A { get; init; }
            public List<Tensor?> B { get; private set; } = [];
        }
        [Tree] public partial record Pair<T>(T First, T Second);
        [Tree] public partial record Node(Tensor Value, Node? Left, Node[] Children, Dictionary<string, Node>? Named);
        [Tree] public partial record Nested(
            (Tensor, Tensor?) A, TreeValue B, RngKey? C, Pair<Tensor> D, Small E, int[] F, IReadOnlyList<(int, Tensor)> G);

        public partial class Outer
        {
            [Tree] private partial record Hidden(Tensor A);
            [Jit] private static Tensor Run(Hidden a) => a.A;
        }
        """);

    /// <summary>Callers go by the defining part of a partial method, wherever the attribute is.</summary>
    [Theory]
    [InlineData("[Jit]", "")]
    [InlineData("", "[Jit]")]
    public void PartialMethodsKeepDefaultsAndAttributes(string onDefinition, string onBody)
    {
        var result = TestCompilation.GenerateClean($$"""
            using Brachy;
            public static partial class Parts
            {
                {{onDefinition}} public static partial Tensor Step([Donate] Tensor x, Tensor? other = null, [Static] double k = 0.5);
                {{onBody}} public static partial Tensor Step(Tensor x, Tensor? other, double k) => x * k;
                public static Tensor Use(Tensor x) => Parts.StepJit(x) + Parts.StepJit(x, k: 2);
            }
            """);
        var text = result.GeneratedTrees.Single(t => t.FilePath.Contains("StepJit", StringComparison.Ordinal)).ToString();
        Assert.Contains("double k = 0.5", text, StringComparison.Ordinal);
    }

    [Fact]
    public void JitSignatures() => TestCompilation.GenerateClean("""
        using System;
        using System.Collections.Generic;
        using Brachy;

        [Tree] public partial record Result(Tensor Loss, Tensor? Extra);

        internal enum Reduction { Mean, Sum }

        public static partial class Steps
        {
            /// <summary>With docs.</summary>
            /// <param name="tree">The tree.</param>
            [Jit] public static StructureTree One([Donate] StructureTree tree) => tree;
            [Jit] static (Tensor? A, List<Tensor?> B) Two(
                this Tensor x, Tensor? y = null, int n = -3, double eps = 1e-3, char c = '\'') => (y, []);
            [Jit] internal static Result Three(
                Func<Tensor, Tensor> f, Reduction r = Reduction.Sum, GlobalConfig? config = default) => throw null!;
            [Jit] static Reduction Four((Tensor x, (Tensor?, int) y) a, Dictionary<string, Tensor>[] b, [Static] string[] names) => default;
            [Jit] static int Five() => 3;
            [Jit] static Tensor[]? Six(Result? a, Tensor[]? b, DateTime? when = null) => b;
        }

        public partial class Holder<T>
        {
            private sealed record Secret(int A);
            [Jit] protected static T Run(T x, IReadOnlyList<T> y) => x;
            [Jit] static Tensor Hidden(Secret s, Tensor x) => x;
        }

        public partial interface IHolder
        {
            [Jit] static Tensor Run(Tensor x) => x;
        }
        """);
}
