using System.Collections;
using System.Runtime.CompilerServices;
using Brachy.Fuzz;

namespace Brachy.OpDatabase;

/// <summary>What became of a sample.</summary>
public enum Outcome
{
    /// <summary>The same results and gradients, eagerly and compiled.</summary>
    Same,

    /// <summary>There is no function of that name.</summary>
    NoFunction,

    /// <summary>No function of that name takes such arguments.</summary>
    NoSignature,

    /// <summary>The call was refused.</summary>
    Refused,

    /// <summary>Another number of results, or other shapes.</summary>
    OtherShape,

    /// <summary>Other element types, but the same values.</summary>
    OtherDType,

    /// <summary>Other values.</summary>
    OtherValues,

    /// <summary>Other gradients.</summary>
    OtherGradients,

    /// <summary>Gradients are refused.</summary>
    NoGradients,

    /// <summary>Compiled code gives something else.</summary>
    OtherCompiled,
}

/// <summary>Runs a sample and compares.</summary>
public static class Check
{
    // Random ones can only agree in shape; those that update statistics give them back too.
    private static readonly string[] s_random =
    [
        "dropout", "bernoulli", "multinomial", "normal", "rand", "rrelu", "gumbel_softmax", "uniform", "exponential", "cauchy", "geometric",
        "empty"
    ];
    private static readonly string[] s_withStatistics = ["nn.functional.batch_norm", "nn.functional.instance_norm"];

    public static (Outcome Outcome, string Detail) Of(Sample sample)
    {
        using var scope = TensorScope.Begin();
        var candidates = Binding.Candidates(sample).ToArray();
        if (candidates.Length == 0)
        {
            return (Outcome.NoFunction, "");
        }

        (Outcome Outcome, string Detail) best = (Outcome.NoSignature, string.Join(" | ", candidates.Select(c => c.Name)));
        foreach (var target in candidates)
        {
            if (Binding.Arguments(target, sample) is not { } arguments)
            {
                continue;
            }

            var outcome = Run(sample, target, arguments);
            if (outcome.Outcome == Outcome.Same)
            {
                return outcome;
            }

            best = best.Outcome is Outcome.NoSignature or Outcome.Refused ? outcome : best;
        }

        return best;
    }

    private static (Outcome Outcome, string Detail) Run(Sample sample, Target target, object?[] arguments)
    {
        Tensor[] results;
        try
        {
            using var rng = Rng.Scope(1);
            results = Tensors(target.Invoke(arguments));
        }
        catch (Exception error)
        {
            return (Outcome.Refused, $"{error.GetType().Name}: {error.Message.Split('\n')[0]}");
        }

        if (s_withStatistics.Contains(sample.Op) && results.Length > 1)
        {
            results = results[..1];
        }

        var isRandom = s_random.Any(name => sample.Op.Contains(name, StringComparison.Ordinal));
        if (results.Length != sample.Results.Length)
        {
            return (Outcome.OtherShape, $"{results.Length} results instead of {sample.Results.Length}");
        }

        for (var i = 0; i < results.Length; i++)
        {
            if (!results[i].shape.AsSpan().SequenceEqual(sample.Results[i].shape.AsSpan()))
            {
                return (Outcome.OtherShape, $"result {i} is {results[i].Type} instead of {sample.Results[i].Type}");
            }

            if (!isRandom && Difference(sample.Results[i], results[i]) is { } difference)
            {
                return (Outcome.OtherValues, $"result {i}: {difference}");
            }
        }

        if (sample.Grads is not null && !isRandom && Gradients(sample, target, arguments) is { } wrong)
        {
            return wrong;
        }

        if (Compiled(target, arguments, results) is { } other)
        {
            return (Outcome.OtherCompiled, other);
        }

        var at = Enumerable.Range(0, results.Length).FirstOrDefault(i => results[i].dtype != sample.Results[i].dtype, -1);
        return at < 0
            ? (Outcome.Same, "")
            : (Outcome.OtherDType, $"result {at} is {results[at].Type} instead of {sample.Results[at].Type}");
    }

