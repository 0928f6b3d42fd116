using Brachy.Compilation;
using Brachy.CompilerServices;
using CsCheck;

namespace Brachy.Tests.Lowering;

/// <summary>
/// What a run does with the memory of its inputs, on every backend: whatever an input is for, whoever else sees or reads its memory, and
/// whether the run
/// succeeds. All numbers are right, what was donated is gone or, after a failure, back, nobody else sees an update, and no use is left
/// over.
/// </summary>
public class RunMemoryTests
{
    private const int Good = 1;
    private const int OutOfRange = 9;

    private static readonly Gen<Input[]> s_inputs =
        Gen.Select(Gen.Enum<Purpose>(), Gen.Enum<Memory>(), Gen.Bool, (purpose, memory, isDonated) => new Input(purpose, memory, isDonated))
            .Array[1, 6];

    public enum Purpose
    {
        Unread,
        Read,
        Passed,
        PassedTwice,
        Updated,
        UpdatedAndRead,
        Viewed,
    }

    public enum Memory
    {
        Plain,
        SeenThroughAView,
        SeenByTorchSharp,
        Strided,
        InUse,
    }

    public static TheoryData<string> Backends => ["torchscript", "vector code", "interpreter", "default"];

    public sealed record Input(Purpose Purpose, Memory Memory, bool IsDonated);

    [Theory]
    [MemberData(nameof(Backends))]
    public void RunsTakeNoMoreThanTheyAreGivenAndGiveItBackWhenTheyFail(string backend) => s_inputs.Sample(
        inputs =>
        {
            using var run = new Run(inputs, BackendOf(backend));

            // The first is traced.
            for (var i = 0; i < 2; i++)
            {
                run.FailsAndLeavesAllInputs();
            }

            for (var i = 0; i < 2; i++)
            {
                run.SucceedsAndTakesWhatIsDonated();
            }
        },
        iter: 60,
        threads: 1);

    [Theory]
    [InlineData(Memory.Plain, true)]
    [InlineData(Memory.SeenThroughAView, false)]
    [InlineData(Memory.SeenByTorchSharp, false)]
    [InlineData(Memory.Strided, false)]
    [InlineData(Memory.InUse, false)]
    public void WhatMayBeHalfUpdatedIsGivenUpUnlessACopyWasUpdated(Memory memory, bool isGivenUp)
    {
        var update = Jit.Compile(
            (Tensor p, Tensor i) =>
            {
                var updated = F.multi_sgd([p], [F.ones_like(p)], [], 0.5, 0.0, 0.0, 0.0, 1.0).Parameters[0];
                return (updated, F.index_select(updated, 0, i));
            },
            donate: [0]);
        using var given = new Given(memory, 3);
        Assert.Throws<NativeOpException>(() => update.Invoke(given.Tensor, F.tensor(new long[] { OutOfRange })));
        if (isGivenUp)
        {
            var error = Assert.Throws<DonatedTensorException>(() => given.Tensor.ToArray<float>());
            Assert.Contains("failed", error.Message, StringComparison.Ordinal);
        }
        else
        {
            given.IsAsItWas();
            var (updated, _) = update.Invoke(given.Tensor, F.tensor(new long[] { Good }));
            Assert.Equal(given.Values.Select(v => v - 0.5f), updated.ToArray<float>());
        }

        given.IsNotSeenToChange();
    }

    private static Backend BackendOf(string name) => name switch
    {
        "torchscript" => Backend.TorchScript,
        "vector code" => Backend.VectorCode,
        "interpreter" => Backend.Interpreter,
        _ => Backend.Default,
    };

    /// <summary>A function of inputs, and calls of it.</summary>
    private sealed class Run : IDisposable
    {
        private static readonly float[] s_table = [5, 6, 7];
        private static readonly JitFunction<Arguments<Tensor>, Tensor> s_update =
            Jit.Compile((Tensor x) => x + 1, donate: [0], backend: Backend.TorchScript);

        private readonly Input[] _inputs;
        private readonly JitFunction<Arguments<Tensor[], Tensor[], Tensor>, Tensor[]> _function;
        private readonly Tensor _constant = F.tensor(new[] { 1f, 2f });
        private readonly Tensor _table = F.tensor(s_table);

        public Run(Input[] inputs, Backend backend)
        {
            _inputs = inputs;
            _function = Jit.Compile(
                (Tensor[] donated, Tensor[] kept, Tensor index) => Compute(donated, kept, index), donate: [0], backend: backend);
        }

        public void FailsAndLeavesAllInputs()
        {
            var given = Give();
            Assert.Throws<NativeOpException>(() => Call(given, OutOfRange));
            Array.ForEach(given, g => g.Dispose());
            Assert.All(given, g => g.IsAsItWas());
            Assert.All(given, g => g.IsNotSeenToChange());
            HasRightResults(given, Call(given, Good));
        }

