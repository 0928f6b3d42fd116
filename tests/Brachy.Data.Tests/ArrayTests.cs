namespace Brachy.Data.Tests;

/// <summary>Batches of arrays, without a function.</summary>
[Trait("Category", "Quick")]
public class ArrayTests
{
    private static readonly BatchOptions s_options = new() { Size = 2 };

    public static TheoryData<Array, DType, long[]> Arrays { get; } = new()
    {
        { new[] { 0f, 1, 2, 3, 4 }, DType.Float32, [5] },
        { new[] { 0.0, 1, 2 }, DType.Float64, [3] },
        { new[] { 0L, 1, 2 }, DType.Int64, [3] },
        { new[] { 0, 1, 2 }, DType.Int32, [3] },
        { new short[] { 0, 1, 2 }, DType.Int16, [3] },
        { new sbyte[] { 0, -1, 2 }, DType.Int8, [3] },
        { new byte[] { 0, 1, 255 }, DType.UInt8, [3] },
        { new[] { true, false, true }, DType.Bool, [3] },
        { new Half[] { (Half)0.5, (Half)1, (Half)2 }, DType.Float16, [3] },
        { new[,] { { 0f, 1, 2 }, { 3, 4, 5 }, { 6, 7, 8 } }, DType.Float32, [3, 3] },
        { new[,,] { { { 1L }, { 2 } }, { { 3 }, { 4 } }, { { 5 }, { 6 } } }, DType.Int64, [3, 2, 1] },
        { new[] { [1f, 2], new[] { 3f, 4 }, [5, 6] }, DType.Float32, [3, 2] },
        { new[] { new[,] { { 1, 2 } }, new[,] { { 3, 4 } } }, DType.Int32, [2, 1, 2] },
        { new[] { new[] { new[] { 1.5 } }, [[2.5]], [[3.5]] }, DType.Float64, [3, 1, 1] },
        { new float[0, 3], DType.Float32, [0, 3] },
        { Array.Empty<float[]>(), DType.Float32, [0] },
    };

    [Theory]
    [MemberData(nameof(Arrays))]
    public void TheFirstDimCountsTheElements(Array values, DType dtype, long[] shape)
    {
        using var batches = Batches.Of(values, s_options);
        var seen = batches.Epoch().Select(batch => (batch.dtype, batch.shape, Values: Numbers(batch).ToArray())).ToArray();
        Assert.Equal((shape[0] + 1) / 2, seen.Length);
        Assert.All(seen, batch => Assert.Equal(dtype, batch.dtype));
        Assert.All(seen, batch => Assert.Equal(shape[1..], batch.shape.Sizes[1..]));
        Assert.Equal(Flat(values), seen.SelectMany(batch => batch.Values));
    }

    [Fact]
    public void TwoArraysStayTogetherWhenTheyAreShuffled()
    {
        var x = new float[30, 2];
        var y = new long[30];
        for (var i = 0; i < 30; i++)
        {
            (x[i, 0], x[i, 1], y[i]) = (i, -i, 10 * i);
        }

        using var batches = Batches.Of(x, y, new() { Size = 4, Key = Rng.Seed(0) });
        Array.Clear(x);
        Array.Clear(y);
        var seen = new List<long>();
        foreach (var (rows, labels) in batches.Epoch())
        {
            Assert.Equal(labels.ToArray<long>().Select(label => label / 10f), rows[.., 0].ToArray<float>());
            Assert.Equal(labels.ToArray<long>().Select(label => label / -10f), rows[.., 1].ToArray<float>());
            seen.AddRange(labels.ToArray<long>());
        }

        Assert.NotEqual(Enumerable.Range(0, 30).Select(i => 10L * i), seen);
        Assert.Equal(Enumerable.Range(0, 30).Select(i => 10L * i), seen.Order());
    }

    [Fact]
    public void WhatDoesNotFitIsRefusedByName()
    {
        Says<DTypeException>("'values' is string[], and no tensor has elements of string", () => Batches.Of(new[] { "a" }, s_options));
        Says<DTypeException>("'y' is DayOfWeek[]", () => Batches.Of(new float[2], new DayOfWeek[2], s_options));
        Says<ShapeException>(
            "'values': its first row is [2], and row 1 is [1]", () => Batches.Of(new[] { [1f, 2], new[] { 3f } }, s_options));
        Says<ShapeException>("'values': row 1 is null", () => Batches.Of(new[] { new[] { 1f }, null! }, s_options));
        Says<ShapeException>("'values': row 0 is null", () => Batches.Of(new float[][] { null! }, s_options));
        Says<ArgumentException>("'x' has 3 elements, and 'y' 2", () => Batches.Of(new float[3, 2], new long[2], s_options));
        Says<ArgumentNullException>("x", () => Batches.Of(null!, new long[2], s_options));
        Says<ArgumentNullException>("values", () => Batches.Of(null!, s_options));
        Says<ArgumentOutOfRangeException>("Size", () => Batches.Of(new float[3], new() { Size = 0 }));

        static void Says<TException>(string text, Action action)
            where TException : Exception => Assert.Contains(text, Assert.Throws<TException>(action).Message, StringComparison.Ordinal);
    }

    private static IEnumerable<double> Numbers(Tensor tensor) => tensor.to(DType.Float64).ToArray<double>();

    private static IEnumerable<double> Flat(Array values) => values.Cast<object>().SelectMany(value => value switch
    {
        Array inner => Flat(inner),
        Half half => [(double)half],
        bool flag => [flag ? 1 : 0],
        _ => [Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture)],
    });
}
