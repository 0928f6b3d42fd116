using Brachy.CompilerServices;

namespace Brachy.Tests;

/// <summary>
/// Static values of types that generated code cannot take apart: where nothing in them can change they are compared by <c>Equals</c>; else
/// they are refused wherever static values go, since their <c>Equals</c> would see the same array and not what is in it.
/// </summary>
public class StaticRefusalTests
{
    [Static]
    public sealed record Options(List<int> Sizes);

    [Static]
    public sealed record Seen<T>(T Value);

    public readonly record struct Pair<TFirst, TSecond>(TFirst First, TSecond Second);

    private sealed record Arrays(int[] Sizes);

    private sealed record Memories(ReadOnlyMemory<int> Sizes);

    private sealed record Lists(List<int> Sizes);

    private sealed record Nested(Options Options);

    private sealed record Untyped(object Value);

    private sealed record Tuples((int, int[]) Value);

    private sealed record Immutables(System.Collections.Immutable.ImmutableArray<int[]> Value);

    private sealed record Settable(int Size)
    {
        public int Scale { get; set; }
    }

    private sealed record Holder(Tensor Value);

    private sealed record Generic<T>(T Value);

    private readonly struct Struct(int[] sizes)
    {
        public readonly int[] Sizes = sizes;
    }

    private readonly struct Captures(int[] sizes)
    {
        public int Length => sizes.Length;
    }

    private readonly record struct RecordStruct(Memory<int> Sizes);

    private sealed class WithEquals(List<int> sizes)
    {
        public override bool Equals(object? obj) => obj is WithEquals other && other.Sizes().SequenceEqual(sizes);

        public override int GetHashCode() => sizes.Count;

        private List<int> Sizes() => sizes;
    }

    private static class Outer<T>
    {
        public sealed record Inner(T[] Values);

        private sealed record Deep(T[] Values);

        public static object MakeDeep() => new Deep([]);
    }

    private sealed record Plain(int A, string B, DateTime C, double D, Func<int, int> E);

    private readonly record struct PlainStruct(int A, int? B);

    public static TheoryData<string, object> Refused => new()
    {
        { "Arrays is passed as a static value, but it has the collection 'Sizes'", new Arrays([1]) },
        { "Memories is passed as a static value, but it has the collection 'Sizes'", new Memories(new int[1]) },
        { "Lists is passed as a static value, but it has the collection 'Sizes'", new Lists([1]) },
        { "Nested is passed as a static value, but it has the member 'Options'", new Nested(new([1])) },
        { "Untyped is passed as a static value, but it has the member 'Value'", new Untyped(1) },
        { "Tuples is passed as a static value, but it has the member 'Value'", new Tuples((1, [1])) },
        { "Immutables is passed as a static value, but it has the member 'Value'", new Immutables([[1]]) },
        { "Settable is passed as a static value, but it has the settable member 'Scale'", new Settable(1) },
        { "Holder is passed as a static value, but it holds tensors", new Holder(F.ones([1])) },
        { "Struct is passed as a static value, but it has the collection 'sizes'", new Struct([1]) },
        { "Captures is passed as a static value, but it has the collection 'sizes'", new Captures([1]) },
        { "RecordStruct is passed as a static value, but it has the collection 'Sizes'", new RecordStruct(new int[1]) },
        { "WithEquals is passed as a static value, but it has the collection 'sizes'", new WithEquals([1]) },
        { "Outer<int>.Inner is passed as a static value, but it has the collection 'Values'", new Outer<int>.Inner([1]) },
        { "Outer<int>.Deep is passed as a static value, but it has the collection 'Values'", Outer<int>.MakeDeep() },
        {
            "Generic<int[]> is passed as a static value, but generated code has not seen it with the type argument int[]",
            new Generic<int[]>([1])
        },
        {
            "Generic<Options> is passed as a static value, but generated code has not seen it with the type argument Options",
            new Generic<Options>(new([1]))
        },
        {
            "Generic<Arrays> is passed as a static value, but generated code has not seen it with the type argument Arrays",
            new Generic<Arrays>(new([1]))
        },
        {
            "Generic<object> is passed as a static value, but generated code has not seen it with the type argument object",
            new Generic<object>(1)
        },
        { "Seen<short[]> is passed as a static value, but generated code has not seen it with the type argument short[]", Unseen(
            new short[1]) },
        {
            "Pair<int, List<byte>> is passed as a static value, but generated code has not seen it with the type argument List<byte>",
            UnseenPair(1, new List<byte>())
        },
        { "is an anonymous type that holds an int[]", new { Sizes = new int[1] } },
        { "is an anonymous type that holds an Arrays", new { A = 1, Inner = new Arrays([1]) } },
        { "is an anonymous type that holds an Options", new { A = 1, Inner = new Options([1]) } },
    };

