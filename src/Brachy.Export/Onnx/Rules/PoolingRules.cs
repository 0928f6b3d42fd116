using Brachy.Extending;

namespace Brachy.IO.Onnx;

// Pooling, and images of other sizes.
internal static partial class OnnxRules
{
    private static IEnumerable<(Primitive, OnnxRule)> Pooling =>
    [
        (F.MaxPool2d, MaxPool),
        (F.MaxPool3d, MaxPool),
        (F.AvgPool2d, AvgPool),
        (F.AvgPool3d, AvgPool),
        (F.AdaptiveAvgPool2d, AdaptiveAverage),
        (F.AdaptiveAvgPool3d, AdaptiveAverage),
        (F.AdaptiveMaxPool2d, AdaptiveMax),
        (F.AdaptiveMaxPool3d, AdaptiveMax),
        (F.MaxPool2dBackward, x =>
        {
            var (shape, windows) = (x.Shape, x.Type(0).Shape);
            Shape planes = [shape[0], shape[1], windows[2] * windows[3]];
            var sums = x.Op(
                "ScatterElements", x.Exact,
                [
                    x.Full(0, x.Exact, [shape[0], shape[1], shape[2] * shape[3]]), x.Reshape(x.In(1, DType.Int64), planes),
                    x.Reshape(x.In(0, x.Exact), planes),
                ],
                ("axis", 2L), ("reduction", "add"));
            x.Return(x.Reshape(sums, shape));
        }),
        (F.Upsample, Resize),
        (F.GridSample, x =>
        {
            var settings = x.Settings<GridSampleSettings>();
            var mode = settings.Mode switch
            {
                "bilinear" => "linear",
                "bicubic" => "cubic",
                var other => other,
            };
            x.Return(x.Op(
                "GridSample", x.Exact, [x.In(0, x.Exact), x.In(1, x.Exact)], ("mode", mode), ("padding_mode", settings.PaddingMode),
                ("align_corners", settings.AlignCorners)));
        }),
    ];

    private static void MaxPool(RuleArgs x)
    {
        var settings = x.Settings<MaxPoolSettings>();
        MaxPool(x, settings.KernelSize, settings.Stride, settings.Padding, settings.Dilation, settings.CeilMode);
    }

    private static void MaxPool(RuleArgs x, Shape kernel, Shape stride, Shape padding, Shape dilation, bool ceil)
    {
        var type = x.DType.IsFloatingPoint() ? x.Exact : DType.Float64;
        var results = x.Ops(
            "MaxPool", [type, DType.Int64], [x.In(0, type)], ("kernel_shape", kernel), ("strides", stride), ("pads", Both(padding)),
            ("dilations", dilation), ("ceil_mode", ceil));

        // ONNX counts elements of the whole tensor, and libtorch those of a plane.
        var plane = x.Type(0).Shape.Skip(2).Aggregate(1L, (a, b) => a * b);
        x.Return(results[0], x.Op("Mod", DType.Int64, [results[1], x.Number(plane, DType.Int64)]));
    }

    private static void AvgPool(RuleArgs x)
    {
        var settings = x.Settings<AvgPoolSettings>();
        var counts = settings.CountIncludePad || settings.DivisorOverride is not null;
        if (counts && settings.CeilMode)
        {
            throw RuleArgs.Refuse("windows that reach over the border count their elements in another way in ONNX; do without ceil_mode");
        }

        var type = x.DType.IsFloatingPoint() ? x.Exact : DType.Float32;
        var mean = x.Op(
            "AveragePool", type, [x.In(0, type)], ("kernel_shape", settings.KernelSize), ("strides", settings.Stride),
            ("pads", Both(settings.Padding)), ("ceil_mode", settings.CeilMode), ("count_include_pad", counts));
        var size = settings.KernelSize.Aggregate(1.0, (a, b) => a * b);
        x.Return(settings.DivisorOverride is { } divisor ? x.Mul(mean, x.Number(size / divisor, type)) : mean);
    }

    private static void AdaptiveAverage(RuleArgs x)
    {
        var (settings, shape, value) = (x.Settings<AdaptivePoolSettings>(), x.Type(0).Shape, x.In(0, x.Exact));
        var dims = settings.OutputSize.Length;
        if (settings.OutputSize.All(size => size == 1))
        {
            x.Return(x.Reduce("ReduceMean", value, [.. Enumerable.Range(2, dims).Select(d => (long)d)], keepdim: true));
            return;
        }

        // A product with the shares of the elements, dim by dim.
        for (var i = 0; i < dims; i++)
        {
            var (from, to) = (shape[i + 2], settings.OutputSize[i]);
            var shares = new Scalar[from * to];
            for (var row = 0L; row < to; row++)
            {
                var (start, end) = (row * from / to, (((row + 1) * from) + to - 1) / to);
                for (var column = 0L; column < from; column++)
                {
                    shares[(row * from) + column] = column >= start && column < end ? 1.0 / (end - start) : 0.0;
                }
            }

            long[] order = [.. Enumerable.Range(0, dims + 2).Select(d => (long)d)];
            (order[i + 2], order[dims + 1]) = (order[dims + 1], order[i + 2]);
            var weights = x.Writer.Model.Add("shares", x.Exact, [to, from], shares);
            // As one matrix: ONNX Runtime's product takes no empty batch.
            Shape rows = [.. Enumerable.Range(0, dims + 2).Select(d => d < i + 2 && d > 1 ? settings.OutputSize[d - 2] : shape[d])];
            Shape moved = [.. order.Select(d => rows[(int)d])];
            var flat = x.Reshape(x.Permute(value, order), [moved.SkipLast(1).Aggregate(1L, (a, b) => a * b), from]);
            var product = x.Op("MatMul", x.Exact, [flat, x.Permute(weights, 1, 0)]);
            value = x.Permute(x.Reshape(product, [.. moved.SkipLast(1), to]), order);
        }

        x.Return(value);
    }