    private static (Outcome Outcome, string Detail)? Gradients(Sample sample, Target target, object?[] arguments)
    {
        try
        {
            var given = sample.Positional.Concat(sample.Named.Select(n => n.Value)).SelectMany(TensorsOf).ToArray();
            Tensor[] wanted = [.. given.Where((_, i) => sample.Wanted[i])];
            var gradients = Grad.Of((Tensor[] replaced) =>
            {
                using var rng = Rng.Scope(1);
                var byOld = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance);
                for (var i = 0; i < wanted.Length; i++)
                {
                    byOld[wanted[i]] = replaced[i];
                }

                var outputs = Tensors(target.Invoke(Array.ConvertAll(arguments, a => Replace(a, byOld))));
                return outputs.Where((_, i) => i < sample.Differentiable.Length && sample.Differentiable[i])
                    .Select(r => (F.reshape(r, [-1]) * F.cos(F.arange(r.numel(), dtype: DType.Float64))).sum()).Aggregate((a, b) => a + b);
            })(wanted);
            for (var i = 0; i < wanted.Length; i++)
            {
                if (Difference(sample.Grads![i] ?? F.zeros_like(wanted[i]), gradients[i], 1e-7) is { } difference)
                {
                    return (Outcome.OtherGradients, $"of tensor {i}: {difference}");
                }
            }

            return null;
        }
        catch (Exception error)
        {
            return (Outcome.NoGradients, $"{error.GetType().Name}: {error.Message.Split('\n')[0]}");
        }
    }

    private static string? Compiled(Target target, object?[] arguments, Tensor[] results)
    {
        try
        {
            var inputs = arguments.SelectMany(TensorsOf).ToArray();
            var function = Jit.Compile((Tensor[] replaced) =>
            {
                using var rng = Rng.Scope(1);
                var byOld = new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance);
                for (var i = 0; i < inputs.Length; i++)
                {
                    byOld[inputs[i]] = replaced[i];
                }

                return Tensors(target.Invoke(Array.ConvertAll(arguments, a => Replace(a, byOld))));
            });
            var compiled = function.Invoke(inputs);
            function.ClearCache();
            for (var i = 0; i < results.Length; i++)
            {
                if (!compiled[i].Type.Equals(results[i].Type))
                {
                    return $"result {i} is {compiled[i].Type} instead of {results[i].Type}";
                }

                if (Difference(results[i], compiled[i]) is { } difference)
                {
                    return $"result {i}: {difference}";
                }
            }

            return null;
        }
        catch (ConcretizationException)
        {
            // A function that reads values says so.
            return null;
        }
        catch (Exception error)
        {
            return $"{error.GetType().Name}: {error.Message.Split('\n')[0]}";
        }
    }

    private static string? Difference(Tensor expected, Tensor actual, double tolerance = 1e-9)
    {
        var (e, a) = (
            F.reshape(expected.to(DType.Float64), [-1]).ToArray<double>(), F.reshape(actual.to(DType.Float64), [-1]).ToArray<double>());
        if (e.Length != a.Length)
        {
            return $"{actual.Type} instead of {expected.Type}";
        }

        tolerance = actual.dtype == DType.Float32 || expected.dtype == DType.Float32 ? 1e-5 : tolerance;
        for (var i = 0; i < e.Length; i++)
        {
            if (!(e[i].Equals(a[i]) || e[i] == a[i] || Math.Abs(e[i] - a[i]) <= tolerance * (1 + Math.Abs(e[i]))))
            {
                return $"element {i} is {a[i]} instead of {e[i]}";
            }
        }

        return null;
    }

    private static object? Replace(object? value, Dictionary<Tensor, Tensor> byOld) => value switch
    {
        Tensor tensor => byOld.GetValueOrDefault(tensor, tensor),
        Tensor[] list => Array.ConvertAll(list, t => t is null ? t! : byOld.GetValueOrDefault(t, t)),
        _ => value,
    };

    private static IEnumerable<Tensor> TensorsOf(object? value) => value switch
    {
        Tensor { Type.IsNumber: false } tensor => [tensor],
        Tensor[] list => list.SelectMany(TensorsOf),
        object?[] list => list.SelectMany(TensorsOf),
        _ => [],
    };

    private static Tensor[] Tensors(object? result) => result switch
    {
        Tensor tensor => [tensor],
        bool truth => [F.tensor(truth)],
        ITuple tuple => [.. Enumerable.Range(0, tuple.Length).SelectMany(i => Tensors(tuple[i]))],
        string => [],
        IEnumerable items => [.. items.Cast<object?>().SelectMany(Tensors)],
        _ => [],
    };
}
