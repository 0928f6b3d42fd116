namespace Brachy.Native;

/// <summary>
/// Plain numbers for TorchSharp's functions. TorchSharp does not hold a number while a native call uses it, so that the garbage
/// collector may free what a C# number converts to in the middle of the call, which ends the process; each thread holds its last ones here.
/// </summary>
public static class NativeNumber
{
    // Far more than one kernel uses.
    private const int Held = 256;

    [ThreadStatic]
    private static TorchSharp.Scalar[]? s_held;

    [ThreadStatic]
    private static int s_next;

#pragma warning disable RS0030 // The conversions that are banned everywhere else.
    /// <summary>A real number.</summary>
    public static TorchSharp.Scalar Of(double value) => Hold(value);

    /// <summary>An integer.</summary>
    public static TorchSharp.Scalar Of(long value) => Hold(value);

    /// <summary>A truth value.</summary>
    public static TorchSharp.Scalar Of(bool value) => Hold(value);
#pragma warning restore RS0030

    private static TorchSharp.Scalar Hold(TorchSharp.Scalar number)
    {
        var held = s_held ??= new TorchSharp.Scalar[Held];
        s_next = (s_next + 1) % Held;
        return held[s_next] = number;
    }
}
