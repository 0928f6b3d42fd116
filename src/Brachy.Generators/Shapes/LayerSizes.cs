using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Brachy.Generators;

/// <summary>What a layer of <c>Brachy.NN</c> takes and gives, as far as the constants that it is built with say.</summary>
/// <param name="Takes">The features that it needs, if known.</param>
/// <param name="Gives">The features of its result, if known.</param>
/// <param name="Keeps">Which dims come out as they went in.</param>
internal sealed record LayerSizes(Features? Takes, Features? Gives, ImmutableArray<FeatureDim> Keeps)
{
    private static readonly ImmutableArray<FeatureDim> s_none = [];
    private static readonly ImmutableArray<FeatureDim> s_channels = [FeatureDim.Channels];
    private static readonly ImmutableArray<FeatureDim> s_all = [FeatureDim.Last, FeatureDim.Channels];

    /// <summary>Layers whose result has the shape of their input.</summary>
    public static ImmutableHashSet<string> Elementwise { get; } =
    [
        "ReLU", "ReLU6", "LeakyReLU", "PReLU", "RReLU", "ELU", "SELU", "CELU", "GELU", "SiLU", "Mish", "Softplus", "Sigmoid", "LogSigmoid",
        "Hardsigmoid", "Hardswish", "Hardtanh", "Hardshrink", "Softshrink", "Tanh", "Tanhshrink", "Softsign", "Softmax", "LogSoftmax",
        "Softmin", "Softmax2d", "Threshold", "Identity", "Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "AlphaDropout",
        "FeatureAlphaDropout",
    ];

    /// <summary>Layers that change sizes in space only.</summary>
    public static ImmutableHashSet<string> Spatial { get; } =
    [
        "MaxPool1d", "MaxPool2d", "MaxPool3d", "AvgPool1d", "AvgPool2d", "AvgPool3d", "LPPool1d", "LPPool2d", "LPPool3d",
        "AdaptiveAvgPool1d", "AdaptiveAvgPool2d", "AdaptiveAvgPool3d", "AdaptiveMaxPool1d", "AdaptiveMaxPool2d",
        "AdaptiveMaxPool3d", "Upsample", "UpsamplingNearest2d", "UpsamplingBilinear2d", "ConstantPad1d", "ConstantPad2d",
        "ConstantPad3d", "ZeroPad1d", "ZeroPad2d", "ZeroPad3d", "ReflectionPad1d", "ReflectionPad2d", "ReflectionPad3d",
        "ReplicationPad1d", "ReplicationPad2d", "ReplicationPad3d", "CircularPad1d", "CircularPad2d", "CircularPad3d",
        "LocalResponseNorm",
    ];

    /// <summary>Layers with sizes, and the parameters of their constructors that say them: taken, given.</summary>
    public static ImmutableDictionary<string, (FeatureDim Dim, string? Takes, string Gives)> Sized { get; } =
        new (string Name, FeatureDim Dim, string? Takes, string Gives)[]
        {
            ("Linear", FeatureDim.Last, "inFeatures", "outFeatures"),
            ("Embedding", FeatureDim.Last, null, "embeddingDim"),
            ("CausalSelfAttention", FeatureDim.Last, "embedDim", "embedDim"),
            ("LayerNorm", FeatureDim.Last, "normalizedShape", "normalizedShape"),
            ("RmsNorm", FeatureDim.Last, "normalizedShape", "normalizedShape"),
            ("Conv1d", FeatureDim.Channels, "inChannels", "outChannels"),
            ("Conv2d", FeatureDim.Channels, "inChannels", "outChannels"),
            ("Conv3d", FeatureDim.Channels, "inChannels", "outChannels"),
            ("ConvTranspose1d", FeatureDim.Channels, "inChannels", "outChannels"),
            ("ConvTranspose2d", FeatureDim.Channels, "inChannels", "outChannels"),
            ("ConvTranspose3d", FeatureDim.Channels, "inChannels", "outChannels"),
            ("BatchNorm", FeatureDim.Channels, "numFeatures", "numFeatures"),
            ("BatchNorm1d", FeatureDim.Channels, "numFeatures", "numFeatures"),
            ("BatchNorm2d", FeatureDim.Channels, "numFeatures", "numFeatures"),
            ("BatchNorm3d", FeatureDim.Channels, "numFeatures", "numFeatures"),
            ("InstanceNorm2d", FeatureDim.Channels, "numFeatures", "numFeatures"),
            ("InstanceNorm3d", FeatureDim.Channels, "numFeatures", "numFeatures"),
            ("GroupNorm", FeatureDim.Channels, "numChannels", "numChannels"),
        }.ToImmutableDictionary(row => row.Name, row => (row.Dim, row.Takes, row.Gives));

