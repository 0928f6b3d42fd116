using Brachy.NN;

namespace Brachy.Models.Tests.Pretraining;

/// <summary>A small model with all that files treat in a way of their own: a shared weight, a norm's buffers, dropout, a list.</summary>
[Module]
public partial class Reader
{
    public partial Embedding Table { get; set; }

    public partial ModuleList<Linear> Layers { get; set; }

    public partial BatchNorm1d Norm { get; set; }

    public partial Dropout Dropout { get; set; }

    public partial Linear Head { get; set; }

    public Reader()
    {
        Table = new(5, 3);
        Layers = new(new Linear(3, 3), new Linear(3, 3));
        Norm = new(3);
        Dropout = new(0.5);
        Head = new(3, 5, bias: false);
        Head.Weight = Table.Weight;
    }

    public Tensor Forward(Tensor x)
    {
        x = F.mean(Table.Call(x), [1]);
        foreach (var layer in Layers)
        {
            x = F.tanh(layer.Call(x));
        }

        return Head.Call(Dropout.Call(Norm.Call(x)));
    }

    /// <summary>All that a file would have, with other values than those of the constructor; the shared weight once.</summary>
    public static Dictionary<string, Tensor> State(DType dtype = DType.Float32)
    {
        using var rng = Rng.Scope(99);
        return new Reader().Tree.Tensors().Where(t => t.Path is not ("dropout.key" or "head.weight")).ToDictionary(
            t => t.Path, t => t.Tensor.dtype.IsFloatingPoint() ? (Rng.Normal(t.Tensor.shape) + 1).to(dtype) : t.Tensor + 3);
    }
}
