using System.Collections;
using System.Runtime.CompilerServices;
using Brachy.Compilation;
using Brachy.Trees;

namespace Brachy.Fuzz;

/// <summary>What became of a case.</summary>
public enum Verdict
{
    /// <summary>The call gave a result.</summary>
    Accepted,

    /// <summary>The call was refused with an exception of the documented kinds.</summary>
    Refused,

    /// <summary>Something else happened.</summary>
    Failed,
}

/// <summary>One call with given arguments: eagerly, and what is accepted also compiled or differentiated.</summary>
public sealed class FuzzCase(Target target, Argument[] arguments, FuzzMode mode)
{
    // Faults of the values inside tensors, which only the kernel can see.
    private static readonly string[] s_valueFaults =
    [
        "index", "out of range", "out of bounds", "out-of-bounds", "ZeroDivisionError", "division by zero", "negative integer powers",
        "Integers to negative", "not enough memory",
        "can't allocate memory", "without overflow", "Target", "class number", "Class values", "probability", "between 0 and 1",
        "positive-definite", "AssertionError", "INDICES element", "is not finite",
        "singular", "failed to converge", "U[",
    ];

    public FuzzMode Mode => mode;

    /// <summary>The tensors among the arguments.</summary>
    public IReadOnlyList<Tensor> Tensors { get; } = TensorsAmong(arguments);

    /// <summary>The same call in another mode.</summary>
    public FuzzCase In(FuzzMode other) => new(target, arguments, other);

    /// <summary>The same call with copies of the tensors.</summary>
    public FuzzCase WithOwnTensors()
    {
        var copies = Tensors.Select(t => t.clone()).ToArray();
        var next = 0;
        return new FuzzCase(target, Array.ConvertAll(arguments, a => a with { Value = Replace(a.Value, copies, ref next) }), mode);
    }

    /// <summary>Makes the call.</summary>
    /// <param name="isDisturbed">Whether other threads free and give away the tensors meanwhile, which the call may say.</param>
    public (Verdict Verdict, string? Problem) Run(bool isDisturbed = false)
    {
        using var scope = TensorScope.Begin();
        object? eager;
        try
        {
            using var rng = Rng.Scope(1);
            eager = Applied(target.Invoke([.. arguments.Select(a => a.Value)]), Inputs());
        }
        catch (Exception error)
        {
            return IsRefusal(error) || IsOfTransforms(error) || (isDisturbed && IsGone(error))
                ? (Verdict.Refused, null)
                : (Verdict.Failed, $"eagerly: {Describe(error)}");
        }

        try
        {
            var problem = mode switch
            {
                FuzzMode.Compiled => CompareCompiled(TensorsOf(eager)),
                FuzzMode.Differentiated => Differentiate(Inputs()),
                FuzzMode.CompiledGradient => CompiledGradient(),
                _ => null,
            };
            return problem is null ? (Verdict.Accepted, null) : (Verdict.Failed, problem);
        }
        catch (DifferentiationException) when (mode is FuzzMode.Differentiated or FuzzMode.CompiledGradient)
        {
            return (Verdict.Accepted, null);
        }
        catch (ConcretizationException) when (mode is FuzzMode.Compiled or FuzzMode.CompiledGradient)
        {
            // A function that reads values says so.
            return (Verdict.Accepted, null);
        }
        catch (NativeOpException error) when (IsRefusal(error))
        {
            return (Verdict.Accepted, null);
        }
        catch (Exception error) when (isDisturbed && IsGone(error))
        {
            return (Verdict.Accepted, null);
        }
        catch (Exception error)
        {
            return (Verdict.Failed, $"{mode}, accepted eagerly: {Describe(error)}");
        }
    }

    public override string ToString() =>
        $"{target.Name} <- {string.Join("; ", arguments.Select((a, i) => $"{target.Parameters[i].Name}: {a.Text}"))} ({mode})";

    private static bool IsRefusal(Exception error) => error switch
    {
        ArgumentException => true,
        ConcretizationException => true,
        NativeOpException => Array.Exists(s_valueFaults, fault => error.Message.Contains(fault, StringComparison.OrdinalIgnoreCase)),
        _ => false,
    };

    /// <summary>Transforms say what has no derivative, and where samples would be given the same random numbers.</summary>
    private bool IsOfTransforms(Exception error) =>
        (error is DifferentiationException || error.Message.Contains("key that is the same for all", StringComparison.Ordinal))
        && IsOfTransform;

    private bool IsOfTransform => target.Name.StartsWith(nameof(Transformed), StringComparison.Ordinal);

    private static bool IsGone(Exception error) => error is DonatedTensorException or ObjectDisposedException;

    private static string Describe(Exception error) => $"{error.GetType().Name}: {error.Message.Split('\n')[0]}{Environment.NewLine}"
        + $"{string.Join(Environment.NewLine, (error.StackTrace ?? "").Split('\n').Take(3))}";

