namespace Brachy.Native;

/// <summary>What libtorch's state of the thread is while compiled code runs.</summary>
[Flags]
internal enum RunMode
{
    /// <summary>As the thread has it.</summary>
    Plain = 0,

    /// <summary>See <see cref="SingleThreaded"/>.</summary>
    OneThread = 1,

    /// <summary>See <see cref="InferenceMode"/>.</summary>
    Inference = 2,
}
