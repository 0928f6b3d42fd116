namespace Brachy.Generators;

/// <summary>The dim of a tensor that a layer reads or makes.</summary>
internal enum FeatureDim
{
    /// <summary>The last dim, as a linear layer's.</summary>
    Last,

    /// <summary>The channels, as a convolution's.</summary>
    Channels,
}

/// <summary>How long one dim of a tensor is known to be, and by which layer.</summary>
internal readonly record struct Features(FeatureDim Dim, long Size, string Layer);
