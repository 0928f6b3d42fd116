using System.Runtime.InteropServices;
using Brachy.Native;

namespace Brachy.Compilation;

/// <summary>
/// Runs loops without leaving vector code. A carry has two places, one for its value before a step and one for that after it, unless the
/// step writes over it.
/// </summary>
internal sealed unsafe class LoopCode
{
    private readonly LoopForm _settings;
    private readonly BodyCode _step;
    private readonly BodyCode? _condition;
    private readonly Layout[] _operands;
    private readonly Layout[] _results;
    private readonly Layout?[] _spare;
    private readonly Layout _scratch;
    private readonly Layout _places;
    private readonly int _tableSize;
    private readonly Layout? _holds;
    private readonly Layout? _count;
    private readonly long[] _sliceBytes;
    private readonly long[] _rowBytes;
    private readonly bool[] _isInPlace;

    private LoopCode(VectorArgs x, LoopForm settings, BodyCode step, BodyCode? condition)
    {
        (_settings, _step, _condition) = (settings, step, condition);
        _isInPlace = [.. Enumerable.Range(0, settings.Carries).Select(i => settings.Overwritten.Contains(i))];
        _operands = [.. Enumerable.Range(0, x.Count).Select(x.Dense)];
        var body = x.Bodies[0];
        _results = new Layout[body.OutputTypes.Count];
        _spare = new Layout?[settings.Carries];
        for (var i = 0; i < _results.Length; i++)
        {
            if (i < settings.Carries && _isInPlace[i] && x.MayOverwrite(settings.FirstCarry + i))
            {
                _results[i] = _operands[settings.FirstCarry + i];
                x.Alias(_results[i], i);
                continue;
            }

            _results[i] = x.Result(i);
            if (i < settings.Carries && !_isInPlace[i])
            {
                _spare[i] = x.Scratch(x.Output(i).DType, x.Output(i).Shape);
            }
        }

        var scratchBytes = Math.Max(1, Math.Max(step.ScratchBytes, condition?.ScratchBytes ?? 0));
        _scratch = x.Scratch(DType.Bool, [scratchBytes]);
        _tableSize = Math.Max(step.TableSize, condition?.TableSize ?? 0);
        _places = x.Scratch(DType.Int64, [(2 * _operands.Length) + _results.Length + 1 + _tableSize]);
        _holds = condition is null ? null : x.Scratch(DType.Bool, []);
        _count = settings.GivesCount ? x.Result(_results.Length) : null;
        _sliceBytes = [.. body.Inputs.Skip(settings.Carries).Take(settings.Slices).Select(input => input.Type.ByteSize)];
        _rowBytes = [.. body.OutputTypes.Skip(settings.Carries).Select(type => type.ByteSize)];
    }

    public static bool Write(VectorArgs x, LoopForm settings)
    {
        var (step, ofStep) = BodyCode.Compile(x.Bodies[0], x.Rules);
        var (condition, ofCondition) = x.Bodies is [_, var test] ? BodyCode.Compile(test, x.Rules) : default;
        if (Enumerable.Range(0, x.Count).Any(x.IsNumber) || step is null || ofCondition is not null)
        {
            return x.Refuse(ofStep ?? ofCondition);
        }

        x.AddCopied((settings.Length ?? LoopForm.GuessedLength) * step.CopiedElements);
        x.Add(new LoopCode(x, settings, step, condition).Run);
        return true;
    }

    private void Run(nint* memory)
    {
        StackSpace.Require("A loop in loops");

        // A loop whose gradient keeps every value of a long step has more addresses than a small stack holds.
        var inputs = (nint*)_places.Address(memory);
        var tested = inputs + _operands.Length;
        var table = tested + _operands.Length;
        var results = table + _tableSize;
        var first = _settings.FirstCarry;
        var inner = inputs + first;
        for (var i = 0; i < _operands.Length; i++)
        {
            inputs[i] = _operands[i].Address(memory);
        }

        // What is written in place begins in its own memory.
        for (var i = 0; i < _isInPlace.Length; i++)
        {
            if (_isInPlace[i])
            {
                Copy(inner[i], _results[i].Address(memory), _results[i]);
                inner[i] = results[i] = _results[i].Address(memory);
            }
        }

        var length = _settings.HasCount ? *(long*)inputs[0] : _settings.Length ?? long.MaxValue;
        var scratch = _scratch.Address(memory);
        var count = 0L;
        for (; count < length && Holds(memory, inner, tested, scratch, table); count++)
        {
            var row = _settings.Reverse ? length - 1 - count : count;
            Step(memory, inner, results, row, scratch, table);
        }

        for (var i = 0; i < _isInPlace.Length; i++)
        {
            Copy(inner[i], _results[i].Address(memory), _results[i]);
        }

        for (var i = _settings.Carries; count < (_settings.Length ?? 0) && i < _results.Length; i++)
        {
            // Rows that are never reached are zeros.
            var bytes = _rowBytes[i - _settings.Carries];
            NativeMemory.Clear((byte*)_results[i].Address(memory) + (count * bytes), (nuint)((_settings.Length!.Value - count) * bytes));
        }

        if (_count is not null)
        {
            *(long*)_count.Address(memory) = count;
        }
    }

    private void Step(nint* memory, nint* inner, nint* results, long row, nint scratch, nint* table)
    {
        var (carries, slices) = (_settings.Carries, _sliceBytes.Length);
        for (var i = 0; i < carries; i++)
        {
            if (!_isInPlace[i])
            {
                var place = _results[i].Address(memory);
                results[i] = inner[i] == place ? _spare[i]!.Address(memory) : place;
            }
        }

        for (var i = 0; i < _rowBytes.Length; i++)
        {
            results[carries + i] = _results[carries + i].Address(memory) + (nint)(row * _rowBytes[i]);
        }

        for (var i = 0; i < slices; i++)
        {
            inner[carries + i] = _operands[_settings.FirstSlice + i].Address(memory) + (nint)(row * _sliceBytes[i]);
        }

        _step.Run(inner, results, scratch, table);
        for (var i = 0; i < carries; i++)
        {
            inner[i] = results[i];
        }
    }

    private bool Holds(nint* memory, nint* inner, nint* tested, nint scratch, nint* table)
    {
        if (_condition is null)
        {
            return true;
        }

        var (carries, slices) = (_settings.Carries, _sliceBytes.Length);
        var captured = _operands.Length - _settings.FirstCaptured;
        for (var i = 0; i < carries + captured; i++)
        {
            tested[i] = inner[i < carries ? i : i + slices];
        }

        var result = _holds!.Address(memory);
        _condition.Run(tested, &result, scratch, table);
        return *(byte*)result != 0;
    }

    private static void Copy(nint from, nint to, Layout layout)
    {
        if (from != to)
        {
            var bytes = layout.Count * layout.DType.ItemSize();
            System.Buffer.MemoryCopy((void*)from, (void*)to, bytes, bytes);
        }
    }
}
