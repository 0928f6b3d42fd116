using Brachy.NN;

namespace Brachy.Models.Text;

/// <summary>A perceptron in which one projection opens and closes the other. Input and output [batch, positions, size].</summary>
[Module]
public partial class LlamaMlp
{
    /// <summary>What opens and closes.</summary>
    [Submodule("gate_proj")]
    public partial Linear Gate { get; set; }

    /// <summary>What passes.</summary>
    [Submodule("up_proj")]
    public partial Linear Up { get; set; }

    /// <summary>Back to the size.</summary>
    [Submodule("down_proj")]
    public partial Linear Down { get; set; }

    /// <summary>The name of the activation; see <see cref="LlamaConfig.HiddenAct"/>.</summary>
    [Static]
    public partial string Activation { get; set; }

    /// <summary>A perceptron with random weights.</summary>
    /// <param name="config">The sizes.</param>
    public LlamaMlp(LlamaConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        Gate = new(config.HiddenSize, config.IntermediateSize, config.MlpBias);
        Up = new(config.HiddenSize, config.IntermediateSize, config.MlpBias);
        Down = new(config.IntermediateSize, config.HiddenSize, config.MlpBias);
        Activation = TextActivation.Require(config.HiddenAct);
    }

    /// <summary>Applies it.</summary>
    public Tensor Forward(Tensor x) => Down.Call(TextActivation.Apply(Activation, Gate.Call(x)) * Up.Call(x));
}
