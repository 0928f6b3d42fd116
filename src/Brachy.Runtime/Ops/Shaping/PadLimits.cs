namespace Brachy;

/// <summary>How much can be padded.</summary>
internal static class PadLimits
{
    public const long Largest = 1L << 47;
}
