using Brachy.Compilation;
using Brachy.Extensions.Logging;
using Brachy.Native;
using Microsoft.Extensions.Logging;

namespace Brachy.Tests.Logging;

/// <summary>Reports become logs, with levels, numbers and values by name.</summary>
[Trait("Category", "Quick")]
public class BrachyLoggingTests
{
    [Fact]
    public void TracesAndFirstRunsAreLogged()
    {
        using var loggers = new RecordingLoggers();
        var f = Jit.Compile((Tensor x) => F.exp(x), name: "logged traces", backend: Backend.TorchScript);
        using (loggers.LogBrachy())
        {
            f.Invoke(F.ones([2]));
            f.Invoke(F.ones([2]));
            f.Invoke(F.ones([2]));
        }

        f.Invoke(F.ones([3]));
        Assert.Equal(
            [(LogLevel.Information, "Traced", 1), (LogLevel.Debug, "FirstRun", 2), (LogLevel.Debug, "FirstRun", 2)],
            loggers.About(f.Name).Select(e => (e.Level, e.Id.Name!, e.Id.Id)));
        var trace = loggers.About(f.Name)[0];
        Assert.Equal(BrachyLogging.JitCategory, trace.Category);
        Assert.Equal((1, "first call"), ((int)trace.Values["Number"]!, (string)trace.Values["Reason"]!));
        Assert.Matches(@"^Traced and compiled logged traces \(number 1\): first call; trace [\d.]+ ms, compile [\d.]+ ms$", trace.Message);
        Assert.Equal([1, 2], loggers.About(f.Name).Skip(1).Select(e => (int)e.Values["Run"]!));
    }

    [Fact]
    public void TooManyTracesAndTheFirstEvictionAreWarnings()
    {
        using var loggers = new RecordingLoggers(LogLevel.Warning);
        var f = Jit.Compile((Tensor x) => x + 1, name: "logged warnings");
        f.CacheLimit = 5;
        using (loggers.LogBrachy())
        {
            for (var size = 1; size <= 12; size++)
            {
                f.Invoke(F.ones([size]));
            }
        }

        Assert.Equal(["Evicted", "TracedTooOften"], loggers.About(f.Name).Select(e => e.Id.Name!));
        Assert.All(loggers.About(f.Name), e => Assert.Equal(LogLevel.Warning, e.Level));
        var eviction = loggers.About(f.Name)[0];
        Assert.Equal((1, 5), ((int)eviction.Values["Number"]!, (int)eviction.Values["Limit"]!));
        Assert.Contains("(argument 1: float32[1])", eviction.Message, StringComparison.Ordinal);
        Assert.Equal(9, loggers.About(f.Name)[1].Values["Number"]);
    }

    [Fact]
    public void LaterEvictionsAreInformation()
    {
        using var loggers = new RecordingLoggers();
        var f = Jit.Compile((Tensor x) => x + 1, name: "logged evictions");
        f.CacheLimit = 1;
        using (loggers.LogBrachy())
        {
            for (var size = 1; size <= 4; size++)
            {
                f.Invoke(F.ones([size]));
            }
        }

        Assert.Equal(
            [LogLevel.Warning, LogLevel.Information, LogLevel.Information],
            loggers.About(f.Name).Where(e => e.Id.Name == "Evicted").Select(e => e.Level));
    }

    [Fact]
    public void EachDecisionAboutNativeLibrariesIsLoggedOnce()
    {
        NativeRuntime.EnsureLoaded();
        using var loggers = new RecordingLoggers();
        using (loggers.LogBrachy())
        {
            var logged = loggers.Entries.Where(e => e.Category == BrachyLogging.NativeCategory).Select(e => e.Message);
            Assert.Equal(NativeRuntime.Events.Select(e => e.ToString()), logged);
        }
    }

    [Fact]
    public void WithoutLoggersThereIsAnError() => Assert.Throws<ArgumentNullException>(() => ((ILoggerFactory)null!).LogBrachy());
}
