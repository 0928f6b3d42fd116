namespace Brachy.Compilation;

/// <summary>What a choice of the compiler depends on that differs between machines.</summary>
internal enum MachineCost
{
    /// <summary>Seconds that vector code saves for each operator, which libtorch has to find, to check and to make memory for.</summary>
    SavedPerOperator,

    /// <summary>Seconds that vector code takes longer for a multiply-add of a product in tiles; negative where it is faster.</summary>
    LostPerMultiplyAddOfTiles,

    /// <summary>Seconds that vector code takes longer for a multiply-add of another product.</summary>
    LostPerMultiplyAdd,

    /// <summary>
    /// Seconds that vector code takes longer for an element that it reads or writes in the cache, in a chain of operators; negative where
    /// it is faster.
    /// </summary>
    LostPerElementInCache,

    /// <summary>The same in memory.</summary>
    LostPerElementOfMemory,

    /// <summary>The same of a function.</summary>
    LostPerElement,

    /// <summary>Seconds that vector code saves for a multiply-add of a convolution with known weights.</summary>
    SavedPerMultiplyAddOfConvolution,

    /// <summary>Seconds that vector code saves for a multiply-add of a convolution, or of its gradients, whose weights change.</summary>
    SavedPerMultiplyAddOfTrainedConvolution,

    /// <summary>From so many pixels of an image on, convolutions of a batch are faster with channels last.</summary>
    FewestPixelsOfChannelsLast,

    /// <summary>The same of libtorch's own kernels, where oneDNN may not be used.</summary>
    FewestPixelsOfChannelsLastWithoutOneDnn,

    /// <summary>From so many pixels of an image on, oneDNN's convolution with what follows is faster than both apart.</summary>
    FewestPixelsOfFusedConvolution,

    /// <summary>From so many channels on, Winograd's method by libtorch's products is faster than a convolution.</summary>
    FewestChannelsOfWinograd,
}
