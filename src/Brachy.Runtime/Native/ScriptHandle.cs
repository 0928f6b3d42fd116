using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Brachy.Native;

/// <summary>Owns compiled TorchScript: a native compilation unit or, from an archive, a module. Freed when disposed and no call is running.</summary>
internal sealed unsafe class ScriptHandle : SafeHandle
{
    [ThreadStatic]
    private static ResultArray? s_results;

    private readonly bool _isModule;

    private ScriptHandle(nint native, bool isModule)
        : base(0, ownsHandle: true)
    {
        _isModule = isModule;
        SetHandle(native);
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>Compiles a script, which must be well formed: a parse error ends the process.</summary>
    public static ScriptHandle Compile(string script) => Own(TorchNative.CompileScript(script), isModule: false, script);

    /// <summary>Compiles a script that calls operators outside the core library.</summary>
    public static ScriptHandle CompileArchive(string script)
    {
        var archive = ScriptArchive.Write(script);
        fixed (byte* bytes = archive)
        {
            return Own(TorchNative.LoadArchive(bytes, archive.Length, device: 0, index: -1), isModule: true, script);
        }
    }

    /// <summary>Runs a function that returns a tuple of tensors.</summary>
    /// <param name="function">Its name, zero-terminated.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="count">How many.</param>
    /// <param name="results">Receives the native tensors, which the caller owns from then on.</param>
    /// <exception cref="NativeOpException">A kernel failed.</exception>
    public void Invoke(ReadOnlySpan<byte> function, TensorOrScalar* arguments, int count, Span<nint> results)
    {
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
        : new ScriptHandle(native, isModule);

    /// <summary>The line that says what went wrong, without the interpreter's stack.</summary>
    public static string Summarize(string error)
    {
        var lines = error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return lines.LastOrDefault(line => line.Contains("Error:", StringComparison.Ordinal)) ?? lines.FirstOrDefault() ?? error;
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
