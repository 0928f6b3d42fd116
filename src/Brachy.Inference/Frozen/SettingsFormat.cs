using Brachy.Compilation;
using Brachy.Extending;

namespace Brachy.Inference;

/// <summary>
/// The kinds of settings, each described once: by the fields that it is made of, in the order of the format. The numbers of the kinds are
/// part of the format and never change.
/// </summary>
internal static class SettingsFormat
{
    private static readonly SettingsKind[] s_kinds =
    [
        Kind(0, _ => Settings.None),
        Kind(1, f => new DimSettings(f.Whole("dim"))),
        Kind(2, f => new DimsSettings(f.List("dims"))),
        Kind(3, f => new ShapeSettings(f.List("shape"))),
        Kind(4, f => new SliceBackwardSettings(f.List("shape"), f.Whole("dim"), f.Whole("start"), f.Whole("end"), f.Whole("step"))),
        Kind(5, f => new SliceSettings(f.Whole("dim"), f.Whole("start"), f.Whole("end"), f.Whole("step"))),
        Kind(6, f => new SelectSettings(f.Whole("dim"), f.Whole("index"))),
        Kind(7, f => new SplitSettings(f.List("sizes"), f.Whole("dim"))),
        Kind(8, f => new CastSettings(f.DType("dtype"))),
        Kind(9, f => new ClampSettings(f.Has("min") ? f.Number("min") : null, f.Has("max") ? f.Number("max") : null)),
        Kind(10, f => new GeluSettings(f.Text("approximate"))),
        Kind(11, f => new LayerNormSettings(f.Whole("dims"), f.Real("eps"))),
        Kind(12, f => new SumSettings(f.List("dims"), f.Flag("keepdim"), f.DType("dtype"))),
        Kind(13, f => new ReductionSettings(f.List("dims"), f.Flag("keepdim"))),
        Kind(14, f => new CumulativeSettings(f.Whole("dim"), f.DType("dtype"))),
        Kind(15, f => new FlashAttentionSettings(f.Flag("causal"), f.Real("scale"))),
        Kind(16, f => new EmbeddingSettings(f.Whole("padding_idx"))),
        Kind(17, f => new IndexPutSettings(f.Flag("accumulate"))),
        Kind(18, f => new TopKSettings(f.Whole("k"), f.Whole("dim"), f.Flag("largest"), f.Flag("sorted"))),
        Kind(19, f => new SortSettings(f.Whole("dim"), f.Flag("descending"))),
        Kind(20, f => new SampleSettings(f.List("shape"), f.DType("dtype"))),
        Kind(21, f => new BarrierSettings(f.Whole("number"))),
        Kind(22, Loop),
        Kind(23, f => new FullSettings(f.List("shape"), f.Number("value"), f.DType("dtype"), Device.CPU)),
        Kind(24, f => new ArangeSettings(f.Number("start"), f.Number("end"), f.Number("step"), f.DType("dtype"), Device.CPU)),
        Kind(25, f => new ConvolutionSettings(
            f.List("stride"), f.List("padding"), f.List("dilation"), f.Flag("transposed"), f.List("output_padding"), f.Whole("groups"))),
        Kind(26, f => new MaxPoolSettings(
            f.List("kernel_size"), f.List("stride"), f.List("padding"), f.List("dilation"), f.Flag("ceil_mode"))),
        Kind(27, f => new AvgPoolSettings(
            f.List("kernel_size"), f.List("stride"), f.List("padding"), f.Flag("ceil_mode"), f.Flag("count_include_pad"),
            f.WholeOrZero("divisor_override") is not 0 and var divisor ? divisor : null)),
        Kind(28, f => new AdaptivePoolSettings(f.List("output_size"))),
        Kind(29, f => new PadSettings(f.List("pad"), f.Real("value"))),
        Kind(30, f => new TriangleSettings(f.Whole("diagonal"))),
        Kind(31, f => new LeakyReluSettings(f.Real("negative_slope"))),
        Kind(32, f => new HardtanhSettings(f.Real("min_val"), f.Real("max_val"))),
        Kind(33, f => new EluSettings(f.Real("alpha"), f.Real("scale"), f.Real("input_scale"))),
        Kind(34, f => new SoftplusSettings(f.Real("beta"), f.Real("threshold"))),
        Kind(35, f => new GroupNormSettings(f.Whole("groups"), f.Real("eps"))),
        Kind(36, f => new BatchNormInferenceSettings(f.Real("eps"))),
        Kind(37, f => new SpreadSettings(f.List("dims"), f.Flag("keepdim"), f.Whole("correction"))),
        Kind(38, f => new RandIntSettings(f.Whole("low"), f.Whole("high"), f.List("shape"))),
        Kind(39, f => new PermutationSettings(f.Whole("n"))),
    ];

    private static readonly Dictionary<Type, SettingsKind> s_ofType = s_kinds.ToDictionary(kind => kind.Type);

    /// <summary>The kind of settings of a type.</summary>
    public static SettingsKind Of(Type settings) => s_ofType[settings];

    /// <summary>Writes settings.</summary>
    /// <returns>False when no file can have them.</returns>
    public static bool Write(FieldList to, Settings settings)
    {
        if (!s_ofType.TryGetValue(settings.GetType(), out var kind)
            || settings.Entries.Any(entry => entry.Value is Device device && device != Device.CPU))
        {
            return false;
        }

        to.Whole(kind.Number);
        _ = kind.Make(new WrittenSettings(to, settings));
        return true;
    }

    /// <summary>Reads settings.</summary>
    /// <exception cref="FrozenModelException">There are none of that kind.</exception>
    public static Settings Read(FieldReader from)
    {
        var number = from.Whole(0, int.MaxValue);
        return number < s_kinds.Length ? s_kinds[number].Make(new ReadSettings(from))
            : throw from.Refusal($"settings are of kind {number}, which this version does not know");
    }

    private static LoopForm Loop(SettingsFields f)
    {
        var (carries, slices) = (f.Count("carries"), f.Count("slices"));
        var hasLength = f.Has("length");
        var length = f.WholeOrZero("length");
        return new(
            carries, slices, hasLength ? length : null, f.Flag("reverse"), f.Flag("has_count"), f.Flag("gives_count"),
            f.List("overwrites"));
    }

    private static SettingsKind Kind<TSettings>(int number, Func<SettingsFields, TSettings> make)
        where TSettings : Settings => new(number, typeof(TSettings), make);
}
