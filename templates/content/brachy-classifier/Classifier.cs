using Brachy;
using Brachy.NN;

/// <summary>Two hidden layers, and a score for each class.</summary>
[Module]
public partial class Classifier
{
    public partial Linear First { get; set; }
    public partial Linear Second { get; set; }
    public partial Linear Output { get; set; }

    public Classifier(int inputs, int hidden, int classes)
    {
        First = new(inputs, hidden);
        Second = new(hidden, hidden);
        Output = new(hidden, classes);
    }

    /// <summary>Input [batch, inputs], output [batch, classes].</summary>
    public Tensor Forward(Tensor x) => Output.Call(F.relu(Second.Call(F.relu(First.Call(x)))));
}
