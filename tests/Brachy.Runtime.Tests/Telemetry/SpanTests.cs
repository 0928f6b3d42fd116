using System.Diagnostics;
using Brachy.Compilation;

namespace Brachy.Tests.Telemetry;

/// <summary>The spans of what a call does that later calls do not.</summary>
[Trait("Category", "Quick")]
public class SpanTests
{
    private static readonly Tensor s_matrix = F.ones([3, 3]);

    [Fact]
    public void AFirstCallIsTracedRewrittenCompiledAndRun()
    {
        var name = nameof(AFirstCallIsTracedRewrittenCompiledAndRun);
        using var recording = new Recording(name);
        var f = Jit.Compile((Tensor x) => F.exp(x) + x, name: name, backend: Backend.TorchScript);
        for (var i = 0; i < 5; i++)
        {
            f.Invoke(s_matrix);
        }

        Assert.Equal(
            ["brachy.trace", "brachy.passes", "brachy.compile", "brachy.first_run", "brachy.first_run"],
            recording.Spans.Select(span => span.OperationName));
        Assert.All(recording.Spans, span =>
        {
            Assert.Equal("first call", span.GetTagItem("brachy.trace.reason"));
            Assert.Equal(["argument 1: float32[3, 3]"], (string[])span.GetTagItem("brachy.trace.shapes")!);
            Assert.Equal(ActivityStatusCode.Unset, span.Status);
        });
        Assert.Equal(2, recording.Spans[0].GetTagItem("brachy.graph.equations"));
        Assert.Equal("torchscript", recording.Spans[2].GetTagItem("brachy.backend.name"));
        Assert.Equal([1, 2], recording.Spans.Skip(3).Select(span => (int)span.GetTagItem("brachy.first_run.number")!));
    }

    [Fact]
    public void SpansLieInThatOfTheCaller()
    {
        var name = nameof(SpansLieInThatOfTheCaller);
        using var recording = new Recording(name);
        using var request = new Activity("request").SetIdFormat(ActivityIdFormat.W3C).Start();
        Jit.Compile((Tensor x) => F.exp(x), name: name, backend: Backend.TorchScript).Invoke(s_matrix);

        // Passes and compilation run on a thread with a larger stack.
        Assert.Equal(4, recording.Spans.Count);
        Assert.All(recording.Spans, span => Assert.Equal(request.SpanId, span.ParentSpanId));
    }

    [Theory]
    [InlineData("interpreter")]
    [InlineData("vectorcode")]
    public void OtherBackendsHaveNoFirstRuns(string backend)
    {
        var name = $"{nameof(OtherBackendsHaveNoFirstRuns)} {backend}";
        using var recording = new Recording(name);
        var f = Jit.Compile((Tensor x) => x + x, name: name, backend: backend == "interpreter" ? Backend.Interpreter : Backend.VectorCode);
        f.Invoke(F.ones([2]));
        f.Invoke(F.ones([2]));
        Assert.Equal(["brachy.trace", "brachy.passes", "brachy.compile"], recording.Spans.Select(span => span.OperationName));
        Assert.DoesNotContain("first runs", f.Explain(), StringComparison.Ordinal);
    }

    [Fact]
    public void ATracedGradientIsPartOfTheTrace()
    {
        var name = nameof(ATracedGradientIsPartOfTheTrace);
        using var recording = new Recording(name);
        Jit.Compile((Tensor x) => Grad.Of((Tensor t) => (t * t).sum())(x), name: name).Invoke(s_matrix);
        var gradient = recording.Spans.Single(span => span.OperationName == "brachy.gradient");
        Assert.Equal(recording.Spans.Single(span => span.OperationName == "brachy.trace").SpanId, gradient.ParentSpanId);
    }

    [Fact]
    public void AFailureIsOnTheSpanWhereItHappened()
    {
        var name = nameof(AFailureIsOnTheSpanWhereItHappened);
        using var recording = new Recording(name);
        var f = Jit.Compile((Tensor x) => x.matmul(x), name: name);
        var error = Assert.Throws<ShapeException>(() => f.Invoke(F.ones([2, 3])));
        var span = Assert.Single(recording.Spans);
        Assert.Equal(("brachy.trace", ActivityStatusCode.Error), (span.OperationName, span.Status));
        Assert.Equal(error.Message, span.StatusDescription);
        var thrown = Assert.Single(span.Events);
        Assert.Equal("exception", thrown.Name);
        Assert.Contains(thrown.Tags, tag => tag.Key == "exception.type" && (string)tag.Value! == typeof(ShapeException).FullName);
    }

    [Fact]
    public void AFailedFirstRunDoesNotCount()
    {
        var name = nameof(AFailedFirstRunDoesNotCount);
        using var recording = new Recording(name);
        var f = Jit.Compile((Tensor w, Tensor i) => F.index_select(w, 0, i), name: name, backend: Backend.TorchScript);
        Assert.Throws<NativeOpException>(() => f.Invoke(s_matrix, F.tensor(new[] { 5L })));
        for (var i = 0; i < 4; i++)
        {
            f.Invoke(s_matrix, F.tensor(new[] { 2L }));
        }

        Assert.Equal(
            [(1, ActivityStatusCode.Error), (1, ActivityStatusCode.Unset), (2, ActivityStatusCode.Unset)],
            recording.Spans.Where(span => span.OperationName == "brachy.first_run")
                .Select(span => ((int)span.GetTagItem("brachy.first_run.number")!, span.Status)));
    }

    [Fact]
    public void AnnouncedNamesAreThoseOfTheSource()
    {
        var name = nameof(AnnouncedNamesAreThoseOfTheSource);
        using var recording = new Recording(name);
        Jit.Compile((Tensor x) => x + 1, name: name).Invoke(s_matrix);
        Assert.All(recording.Spans, span => Assert.Equal("Brachy", span.Source.Name));
        Assert.Equal(["Brachy"], recording.Instruments.Values.Select(instrument => instrument.Meter.Name).Distinct());
    }
}
