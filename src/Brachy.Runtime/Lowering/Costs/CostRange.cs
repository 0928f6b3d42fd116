namespace Brachy.Compilation;

/// <summary>A cost as it was found on the machines that Brachy is developed on, and what it may be elsewhere.</summary>
/// <param name="Fixed">The fixed value.</param>
/// <param name="Least">The least; what is measured below counts as this.</param>
/// <param name="Most">The most.</param>
internal readonly record struct CostRange(double Fixed, double Least, double Most)
{
    /// <summary>Each cost.</summary>
    public static IReadOnlyDictionary<MachineCost, CostRange> All { get; } = new Dictionary<MachineCost, CostRange>
    {
        // Measured on AVX-512: 8 µs for each operator through libtorch (with the views around it), and about 0.1 ns for each multiply-add
        // of a product that one thread takes longer than two. The others with training steps of perceptrons of three layers, 64 to 1,024
        // wide, of 8 to 512 samples, on 2 cores of an Intel Xeon (Emerald Rapids, AVX-512, 2 MB of cache each), and with ResNet-18.
        [MachineCost.SavedPerOperator] = new(8e-6, 0.5e-6, 40e-6),
        [MachineCost.LostPerMultiplyAddOfTiles] = new(0.0007e-9, -0.05e-9, 0.1e-9),
        [MachineCost.LostPerMultiplyAdd] = new(0.1e-9, 0, 1e-9),
        [MachineCost.LostPerElementInCache] = new(0.05e-9, -1e-9, 1e-9),
        [MachineCost.LostPerElementOfMemory] = new(0.2e-9, -2e-9, 2e-9),
        [MachineCost.LostPerElement] = new(1e-9, -2e-9, 20e-9),
        [MachineCost.SavedPerMultiplyAddOfConvolution] = new(1e-12, -0.1e-9, 0.1e-9),

        // Where oneDNN runs them, nothing; libtorch's own kernels take twice as long as vector code.
        [MachineCost.SavedPerMultiplyAddOfTrainedConvolution] = new(-0.1e-9, -0.1e-9, 0.1e-9),

        // With 64 to 512 channels and batch 32 channels last takes 0.6 to 0.95 of the time at 16x16 and above, 1.1 at 8x8, 1.3 at 4x4.
        [MachineCost.FewestPixelsOfChannelsLast] = new(144, 16, 1 << 20),

        // 0.94 of the time at 32x32, 0.9 at 8x8, 0.86 at 4x4; and a whole step of ResNet-18 takes half the time.
        [MachineCost.FewestPixelsOfChannelsLastWithoutOneDnn] = new(16, 16, 1 << 20),

        // Of a whole batch of 4x4 images 1.4 of the time, from 8x8 on 0.8 to 1.
        [MachineCost.FewestPixelsOfFusedConvolution] = new(64, 16, 1 << 20),

        // Products save more than the transforms cost from 256 channels on; with 128 they are even.
        [MachineCost.FewestChannelsOfWinograd] = new(256, 64, 1 << 20),
    };

    /// <summary>Whether a value may be that of this cost.</summary>
    public bool Contains(double value) => value >= Least && value <= Most;
}
