using System.Collections;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.InteropServices;
using Brachy.CompilerServices;

namespace Brachy.Tests.Transforms;

/// <summary>Statics of every kind: equal content does not re-trace, changed content does, even when changed in place.</summary>
[Trait("Category", "Quick")]
public class StaticContentTests
{
    [Static]
    public sealed record Options(int Scale, string Name);

    public sealed record MutableOptions
    {
        public int Scale { get; set; }
    }

    [Static]
    public sealed record Settings(List<int> Sizes, string Name = "s");

    [Static]
    public record struct Sized(List<int> Sizes, double Scale);

    [Static]
    public record Box<T>(T Value);

    [Static]
    public sealed record Nested(Dictionary<int, Settings> All, (int, List<int>)[] Pairs);

    [Static]
    public sealed record WithMemory(Memory<int> Sizes, int Scale);

    public sealed class Identity
    {
        public int Scale { get; set; }
    }

    /// <summary>Makes a value anew, and changes it in place (null for immutable ones, which are made anew with 2).</summary>
    public static TheoryData<string, Func<int, object>, Action<object>?> Kinds => new()
    {
        { "array", n => new[] { n, 1 }, v => ((int[])v)[0] = 2 },
        { "matrix", n => new[,] { { n }, { 1 } }, v => ((int[,])v)[0, 0] = 2 },
        { "list", n => new List<int> { n }, v => ((List<int>)v)[0] = 2 },
        { "list of lists", n => new List<List<int>> { new() { n } }, v => ((List<List<int>>)v)[0][0] = 2 },
        { "set", n => new HashSet<int> { n }, v => ((HashSet<int>)v).Add(2) },
        { "sorted set", n => new SortedSet<string> { $"{n}" }, v => ((SortedSet<string>)v).Add("2") },
        { "dictionary", n => new Dictionary<string, int> { ["a"] = n }, v => ((Dictionary<string, int>)v)["a"] = 2 },
        { "nested dictionary", n => new Dictionary<string, object?> { ["a"] = new List<int> { n } }, v =>
            ((List<int>)((Dictionary<string, object?>)v)["a"]!)[0] = 2 },
        { "tuple of array", n => (new[] { n }, 1), v => (((int[], int))v).Item1[0] = 2 },
        { "immutable array", n => ImmutableArray.Create(n), null },
        { "record", n => new Options(n, "x"), null },
        { "record with a list", n => new Settings([n]), v => ((Settings)v).Sizes.Add(2) },
        { "list of records", n => new List<Settings> { new([n]) }, v => ((List<Settings>)v)[0].Sizes[0] = 2 },
        { "record struct with a list", n => new Sized([n], 1), v => ((Sized)v).Sizes[0] = 2 },
        { "pair with a list", n => new KeyValuePair<string, List<int>>("a", [n]), v => ((KeyValuePair<string, List<int>>)v).Value.Add(2) },
        { "generic record", n => new Box<List<int>>([n]), v => ((Box<List<int>>)v).Value.Add(2) },
        { "nested record", n => new Nested(new() { [1] = new([n]) }, []), v => ((Nested)v).All[1].Sizes.Add(2) },
        { "tuples in a record", n => new Nested([], [(n, [n])]), v => ((Nested)v).Pairs[0].Item2.Add(2) },
        { "settable record", n => new MutableOptions { Scale = n }, v => ((MutableOptions)v).Scale = 2 },
        { "record with a real", n => new Sized([], n == 1 ? 0.0 : -0.0), null },
        { "enum", n => (DayOfWeek)n, null },
        { "decimal", n => (decimal)n, null },
        { "memory", n => new Memory<int>([n, 1]), v => ((Memory<int>)v).Span[0] = 2 },
        { "read-only memory", n => new ReadOnlyMemory<float>([n, 1]), v => MemoryMarshal.AsMemory((ReadOnlyMemory<float>)v).Span[0] = 2 },
        { "memory of arrays", n => new Memory<int[]>([[n]]), v => ((Memory<int[]>)v).Span[0][0] = 2 },
        { "segment", n => new ArraySegment<int>([0, n, 1], 1, 2), v => ((ArraySegment<int>)v).Array![1] = 2 },
        { "list of memory", n => new List<Memory<int>> { new([n]) }, v => ((List<Memory<int>>)v)[0].Span[0] = 2 },
        { "array of memory", n => new[] { new ReadOnlyMemory<int>([n]) }, v =>
            MemoryMarshal.AsMemory(((ReadOnlyMemory<int>[])v)[0]).Span[0] = 2 },
        { "tuple of memory", n => (1, new Memory<int>([n])), v => (((int, Memory<int>))v).Item2.Span[0] = 2 },
        { "dictionary of memory", n => new Dictionary<string, Memory<int>> { ["a"] = new([n]) }, v =>
            ((Dictionary<string, Memory<int>>)v)["a"].Span[0] = 2 },
        { "record with memory", n => new WithMemory(new([n]), 1), v => ((WithMemory)v).Sizes.Span[0] = 2 },
        { "generic record with memory", n => new Box<Memory<int>>(new([n])), v => ((Box<Memory<int>>)v).Value.Span[0] = 2 },
        { "bits", n => new BitArray([n == 1, true]), v => ((BitArray)v)[0] = false },
        { "frozen dictionary", n => new Dictionary<string, int[]> { ["a"] = [n] }.ToFrozenDictionary(), v =>
            ((FrozenDictionary<string, int[]>)v)["a"][0] = 2 },
        { "frozen set", n => new[] { n }.ToFrozenSet(), null },
        { "immutable dictionary", n => ImmutableDictionary<string, int>.Empty.Add("a", n), null },
        { "complex zeros", n => new Complex(n == 1 ? 0.0 : -0.0, 0), null },
        { "vector", n => new Vector2(n == 1 ? 0f : -0f, 1), null },
        { "matrix of reals", n => Matrix3x2.CreateScale(n), null },
        { "half", n => n == 1 ? (Half)0f : (Half)(-0f), null },
        { "decimal of other scale", n => n == 1 ? 1.0m : 1.00m, null },
        { "kind of a date", n => new DateTime(5, n == 1 ? DateTimeKind.Utc : DateTimeKind.Local), null },
        { "the same moment elsewhere", n =>
            new DateTimeOffset(new DateTime(2020, 1, 2, 2 + n, 0, 0, DateTimeKind.Unspecified), TimeSpan.FromHours(n)), null },
        { "address", n => new Uri($"http://a/#{n}"), null },
        { "big number", n => BigInteger.Pow(10, 40) + n, null },
        { "wide number", n => (Int128)n, null },
        { "range", n => n..^1, null },
        { "type", n => n == 1 ? typeof(int) : typeof(long), null },
        { "guid", n => new Guid(n, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), null },
        { "rune", n => new System.Text.Rune('a' + n), null },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void ContentDecides(string kind, Func<int, object> make, Action<object>? mutate)
    {
        var f = Jit.Compile((StructureTree t) => t.Params["w"].Tensor * 1, name: kind);
        StructureTree With(object value) => new() { Params = { ["w"] = F.ones([1]) }, Aux = { ["value"] = value } };
        var first = make(1);
        f.Invoke(With(first));
        f.Invoke(With(first));
        f.Invoke(With(make(1)));
        Assert.Equal(1, f.TraceCount);

        mutate?.Invoke(first);
        f.Invoke(With(mutate is null ? make(2) : first));
        Assert.Equal(2, f.TraceCount);
        f.Invoke(With(make(1)));
        Assert.Equal(2, f.TraceCount);
    }

    [Fact]
    public void AChangedMemberOfARecordIsSeen()
    {
        var f = Jit.Compile((StructureTree t) => F.full([1], (double)((MutableOptions)t.Aux["options"]!).Scale));
        var options = new MutableOptions { Scale = 1 };
        var tree = new StructureTree { Aux = { ["options"] = options } };
        Assert.Equal(1, (double)f.Invoke(tree));
        options.Scale = 2;
        Assert.Equal(2, (double)f.Invoke(tree));
        options.Scale = 1;
        Assert.Equal(1, (double)f.Invoke(tree));
    }

    [Fact]
    public void WhatCannotBeComparedIsRefused()
    {
        var f = Jit.Compile((StructureTree t) => F.ones([1]));
        string Refused(object value) =>
            Assert.Throws<ArgumentException>(() => f.Invoke(new StructureTree { Aux = { ["value"] = value } })).Message;

        Assert.Contains("Identity", Refused(new Identity()), StringComparison.Ordinal);
        Assert.Contains("[Tree]", Refused(new List<object> { new Identity() }), StringComparison.Ordinal);
        Assert.Contains("Tensor", Refused(F.ones([1])), StringComparison.Ordinal);
        Assert.Contains("Tensor", Refused(new List<object> { F.ones([1]) }), StringComparison.Ordinal);
        Assert.Contains("StructureTree", Refused(new StructureTree()), StringComparison.Ordinal);
    }

    [Fact]
    public void CollectionsComeBackAsTheTypeTheyWere()
    {
        var f = Jit.Compile((StructureTree t) => t);
        var tree = new StructureTree
        {
            Aux =
            {
                ["types"] = new List<DType> { DType.Int8 }, ["pairs"] = new List<(int, int)> { (1, 2) },
                ["nested"] = new List<List<int>> { new() { 1 } }, ["sorted"] = new SortedDictionary<string, int> { ["a"] = 1 },
            },
        };
        var result = f.Invoke(f.Invoke(tree));
        Assert.Equal([DType.Int8], (List<DType>)result.Aux["types"]!);
        Assert.Equal([(1, 2)], (List<(int, int)>)result.Aux["pairs"]!);
        Assert.Equal(1, ((List<List<int>>)result.Aux["nested"]!)[0][0]);
        Assert.Equal(1, ((SortedDictionary<string, int>)result.Aux["sorted"]!)["a"]);
        Assert.Equal(1, f.TraceCount);
    }

    [Fact]
    public void NullListsAreValuesOfTheirOwn()
    {
        TreeHandler.Register(TreeHandler.Array(TreeHandler.Tensor));
        var f = Jit.Compile((Tensor[] x) => x is null ? F.zeros([1]) : x[0] + 1);
        Assert.Equal(0, (double)f.Invoke(null!));
        Assert.Equal(2, (double)f.Invoke([F.ones([1])]));
    }
}
