using Brachy.Compilation;
using Brachy.Extending;

namespace Brachy.Inference;

/// <summary>The settings of operations as fields. The numbers of the kinds are part of the format and never change.</summary>
internal static class SettingsFormat
{
    /// <summary>Writes settings.</summary>
    /// <returns>False when no file can have them.</returns>
    public static bool Write(FieldList to, Settings settings)
    {
        switch (settings)
        {
            case NoSettings:
                to.Whole(0);
                break;
            case DimSettings s:
                to.Whole(1);
                to.Whole(s.Dim);
                break;
            case DimsSettings s:
                to.Whole(2);
                to.Shape(s.Dims);
                break;
            case ShapeSettings s:
                to.Whole(3);
                to.Shape(s.Shape);
                break;
            case SliceBackwardSettings s:
                to.Whole(4);
                to.Shape(s.Shape);
                WriteSlice(to, s);
                break;
            case SliceSettings s:
                to.Whole(5);
                WriteSlice(to, s);
                break;
            case SelectSettings s:
                to.Whole(6);
                to.Whole(s.Dim);
                to.Whole(s.Index);
                break;
            case SplitSettings s:
                to.Whole(7);
                to.Shape(s.Sizes);
                to.Whole(s.Dim);
                break;
            case CastSettings s:
                to.Whole(8);
                to.DType(s.DType);
                break;
            case ClampSettings s:
                to.Whole(9);
                WriteLimit(to, s.Min);
                WriteLimit(to, s.Max);
                break;
            case GeluSettings s:
                to.Whole(10);
                to.Text(s.Approximate);
                break;
            case LayerNormSettings s:
                to.Whole(11);
                to.Whole(s.Dims);
                to.Real(s.Eps);
                break;
            case SumSettings s:
                to.Whole(12);
                to.Shape(s.Dims);
                to.Flag(s.KeepDim);
                to.DType(s.DType);
                break;
            case SpreadSettings s:
                to.Whole(37);
                to.Shape(s.Dims);
                to.Flag(s.KeepDim);
                to.Whole(s.Correction);
                break;
            case ReductionSettings s:
                to.Whole(13);
                to.Shape(s.Dims);
                to.Flag(s.KeepDim);
                break;
            case CumulativeSettings s:
                to.Whole(14);
                to.Whole(s.Dim);
                to.DType(s.DType);
                break;
            case FlashAttentionSettings s:
                to.Whole(15);
                to.Flag(s.Causal);
                to.Real(s.Scale);
                break;
            case EmbeddingSettings s:
                to.Whole(16);
                to.Whole(s.PaddingIdx);
                break;
            case IndexPutSettings s:
                to.Whole(17);
                to.Flag(s.Accumulate);
                break;
            case TopKSettings s:
                to.Whole(18);
                to.Whole(s.K);
                to.Whole(s.Dim);
                to.Flag(s.Largest);
                to.Flag(s.Sorted);
                break;
            case SortSettings s:
                to.Whole(19);
                to.Whole(s.Dim);
                to.Flag(s.Descending);
                break;
            case SampleSettings s:
                to.Whole(20);
                to.Shape(s.Shape);
                to.DType(s.DType);
                break;
            case BarrierSettings s:
                to.Whole(21);
                to.Whole(s.Number);
                break;
            case LoopForm s:
                to.Whole(22);
                to.Whole(s.Carries);
                to.Whole(s.Slices);
                to.Flag(s.Length is not null);
                to.Whole(s.Length ?? 0);
                to.Flag(s.Reverse);
                to.Flag(s.HasCount);
                to.Flag(s.GivesCount);
                to.List(s.Overwritten);
                break;
            case FullSettings { Device.Kind: DeviceKind.Cpu } s:
                to.Whole(23);
                to.Shape(s.Shape);
                to.Number(s.Value);
                to.DType(s.DType);
                break;
            case ArangeSettings { Device.Kind: DeviceKind.Cpu } s:
                to.Whole(24);
                to.Number(s.Start);
                to.Number(s.End);
                to.Number(s.Step);
                to.DType(s.DType);
                break;
            case ConvolutionSettings s when s.GetType() == typeof(ConvolutionSettings):
                to.Whole(25);
                to.Shape(s.Stride);
                to.Shape(s.Padding);
                to.Shape(s.Dilation);
                to.Flag(s.Transposed);
                to.Shape(s.OutputPadding);
                to.Whole(s.Groups);
                break;
            case MaxPoolSettings s:
                to.Whole(26);
                WriteWindow(to, s);
                to.Shape(s.Dilation);
                to.Flag(s.CeilMode);
                break;
            case AvgPoolSettings s:
                to.Whole(27);
                WriteWindow(to, s);
                to.Flag(s.CeilMode);
                to.Flag(s.CountIncludePad);
                to.Whole(s.DivisorOverride ?? 0);
                break;
            case AdaptivePoolSettings s:
                to.Whole(28);
                to.Shape(s.OutputSize);
                break;
            case PadSettings s:
                to.Whole(29);
                to.Shape(s.Pad);
                to.Real(s.Value);
                break;
            case TriangleSettings s:
                to.Whole(30);
                to.Whole(s.Diagonal);
                break;
            case LeakyReluSettings s:
                to.Whole(31);
                to.Real(s.NegativeSlope);
                break;
            case HardtanhSettings s:
                to.Whole(32);
                to.Real(s.MinVal);
                to.Real(s.MaxVal);
                break;
            case EluSettings s:
                to.Whole(33);
                to.Real(s.Alpha);
                to.Real(s.Scale);
                to.Real(s.InputScale);
                break;
            case SoftplusSettings s:
                to.Whole(34);
                to.Real(s.Beta);
                to.Real(s.Threshold);
                break;
            case GroupNormSettings s:
                to.Whole(35);
                to.Whole(s.Groups);
                to.Real(s.Eps);
                break;
            case BatchNormInferenceSettings s:
                to.Whole(36);
                to.Real(s.Eps);
                break;
            default:
                return false;
        }

        return true;
    }