        public void SucceedsAndTakesWhatIsDonated()
        {
            var given = Give();
            var results = Call(given, Good);
            Array.ForEach(given, g => g.Dispose());
            HasRightResults(given, results);
            Assert.All(results, result => Assert.False(IsInUse(result)));
            for (var i = 0; i < given.Length; i++)
            {
                if (_inputs[i].IsDonated)
                {
                    Assert.Throws<DonatedTensorException>(() => given[i].Tensor.ToArray<float>());
                }
                else
                {
                    given[i].IsAsItWas();
                }

                given[i].IsNotSeenToChange();
            }

            // A later call that overwrites an input does not show in a result that is a view of it.
            var viewed = given.Where((_, i) => _inputs[i] is { Purpose: Purpose.Viewed, IsDonated: false }).ToList();
            viewed.ForEach(g => Assert.Equal(g.Values.Select(v => v + 1), s_update.Invoke(g.Tensor).ToArray<float>()));
            if (viewed.Count > 0)
            {
                HasRightResults(given, results);
            }
        }

        public void Dispose() => _function.ClearCache();

        private Given[] Give() => [.. _inputs.Select((input, i) => new Given(input.Memory, 10 * i))];

        private Tensor[] Call(Given[] given, long index) => _function.Invoke(
            [.. given.Where((_, i) => _inputs[i].IsDonated).Select(g => g.Tensor)],
            [.. given.Where((_, i) => !_inputs[i].IsDonated).Select(g => g.Tensor)],
            F.tensor(new[] { index }));

        private Tensor[] Compute(Tensor[] donated, Tensor[] kept, Tensor index)
        {
            var (nextDonated, nextKept) = (0, 0);
            var results = _inputs.SelectMany(input =>
            {
                var x = input.IsDonated ? donated[nextDonated++] : kept[nextKept++];
                return (Tensor[])(input.Purpose switch
                {
                    Purpose.Read => [x.sum()],
                    Purpose.Passed => [x],
                    Purpose.PassedTwice => [x, x],
                    Purpose.Updated => [x + 1],
                    Purpose.UpdatedAndRead => [x + 1, x.sum()],
                    Purpose.Viewed => [x.reshape(6)],
                    _ => [],
                });
            }).ToList();
            return [.. results, _constant, _constant, F.index_select(_table, 0, index)];
        }

        private void HasRightResults(Given[] given, Tensor[] results)
        {
            var expected = _inputs.SelectMany((input, i) =>
            {
                var x = given[i].Values;
                float[] updated = [.. x.Select(v => v + 1)];
                return (float[][])(input.Purpose switch
                {
                    Purpose.Read => [[x.Sum()]],
                    Purpose.Passed or Purpose.Viewed => [x],
                    Purpose.PassedTwice => [x, x],
                    Purpose.Updated => [updated],
                    Purpose.UpdatedAndRead => [updated, [x.Sum()]],
                    _ => [],
                });
            });
            Assert.Equal([.. expected, [1f, 2f], [1f, 2f], [s_table[Good]]], results.Select(result => result.ToArray<float>()));
        }
    }

    /// <summary>An input, and who else sees its memory.</summary>
    private sealed class Given : IDisposable
    {
        private readonly Func<float[]>? _seen;
        private Buffer? _used;

        public Given(Memory memory, float first)
        {
            Values = [.. Enumerable.Range(0, 6).Select(i => first + i)];
            var plain = F.tensor(Values).reshape(2, 3).clone();
            switch (memory)
            {
                case Memory.SeenThroughAView:
                    var view = plain.reshape(6);
                    _seen = () => view.ToArray<float>();
                    break;
                case Memory.SeenByTorchSharp:
                    var torch = plain.AsTorch();
                    _seen = () => [.. torch.data<float>()];
                    break;
                case Memory.Strided:
                    plain = plain.transpose(0, 1).clone().contiguous().transpose(0, 1);
                    break;
                case Memory.InUse:
                    _used = plain.BeginUse();
                    break;
            }

            Tensor = plain;
        }

        public Tensor Tensor { get; }

        public float[] Values { get; }

        /// <summary>The other use ends.</summary>
        public void Dispose()
        {
            _used?.EndUse();
            _used = null;
        }

        public void IsAsItWas()
        {
            Dispose();
            Assert.Equal(Values, Tensor.ToArray<float>());
            Assert.False(IsInUse(Tensor));
        }

        public void IsNotSeenToChange() => Assert.Equal(Values, _seen?.Invoke() ?? Values);
    }

    private static bool IsInUse(Tensor tensor)
    {
        using var use = tensor.Use();
        return use.Buffer.IsUsedByOthers;
    }
}
