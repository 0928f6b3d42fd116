using static Brachy.Tests.Transforms.Intercepted;

namespace Brachy.Tests.Transforms;

/// <summary>Direct calls of [Jit(Intercept = true)] methods are compiled, however they are written.</summary>
public static partial class Intercepted
{
    [Jit(Intercept = true)]
    public static Tensor Scaled(Tensor x, int factor = 2, int offset = 0) => x * factor + offset;

    [Jit(Intercept = true)]
    public static Tensor Doubled(this Tensor x, Tensor? more = null) => more is null ? x * 2 : x * 2 + more;

    [Jit(Intercept = true)]
    private static Tensor Hidden(Tensor x) => x - 1;

    [Jit]
    public static Tensor Plain(Tensor x) => x * 3;

    /// <summary>From inside the class, where the method is private.</summary>
    public static Tensor CallHidden(Tensor x) => Hidden(x);

    public static int HiddenTraces => HiddenJitFunction.TraceCount;
}

public static partial class InterceptedOf<T>
    where T : struct, IConvertible
{
    [Jit(Intercept = true)]
    public static Tensor Scaled(Tensor x, T factor) => x * Convert.ToInt32(factor, null);

    public static partial class Inner<TOther>
        where TOther : class?
    {
        [Jit(Intercept = true)]
        public static (Tensor X, TOther? Other) Pair(Tensor x, [Static] TOther? other) => (x + 1, other);

        public static (Tensor X, TOther? Other) Call(Tensor x, TOther? other) => Pair(x, other);
    }

    public static Tensor Call(Tensor x, T factor) => Scaled(x, factor);
}

public class JitInterceptTests
{
    private static readonly Tensor s_x = F.ones([2]);

    public static TheoryData<string, Func<Tensor>, JitFunction, float> Calls => new()
    {
        { "by its type", () => Intercepted.Scaled(s_x, 3), Intercepted.ScaledJitFunction, 3 },
        { "by its name", () => Scaled(s_x, 3), Intercepted.ScaledJitFunction, 3 },
        { "with defaults", () => Scaled(s_x), Intercepted.ScaledJitFunction, 2 },
        { "with named arguments", () => Scaled(offset: 1, x: s_x), Intercepted.ScaledJitFunction, 3 },
        { "as an extension", () => s_x.Doubled(), Intercepted.DoubledJitFunction, 2 },
        { "as an extension with an argument", () => s_x.Doubled(more: s_x), Intercepted.DoubledJitFunction, 3 },
        { "an extension by its type", () => Intercepted.Doubled(s_x), Intercepted.DoubledJitFunction, 2 },
        { "as an extension of what may be null", () => ((Tensor?)s_x)?.Doubled()!, Intercepted.DoubledJitFunction, 2 },
        { "in a lambda", () => new[] { s_x }.Select(x => Scaled(x, 4)).Single(), Intercepted.ScaledJitFunction, 4 },
        { "in a local function", Local, Intercepted.ScaledJitFunction, 5 },
        { "private", () => Intercepted.CallHidden(s_x), Intercepted.HiddenJitFunction, 0 },
        { "of a generic class", () => InterceptedOf<int>.Scaled(s_x, 3), InterceptedOf<int>.ScaledJitFunction, 3 },
        { "inside of a generic class", () => InterceptedOf<short>.Call(s_x, 3), InterceptedOf<short>.ScaledJitFunction, 3 },
        {
            "of nested generic classes", () => InterceptedOf<int>.Inner<string>.Call(s_x, "a").X,
            InterceptedOf<int>.Inner<string>.PairJitFunction, 2
        },
    };

    private static Func<Tensor> Local
    {
        get
        {
            return Run;

            static Tensor Run() => Scaled(s_x, 5);
        }
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public void ACallIsCompiled(string kind, Func<Tensor> call, JitFunction function, float expected)
    {
        function.ClearCache();
        var traces = function.TraceCount;
        Assert.Equal([expected, expected], call().ToArray<float>());
        Assert.True(function.TraceCount == traces + 1, kind);
        call();
        Assert.True(function.TraceCount == traces + 1, kind);
    }

    /// <summary>What no call names is the method itself, and so are methods without the switch.</summary>
    [Fact]
    public void DelegatesAndOtherMethodsStayAsTheyAre()
    {
        Func<Tensor, int, int, Tensor> scaled = Scaled;
        var traces = Intercepted.ScaledJitFunction.TraceCount;
        Assert.Equal(8, scaled(s_x, 8, 0).ToArray<float>()[0]);
        Assert.Equal(traces, Intercepted.ScaledJitFunction.TraceCount);
        Assert.Equal(3, Plain(s_x).ToArray<float>()[0]);
        Assert.Equal(0, Intercepted.PlainJitFunction.TraceCount);
    }

    [Fact]
    public void WhereJitIsDisabledTheMethodRuns()
    {
        var traces = Intercepted.ScaledJitFunction.TraceCount;
        using (Jit.Disable())
        {
            Assert.Equal(9, Scaled(s_x, 9).ToArray<float>()[0]);
        }

        Assert.Equal(traces, Intercepted.ScaledJitFunction.TraceCount);
    }
}
