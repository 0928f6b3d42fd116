using Brachy.Compilation;
using TorchSharp;

namespace Brachy.Tests.Core;

/// <summary>Scopes of a thread that are disposed on another, as after an await.</summary>
[Trait("Category", "Quick")]
public class ThreadScopeTests
{
    /// <summary>A thread that does what it is told, one thing after another.</summary>
    private sealed class Worker : IDisposable
    {
        private readonly System.Collections.Concurrent.BlockingCollection<Action> _work = [];
        private readonly Thread _thread;

        public Worker()
        {
            _thread = new Thread(() =>
            {
                foreach (var action in _work.GetConsumingEnumerable())
                {
                    action();
                }
            });
            _thread.Start();
        }

        public T Do<T>(Func<T> function)
        {
            var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
            _work.Add(() =>
            {
                try
                {
                    done.SetResult(function());
                }
                catch (Exception error)
                {
                    done.SetException(error);
                }
            });
            return done.Task.GetAwaiter().GetResult();
        }

        public void Do(Action action) => Do(() =>
        {
            action();
            return 0;
        });

        public void Dispose()
        {
            _work.CompleteAdding();
            _thread.Join();
            _work.Dispose();
        }
    }

    [Fact]
    public void AnAbandonedTensorScopeIsClosed()
    {
        using var worker = new Worker();
        var scope = worker.Do(TensorScope.Begin);
        var (own, other) = (worker.Do(() => F.ones([2]) + 1), worker.Do(() => F.ones([3]) * 2));
        scope.Dispose();
        scope.Dispose();

        // Unrelated work of the thread may have made either; neither is freed.
        Assert.Equal(4, (float)own.sum());
        Assert.Equal(6, (float)worker.Do(() => other.sum()));
        var later = worker.Do(() => F.ones([2]) + 1);
        Assert.Null(later.BufferOrNull!.Scope);
    }

    [Fact]
    public void WhatAnAbandonedScopeHeldIsCollected()
    {
        using var worker = new Worker();
        var scope = worker.Do(TensorScope.Begin);
        var made = worker.Do(() => Enumerable.Range(0, 50).Select(_ => new WeakReference(F.ones([8]).BufferOrNull)).ToArray());
        Collect();
        Assert.All(made, reference => Assert.True(reference.IsAlive));
        scope.Dispose();
        worker.Do(() => F.ones([1]));
        Collect();
        Assert.True(made.Count(reference => reference.IsAlive) <= 1);
    }

    [Fact]
    public void ScopesAroundAndInsideAnAbandonedOneWork()
    {
        using var worker = new Worker();
        var outer = worker.Do(TensorScope.Begin);
        var abandoned = worker.Do(TensorScope.Begin);
        var inner = worker.Do(TensorScope.Begin);
        var (kept, freed) = (worker.Do(() => inner.Keep(F.ones([2]) + 1)), worker.Do(() => F.ones([2]) + 1));
        abandoned.Dispose();
        var late = worker.Do(() => inner.Keep(F.ones([2]) + 2));
        worker.Do(inner.Dispose);
        Assert.Throws<ObjectDisposedException>(() => freed + 1);
        Assert.Equal(4, (float)kept.sum());
        Assert.Equal(6, (float)late.sum());
        var torchTensor = worker.Do(() => torch.ones(3));
        worker.Do(outer.Dispose);

        // What was kept after the abandoned scope had closed joined the outer one.
        Assert.Throws<ObjectDisposedException>(() => late + 1);
        Assert.Equal(4, (float)kept.sum());
        Assert.True(torchTensor.IsInvalid);
        Assert.Null(worker.Do(() => F.ones([1])).BufferOrNull!.Scope);
    }

    [Fact]
    public void TorchSharpsScopesStayInOrder()
    {
        using var worker = new Worker();
        var scope = worker.Do(TensorScope.Begin);
        var held = worker.Do(() => torch.ones(2));
        var users = worker.Do(torch.NewDisposeScope);
        scope.Dispose();
        var (brachy, before) = worker.Do(() => (F.ones([2]), torch.ones(4)));
        Assert.Null(brachy.BufferOrNull!.Scope);
        worker.Do(users.Dispose);
        Assert.True(before.IsInvalid);
        Assert.False(held.IsInvalid);
        var after = worker.Do(() =>
        {
            _ = F.ones([2]);
            return torch.ones(4);
        });
        worker.Do(() =>
        {
            using var next = TensorScope.Begin();
            _ = torch.ones(1);
        });
        Assert.False(after.IsInvalid);
        Assert.Equal(4, after.sum().item<float>());
    }

