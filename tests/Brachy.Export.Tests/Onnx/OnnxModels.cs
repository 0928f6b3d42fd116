using Brachy.NN;

namespace Brachy.Tests.OnnxFiles;

/// <summary>A perceptron with one hidden layer.</summary>
[Module]
public partial class Mlp
{
    public partial Linear Hidden { get; set; }

    public partial Linear Output { get; set; }

    public Mlp(int inputs, int hidden, int outputs)
    {
        Hidden = new(inputs, hidden);
        Output = new(hidden, outputs);
    }

    public Tensor Forward(Tensor x) => Output.Call(F.relu(Hidden.Call(x)));
}

/// <summary>A block of a residual network and a head.</summary>
[Module]
public partial class SmallConvNet
{
    public partial Conv2d Conv { get; set; }

    public partial BatchNorm2d Norm { get; set; }

    public partial Linear Head { get; set; }

    public SmallConvNet()
    {
        Conv = new(3, 6, 3, padding: 1);
        Norm = new(6);
        Head = new(6, 5);
    }

    public Tensor Forward(Tensor x)
    {
        x = F.relu(Norm.Call(Conv.Call(x)));
        x = F.max_pool2d(x, 2) + F.avg_pool2d(x, 2);
        return Head.Call(F.flatten(F.adaptive_avg_pool2d(x, 1), 1));
    }
}

/// <summary>A pre-norm block of causal attention.</summary>
[Module]
public partial class AttentionModel
{
    public partial LayerNorm Norm { get; set; }

    public partial CausalSelfAttention Attention { get; set; }

    public partial Linear Output { get; set; }

    public AttentionModel(int size, int heads)
    {
        Norm = new(size);
        Attention = new(size, heads);
        Output = new(size, size);
    }

    public Tensor Forward(Tensor x) => x + Output.Call(F.gelu(Attention.Call(Norm.Call(x))));
}

/// <summary>Embedding, a recurrent layer, and a head.</summary>
[Module]
public partial class TokenClassifier
{
    public partial Embedding Embedding { get; set; }

    public partial Lstm Recurrent { get; set; }

    public partial Linear Head { get; set; }

    public TokenClassifier()
    {
        Embedding = new(11, 6);
        Recurrent = new(6, 7, batchFirst: true);
        Head = new(7, 2);
    }

    public Tensor Forward(Tensor tokens)
    {
        var (output, _, _) = Recurrent.Call(Embedding.Call(tokens));
        return Head.Call(F.select(output, 1, -1));
    }
}

/// <summary>What ONNX cannot say.</summary>
[Module]
public partial class Noisy
{
    public partial Linear Hidden { get; set; }

    public partial Dropout Dropout { get; set; }

    public Noisy()
    {
        Hidden = new(4, 4);
        Dropout = new(0.5);
    }

    public Tensor Forward(Tensor x) => F.lgamma(Dropout.Call(Hidden.Call(x)));
}
