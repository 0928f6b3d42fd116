using Brachy.Compilation;
using Brachy.Extensions.Logging;
using Brachy.Tests.Logging;
using Microsoft.Extensions.Logging;

namespace Brachy.Tests.Docs;

/// <summary>The code of docs/observability.md.</summary>
[Trait("Category", "Quick")]
public class ObservabilityDocTests
{
    [Fact]
    public void AFunctionExplainsItself()
    {
        using var output = new StringWriter();
        var x = F.ones([8, 64]);

        var score = Jit.Compile((Tensor x, Tensor w) => F.matmul(x, w).sum(), name: "score", backend: Backend.TorchScript);
        for (var i = 0; i < 3; i++)
        {
            score.Invoke(x, F.ones([64, 10]));
        }

        score.Invoke(F.ones([9, 64]), F.ones([64, 10]));
        output.WriteLine(score.Explain());

        var lines = output.ToString().ReplaceLineEndings("\n").Split('\n');
        Assert.Equal("score: traces 2, cached versions 2 of at most 64, evicted 0.", lines[0]);
        Assert.Matches(
            @"^  trace 1 of score: first call \([\d.]+ ms: trace [\d.]+ ms, compile [\d.]+ ms, first runs [\d.]+ ms and [\d.]+ ms\)$",
            lines[1]);
        Assert.StartsWith(
            "  trace 2 of score: 'argument 1' was float32[8, 64] and is now float32[9, 64] (", lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public void EventsTellTheSame()
    {
        var lines = new List<string>();

        Action<JitEvent> onTraced = trace => lines.Add($"{trace.Function} was traced: {trace.Reason}");
        Jit.Traced += onTraced;

        Jit.Compile((Tensor x) => x + 1, name: "told").Invoke(F.ones([1]));
        Jit.Traced -= onTraced;
        Assert.Contains("told was traced: first call", lines);
    }

    [Fact]
    public void LogsOfAHost()
    {
        using var recorded = new RecordingLoggers();
        ILoggerFactory loggerFactory = recorded;

        using var logs = loggerFactory.LogBrachy();

        Jit.Compile((Tensor x) => x + 1, name: "hosted").Invoke(F.ones([1]));
        Assert.NotEmpty(recorded.About("hosted"));
    }
}