    public static TheoryData<object, object, object> Compared => new()
    {
        { new Plain(1, "a", DateTime.MinValue, 1.5, Math.Abs), new Plain(1, "a", DateTime.MinValue, 1.5, Math.Abs), new Plain(
            2, "a", DateTime.MinValue, 1.5, Math.Abs) },
        { new PlainStruct(1, 2), new PlainStruct(1, 2), new PlainStruct(1, null) },
        { new Generic<int>(1), new Generic<int>(1), new Generic<int>(2) },
        { new Generic<PlainStruct?>(new(1, 2)), new Generic<PlainStruct?>(new(1, 2)), new Generic<PlainStruct?>(new(1, 3)) },
        { new Seen<int[]>([1]), new Seen<int[]>([1]), new Seen<int[]>([2]) },
        { Unseen("a"), Unseen("a"), Unseen("b") },
        { UnseenPair(1, DType.Float32), UnseenPair(1, DType.Float32), UnseenPair(1, DType.Int64) },
        { new { A = 1, B = "x" }, new { A = 1, B = "x" }, new { A = 1, B = "y" } },
        { (1, new Options([1])), (1, new Options([1])), (1, new Options([2])) },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void WhatCanChangeUnseenIsRefusedWhereverStaticValuesGo(string message, object value)
    {
        var x = F.ones([1]);
        var dynamic = Static.Lift(Jit.Transform).Of((Tensor a, object b) => a + 1, staticArguments: [1]);
        Assert.Throws<ArgumentException>(() => dynamic.Invoke(x, value));
        Assert.Throws<ArgumentException>(() => dynamic.Invoke(x, new[] { value }));
        var lifted = Jit.Compile((StructureTree t, Tensor a) => a + t.Params["w"]);
        Check(() => lifted.Invoke(With(value), x));
        Check(() => lifted.Invoke(With(new List<object> { value }), x));
        Check(() => StaticValue.HasSameContent("a", value, new object()));

        void Check(Action run) => Assert.Contains(message, Assert.Throws<ArgumentException>(run).Message, StringComparison.Ordinal);

        StructureTree With(object aux) => new() { Aux = { ["a"] = aux }, Params = { ["w"] = x } };
    }

    [Theory]
    [MemberData(nameof(Compared))]
    public void WhatCannotChangeIsComparedByEquals(object value, object same, object other)
    {
        var traces = 0;
        var f = Static.Lift(Jit.Transform).Of(
            (Tensor a, object b) =>
            {
                traces++;
                return a + 1;
            },
            staticArguments: [1]);
        var x = F.ones([1]);
        f.Invoke(x, value);
        f.Invoke(x, same);
        Assert.Equal(1, traces);
        f.Invoke(x, other);
        Assert.Equal(2, traces);
    }

    /// <summary>Only types that declarations give to Brachy are in generated code: others say what to write when they turn up.</summary>
    [Theory]
    [MemberData(nameof(UnmarkedValues))]
    public void WhatGeneratedCodeDidNotExpectIsRefusedWithTheRemedy(string name, object value)
    {
        var f = Static.Lift(Jit.Transform).Of((Tensor a, object b) => a + 1, staticArguments: [1]);
        var message = Refusal(value);
        Assert.Contains($"Write [Static] above the declaration of {name} in Brachy.Runtime.Tests", message, StringComparison.Ordinal);
        Assert.Contains($"StaticContent.Register<{name}>", message, StringComparison.Ordinal);
        Assert.Contains("[Static]", Refusal(new[] { value }), StringComparison.Ordinal);
        Assert.Contains("[Static]", Refusal((1, value)), StringComparison.Ordinal);

        string Refusal(object given) => Assert.Throws<ArgumentException>(() => f.Invoke(F.ones([1]), given)).Message;
    }

    public sealed record UnmarkedList(List<int> Sizes);

    public sealed record UnmarkedReal(double Rate);

    public struct UnmarkedStruct
    {
        public int[] Sizes;
    }

    public static TheoryData<string, object> UnmarkedValues => new()
    {
        { nameof(UnmarkedList), new UnmarkedList([1]) },
        { nameof(UnmarkedReal), new UnmarkedReal(0) },
        { nameof(UnmarkedStruct), new UnmarkedStruct { Sizes = [1] } },
    };

    [Static]
    public abstract record Marked;

    public sealed record Derived(List<int> Sizes) : Marked;

    [Static]
    public sealed class Named(string name)
    {
        private readonly string _name = name;

        public override bool Equals(object? other) => other is Named named && named._name == _name;

        public override int GetHashCode() => 1;
    }

    [Theory]
    [MemberData(nameof(MarkedValues))]
    public void MarkedTypesAndThoseDerivedFromThemAreComparedByContent(Func<int, object> make)
    {
        var f = Jit.Compile((StructureTree t, Tensor a) => a + 1);
        f.Invoke(new() { Aux = { ["a"] = make(1) } }, F.ones([1]));
        f.Invoke(new() { Aux = { ["a"] = make(1) } }, F.ones([1]));
        Assert.Equal(1, f.CacheCount);
        f.Invoke(new() { Aux = { ["a"] = make(2) } }, F.ones([1]));
        Assert.Equal(2, f.CacheCount);
    }

    public static TheoryData<Func<int, object>> MarkedValues => new() { n => new Derived([n]), n => new Named($"{n}") };

    [Fact]
    public void AGenericHelperIsRefusedToo()
    {
        var error = Assert.Throws<ArgumentException>(() => Run(new Arrays([1])));
        Assert.Contains("'Sizes'", error.Message, StringComparison.Ordinal);
        Run(new PlainStruct(1, 2));
    }

    [Fact]
    public void ARegisteredPrivateTypeIsComparedByContent()
    {
        StaticContent.Register<Registered>(["Sizes"], static v => [v.Sizes], static (v, items) => v with { Sizes = (int[])items[0]! });
        var sizes = new[] { 1 };
        var value = new Registered(sizes);
        var f = Static.Lift(Jit.Transform).Of((Tensor a, object b) => a + ((Registered)b).Sizes[0], staticArguments: [1]);
        Assert.Equal(2, f.Invoke(F.ones([1]), value).ToArray<float>()[0]);
        sizes[0] = 2;
        Assert.Equal(3, f.Invoke(F.ones([1]), value).ToArray<float>()[0]);
    }

    private sealed record Registered(int[] Sizes);

    // Generated code sees no constructed type where the type argument is one of a method.
    private static object Unseen<T>(T value) => new Seen<T>(value);

    private static object UnseenPair<TFirst, TSecond>(TFirst first, TSecond second) => new Pair<TFirst, TSecond>(first, second);

    private static void Run<T>(T value)
    {
        TreeHandler.Register(TreeHandler.Static<T>());
        Jit.Compile<Tensor, T, Tensor>((x, v) => x + 1).Invoke(F.ones([1]), value);
    }
}
