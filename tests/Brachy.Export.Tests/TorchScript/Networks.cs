using Brachy.NN;

namespace Brachy.Tests.TorchScript;

/// <summary>Images: convolution, running statistics, pooling.</summary>
[Module]
internal sealed partial class ImageNetwork
{
    public partial Sequential Features { get; set; }

    public partial Linear Head { get; set; }

    public ImageNetwork()
    {
        Features = new(new Conv2d(3, 8, 3, padding: 1), new BatchNorm2d(8), new ReLU(), new MaxPool2d(2));
        Head = new(8, 4);
    }

    public Tensor Forward(Tensor x) => Head.Call(F.mean(Features.Call(x), [2, 3]));
}

/// <summary>Text: a table that is the head too, attention to what came before, dropout.</summary>
[Module]
internal sealed partial class TextNetwork
{
    public partial Embedding Tokens { get; set; }

    public partial LayerNorm Norm { get; set; }

    public partial CausalSelfAttention Attention { get; set; }

    public TextNetwork(double dropout = 0.1)
    {
        Tokens = new(20, 16);
        Norm = new(16);
        Attention = new(16, 4, dropout: dropout);
    }

    public (Tensor Logits, Tensor Hidden) Forward(Tensor ids)
    {
        var x = Tokens.Call(ids);
        x += Attention.Call(Norm.Call(x));
        return (F.matmul(x, Tokens.Weight.T), x);
    }
}

/// <summary>A recurrent layer: a loop over time.</summary>
[Module]
internal sealed partial class RecurrentNetwork
{
    public partial Lstm Layer { get; set; }

    public partial Linear Head { get; set; }

    public RecurrentNetwork()
    {
        Layer = new(5, 7, batchFirst: true);
        Head = new(7, 2);
    }

    public Tensor Forward(Tensor x) => Head.Call(Layer.Call(x).Output);
}

/// <summary>What a node may hold: a list, a scale, a constant of the code, names that are no identifiers of Python.</summary>
[Module]
internal sealed partial class OddNames
{
    [Param]
    public partial TreeValue Parts { get; set; }

    [Param("class")]
    public partial Tensor Class { get; set; }

    [Param("class_")]
    public partial Tensor Other { get; set; }

    [Param("self")]
    public partial Tensor Self { get; set; }

    [Buffer("nan")]
    public partial Tensor Count { get; set; }

    private static readonly Tensor s_constant = Tensor.FromArray([1f, 2f, 3f], [3]);

    public OddNames()
    {
        Parts = new TreeValue[] { F.ones([3]), F.full([3], 2) };
        Class = F.full([3], 0.5);
        Other = F.full([3], 0.25);
        Self = F.full([3], 0.125);
        Count = F.full([], 4, DType.Int64);
    }

    public Tensor Forward(Tensor x) => ((x * Parts.List[0].Tensor) + (Parts.List[1].Tensor * Class) + (s_constant * Other) + Self) * Count;
}

/// <summary>Two inputs with a size in common, and a mask that hides all of some rows.</summary>
[Module]
internal sealed partial class MaskedAttention
{
    public partial MultiheadAttention Layer { get; set; }

    public MaskedAttention() => Layer = new(8, 2, batchFirst: true);

    public Tensor Forward(Tensor x, Tensor isPadding) => Layer.Call(x, x, x, keyPaddingMask: isPadding, needWeights: false).Output;
}
