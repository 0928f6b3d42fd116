using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Brachy.Native;

/// <summary>
/// Owns compiled TorchScript: a native compilation unit or, from an archive, a module. Freed when disposed and no call is running.
/// </summary>
internal sealed unsafe class ScriptHandle : SafeHandle
{
    // Of a thousand elementwise steps, libtorch's passes take 300 KB to 1 MB of stack; their text is 25 KB or more.
    private const long StackPerCharacter = 96;

    /// <summary>libtorch observes the first run and optimises before the second.</summary>
    public const int OptimizingRuns = 2;

    [ThreadStatic]
    private static ResultArray? s_results;

    private readonly bool _isModule;
    private readonly long _stack;
    private int _runs;
    private volatile bool _isSettled;

    private ScriptHandle(nint native, bool isModule, string script)
        : base(0, ownsHandle: true)
    {
        _isModule = isModule;
        _stack = StackFor(script);
        SetHandle(native);
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>Whether enough runs are over that libtorch has nothing left to optimise.</summary>
    public bool IsSettled => _isSettled;

    /// <summary>Compiles a script, which must be well formed: a parse error ends the process.</summary>
    public static ScriptHandle Compile(string script)
    {
        ScriptHandle? compiled = null;
        DeepStack.Run(
            StackFor(script), "A compiled function", () => compiled = Own(TorchNative.CompileScript(script), isModule: false, script));
        return compiled!;
    }

    /// <summary>Compiles a script that calls operators outside the core library.</summary>
    public static ScriptHandle CompileArchive(string script)
    {
        var archive = ScriptArchive.Write(script);
        ScriptHandle? compiled = null;
        DeepStack.Run(StackFor(script), "A compiled function", () =>
        {
            fixed (byte* bytes = archive)
            {
                compiled = Own(TorchNative.LoadArchive(bytes, archive.Length, device: 0, index: -1), isModule: true, script);
            }
        });
        return compiled!;
    }

    /// <summary>Runs a function that returns a tuple of tensors.</summary>
    /// <param name="function">Its name, zero-terminated.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="count">How many.</param>
    /// <param name="results">Receives the native tensors, which the caller owns from then on.</param>
    /// <param name="mode">How libtorch runs it.</param>
    /// <exception cref="NativeOpException">A kernel failed.</exception>
    public void Invoke(ReadOnlySpan<byte> function, TensorOrScalar* arguments, int count, Span<nint> results, RunMode mode = RunMode.Plain)
    {
        if (_isSettled)
        {
            InvokeHere(function, arguments, count, results, mode);
            return;
        }

        // A run that began after enough others had ended finds nothing left to optimise, and so does every later one.
        var before = Volatile.Read(ref _runs);
        fixed (byte* name = function)
        fixed (nint* made = results)
        {
            var (nameHere, nameLength, madeHere, madeLength) = ((nint)name, function.Length, (nint)made, results.Length);
            DeepStack.Run(_stack, "A compiled function", () => InvokeHere(
                new ReadOnlySpan<byte>((void*)nameHere, nameLength), arguments, count, new Span<nint>((void*)madeHere, madeLength), mode));
        }

        Interlocked.Increment(ref _runs);
        _isSettled = before >= OptimizingRuns;
    }

    private void InvokeHere(ReadOnlySpan<byte> function, TensorOrScalar* arguments, int count, Span<nint> results, RunMode mode)
    {
        using var threads = new SingleThreaded(mode.HasFlag(RunMode.OneThread));
        using var inference = InferenceMode.Enter(mode.HasFlag(RunMode.Inference));
        var array = s_results ??= new ResultArray();
        var added = false;
        try
        {
            DangerousAddRef(ref added);
            sbyte kind = 0;
            fixed (byte* name = function)
            {
                NativeCalls.Count();
                if (_isModule)
                {
                    TorchNative.InvokeModule(handle, name, arguments, count, &Allocate, &kind, 0);
                }
                else
                {
                    TorchNative.Invoke(handle, name, arguments, count, &Allocate, &kind, 0);
                }
            }

            if (TakeError() is { } error)
            {
                throw new NativeOpException($"A compiled function failed in libtorch: {Summarize(error)}");
            }
        }
        finally
        {
            if (added)
            {
                DangerousRelease();
            }
        }

        for (var i = 0; i < results.Length; i++)
        {
            results[i] = array.Items[i].Handle;
        }
    }

    protected override bool ReleaseHandle()
    {
        if (_isModule)
        {
            TorchNative.DisposeModule(handle);
        }
        else
        {
            TorchNative.DisposeCompilationUnit(handle);
        }

        return true;
    }

    /// <summary>The error of the last native call of this thread, which is forgotten then.</summary>
    public static string? TakeError()
    {
        var error = TorchNative.TakeLastError();
        return error == 0 ? null : Marshal.PtrToStringUTF8(error);
    }

    private static ScriptHandle Own(nint native, bool isModule, string script) => native == 0
        ? throw new NativeOpException($"libtorch did not compile a generated script: {TakeError() ?? "no reason given"}\n{script}")
        : new ScriptHandle(native, isModule, script);

    private static long StackFor(string script) => StackPerCharacter * script.Length;

    /// <summary>The line that says what went wrong, without the interpreter's stack.</summary>
    public static string Summarize(string error)
    {
        var lines = error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return lines.LastOrDefault(
            line => line.Contains("Error:", StringComparison.Ordinal) && !line.StartsWith("frame #", StringComparison.Ordinal))
            ?? lines.FirstOrDefault() ?? error;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static TensorOrScalar* Allocate(int index, nuint length) => s_results!.Grow(length);

    /// <summary>Where native code of this thread writes its results.</summary>
    private sealed class ResultArray
    {
        private nuint _capacity;

        public TensorOrScalar* Items { get; private set; }

        ~ResultArray() => NativeMemory.Free(Items);

        public TensorOrScalar* Grow(nuint length)
        {
            if (length > _capacity)
            {
                Items = (TensorOrScalar*)NativeMemory.Realloc(Items, length * (nuint)sizeof(TensorOrScalar));
                _capacity = length;
            }

            return Items;
        }
    }
}