    [Fact]
    public void ATensorStoredOnAnotherThreadOutlivesItsScope()
    {
        using var worker = new Worker();
        var scope = worker.Do(TensorScope.Begin);
        var x = worker.Do(() => F.ones([2]) + 1);
        var tree = new StructureTree { Params = { ["x"] = x } };
        worker.Do(scope.Dispose);
        Assert.Equal(4, (float)tree.Params["x"].Tensor.sum());
    }

    [Fact]
    public void AnAbandonedRngScopeDrawsNoMore()
    {
        using var worker = new Worker();
        var outer = worker.Do(() => Rng.Scope(1));
        var expected = worker.Do(() => Draw());
        worker.Do(outer.Dispose);
        outer = worker.Do(() => Rng.Scope(1));
        var inner = worker.Do(() => Rng.Scope(2));
        inner.Dispose();
        Assert.Equal(expected, worker.Do(() => Draw()));
        outer.Dispose();
        Assert.False(worker.Do(() => RngScope.IsOpen));
        Assert.Throws<InvalidOperationException>(() => worker.Do(() => Draw()));

        static float Draw() => (float)Rng.Uniform([], DType.Float32);
    }

    /// <summary>As when an await lets unrelated work of the same thread open a scope in between.</summary>
    [Fact]
    public void AScopeThatIsDisposedBeforeALaterOneOfItsThreadIsClosed()
    {
        using var worker = new Worker();
        var (early, late) = (worker.Do(TensorScope.Begin), worker.Do(TensorScope.Begin));
        Assert.Throws<InvalidOperationException>(() => worker.Do(early.Dispose));
        worker.Do(late.Dispose);
        var x = worker.Do(() => F.ones([2]) + 1);
        Assert.Null(x.BufferOrNull!.Scope);
        worker.Do(() => Assert.Null(torch.CurrentDisposeScope));

        var (outer, inner) = (worker.Do(() => Rng.Scope(1)), worker.Do(() => Rng.Scope(2)));
        Assert.Throws<InvalidOperationException>(() => worker.Do(outer.Dispose));
        Assert.True(worker.Do(() => RngScope.IsOpen));
        inner.Dispose();
        Assert.False(worker.Do(() => RngScope.IsOpen));
    }

    [Fact]
    public void SwitchesEndFromAnyThread()
    {
        using var worker = new Worker();
        var (first, second) = (worker.Do(Jit.Disable), worker.Do(Jit.Disable));
        first.Dispose();
        Assert.True(worker.Do(() => Jit.IsDisabled));
        second.Dispose();
        Assert.False(worker.Do(() => Jit.IsDisabled));

        var passes = worker.Do(() => CompilerPasses.Disable("dead code"));
        var others = worker.Do(() => CompilerPasses.Disable("dead code", "leftovers"));
        passes.Dispose();
        Assert.True(worker.Do(() => CompilerPasses.IsDisabled("dead code")));
        others.Dispose();
        Assert.False(worker.Do(() => CompilerPasses.IsDisabled("dead code") || CompilerPasses.IsDisabled("leftovers")));
    }

    [Fact]
    public async Task AnAwaitInsideLeavesNothingBehind()
    {
        using var worker = new Worker();
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = worker.Do(() => Suspended(gate.Task));
        var unrelated = worker.Do(() => F.ones([2]) + 1);
        gate.SetResult();
        Assert.Equal(3, await running);
        Assert.Equal(4, (float)unrelated.sum());
        Assert.False(worker.Do(() => Jit.IsDisabled || RngScope.IsOpen));
        Assert.Null(worker.Do(() => F.ones([1])).BufferOrNull!.Scope);

#pragma warning disable BRACHY038 // This is what the test is about.
        static async Task<float> Suspended(Task gate)
        {
            using var scope = TensorScope.Begin();
            using var random = Rng.Scope(1);
            using var eager = Jit.Disable();
            var x = F.ones([3]);
            await gate.ConfigureAwait(false);
            return (float)x.sum();
        }
#pragma warning restore BRACHY038
    }

    private static void Collect()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }
}
