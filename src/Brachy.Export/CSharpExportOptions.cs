namespace Brachy.IO;

/// <summary>How a model is written as C# source.</summary>
public sealed record CSharpExportOptions
{
    /// <summary>The namespace of the class.</summary>
    public string Namespace { get; init; } = "Models";

    /// <summary>The name of the class; by default the file's name in Pascal case, or <c>Model</c> for a stream.</summary>
    public string? ClassName { get; init; }

    /// <summary>Where the weights are: in the source by default.</summary>
    public CSharpWeights Weights { get; init; }

    /// <summary>Which sizes of inputs may be any, as in <see cref="FrozenExportOptions.Varying"/>.</summary>
    public IReadOnlyList<VaryingDims> Varying { get; init; } = [];

    /// <summary>Names of the inputs, as in <see cref="FrozenExportOptions.InputNames"/>.</summary>
    public IReadOnlyList<string>? InputNames { get; init; }

    /// <summary>Which linear layers have weights of 8 bits, as in <see cref="FrozenExportOptions.Quantization"/>.</summary>
    public DynamicQuantization? Quantization { get; init; }
}
