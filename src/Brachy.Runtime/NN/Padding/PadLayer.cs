namespace Brachy.NN;

/// <summary>What the layers that pad share: the widths of the border.</summary>
[Module]
public abstract partial class PadLayer
{
    /// <summary>Elements before and after the last dim, then the one before it, and so on.</summary>
    [Static]
    public partial long[] Padding { get; set; }

    private protected PadLayer(PadWidths padding, int dims, string layer) => Padding = padding.OfSides(dims, layer);

    /// <summary>Applies the layer.</summary>
    public abstract Tensor Forward(Tensor x);
}
