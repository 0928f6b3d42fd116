using Brachy.NN;

namespace Brachy.Export.Tests;

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
