using System.Text.RegularExpressions;

namespace Brachy.Generators.Tests;

/// <summary>Which types are compared and copied by content, and that what is generated for them compiles.</summary>
public class ContentTests
{
    private const string Class = "global::Brachy.CompilerServices.StaticContent.";

    [Theory]
    [InlineData("[Static] public record R(int A, string B);", "RegisterPlain<R>();")]
    [InlineData("[Static] public record struct R(int A);", "")]
    [InlineData("[Static] public record R(double A);", "Register<R>([\"A\"], static value => [value.A], null);")]
    [InlineData("[Static] public record R(Tensor A);", "Register<R>([\"A\"], static value => [value.A], null);")]
    [InlineData(
        "[Static] public record R { public int A { get; set; } }",
        "Register<R>([\"A\"], static value => [value.A], static (value, items) => value with { });")]
    [InlineData(
        "[Static] public record R(int A, int[] B);",
        "Register<R>([\"A\", \"B\"], static value => [value.A, value.B], static (value, items) => value with { B = (int[])items[1]! });")]
    [InlineData(
        "[Static] public record R { public int[] A { get; } = []; }",
        "Register<R>([\"A\"], static value => [value.A], null, notCopied: \"A\");")]
    [InlineData(
        "[Static] public record R(System.Memory<int> A);",
        "Register<R>([\"A\"], static value => [value.A], static (value, items) => value with { A = (System.Memory<int>)items[0]! });")]
    [InlineData(
        "[Static] public record R(int A, R? Next);", "Register<R>([\"A\", \"Next\"], static value => [value.A, value.Next], null);")]
    [InlineData(
        "[Static] internal struct R { public int[]? @class; }",
        "Register<R>([\"class\"], static value => [value.@class], static (value, items) => value with { @class = (int[]?)items[0]! });")]
    [InlineData("[Static] public record R<T>(T A);", "")]
    [InlineData(
        "[Static] public record R<T>(T A); class Use { object F() => new R<int[]>([]); }",
        "Register<R<int[]>>([\"A\"], static value => [value.A], static (value, items) => value with { A = (int[])items[0]! });")]
    [InlineData("class Outer { [Static] private record R(int[] A); }", "")]
    [InlineData("file record R(int[] A);", "")]
    [InlineData("[Static] public ref struct R { public int[] A; }", "")]
    [InlineData("[Static] public record R(int A) { private int[] B { get; } = []; }", "")]
    [InlineData("[Static] public struct R(int[] a) { public int Length => a.Length; }", "")]
    [InlineData("[Static] public abstract record R(int[] A);", "")]
    [InlineData("[Static] public class R { public int[]? A; }", "")]
    [InlineData("[Static] public record R(int A) { [System.Obsolete] public int[]? B { get; init; } }", "")]
    public void Records(string source, string registered)
    {
        var statements = Statements("using Brachy;\n" + source).Where(s => Regex.IsMatch(s, @"\bR\b"));
        Assert.Equal(
            registered, string.Concat(statements).Replace("global::Brachy.CompilerServices.StaticContent.", "", StringComparison.Ordinal)
                .Replace("global::", "", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(
        "class Outer { private record R(int[] A); }",
        "(typeof(StaticContentRegistration), \"Outer+R\", \"has the collection 'A', which can change in place, and is no record")]
    [InlineData(
        "namespace N.M; class Outer<T> { private record struct R<U>(T[] A); }",
        "(typeof(StaticContentRegistration), \"N.M.Outer`1+R`1\", ")]
    [InlineData("file record R(int[] A);", "__R\", ")]
    [InlineData("public record R(int A) { private int[] B { get; } = []; }", "\"R\", \"has the collection 'B'")]
    [InlineData("public struct R(int[] a) { public int Length => a.Length; }", "\"R\", \"has the collection 'a'")]
    [InlineData("class Outer { private record R(object A); }", "\"Outer+R\", \"has the member 'A', in which something can change")]
    [InlineData(
        "class Outer { private record R(Other A); } public record Other(System.Memory<int> A);",
        "\"Outer+R\", \"has the member 'A', in which something can change")]
    [InlineData("class Outer { private record R(Tensor A); }", "\"Outer+R\", \"holds tensors")]
    [InlineData(
        "class R { int[] _a = []; public override bool Equals(object? other) => other is R; public override int GetHashCode() => 1; }",
        "\"R\", \"has the collection '_a'")]
    [InlineData("public record R<T>(T[] A);", "\"R`1\", \"has the member 'A', in which something can change in place, and generated code "
        + "has not seen it with these type arguments")]
    [InlineData("public record R<T>(T A);", "RefuseUnseen(typeof(StaticContentRegistration), \"R`1\")")]
    [InlineData("class Outer { private record R<T>(T A); }", "RefuseUnseen(typeof(StaticContentRegistration), \"Outer+R`1\")")]
    [InlineData("public record R(int A);", null)]
    [InlineData("[Static] public record R(int[] A);", null)]
    [InlineData("class Outer { private record R(int A, string B, double C, System.Func<int> D, (int, int) E); }", null)]
    [InlineData("class Outer { private readonly record struct R(int A); }", null)]
    [InlineData("public class R { public int[]? A; }", null)]
    [InlineData(
        "class R { readonly object? _a = null; public override bool Equals(object? other) => other is R r && r._a == _a; public override "
        + "int GetHashCode() => 1; }", null)]
    [InlineData("class Outer { [Tree] private partial record R(Tensor A); }", null)]
    public void WhatCannotBeTakenApartAndCanChangeIsRefused(string source, string? refused)
    {
        var refusals = string.Concat(
            Generated("using Brachy;\n" + source).Where(line => line.Contains(".Refuse", StringComparison.Ordinal)));
        if (refused is null)
        {
            Assert.Empty(refusals);
        }

        Assert.Contains(refused ?? "", refusals, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("class Use { void F(StructureTree t) => t.Aux[\"a\"] = new Stack<int>(); }", "Stack<int>, int>")]
    [InlineData(
        "class Use { void F(object x) { var t = new StructureTree { Aux = { [\"a\"] = (List<(int, int)>)x } }; } }",
        "List<(int, int)>, (int, int)>")]
    [InlineData("class Use { void F(StateOrganizer o, Queue<byte> q) => o.RegisterAux(\"a\", q); }", "Queue<byte>, byte>")]
    [InlineData(
        "class Use { static object F() => Jit.Compile((Tensor x) => (x, new HashSet<short>())); }",
        "HashSet<short>, short>(static (source, items) => new(items, source.Comparer), isUnordered: true);")]
    [InlineData(
        "[Module] public partial class M { [Static] public partial IReadOnlyList<byte> A { get; set; } public Tensor Forward(Tensor x) => "
        + "x; }", "List<byte>, byte>")]
    [InlineData(
        "static partial class Use { [Jit] static Tensor F(Tensor x, SortedDictionary<int, byte[]> y) => x; }",
        "SortedDictionary<int, byte[]>, System.Collections.Generic.KeyValuePair<int, byte[]>>")]
    [InlineData(
        "[Tree] public partial class C { public Tensor? A { get; set; } public LinkedList<byte>? B { get; set; } }",
        "LinkedList<byte>, byte>")]
    [InlineData("[Static] record R(System.Collections.Immutable.ImmutableArray<int[]> A);", "ImmutableArray<int[]>, int[]>")]
    public void Collections(string source, string registered)
    {
        var statements = Statements("using System.Collections.Generic; using Brachy;\n" + source).Select(
            s => s.Replace("global::", "", StringComparison.Ordinal));
        Assert.Contains(statements, s =>
            s.Contains("RegisterCollection<", StringComparison.Ordinal) && s.Contains("." + registered, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("class Use { object F() => new List<Tensor>(); }")]
    [InlineData("[Static] record struct R(System.Collections.Immutable.ImmutableArray<int> A);")]
    public void NothingIsCopiedInVain(string source) =>
        Assert.DoesNotContain(Statements("using System.Collections.Generic; using Brachy;\n" + source), s =>
            s.Contains("RegisterCollection", StringComparison.Ordinal));

    [Fact]
    public void InheritedNestedAndNullableMembersCompile()
    {
        var statements = Statements("""
            using System.Collections.Generic;
            using Brachy;
            [Static] public record Base(List<string?> A) { public virtual int[] B { get; init; } = []; }
            public record Derived(List<string?> A, Dictionary<string, (int X, List<int>? Y)>? C) : Base(A)
            {
                public override int[] B { get; init; } = [];
                public required int? D { get; init; }
                internal (int, List<KeyValuePair<int, double>>)? E;
                public event System.Action? Changed { add { } remove { } }
            }
            public class Outer<T> { public record struct Inner(T[] A); }
            class Use { object F() => new Outer<int>.Inner([]); IReadOnlyDictionary<int, Derived> G() => new SortedList<int, Derived>(); }
            """);
        Assert.Contains(statements, s => s.Contains("<global::Derived>([\"B\", \"C\", \"D\", \"E\", \"A\"]", StringComparison.Ordinal)
            || s.Contains("<global::Derived>([\"C\", \"B\"", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("public record R(int A, string B);", "")]
    [InlineData("public record R(double A);", "RefuseUnmarked(typeof(StaticContentRegistration), \"R\");")]
    [InlineData("public record R((int, float?) A);", "RefuseUnmarked(typeof(StaticContentRegistration), \"R\");")]
    [InlineData("public abstract record R(int[] A);", "")]
    [InlineData("namespace N; public record R(int[] A);", "RefuseUnmarked(typeof(StaticContentRegistration), \"N.R\");")]
    [InlineData("public record R { public int A { get; set; } }", "RefuseUnmarked(typeof(StaticContentRegistration), \"R\");")]
    [InlineData("public struct R { public int[] A; }", "RefuseUnmarked(typeof(StaticContentRegistration), \"R\");")]
    [InlineData("class Outer { private record R(int[] A); }", "Refuse(typeof(StaticContentRegistration), \"Outer+R\", ")]
    [InlineData("class Use { object F() => new System.Collections.Generic.Stack<Use>(); }", "")]
    [InlineData(
        "public record R(int[] A); class Use { object F() => new System.Collections.Generic.Stack<R>(); }",
        "RefuseUnmarked(typeof(StaticContentRegistration), \"R\");")]
    [InlineData("public record R<T>(T A); class Use { object F() => new R<int[]>([]); }", "RefuseUnseen(")]
    [InlineData(
        "[System.Obsolete(\"gone\", error: true)] public record R(int[] A);", "Refuse(typeof(StaticContentRegistration), \"R\", ")]
    public void WhatBrachyDoesNotMeetIsNamedByText(string source, string refused)
    {
        foreach (var file in (string[])[source, "using Brachy;\n" + source])
        {
            var statements = Generated(file).Where(line => line.StartsWith(Class, StringComparison.Ordinal)).ToArray();
            Assert.Equal(refused.Length > 0 ? 1 : 0, statements.Length);
            Assert.All(statements, line => Assert.StartsWith(Class + refused, line, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void WhatMayNotBeUsedIsNotUsed() => Assert.DoesNotContain("<Old>", string.Concat(Statements("""
        using Brachy;
        [System.Obsolete("gone", error: true)] public record Old(int[] A);
        [System.Obsolete] public class User { public Old? F() => new Old([]); }
        [System.Obsolete] public record Holds(int[] A) { internal Old? B { get; init; } }
        """)), StringComparison.Ordinal);

    [Theory]
    [InlineData("[Static] public partial Elsewhere A { get; set; }", "")]
    [InlineData("[Static] public partial Base A { get; set; }", "")]
    [InlineData("[Static] public partial IElsewhere A { get; set; }", "")]
    [InlineData("[Static] public partial System.Collections.Generic.List<(int, Holder?)> A { get; set; }", "")]
    [InlineData("public Tensor Forward(Tensor x, Elsewhere y) => x;", "")]
    [InlineData("", "[Jit] static Tensor Step(Tensor x, [Static] Elsewhere y) => x;")]
    [InlineData("", "[Jit] static (Tensor, Holder) Step(Tensor x) => (x, new(new([])));")]
    [InlineData("", "static object F = Jit.Compile((Tensor x, Elsewhere y) => x);")]
    [InlineData("", "static object F = Static.Lift(Jit.Transform).Of((Tensor x, Holder[] y) => x);")]
    [InlineData("", "static void F(StructureTree t, Elsewhere y) => t.Aux[\"a\"] = y;")]
    [InlineData("", "[Tree] public partial record Pair<T>(Tensor X, T Other, Elsewhere Y);")]
    [InlineData("", "[Tree] public partial class Kept { public Tensor? X { get; set; } public Holder? Y { get; set; } }")]
    [InlineData("", "[Module] public partial class G<T> where T : Base { [Static] public partial T A { get; set; } "
        + "public Tensor Forward(Tensor x) => x; }")]
    public void TypesAreRegisteredWhereTheyAreMet(string member, string others)
    {
        var forward = member.Contains("Forward", StringComparison.Ordinal) ? "" : "public Tensor Forward(Tensor x) => x;";
        var result = TestCompilation.GenerateClean(
            "public interface IElsewhere { } public abstract record Base; public record Elsewhere(int[] A) : Base, IElsewhere; "
            + "public record Holder(Elsewhere A); public record Unrelated(int[] A);",
            $"using Brachy; [Module] public partial class M {{ {member} {forward} }} static partial class Use {{ {others} }}");
        var content = Assert.Single(
            result.GeneratedTrees, t => t.FilePath.EndsWith("Brachy.StaticContent.g.cs", StringComparison.Ordinal)).ToString();
        Assert.Contains("StaticContent.Register<global::Elsewhere>", content, StringComparison.Ordinal);
        Assert.DoesNotContain("global::Unrelated", content, StringComparison.Ordinal);
    }

    /// <summary>A marked class is taken at its word that its <c>Equals</c> tells its values apart.</summary>
    [Theory]
    [InlineData(
        "[Static] public class R { public override bool Equals(object? other) => other is R; public override int GetHashCode() => 1; }",
        "RegisterPlain<global::R>();")]
    [InlineData("[Static] public class R { }", null)]
    [InlineData("[Static] public interface IR { } public record R(int[] A) : IR;", "Register<global::R>(")]
    [InlineData("[Static] public abstract record B; public record R(int[] A) : B;", "Register<global::R>(")]
    [InlineData(
        "public abstract record B; public record R(int[] A) : B; class C { [Static] public record D(B B); }", "Register<global::R>(")]
    public void MarkedTypes(string source, string? registered)
    {
        var statements = Statements("using Brachy;\n" + source).Where(line => line.Contains("global::R>", StringComparison.Ordinal))
            .ToArray();
        Assert.Equal(registered is null ? 0 : 1, statements.Length);
        Assert.All(statements, line => Assert.StartsWith(Class + registered, line, StringComparison.Ordinal));
    }

    /// <summary>Collections that code makes are known where they hold what is; where all files know Brachy, in all of them.</summary>
    [Theory]
    [InlineData("using Brachy; class Use { object F() => new System.Collections.Generic.Stack<int>(); }", "", true)]
    [InlineData("class Use { object F() => new System.Collections.Generic.Stack<int>(); }", "", false)]
    [InlineData("class Use { object F() => new System.Collections.Generic.Stack<int>(); }", "global using Brachy;", true)]
    [InlineData("class Use { object F() => new System.Collections.Generic.Stack<R>(); } record R;", "global using Brachy;", false)]
    [InlineData("class Use { object F() => new System.Collections.Generic.Stack<R>(); } [Static] record R;", "global using Brachy;", true)]
    public void MadeCollections(string source, string other, bool isKnown) => Assert.Equal(
        isKnown,
        TestCompilation.GenerateClean(source, other).GeneratedTrees.Any(t => t.ToString().Contains("Stack<", StringComparison.Ordinal)));

    private static string[] Statements(string source) =>
        [.. Generated(source).Where(
            line => line.StartsWith(Class + "Register", StringComparison.Ordinal))];

    private static IEnumerable<string> Generated(string source) => TestCompilation.GenerateClean(source).GeneratedTrees
        .Where(t => t.FilePath.EndsWith("Brachy.StaticContent.g.cs", StringComparison.Ordinal))
        .SelectMany(t => TestCompilation.OnOneLine(t.ToString()).Split('\n'))
        .Select(line => line.Trim());
}
