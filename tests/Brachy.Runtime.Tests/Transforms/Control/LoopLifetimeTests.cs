using Brachy.Telemetry;
using Brachy.Tests.Telemetry;
using Loop = Brachy.Control;
using static Brachy.Tests.Transforms.Control.ScanTests;

namespace Brachy.Tests.Transforms.Control;

/// <summary>Of a call with loops nothing stays but its results, whether it succeeds or fails.</summary>
[Trait("Category", "Quick")]
[Collection(nameof(LiveMemoryTests))]
public class LoopLifetimeTests
{
    private const long Elements = 1 << 18;

    public static TheoryData<string, string> Cases
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var name in new[] { "scan", "gradient of scan", "while", "cond", "check that fails", "step that throws" })
            {
                foreach (var backend in new[] { "torchscript", "interpreter", "vector code", "eager" })
                {
                    // Vector code has no rules for gradients.
                    if (!(backend == "vector code" && name == "gradient of scan"))
                    {
                        data.Add(name, backend);
                    }
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void NothingStaysBehind(string name, string backend)
    {
        Func<Tensor, Tensor> function = name switch
        {
            "scan" => x => Loop.Scan((Tensor s) => (s * 0.5 + x, s.sum()), x, 4).State,
            "gradient of scan" => Grad.Of((Tensor x) => Loop.Scan((Tensor s) => (F.sin(s) * x, s.sum()), x, 4).State.sum()),
            "while" => x => Loop.While(s => s.N < 3, s => (s.X + x, s.N + 1), (X: x, N: F.tensor(0L))).X,
            "cond" => x => Loop.Cond(x.sum() > 0, y => y * x, y => y - x, x),
            "check that fails" => x => Loop.For(
                0, 3,
                (i, s) =>
                {
                    Checks.Require((s < 1).all(), "small");
                    return s + x;
                },
                x),
            _ => x => Loop.For(0, 3, (i, s) => F.matmul(s, x[0]), x),
        };
        var isRefused = name is "check that fails" or "step that throws";
        var run = Compiled(function, backend);
        var x = F.ones([Elements], DType.Float64);
        for (var i = 0; i < 3; i++)
        {
            Call();
        }

        Collect();
        var before = BrachyTelemetry.LiveBytes;
        for (var i = 0; i < 8; i++)
        {
            Call();
        }

        Collect();

        // One vector that stayed for each call would be 16 MB.
        Assert.InRange(BrachyTelemetry.LiveBytes - before, -(4 << 20), 4 << 20);

        void Call()
        {
            if (isRefused)
            {
                Assert.ThrowsAny<Exception>(() => run(x));
                return;
            }

            run(x).Dispose();
        }
    }

    private static void Collect()
    {
        for (var i = 0; i < 2; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }
}
