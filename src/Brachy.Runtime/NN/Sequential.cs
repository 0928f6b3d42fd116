using System.Globalization;

namespace Brachy.NN;

/// <summary>Applies layers one after the other. The submodules are named "0", "1", …</summary>
[Module]
public partial class Sequential
{
    /// <summary>A chain of layers.</summary>
    /// <param name="layers">Modules from one tensor to one tensor.</param>
    public Sequential(params ReadOnlySpan<Module<Tensor, Tensor>> layers)
    {
        for (var i = 0; i < layers.Length; i++)
        {
            SetSubmodule(i.ToString(CultureInfo.InvariantCulture), layers[i]);
        }
    }

    /// <summary>Applies the layers in order.</summary>
    public Tensor Forward(Tensor x)
    {
        foreach (var (_, layer) in Tree.Submodules)
        {
            x = Module<Tensor, Tensor>.Bind(layer, Config).Call(x);
        }

        return x;
    }
}
