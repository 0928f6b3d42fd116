using System.Globalization;
using Brachy.Compilation;
using Brachy.CompilerServices;

namespace Brachy.Fuzz;

/// <summary>A random program of thousands of ops that depend on each other, run in one of the ways and places that there are.</summary>
internal sealed class ChainProgram
{
    // Each step takes one or two of the latest values.
    private const int Reach = 8;
    private const double Tolerance = 1e-9;

    private static readonly Shape s_shape = [2, 3];

    // None enlarges small differences, so that results of different kernels stay comparable over any length.
    private static readonly Func<Tensor, Tensor, Tensor>[] s_steps =
    [
        (a, b) => (a + b) * 0.5,
        (a, b) => (a * 0.9) - (b * 0.05),
        (a, _) => F.tanh(a),
        (a, _) => F.sin(a) * 0.9 + 0.1,
        (a, b) => F.maximum(a, b),
        (a, _) => F.minimum(a, 0.5),
        (a, _) => F.sigmoid(a),
        (a, _) => F.reshape(F.transpose(a, 0, 1), s_shape),
        (a, _) => F.flip(a, 1),
        (a, _) => F.sort(a, 1).values,
        (a, b) => F.cat([F.narrow(a, 1, 1, 2), F.narrow(b, 1, 0, 1)], 1),
        (a, _) => F.softmax(a, 1),
        (a, b) => (F.sum(a, 0, keepdim: true) * 0.3) + (b * 0.5),
        (a, b) => F.matmul(F.matmul(a, F.transpose(b, 0, 1)) * 0.1, b),
        (a, _) => F.exp(-(a * a)),
        (a, _) => F.unsqueeze(a, 0)[0],
        (a, b) => F.mean(F.stack([a, b], 0), 0),
        (a, _) => F.cumsum(a, 1) * 0.3,
        (a, b) => F.where(F.isfinite(a), a, b),
        (a, _) => F.stop_gradient(a) * 0.5 + (a * 0.25),
    ];

    private readonly int[] _code;
    private readonly Way _way;
    private readonly Place _place;
    private readonly int _seed;

    public ChainProgram(int seed, int length)
    {
        var random = new Random(_seed = seed);
        _code = new int[random.Next(length / 4, length + 1)];
        for (var i = 0; i < _code.Length; i++)
        {
            _code[i] = random.Next(s_steps.Length * Reach * Reach);
        }

        _way = (Way)random.Next(Enum.GetValues<Way>().Length);
        _place = (Place)random.Next(Enum.GetValues<Place>().Length);
    }

    private enum Way
    {
        TorchScript,
        VectorCode,
        Interpreter,
        Default,
        EagerGradient,
        CompiledGradient,
    }

    private enum Place
    {
        Stack128,
        Stack256,
        Stack1024,
        ThreadPool,
        Finalizer,
    }

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"seed {_seed}: {_code.Length} steps, {_way}, {_place}");

    /// <summary>Runs it.</summary>
    /// <returns>What is wrong; null for nothing.</returns>
    public string? Run()
    {
        var problem = "did not run";
        void Work()
        {
            try
            {
                problem = Check();
            }
            catch (Exception error)
            {
                problem = $"{error.GetType().Name}: {error.Message}";
            }
        }

        switch (_place)
        {
            case Place.ThreadPool:
                Task.Run(Work).Wait();
                break;
            case Place.Finalizer:
                LeaveTo(Work);
                GC.Collect();
                GC.WaitForPendingFinalizers();
                break;
            default:
                var thread = new Thread(Work, (_place == Place.Stack128 ? 128 : _place == Place.Stack256 ? 256 : 1024) << 10);
                thread.Start();
                thread.Join();
                break;
        }

        return problem;
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static void LeaveTo(Action work) => _ = new AtTheEnd(work);

    private string? Check()
    {
        var x = Rng.Uniform(s_shape, DType.Float64, Rng.Seed(_seed));
        if (_way is Way.EagerGradient or Way.CompiledGradient)
        {
            var gradient = Grad.Of((Tensor x) => Execute(x).sum());
            var expected = gradient(x).ToArray<double>();
            if (_way == Way.EagerGradient)
            {
                return Array.TrueForAll(expected, double.IsFinite) ? null : "a gradient is not finite";
            }

            return Compare(Jit.Compile(gradient, backend: Backend.TorchScript), x, expected);
        }

        var backend = _way switch
        {
            Way.TorchScript => Backend.TorchScript,
            Way.VectorCode => Backend.VectorCode,
            Way.Interpreter => Backend.Interpreter,
            _ => Backend.Default,
        };
        try
        {
            return Compare(Jit.Compile((Tensor x) => Execute(x), backend: backend), x, Execute(x).ToArray<double>());
        }
        catch (NotSupportedException) when (_way == Way.VectorCode)
        {
            return null;
        }
    }

    private static string? Compare(JitFunction<Arguments<Tensor>, Tensor> function, Tensor x, double[] expected)
    {
        for (var run = 1; run <= 4; run++)
        {
            var found = function.Invoke(x).ToArray<double>();
            for (var i = 0; i < expected.Length; i++)
            {
                if (!(Math.Abs(found[i] - expected[i]) <= Tolerance))
                {
                    return string.Create(
                        CultureInfo.InvariantCulture, $"element {i} is {found[i]} in run {run}, and {expected[i]} eagerly");
                }
            }
        }

        function.ClearCache();
        return null;
    }

    private Tensor Execute(Tensor x)
    {
        var latest = new Tensor[Reach];
        Array.Fill(latest, x);
        for (var i = 0; i < _code.Length; i++)
        {
            var word = _code[i];
            latest[i % Reach] = s_steps[word % s_steps.Length](
                latest[word / s_steps.Length % Reach], latest[word / s_steps.Length / Reach % Reach]);
        }

        return latest.Aggregate((a, b) => a + b);
    }

    private sealed class AtTheEnd(Action work)
    {
        ~AtTheEnd() => work();
    }
}