    /// <summary>Reads settings.</summary>
    /// <exception cref="FrozenModelException">There are none of that kind.</exception>
    public static Settings Read(FieldReader from) => from.Whole(0, int.MaxValue) switch
    {
        0 => Settings.None,
        1 => new DimSettings(from.Whole()),
        2 => new DimsSettings(from.Shape()),
        3 => new ShapeSettings(from.Shape()),
        4 => new SliceBackwardSettings(from.Shape(), from.Whole(), from.Whole(), from.Whole(), from.Whole()),
        5 => new SliceSettings(from.Whole(), from.Whole(), from.Whole(), from.Whole()),
        6 => new SelectSettings(from.Whole(), from.Whole()),
        7 => new SplitSettings(from.Shape(), from.Whole()),
        8 => new CastSettings(from.DType()),
        9 => new ClampSettings(ReadLimit(from), ReadLimit(from)),
        10 => new GeluSettings(from.Text()),
        11 => new LayerNormSettings(from.Whole(), from.Real()),
        12 => new SumSettings(from.Shape(), from.Flag(), from.DType()),
        13 => new ReductionSettings(from.Shape(), from.Flag()),
        14 => new CumulativeSettings(from.Whole(), from.DType()),
        15 => new FlashAttentionSettings(from.Flag(), from.Real()),
        16 => new EmbeddingSettings(from.Whole()),
        17 => new IndexPutSettings(from.Flag()),
        18 => new TopKSettings(from.Whole(), from.Whole(), from.Flag(), from.Flag()),
        19 => new SortSettings(from.Whole(), from.Flag()),
        20 => new SampleSettings(from.Shape(), from.DType()),
        21 => new BarrierSettings(from.Whole()),
        22 => ReadLoop(from),
        23 => new FullSettings(from.Shape(), from.Number(), from.DType(), Device.CPU),
        24 => new ArangeSettings(from.Number(), from.Number(), from.Number(), from.DType(), Device.CPU),
        25 => new ConvolutionSettings(from.Shape(), from.Shape(), from.Shape(), from.Flag(), from.Shape(), from.Whole()),
        26 => new MaxPoolSettings(from.Shape(), from.Shape(), from.Shape(), from.Shape(), from.Flag()),
        27 => new AvgPoolSettings(
            from.Shape(), from.Shape(), from.Shape(), from.Flag(), from.Flag(), from.Whole() is not 0 and var divisor ? divisor : null),
        28 => new AdaptivePoolSettings(from.Shape()),
        29 => new PadSettings(from.Shape(), from.Real()),
        30 => new TriangleSettings(from.Whole()),
        31 => new LeakyReluSettings(from.Real()),
        32 => new HardtanhSettings(from.Real(), from.Real()),
        33 => new EluSettings(from.Real(), from.Real(), from.Real()),
        34 => new SoftplusSettings(from.Real(), from.Real()),
        35 => new GroupNormSettings(from.Whole(), from.Real()),
        36 => new BatchNormInferenceSettings(from.Real()),
        37 => new SpreadSettings(from.Shape(), from.Flag(), from.Whole()),
        var kind => throw from.Refusal($"settings are of kind {kind}, which this version does not know"),
    };

    private static void WriteSlice(FieldList to, SliceSettings s)
    {
        to.Whole(s.Dim);
        to.Whole(s.Start);
        to.Whole(s.End);
        to.Whole(s.Step);
    }

    private static void WriteWindow(FieldList to, WindowSettings s)
    {
        to.Shape(s.KernelSize);
        to.Shape(s.Stride);
        to.Shape(s.Padding);
    }

    private static void WriteLimit(FieldList to, Scalar? limit)
    {
        to.Flag(limit is not null);
        if (limit is { } number)
        {
            to.Number(number);
        }
    }

    private static Scalar? ReadLimit(FieldReader from) => from.Flag() ? from.Number() : null;

    private static LoopForm ReadLoop(FieldReader from)
    {
        var (carries, slices) = (from.Whole(0, int.MaxValue), from.Whole(0, int.MaxValue));
        var hasLength = from.Flag();
        var length = from.Whole();
        return new(carries, slices, hasLength ? length : null, from.Flag(), from.Flag(), from.Flag(), Brachy.Shape.Own(from.List()));
    }
}
