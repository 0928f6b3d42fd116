using System.Collections.Immutable;
using Brachy.CompilerServices;

namespace Brachy.Tests.Transforms;

/// <summary>
/// Statics belong to nobody but who made them: what a function, its caller, or the receiver of a result changes in place
/// reaches none of the others.
/// </summary>
[Trait("Category", "Quick")]
public class StaticOwnershipTests
{
    public sealed record Settings(List<int> Sizes);

    public record struct Plain(int A);

    public sealed record Holder(Tensor X);

    public sealed record Frozen(ImmutableArray<int> Sizes, double Scale);

    public sealed record Unsettable(int A)
    {
        public List<int> Seen { get; } = [];
    }

    public sealed class Odd(int n) : IEquatable<Odd>
    {
        private readonly int _n = n;

        public bool Equals(Odd? other) => other?._n == _n;

        public override bool Equals(object? obj) => Equals(obj as Odd);

        public override int GetHashCode() => _n;
    }

    public sealed class Unknown : List<int>;

    private sealed record Hidden(int A);

    private static readonly Tensor s_one = F.ones([1]);

    [Fact]
    public void AChangedRecordIsSeenAndAnEqualOneIsNot()
    {
        var runs = 0;
        var f = Static.Lift(Jit.Transform).Of(
            (Tensor a, Settings s) =>
            {
                runs++;
                return a * s.Sizes.Sum();
            },
            staticArguments: [1]);
        var settings = new Settings([1, 2]);
        Assert.Equal(3, (double)f(s_one, settings));
        settings.Sizes.Add(10);
        Assert.Equal(13, (double)f(s_one, settings));
        Assert.Equal(3, (double)f(s_one, new Settings([1, 2])));
        Assert.Equal(2, runs);
    }

    [Fact]
    public void DynamicRecordsAndPairsAreComparedByContent()
    {
        var f = Static.Lift(Jit.Transform).OfDynamic(
            (a, named) => (Tensor)a[0]! * ((Settings)a[1]!).Sizes.Sum() + ((Settings)named["s"]!).Sizes.Count);
        var settings = new Settings([1]);
        double Call() => (double)(Tensor)f([s_one, settings], new Dictionary<string, object?> { ["s"] = settings })!;
        Assert.Equal(2, Call());
        settings.Sizes.Add(5);
        Assert.Equal(8, Call());
    }

    [Fact]
    public void EqualRecordsHaveNoDifferenceAndOthersAreWritten()
    {
        StructureTree With(params int[] sizes) => new() { Aux = { ["s"] = new Settings([.. sizes]) } };
        Assert.Empty(StructureTree.Diff(With(1, 2), With(1, 2)));
        var difference = Assert.Single(StructureTree.Diff(With(1, 2), With(1, 3))).ToString();
        Assert.Contains("Settings { Sizes = [1, 2] }", difference, StringComparison.Ordinal);
        Assert.Contains("Settings { Sizes = [1, 3] }", difference, StringComparison.Ordinal);
    }

    [Fact]
    public void AResultCanBeChanged()
    {
        var f = Jit.Compile((Tensor a) =>
            (a + 1, new Settings([1]), new List<Plain> { new(1) }, new Dictionary<int, string> { [1] = "a" },
                new Dictionary<string, List<int>> { ["a"] = [1] }));
        for (var i = 0; i < 3; i++)
        {
            var (_, settings, list, names, lists) = f.Invoke(s_one);
            Assert.Equal((1, 1, 1, 1), (settings.Sizes.Count, list.Count, names.Count, lists["a"].Count));
            settings.Sizes.Add(7);
            list.Add(new(2));
            names.Clear();
            lists["a"].Clear();
        }

        Assert.Equal(1, f.TraceCount);
    }

