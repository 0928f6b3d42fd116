using Brachy.NN;

namespace Brachy.Models.Text;

/// <summary>A perceptron with one hidden layer. Input and output [batch, positions, size].</summary>
[Module]
public partial class Gpt2Mlp
{
    /// <summary>To the inner size.</summary>
    [Submodule("c_fc")]
    public partial Conv1D Expand { get; set; }

    /// <summary>Back.</summary>
    [Submodule("c_proj")]
    public partial Conv1D Contract { get; set; }

    /// <summary>Dropout of the output in training; null when the probability is 0.</summary>
    public partial Dropout? Dropout { get; set; }

    /// <summary>The name of the activation; see <see cref="Gpt2Config.ActivationFunction"/>.</summary>
    [Static]
    public partial string Activation { get; set; }

    /// <summary>A perceptron with random weights.</summary>
    /// <param name="config">The sizes.</param>
    public Gpt2Mlp(Gpt2Config config)
    {
        ArgumentNullException.ThrowIfNull(config);
        var inner = config.NInner ?? (4 * config.NEmbd);
        Expand = new(config.NEmbd, inner);
        Contract = new(inner, config.NEmbd);
        Dropout = config.ResidPdrop > 0 ? new(config.ResidPdrop) : null;
        Activation = TextActivation.Require(config.ActivationFunction);
    }

    /// <summary>Applies it.</summary>
    public Tensor Forward(Tensor x)
    {
        var y = Contract.Call(TextActivation.Apply(Activation, Expand.Call(x)));
        return Dropout is null ? y : Dropout.Call(y);
    }
}
