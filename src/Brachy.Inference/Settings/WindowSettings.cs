using Brachy.Extending;

namespace Brachy;

/// <summary>Windows that move over images: one number for each spatial dim.</summary>
internal abstract record WindowSettings(Shape KernelSize, Shape Stride, Shape Padding) : Settings
{
    /// <summary>From one element of a window to the next; null for 1.</summary>
    public virtual Shape? Spread => null;

    /// <summary>Whether a last window may reach beyond the border.</summary>
    public virtual bool ReachesOver => false;
}