    [Fact]
    public void AResultThatCannotBeCopiedIsRefusedAtOnce()
    {
        TreeHandler.Register(TreeHandler.Static<Unsettable>());
        var record = Jit.Compile((Tensor a) => (a, new Unsettable(1)));
        Assert.Contains(
            "'result.Item2': A static value holds a Unsettable, whose 'Seen'",
            Assert.Throws<ArgumentException>(() => record.Invoke(s_one)).Message, StringComparison.Ordinal);
        var list = Jit.Compile((StructureTree t) => t);
        var error = Assert.Throws<ArgumentException>(() => list.Invoke(new StructureTree { Aux = { ["a"] = new Unknown { 1 } } }));
        Assert.Contains("'result.a': A static value holds a Unknown", error.Message, StringComparison.Ordinal);
        Assert.Contains("StaticContent.RegisterCollection", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatCannotChangeIsShared()
    {
        var frozen = new Frozen([1, 2], 0.5);
        var tree = new StructureTree { Aux = { ["a"] = frozen, ["b"] = ImmutableList.Create("x") } };
        Assert.Same(frozen, tree.Copy().Aux["a"]);
        Assert.Same(tree.Aux["b"], Jit.Compile((StructureTree t) => t).Invoke(tree).Aux["b"]);
    }

    public static TheoryData<string, Func<object>, Func<object?, int>, Action<object?>> Changing => new()
    {
        { "list", () => new List<int> { 1 }, v => ((List<int>)v!).Count, v => ((List<int>)v!).Add(5) },
        { "pairs", () => new List<(int, int)> { (1, 1) }, v => ((List<(int, int)>)v!).Count, v => ((List<(int, int)>)v!).Add((2, 2)) },
        { "record", () => new Settings([1]), v => ((Settings)v!).Sizes.Count, v => ((Settings)v!).Sizes.Add(5) },
        { "array", () => new[] { new Settings([1]) }, v => ((Settings[])v!)[0].Sizes.Count, v => ((Settings[])v!)[0].Sizes.Add(5) },
        { "matrix", () => new[,] { { 1 }, { 1 } }, v => ((int[,])v!)[1, 0], v => ((int[,])v!)[1, 0] = 5 },
        { "sorted", () => new SortedDictionary<string, int> { ["a"] = 1 }, v => ((SortedDictionary<string, int>)v!).Count, v =>
            ((SortedDictionary<string, int>)v!).Add("b", 2) },
        { "memory", () => new Memory<int>([1]), v => ((Memory<int>)v!).Span[0], v => ((Memory<int>)v!).Span[0] = 5 },
        { "segment", () => new ArraySegment<int>([0, 1], 1, 1), v => ((ArraySegment<int>)v!).Array![((ArraySegment<int>)v).Offset], v =>
            ((ArraySegment<int>)v!).Array![((ArraySegment<int>)v).Offset] = 5 },
        { "list of memory", () => new List<Memory<int>> { new([1]) }, v => ((List<Memory<int>>)v!)[0].Span[0], v =>
            ((List<Memory<int>>)v!)[0].Span[0] = 5 },
        { "pair of numbers and a list", () => new KeyValuePair<int, List<int>>(1, [1]), v =>
            ((KeyValuePair<int, List<int>>)v!).Value.Count, v => ((KeyValuePair<int, List<int>>)v!).Value.Add(5) },
        { "bits", () => new System.Collections.BitArray([true]), v => ((System.Collections.BitArray)v!)[0] ? 1 : 0, v =>
            ((System.Collections.BitArray)v!)[0] = false },
        { "stack", () => new Stack<int>([7, 1]), v => ((Stack<int>)v!).Peek(), v => ((Stack<int>)v!).Push(5) },
    };

    [Theory]
    [MemberData(nameof(Changing))]
    public void NoTransformLeaksWhatItsFunctionChanges(string kind, Func<object> make, Func<object?, int> look, Action<object?> change)
    {
        Assert.Equal(1, look(make()));
        StructureTree Tree() => new() { Params = { ["w"] = s_one }, Aux = { [kind] = make() } };
        void Check(StructureTree given, StructureTree? result)
        {
            Assert.Equal(1, look(given.Aux[kind]));
            if (result is not null)
            {
                change(result.Aux[kind]);
                Assert.Equal(1, look(given.Aux[kind]));
            }
        }

        Tensor Changes(StructureTree t)
        {
            Assert.Equal(1, look(t.Aux[kind]));
            change(t.Aux[kind]);
            return t["w"].Tensor.sum();
        }

        var tree = Tree();
        Check(tree, Grad.Of<StructureTree>(Changes)(tree));
        Grad.TreeValueAndGrad(Changes)(tree);
        Check(tree, null);
        var jit = Jit.Compile((StructureTree t) =>
        {
            Changes(t);
            return new StructureTree { Aux = { [kind] = make() } };
        });
        Check(tree, jit.Invoke(tree));
        Check(tree, jit.Invoke(tree));
        Check(tree, tree.Copy());
        Check(tree, tree.WithParams(tree.GetParams()));

        var lifted = Static.Lift(f => f).Of((object v, Tensor x) =>
        {
            change(v);
            return x;
        }, staticArguments: [0]);
        var value = make();
        lifted(value, s_one);
        Assert.Equal(1, look(value));
        Check(tree, Static.LiftGradient(Grad.Transform).Of<StructureTree>(Changes)(tree));
    }

    [Fact]
    public void HoldersOfTensorsAreNeverStatic()
    {
        var holder = new Holder(F.full([1], 3.0));
        string Refused(Func<object?> call) => Assert.Throws<ArgumentException>(call).Message;
        var gradient = Static.LiftGradient(Grad.Transform).OfDynamic((a, _) => ((Holder)a[0]!).X.square().sum());
        Assert.Contains("'argument 1': Holder.X: A Tensor", Refused(() => gradient([holder])), StringComparison.Ordinal);
        var one = Static.Lift(Jit.Transform).Of((Tensor a, Holder h) => a * h.X, staticArguments: [1]);
        Assert.Contains("Holder.X: A Tensor", Refused(() => one(s_one, holder)), StringComparison.Ordinal);
        var several = Static.Lift(Jit.Transform).Of((Tensor a, List<Holder> h) => a * h[0].X, staticArguments: [1]);
        Assert.Contains("A Tensor", Refused(() => several(s_one, [holder])), StringComparison.Ordinal);
        var key = Static.Lift(Jit.Transform).Of((Tensor a, object k) => a, staticArguments: [1]);
        Assert.Contains(
            "holds tensors", Refused(() => key(s_one, new List<object> { new RngKey(F.tensor(3L)) })), StringComparison.Ordinal);
    }

    [Fact]
    public void UnknownClassesAreStaticOnlyWhereDeclared()
    {
        var f = Static.Lift(Jit.Transform).OfDynamic((a, _) => a[0], staticArguments: [1]);
        Assert.Contains(
            "'argument 3' is an Odd", Assert.Throws<ArgumentException>(() => f([s_one, 1, new Odd(1)])).Message, StringComparison.Ordinal);
        f([s_one, new Odd(1)]);
        f([s_one, 1, new Version(1, 2), new Uri("http://a"), typeof(int), new Settings([])]);
    }

    [Fact]
    public void LazySequencesAreRefused()
    {
        var pulled = 0;
        IEnumerable<int> Endless()
        {
            while (true)
            {
                pulled++;
                yield return 1;
            }
        }

        var f = Static.Lift(Jit.Transform).Of((Tensor a, IEnumerable<int> s) => a * s.First(), staticArguments: [1]);
        foreach (var lazy in new[] { Endless(), Enumerable.Range(0, 3).Where(i => i > 0), Enumerable.Repeat(1, int.MaxValue) })
        {
            Assert.Contains("ToArray()", Assert.Throws<ArgumentException>(() => f(s_one, lazy)).Message, StringComparison.Ordinal);
        }

        Assert.Equal(0, pulled);
        foreach (var finite in new IEnumerable<int>[]
        {
            new[] { 1 }, new List<int> { 1 }, new HashSet<int> { 1 }, new Queue<int>([1]), ImmutableHashSet.Create(1),
            new LinkedList<int>([1])
        })
        {
            Assert.Equal(1, (double)f(s_one, finite));
        }
    }

    [Fact]
    public void ADefaultImmutableArrayIsNamed()
    {
        var f = Static.Lift(Jit.Transform).Of((Tensor a, ImmutableArray<int> s) => a * s.Length, staticArguments: [1]);
        Assert.Equal(1, (double)f(s_one, [1]));
        Assert.Contains(
            "'argument 2': An ImmutableArray<int> that was never given items",
            Assert.Throws<ArgumentException>(() => f(s_one, default)).Message, StringComparison.Ordinal);
        var (left, right) = (
            new StructureTree { Aux = { ["a"] = default(ImmutableArray<int>) } },
            new StructureTree { Aux = { ["a"] = ImmutableArray.Create(1) } });
        Assert.Contains("'a'", Assert.Throws<ArgumentException>(() => StructureTree.Diff(left, right)).Message, StringComparison.Ordinal);
        Assert.Single(StructureTree.Diff(right, left));
    }

    [Fact]
    public void SetsHaveNoOrderAndDictionariesDo()
    {
        var f = Jit.Compile((StructureTree t, Tensor x) => x * 1);
        int Traces(object value)
        {
            f.Invoke(new StructureTree { Aux = { ["v"] = value } }, s_one);
            return f.TraceCount;
        }

        Assert.Equal(1, Traces(new HashSet<int> { 1, 2, 3 }));
        Assert.Equal(1, Traces(new HashSet<int> { 3, 1, 2 }));
        Assert.Equal(2, Traces(new HashSet<int> { 3, 1, 4 }));
        Assert.Equal(3, Traces(new HashSet<Plain> { new(1), new(2) }));
        Assert.Equal(3, Traces(new HashSet<Plain> { new(2), new(1) }));
        Assert.Equal(4, Traces(new HashSet<double> { 0.0, 1 }));
        Assert.Equal(5, Traces(new HashSet<double> { 1, -0.0 }));
        Assert.Equal(6, Traces(new List<int> { 1, 2 }));
        Assert.Equal(7, Traces(new List<int> { 2, 1 }));
        Assert.Equal(8, Traces(new Dictionary<string, int> { ["a"] = 1, ["b"] = 2 }));
        Assert.Equal(9, Traces(new Dictionary<string, int> { ["b"] = 2, ["a"] = 1 }));
    }

    [Fact]
    public void AnUnknownTypeLeadsToStatics()
    {
        var error = Assert.Throws<NotSupportedException>(() => TreeHandler.For<Hidden>());
        Assert.Contains("staticArguments", error.Message, StringComparison.Ordinal);
        Assert.Contains("TreeHandler.Static<Hidden>()", error.Message, StringComparison.Ordinal);
        Assert.True(
            error.Message.IndexOf("staticArguments", StringComparison.Ordinal) < error.Message.IndexOf("[Tree]", StringComparison.Ordinal));
    }

    [Fact]
    public void CollectionsOfYourOwnCanBeMadeKnown()
    {
        StaticContent.RegisterCollection<Known, int>((_, items) => [.. items]);
        var f = Jit.Compile((StructureTree t) => t);
        var tree = new StructureTree { Aux = { ["a"] = new Known { 1 } } };
        ((Known)f.Invoke(tree).Aux["a"]!).Add(2);
        Assert.Equal([1], (Known)f.Invoke(tree).Aux["a"]!);
        Assert.Equal([1], (Known)tree.Aux["a"]!);
        Assert.Throws<ArgumentNullException>(() => StaticContent.RegisterCollection<Known, int>(null!));
        Assert.Throws<ArgumentNullException>(() => StaticContent.AddSource(null!));
    }

    public sealed class Known : List<int>;
}
