using System.Numerics;

namespace Brachy.Compilation;

/// <summary>Values that settings alone say.</summary>
internal static unsafe class CreationKernels
{
    public static bool Full(VectorArgs x, FullSettings settings)
    {
        if (settings.DType == DType.Bool)
        {
            var truth = settings.Value.ToBool();
            var target = x.Result();
            x.Add(memory => target.Span<bool>(memory).Fill(truth));
            return true;
        }

        return x.OfType(settings.DType, settings, Full<float>, Full<double>, Full<long>);
    }

    public static bool Arange(VectorArgs x, ArangeSettings settings) =>
        x.OfType(settings.DType, settings, ArangeReal<float>, ArangeReal<double>, ArangeWhole);

    private static bool Full<T>(VectorArgs x, FullSettings settings)
        where T : unmanaged, INumber<T>
    {
        var value = settings.Value.Kind == ScalarKind.Real
            ? T.CreateTruncating(settings.Value.ToDouble()) : T.CreateTruncating(settings.Value.ToInt64());
        var target = x.Result();
        x.Add(memory => target.Span<T>(memory).Fill(value));
        return true;
    }

    private static bool ArangeReal<T>(VectorArgs x, ArangeSettings settings)
        where T : unmanaged, INumber<T>
    {
        var (start, step) = (settings.Start.ToDouble(), settings.Step.ToDouble());
        var target = x.Result();
        x.Add(memory =>
        {
            var to = target.Span<T>(memory);
            for (var i = 0; i < to.Length; i++)
            {
                to[i] = T.CreateTruncating(start + (step * i));
            }
        });
        return true;
    }

    private static bool ArangeWhole(VectorArgs x, ArangeSettings settings)
    {
        var (start, step) = (settings.Start.ToInt64(), settings.Step.ToInt64());
        var target = x.Result();
        x.Add(memory =>
        {
            var to = target.Span<long>(memory);
            for (var i = 0; i < to.Length; i++)
            {
                to[i] = unchecked(start + (step * i));
            }
        });
        return true;
    }
}