    /// <summary>The layer that an expression builds; null for anything else.</summary>
    /// <param name="value">The expression.</param>
    /// <param name="name">How messages call it.</param>
    public static LayerSizes? Of(IOperation value, string name)
    {
        if (Unconverted(value) is not IObjectCreationOperation { Type: INamedTypeSymbol type } creation || !IsLayer(type))
        {
            return null;
        }

        if (Elementwise.Contains(type.Name))
        {
            return new LayerSizes(null, null, s_all);
        }

        if (Spatial.Contains(type.Name))
        {
            return new LayerSizes(null, null, s_channels);
        }

        if (type.Name == "Sequential")
        {
            return OfAll(Layers(creation).Select(layer => Of(layer, NameOf(layer))));
        }

        if (!Sized.TryGetValue(type.Name, out var row))
        {
            return null;
        }

        Features? Known(string? parameter) =>
            parameter is not null && Constant(creation, parameter) is { } size ? new Features(row.Dim, size, name) : null;
        return new LayerSizes(Known(row.Takes), Known(row.Gives), s_none);
    }

    /// <summary>The layers that a <c>Sequential</c> is built of; none if that cannot be seen.</summary>
    public static IReadOnlyList<IOperation> Layers(IObjectCreationOperation creation) =>
        creation.Type is INamedTypeSymbol { Name: "Sequential" } type && IsLayer(type)
        && creation.Arguments.Length == 1
            ? Elements(Unconverted(creation.Arguments[0].Value)) ?? []
            : [];

    /// <summary>How messages call a layer without a property: <c>Linear(64, 10)</c>.</summary>
    public static string NameOf(IOperation layer) => Unconverted(layer) is IObjectCreationOperation { Type: { } type } creation
        ? $"{type.Name}({string.Join(", ", creation.Arguments.Where(a => !a.IsImplicit).Select(a => a.Value.Syntax))})"
        : layer.Syntax.ToString();

    /// <summary>What comes out for what goes in.</summary>
    public Features? After(Features? input) =>
        Gives ?? (input is { } features && Keeps.Contains(features.Dim) ? features : null);

    /// <summary>Whether the layer cannot take this.</summary>
    public bool Refuses(Features input) => Takes is { } takes && takes.Dim == input.Dim && takes.Size != input.Size;

    public static IOperation Unconverted(IOperation operation) =>
        operation is IConversionOperation conversion ? Unconverted(conversion.Operand) : operation;

    private static LayerSizes OfAll(IEnumerable<LayerSizes?> layers)
    {
        var all = layers.ToList();
        if (all.Count == 0 || all.Contains(null))
        {
            return new LayerSizes(null, null, s_none);
        }

        var first = all.TakeWhile(layer => layer!.Gives is null && layer.Takes is null && layer.Keeps.Length > 0).Count();
        var takes = first < all.Count && all.Take(first).All(layer => layer!.Keeps == s_all) ? all[first]!.Takes : null;
        var gives = all.Aggregate((Features?)null, (features, layer) => layer!.After(features));
        return new LayerSizes(takes, gives, all.All(layer => layer!.Keeps.Length > 0) ? all.Last()!.Keeps : s_none);
    }

    private static long? Constant(IObjectCreationOperation creation, string parameter)
    {
        foreach (var argument in creation.Arguments)
        {
            if (argument.Parameter?.Name == parameter)
            {
                var value = Unconverted(argument.Value);
                value = Elements(value) is { Count: 1 } elements ? Unconverted(elements[0]) : value;
                return value.ConstantValue is { HasValue: true, Value: var constant }
                    ? constant switch { int size => size, long size => size, _ => null }
                    : null;
            }
        }

        return null;
    }

    private static IReadOnlyList<IOperation>? Elements(IOperation value) => value switch
    {
        ICollectionExpressionOperation { Elements: var elements } when !elements.Any(e => e is ISpreadOperation) => elements,
        IArrayCreationOperation { Initializer.ElementValues: var elements } => elements,
        _ => null,
    };

    private static bool IsLayer(INamedTypeSymbol type) =>
        type.IsBrachy(type.Name) && type.ContainingNamespace is { Name: "NN", ContainingNamespace.Name: BrachyTypes.Namespace };
}
