using Brachy;
using Brachy.NN;

namespace Quickstart;

/// <summary>A multilayer perceptron for images: two hidden layers with dropout.</summary>
[Module]
public partial class Classifier
{
    /// <summary>From pixels to the first hidden layer.</summary>
    public partial Linear Input { get; set; }

    /// <summary>Between the hidden layers.</summary>
    public partial Linear Hidden { get; set; }

    /// <summary>From the second hidden layer to one score for each class.</summary>
    public partial Linear Output { get; set; }

    /// <summary>Applied to both hidden layers.</summary>
    public partial Dropout Dropout { get; set; }

    /// <summary>A classifier.</summary>
    /// <param name="pixels">Pixels of an image.</param>
    /// <param name="hidden">The size of both hidden layers.</param>
    /// <param name="classes">The number of classes.</param>
    /// <param name="dropout">The probability of dropping a hidden value in training.</param>
    public Classifier([Example(784)] int pixels, [Example(256)] int hidden, [Example(10)] int classes, double dropout = 0.1)
    {
        Input = new(pixels, hidden);
        Hidden = new(hidden, hidden);
        Output = new(hidden, classes);
        Dropout = new(dropout);
    }

    /// <summary>One score for each class. Input [batch, pixels], output [batch, classes].</summary>
    public Tensor Forward([Example("B", 784)] Tensor x)
    {
        x = Dropout.Call(F.relu(Input.Call(x)));
        x = Dropout.Call(F.relu(Hidden.Call(x)));
        return Output.Call(x);
    }
}
