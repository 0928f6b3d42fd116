using System.Buffers;
using System.Collections;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Brachy.CompilerServices;
using Brachy.IO;

namespace Brachy.Tests.Transforms;

/// <summary>Memory over arrays that others write to, and structs and records that generated code does not see, as static values.</summary>
public class StaticMemoryTests
{
    private static readonly Tensor s_one = F.ones([1]);

    [InlineArray(3)]
    private struct Three
    {
        public int First;
    }

    public sealed record Shown(ReadOnlyMemory<int> Sizes, int Scale);

    [Fact]
    public void AChangedElementOfMemoryIsSeenByEveryTransform()
    {
        var sizes = new[] { 1, 2 };
        var jit = Static.Lift(Jit.Transform).Of((Tensor a, Memory<int> s) => a * s.ToArray().Sum(), staticArguments: [1]);
        var gradient = Static.LiftGradient(Grad.Transform).Of(
            (Tensor a, ReadOnlyMemory<int> s) => (a * s.ToArray().Sum()).sum(), staticArguments: [1]);
        var dynamic = Static.Lift(Jit.Transform).OfDynamic((a, _) => (Tensor)a[0]! * ((ArraySegment<int>)a[1]!).Sum());
        double[] All() =>
            [(double)jit(s_one, sizes), (double)gradient(s_one, sizes), (double)(Tensor)dynamic([s_one, new ArraySegment<int>(sizes)])!];
        Assert.Equal([3, 3, 3], All());
        sizes[0] = 5;
        Assert.Equal([7, 7, 7], All());
    }

    [Fact]
    public void PartsOfArraysAreEqualByTheirItems()
    {
        var f = Static.Lift(Jit.Transform).Of((Tensor a, ReadOnlyMemory<int> s) => a * s.Length, staticArguments: [1]);
        var runs = 0;
        var counted = Static.Lift(Jit.Transform).Of(
            (Tensor a, ReadOnlyMemory<int> s) =>
            {
                runs++;
                return a * s.Length;
            },
            staticArguments: [1]);
        int[] many = [9, 1, 2, 9];
        foreach (var same in new ReadOnlyMemory<int>[] { new([1, 2]), many.AsMemory(1, 2), new Memory<int>([1, 2]) })
        {
            Assert.Equal(2, (double)counted(s_one, same));
        }

        Assert.Equal(1, runs);
        Assert.Equal(0, (double)f(s_one, default));
        Assert.Equal(2, (double)f(s_one, new([2, 1])));
    }

    [Fact]
    public void WhatIsReturnedHasMemoryOfItsOwn()
    {
        var f = Jit.Compile((StructureTree t) => t);
        var sizes = new[] { 1, 2 };
        var tree = new StructureTree
        {
            Aux =
            {
                ["m"] = new Memory<int>(sizes),
                ["s"] = new ArraySegment<int>(sizes, 1, 1),
                ["r"] = new Shown(sizes, 1),
                ["b"] = new BitArray(2)
            }
        };
        foreach (var result in new[] { f.Invoke(tree), tree.Copy() })
        {
            var memory = (Memory<int>)result.Aux["m"]!;
            memory.Span[0] = 7;
            var segment = (ArraySegment<int>)result.Aux["s"]!;
            segment[0] = 8;
            MemoryMarshal.AsMemory(((Shown)result.Aux["r"]!).Sizes).Span[0] = 9;
            ((BitArray)result.Aux["b"]!)[0] = true;
        }

        Assert.Equal([1, 2], sizes);
        Assert.False(((BitArray)tree.Aux["b"]!)[0]);
        var again = f.Invoke(tree);
        Assert.Equal([1, 2], ((Memory<int>)again.Aux["m"]!).ToArray());
        Assert.Equal([1, 2], ((Shown)again.Aux["r"]!).Sizes.ToArray());
        Assert.Equal(1, f.TraceCount);
    }

    [Fact]
    public void MemoryIsWrittenByItsItems()
    {
        StructureTree With(params int[] sizes) => new() { Aux = { ["m"] = sizes.AsMemory() } };
        Assert.Empty(StructureTree.Diff(With(1, 2), With(1, 2)));
        Assert.Contains("[1, 3]", Assert.Single(StructureTree.Diff(With(1, 2), With(1, 3))).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void CheckpointsHoldMemory()
    {
        foreach (var value in new object[]
        {
            new Memory<int>([1, 2]), new ReadOnlyMemory<double>([0.5, double.NaN]), new ReadOnlyMemory<string>(["a"]), new Memory<long>()
        })
        {
            using var stream = new MemoryStream();
            using (var writer = new Utf8JsonWriter(stream))
            {
                AuxCodec.Write(writer, value);
            }

            using var document = JsonDocument.Parse(stream.ToArray());
            Assert.True(StaticValue.HasSameContent("value", value, AuxCodec.Read(document.RootElement)));
        }
    }

    [Fact]
    public void WhatCannotBeComparedIsRefused()
    {
        var f = Jit.Compile((StructureTree t) => F.ones([1]));
        string Refused(object value) =>
            Assert.Throws<ArgumentException>(() => f.Invoke(new StructureTree { Aux = { ["value"] = value } })).Message;
        Assert.Contains("Tensor", Refused(new Memory<Tensor>([s_one])), StringComparison.Ordinal);
        Assert.Contains("StringBuilder", Refused(new StringBuilder("a")), StringComparison.Ordinal);
        Assert.Contains("Lazy", Refused(new Lazy<int>(1)), StringComparison.Ordinal);
        Assert.Contains("StringBuilder", Refused(new KeyValuePair<string, object?>("b", new StringBuilder("a"))), StringComparison.Ordinal);
        Assert.Contains("Three", Refused(default(Three)), StringComparison.Ordinal);
        Assert.Contains("was never given an array", Refused(default(ArraySegment<int>)), StringComparison.Ordinal);
    }

    private static int MajorOf(object memory) => ((Memory<Version>)memory).Span[0].Major;

    [Fact]
    public void WhatWouldBeComparedByReferenceMustBeKnown()
    {
        var f = Jit.Compile((StructureTree t) => t.Params["w"].Tensor * MajorOf(t.Aux["m"]!));
        StructureTree With(object value) => new() { Params = { ["w"] = s_one }, Aux = { ["m"] = value } };

        // Generated code sees no type in these.
        static object MemoryOf<T>(T[] items) => new Memory<T>(items);
        static object ReadOnlyMemoryOf<T>(T[] items) => new ReadOnlyMemory<T>(items);
        static object SegmentOf<T>(T[] items) => new ArraySegment<T>(items);
        static object PairOf<TKey, TValue>(TKey key, TValue value) => new KeyValuePair<TKey, TValue>(key, value);
        object[] unseen =
        [
            MemoryOf<Version>([new(1, 0)]), ReadOnlyMemoryOf<Uri>([]), SegmentOf<TimeSpan>([]), new ReadOnlySequence<int>(new[] { 1 }),
            PairOf(TimeSpan.Zero, new[] { 1 }),
        ];
        foreach (var value in unseen)
        {
            Assert.Contains(
                "StaticContent.Register", Assert.Throws<ArgumentException>(() => f.Invoke(With(value))).Message, StringComparison.Ordinal);
        }

        Assert.NotEmpty(With(unseen[0]).ToString());
        StaticContent.RegisterMemory<Version>();
        var versions = new[] { new Version(2, 0) };
        Assert.Equal(2, (double)f.Invoke(With(MemoryOf(versions))));
        versions[0] = new(3, 0);
        Assert.Equal(3, (double)f.Invoke(With(MemoryOf(versions))));
    }
}
