using Brachy.NN;

namespace Brachy.Benchmarks;

/// <summary>A multilayer perceptron with ReLU between the layers.</summary>
[Module]
public partial class Mlp
{
    /// <summary>The layers.</summary>
    public partial Sequential Layers { get; set; }

    /// <summary>A perceptron.</summary>
    /// <param name="sizes">The sizes of the input, the hidden layers and the output.</param>
    public Mlp(params ReadOnlySpan<int> sizes)
    {
        var layers = new List<Module<Tensor, Tensor>>();
        for (var i = 0; i + 1 < sizes.Length; i++)
        {
            if (i > 0)
            {
                layers.Add(new ReLU());
            }

            layers.Add(new Linear(sizes[i], sizes[i + 1]));
        }

        Layers = new Sequential([.. layers]);
    }

    /// <summary>Input [batch, first size], output [batch, last size].</summary>
    public Tensor Forward(Tensor x) => Layers.Call(x);
}
