using Brachy.Extending;

namespace Brachy.IO.Onnx;

// Tensors made of numbers.
internal static partial class OnnxRules
{
    private static IEnumerable<(Primitive, OnnxRule)> Creation =>
    [
        (F.Full, x => x.Return(x.Full(x.Settings<FullSettings>().Value, x.DType, x.Shape))),
        (F.Arange, x =>
        {
            var settings = x.Settings<ArangeSettings>();
            var type = x.DType.IsInteger() ? DType.Int64 : DType.Float64;
            var count = x.Cast(x.Count(x.Shape[0]), type);
            x.Return(x.Add(x.Number(settings.Start, type), x.Mul(count, x.Number(settings.Step, type))));
        }),
        (F.LinSpace, x =>
        {
            var (settings, type) = (x.Settings<LinSpaceSettings>(), DType.Float64);
            var step = settings.Steps > 1 ? (settings.End - settings.Start) / (settings.Steps - 1) : 0;
            var place = x.Cast(x.Count(settings.Steps), type);
            var up = x.Add(x.Number(settings.Start, type), x.Mul(place, x.Number(step, type)));
            var rest = x.Sub(x.Number((double)(settings.Steps - 1), type), place);
            var down = x.Sub(x.Number(settings.End, type), x.Mul(rest, x.Number(step, type)));
            x.Return(x.Where(x.Compare("Less", place, x.Number((double)(settings.Steps / 2), type)), up, down));
        }),
    ];
}