    private string? CompareCompiled(IReadOnlyList<Tensor> eager)
    {
        var f = Jit.Compile((Tensor[] inputs) => Run(inputs), backend: Backend.TorchScript, name: target.Name);
        var results = f.Invoke(Inputs());
        f.ClearCache();
        if (!results.Select(r => r.Type).SequenceEqual(eager.Select(r => r.Type)))
        {
            return $"types: eagerly {string.Join(", ", eager.Select(r => r.Type))}, compiled "
                + $"{string.Join(", ", results.Select(r => r.Type))}";
        }

        for (var i = 0; i < results.Length; i++)
        {
            var (e, c) = (eager[i].to(DType.Float64).ToArray<double>(), results[i].to(DType.Float64).ToArray<double>());
            var tolerance = Math.Max(Tolerance(eager[i].dtype), IsOfTransform ? ToleranceOfArguments() : 0);
            var at = Array.FindIndex(
                [.. e.Zip(c, (a, b) => a.Equals(b) || Math.Abs(a - b) <= tolerance * (1 + Math.Abs(a)))], same => !same);
            if (at >= 0)
            {
                return $"values: element {at} of result {i} is {e[at]} eagerly and {c[at]} compiled";
            }
        }

        return null;
    }

    private static double Tolerance(DType dtype) =>
        dtype switch { DType.Float64 => 1e-8, DType.Float32 => 1e-3, DType.Float16 or DType.BFloat16 => 0.1, _ => 0 };

    /// <summary>A derivative has the type of what it is by, but may come from arithmetic of another argument's.</summary>
    private double ToleranceOfArguments() => arguments.Select(a => a.Value).OfType<Tensor>()
        .Select(x => Tolerance(x.dtype)).DefaultIfEmpty().Max();

    private string? CompiledGradient()
    {
        var f = Jit.Compile((Tensor[] inputs) => Gradients(inputs), backend: Backend.TorchScript, name: target.Name);
        f.Invoke(Inputs());
        f.ClearCache();
        return null;
    }

    private string? Differentiate(Tensor[] inputs)
    {
        Gradients(inputs);
        return null;
    }

    private Tensor[] Gradients(Tensor[] inputs)
    {
        var real = Enumerable.Range(0, inputs.Length).Where(i => inputs[i].dtype.IsFloatingPoint()).ToArray();
        var gradient = Grad.Of((Tensor[] wanted) =>
        {
            var all = (Tensor[])inputs.Clone();
            for (var k = 0; k < real.Length; k++)
            {
                all[real[k]] = wanted[k];
            }

            var results = Run(all).Where(r => r.dtype.IsFloatingPoint()).Select(r => F.sum(r.to(DType.Float32))).ToArray();
            return results.Length == 0 ? F.zeros([]) : results.Aggregate((a, b) => a + b);
        });
        return gradient([.. real.Select(i => inputs[i])]);
    }

    /// <summary>The call with other tensors in place of the arguments'.</summary>
    private Tensor[] Run(Tensor[] inputs)
    {
        using var rng = Rng.Scope(1);
        var next = 0;
        var replaced = Array.ConvertAll(arguments, a => Replace(a.Value, inputs, ref next));
        return [.. TensorsOf(Applied(target.Invoke(replaced), inputs))];
    }

    /// <summary>A layer is built and then applied to the input after those of its constructor.</summary>
    private static object? Applied(object? result, Tensor[] inputs)
    {
        if (result is not Module module)
        {
            return result;
        }

        var (tree, config) = module;
        return tree.ApplyFn is ApplyFn<Tensor, Tensor> ? tree.Apply(config, inputs[^1]).Output : null;
    }

    /// <summary>The tensors among the arguments; for a layer also one to apply it to.</summary>
    private Tensor[] Inputs()
    {
        return [
            .. Tensors, .. target.Name.Contains(".new(", StringComparison.Ordinal) ? new[] { TypicalArguments.LayerInput(target.Name) } : []
        ];
    }

    private static Tensor[] TensorsAmong(Argument[] arguments) =>
    [
        .. arguments.SelectMany(a => a.Value switch
        {
            Tensor { IsTraced: false } tensor when IsTensor(tensor) => [tensor],
            Tensor[] tensors => tensors.Where(IsTensor),
            RngKey key => [key.Tensor],
            ComplexTensor complex => [complex.Pairs],
            _ => Enumerable.Empty<Tensor>(),
        }),
    ];

    private static object? Replace(object? value, Tensor[] inputs, ref int next)
    {
        switch (value)
        {
            case Tensor tensor:
                return IsTensor(tensor) ? inputs[next++] : tensor;
            case ComplexTensor:
                return new ComplexTensor(inputs[next++]);
            case RngKey:
                return new RngKey(inputs[next++]);
            case Tensor[] tensors:
                var replaced = (Tensor[])tensors.Clone();
                for (var i = 0; i < replaced.Length; i++)
                {
                    replaced[i] = IsTensor(tensors[i]) ? inputs[next++] : tensors[i];
                }

                return replaced;
            default:
                return value;
        }
    }

    private static bool IsTensor(Tensor? tensor) => tensor is not null && !tensor.Type.IsNumber;

    private static List<Tensor> TensorsOf(object? result) => result switch
    {
        Tensor tensor => IsTensor(tensor) ? [tensor] : [],
        RngKey key => [key.Tensor],
        ComplexTensor complex => [complex.Pairs],
        ITuple tuple => [.. Enumerable.Range(0, tuple.Length).SelectMany(i => TensorsOf(tuple[i]))],
        string => [],
        IEnumerable items => [.. items.Cast<object?>().SelectMany(TensorsOf)],
        _ => [],
    };
}
