namespace Brachy.Generators.Tests;

/// <summary>What is reported about functions that may be suspended inside a scope of their thread.</summary>
public class ThreadScopeDiagnosticTests
{
    private const string Await = "{|BRACHY038:await|} Task.Yield();";

    /// <summary>Each way to open each scope.</summary>
    [Theory]
    [InlineData("TensorScope.Begin()")]
    [InlineData("Rng.Scope(1)")]
    [InlineData("Jit.Disable()")]
    [InlineData("CompilerPasses.Disable(\"dead code\")")]
    [InlineData("(IDisposable)TensorScope.Begin()")]
    [InlineData("Mine()")]
    [InlineData("DateTime.Now.Year > 1 ? Jit.Disable() : null")]
    [InlineData("Nothing() ?? Jit.Disable()")]
    [InlineData("DateTime.Now.Year switch { 1 => Nothing(), _ => (Jit.Disable())! }")]
    public async Task EveryScope(string scope)
    {
        await Check($"using (var s = {scope}) {{ {Await} }}");
        await Check($"using ({scope}) {{ {Await} }}");
        await Check($"using var s = {scope}; {Await}");
        await Check($"using IDisposable? s = {scope}; if (s is null) {{ {Await} }}");
    }

    [Theory]
    [InlineData("using (var a = Nothing()) using (Jit.Disable()) { for (;;) { " + Await + " } }")]
    [InlineData("using (Jit.Disable()) using (var a = Nothing()) " + Await)]
    [InlineData("using (TensorScope a = TensorScope.Begin(), b = TensorScope.Begin()) { " + Await + " }")]
    [InlineData("using var s = TensorScope.Begin(); try { } finally { " + Await + " }")]
    [InlineData("using var s = TensorScope.Begin(); var x = ({|BRACHY038:await|} Task.FromResult(1)) + 1;")]
    [InlineData("IDisposable s = Jit.Disable(); using (s) { " + Await + " }")]
    [InlineData("TensorScope s; using (s = TensorScope.Begin()) { " + Await + " }")]
    [InlineData("using (TensorScope.Begin()) { {|BRACHY038:await|} foreach (var x in Items()) { } }")]
    [InlineData("using (TensorScope.Begin()) { {|BRACHY038:await|} foreach (var (x, y) in Pairs()) { } }")]
    [InlineData("using (TensorScope.Begin()) { {|BRACHY038:await|} using (Other()) { } }")]
    [InlineData("using var s = TensorScope.Begin(); {|BRACHY038:await|} using var o = Other();")]
    [InlineData("{ using var s = TensorScope.Begin(); { " + Await + " } }")]
    [InlineData("switch (1) { case 1: { using var s = TensorScope.Begin(); " + Await + " break; } }")]
    [InlineData("var s = TensorScope.Begin(); try { " + Await + " } finally { s.Dispose(); }")]
    [InlineData("var s = Jit.Disable(); try { } catch (Exception) { " + Await + " } finally { s?.Dispose(); }")]
    public Task EveryPlace(string body) => Check(body);

    [Theory]
    [InlineData("Func<Task> f = async () => { using var s = Jit.Disable(); " + Await + " };")]
    [InlineData("Func<Task> f = async delegate { using (Jit.Disable()) { " + Await + " } };")]
    [InlineData("async Task F() { using var s = Jit.Disable(); " + Await + " }")]
    [InlineData("IEnumerable<int> F() { using var s = Jit.Disable(); {|BRACHY038:yield|} return 1; yield break; }")]
    [InlineData("async IAsyncEnumerable<int> F() { using (Rng.Scope(1)) { " + Await + " {|BRACHY038:yield|} return 1; } }")]
    public Task FunctionsInFunctions(string body) => Check(body);

    [Theory]
    [InlineData("await Task.Yield(); using var s = TensorScope.Begin();")]
    [InlineData("using (TensorScope.Begin()) { } await Task.Yield();")]
    [InlineData("{ using var s = TensorScope.Begin(); } await Task.Yield();")]
    [InlineData("using var s = Rng.Scope(await Task.FromResult(1L));")]
    [InlineData("using (Rng.Scope(await Task.FromResult(1L))) { }")]
    [InlineData("await using var o = Other(); using var s = TensorScope.Begin();")]
    [InlineData("using var s = TensorScope.Begin(); Func<Task> f = async () => await Task.Yield();")]
    [InlineData("using var s = TensorScope.Begin(); async Task F() { await Task.Yield(); await foreach (var x in Items()) { } }")]
    [InlineData("using var s = TensorScope.Begin(); IEnumerable<int> F() { yield return 1; }")]
    [InlineData("using var s = TensorScope.Begin(); var t = Task.Delay(1); foreach (var x in new[] { 1 }) { } using var n = Nothing();")]
    [InlineData("using var s = Nothing(); await Task.Yield();")]
    [InlineData("var s = Nothing(); try { await Task.Yield(); } finally { s?.Dispose(); }")]
    [InlineData("var s = TensorScope.Begin(); try { } finally { s.Dispose(); } await Task.Yield();")]
    [InlineData("var s = TensorScope.Begin(); try { } finally { s.Dispose(); await Task.Yield(); }")]
    [InlineData("using var s = Own.Disable(); await Task.Yield();")]
    [InlineData("var s = TensorScope.Begin(); s.Dispose(); await Task.Yield();")]
    [InlineData("IEnumerable<int> F() { using var s = Jit.Disable(); yield break; }")]
    public Task NothingWrong(string body) => Check(body);

    [Fact]
    public Task Iterators() => AnalyzerCheck.Reports<ThreadScopeAnalyzer>("""
        using System.Collections.Generic;
        using Brachy;

        public class Loader
        {
            public IEnumerable<Tensor> Batches
            {
                get
                {
                    using var scope = TensorScope.Begin();
                    while (true)
                    {
                        {|BRACHY038:yield|} return F.ones([1]);
                    }
                }
            }

            public IEnumerable<int> Fine()
            {
                using (TensorScope.Begin())
                {
                }

                yield return 1;
            }
        }
        """);

    [Fact]
    public Task TopLevelStatements() => AnalyzerCheck.Reports<ThreadScopeAnalyzer>("""
        using System.Threading.Tasks;
        using Brachy;

        await Task.Yield();
        using var scope = TensorScope.Begin();
        {|BRACHY038:await|} Task.Yield();
        """);

    private static Task Check(string body) => AnalyzerCheck.Reports<ThreadScopeAnalyzer>($$"""
        using System;
        using System.Collections.Generic;
        using System.Threading.Tasks;
        using Brachy;
        using Brachy.Compilation;

        public static class Own
        {
            public static IDisposable Disable() => null!;
        }

        public class Calls
        {
            public async Task Run()
            {
                {{body}}
            }

            private static TensorScope Mine() => TensorScope.Begin();

            private static IDisposable? Nothing() => null;

            private static IAsyncDisposable Other() => null!;

            private static IAsyncEnumerable<int> Items() => null!;

            private static IAsyncEnumerable<(int, int)> Pairs() => null!;
        }
        """);
}
