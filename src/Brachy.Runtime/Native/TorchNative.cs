using System.Runtime.InteropServices;

namespace Brachy.Native;

/// <summary>The functions of TorchSharp's native library that are called directly.</summary>
internal static unsafe partial class TorchNative
{
    private const string Library = "LibTorchSharp";

    [LibraryImport(Library, EntryPoint = "THSTensor_dispose")]
    public static partial void DisposeTensor(nint tensor);

    [LibraryImport(Library, EntryPoint = "THSTensor_empty")]
    public static partial nint Empty(
        long* sizes, int rank, sbyte dtype, int device, int deviceIndex, [MarshalAs(UnmanagedType.U1)] bool needsGradient);

    [LibraryImport(Library, EntryPoint = "THSTensor_new")]
    public static partial nint Over(
        nint memory, delegate* unmanaged[Cdecl]<nint, void> deleter, long* sizes, int rank, sbyte scalarType, sbyte dtype, int device,
        int deviceIndex, [MarshalAs(UnmanagedType.U1)] bool needsGradient);

    [LibraryImport(Library, EntryPoint = "THSTensor_data")]
    public static partial nint DataOf(nint tensor);

    [LibraryImport(Library, EntryPoint = "THSTensor_numel")]
    public static partial long CountElements(nint tensor);

    [LibraryImport(Library, EntryPoint = "THSTensor_is_contiguous")]
    [return: MarshalAs(UnmanagedType.U1)]
    public static partial bool IsDense(nint tensor);

    [LibraryImport(Library, EntryPoint = "THSJIT_compile", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint CompileScript(string script);

    [LibraryImport(Library, EntryPoint = "THSJIT_CompilationUnit_dispose")]
    public static partial void DisposeCompilationUnit(nint unit);

    [LibraryImport(Library, EntryPoint = "THSJIT_CompilationUnit_Invoke")]
    public static partial void Invoke(
        nint unit, byte* method, TensorOrScalar* arguments, int count,
        delegate* unmanaged[Cdecl]<int, nuint, TensorOrScalar*> allocator, sbyte* resultKind, int index);

    [LibraryImport(Library, EntryPoint = "THSJIT_load_byte_array")]
    public static partial nint LoadArchive(byte* bytes, long size, long device, long index);

    [LibraryImport(Library, EntryPoint = "THSJIT_Module_dispose")]
    public static partial void DisposeModule(nint module);

    [LibraryImport(Library, EntryPoint = "THSJIT_Module_invoke")]
    public static partial void InvokeModule(
        nint module, byte* method, TensorOrScalar* arguments, int count,
        delegate* unmanaged[Cdecl]<int, nuint, TensorOrScalar*> allocator, sbyte* resultKind, int index);

    [LibraryImport(Library, EntryPoint = "THSTorch_get_num_threads")]
    public static partial int GetThreadCount();

    [LibraryImport(Library, EntryPoint = "THSTorch_set_num_threads")]
    public static partial void SetThreadCount(int count);

    [LibraryImport(Library, EntryPoint = "THSAutograd_getInferenceModeGuard")]
    public static partial nint EnterInferenceMode([MarshalAs(UnmanagedType.U1)] bool mode);

    [LibraryImport(Library, EntryPoint = "THSAutograd_deleteInferenceModeGuard")]
    public static partial void LeaveInferenceMode(nint guard);

    [LibraryImport(Library, EntryPoint = "THSTorch_get_and_reset_last_err")]
    public static partial nint TakeLastError();
}

/// <summary>An argument or result of a script, as TorchSharp's native library lays it out.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TensorOrScalar
{
    public long TypeCode;
    public long ArrayIndex;
    public nint Handle;
}