    /// <summary>The largest of windows that may differ in size; shorter ones have their last element several times.</summary>
    private static void AdaptiveMax(RuleArgs x)
    {
        var (sizes, shape, value) = (x.Settings<AdaptivePoolSettings>().OutputSize, x.Type(0).Shape, x.In(0, x.Exact));
        var dims = sizes.Length;
        Value? table = null;
        var elements = 1L;
        for (var i = 0; i < dims; i++)
        {
            var (from, to) = (shape[i + 2], sizes[i]);
            var most = Enumerable.Range(0, (int)to).Max(row => (((row + 1) * from) + to - 1) / to - (row * from / to));
            var places = new Scalar[to * most];
            elements *= most;
            for (var row = 0L; row < to; row++)
            {
                var (start, end) = (row * from / to, (((row + 1) * from) + to - 1) / to);
                for (var k = 0L; k < most; k++)
                {
                    places[(row * most) + k] = Math.Min(start + k, end - 1);
                }
            }

            var indices = x.Writer.Model.Add("windows", DType.Int64, [to, most], places);
            value = x.Op("Gather", x.Exact, [value, indices], ("axis", 2L + (2 * i)));

            // Where the elements stand in a plane: rows of windows before, and elements of windows after.
            long[] ones = [.. Enumerable.Repeat(1L, 2 * i), to, most, .. Enumerable.Repeat(1L, 2 * (dims - 1 - i))];
            var own = x.Mul(
                x.Reshape(indices, ones), x.Number(shape.Skip(i + 3).Aggregate(1L, (a, b) => a * b), DType.Int64));
            table = table is null ? own : x.Add(table, own);
        }

        long[] order = [.. Enumerable.Range(0, dims).Select(d => 2L * d), .. Enumerable.Range(0, dims).Select(d => (2L * d) + 1)];
        var windows = x.Permute(value, [0, 1, .. order.Select(d => d + 2)]);
        windows = x.Reshape(windows, [shape[0], shape[1], .. sizes, elements]);
        var flat = x.Reshape(x.Permute(table!, order), [1, 1, .. sizes, elements]);
        var place = x.Op("ArgMax", DType.Int64, [windows], ("axis", -1L), ("keepdims", 1L));
        var all = x.Op("Expand", DType.Int64, [flat, x.Op("Shape", DType.Int64, [windows])]);
        var found = x.Op("GatherElements", DType.Int64, [all, place], ("axis", -1L));
        x.Return(x.Reduce("ReduceMax", windows, [dims + 2], keepdim: false), x.Reshape(found, x.ResultType(1).Shape));
    }

    private static void Resize(RuleArgs x)
    {
        var settings = x.Settings<InterpolationSettings>();
        var (from, scales) = (x.Type(0).Shape, settings.Scales);
        if (settings.Antialias)
        {
            throw RuleArgs.Refuse("resizing with antialiasing has other weights in ONNX");
        }

        Shape sizes = [.. from.Take(2), .. settings.Size];
        var type = x.DType.IsFloatingPoint() ? x.Exact : DType.Float32;
        var mode = settings.Mode switch
        {
            "nearest" or "nearest-exact" => "nearest",
            "bicubic" => "cubic",
            _ => "linear",
        };
        var places = settings.Mode == "nearest" ? "asymmetric" : settings.AlignCorners ? "align_corners" : "pytorch_half_pixel";
        places = settings is { Mode: "nearest-exact" } or { Mode: "bicubic", AlignCorners: false } ? "half_pixel" : places;
        var given = settings.AlignCorners ? null : Factors(x, scales);
        var resized = x.Op(
            "Resize", type, [x.In(0, type), null, given, given is null ? x.Ints(sizes) : null], ("mode", mode),
            ("coordinate_transformation_mode", places),
            ("nearest_mode", settings.Mode switch { "nearest" => "floor", "nearest-exact" => "round_prefer_ceil", _ => null }),
            ("cubic_coeff_a", mode == "cubic" ? -0.75 : null));
        x.Return(x.DType.IsFloatingPoint() || settings.IsNearest ? resized : x.Op("Round", type, [resized]));
    }

    /// <summary>Scales by which positions are found; null where they follow from the sizes.</summary>
    private static Value? Factors(RuleArgs x, double?[] scales) => Array.TrueForAll(scales, scale => scale is not null)
        ? x.Writer.Model.Add(
            "scales", DType.Float32, [scales.Length + 2], [1.0, 1.0, .. scales.OfType<double>().Select(scale => (Scalar)scale)])
        : null;
}
