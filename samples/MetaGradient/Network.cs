using Brachy;
using Brachy.NN;

namespace MetaGradient;

/// <summary>A small classifier of images.</summary>
[Module]
public partial class Network
{
    /// <summary>From pixels to the hidden layer.</summary>
    public partial Linear Hidden { get; set; }

    /// <summary>One score for each class.</summary>
    public partial Linear Output { get; set; }

    /// <summary>A network.</summary>
    /// <param name="inputs">Pixels of an image.</param>
    /// <param name="hidden">The size of the hidden layer.</param>
    /// <param name="classes">The number of classes.</param>
    public Network(int inputs, int hidden, int classes)
    {
        Hidden = new(inputs, hidden);
        Output = new(hidden, classes);
    }

    /// <summary>Input [batch, inputs], output [batch, classes].</summary>
    public Tensor Forward(Tensor x) => Output.Call(F.tanh(Hidden.Call(x)));

    /// <summary>The network after a run, and its mean cross-entropy.</summary>
    public static (StructureTree Model, Tensor Loss) Loss(StructureTree model, GlobalConfig config, Tensor x, Tensor y)
    {
        (model, var logits) = Apply(model, config, x);
        return (model, F.softmax_cross_entropy(logits, y));
    }
}
