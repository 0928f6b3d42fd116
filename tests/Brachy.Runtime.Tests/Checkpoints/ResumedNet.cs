using Brachy.NN;

namespace Brachy.Tests.Checkpoints;

/// <summary>A network with everything that a step changes: running statistics, random keys, a counter, a shared weight.</summary>
[Module]
public partial class ResumedNet
{
    public partial Linear Input { get; set; }

    public partial BatchNorm1d Norm { get; set; }

    public partial Dropout Dropout { get; set; }

    public partial Linear Middle { get; set; }

    public partial Linear Output { get; set; }

    [Buffer]
    public partial Tensor Calls { get; set; }

    public ResumedNet(int inputs, int hidden, int classes)
    {
        Input = new(inputs, hidden);
        Norm = new(hidden);
        Dropout = new(0.3);
        Middle = new(inputs, hidden, bias: false);
        Middle.Weight = Input.Weight;
        Output = new(hidden, classes);
        Calls = F.zeros([], DType.Int64);
    }

    public Tensor Forward(Tensor x)
    {
        Calls = Calls + 1;
        return Output.Call(Dropout.Call(F.relu(Norm.Call(Input.Call(x)))) + Middle.Call(x));
    }
}
