using TorchSharp;

namespace Brachy.Tests;

/// <summary>
/// Functions of lists of TorchSharp's tensors. TorchSharp itself passes only the handles on, so that temporaries in the list may be
/// finalised, and freed, while native code reads them.
/// </summary>
internal static class TorchLists
{
    public static torch.Tensor Stack(IReadOnlyList<torch.Tensor> tensors, long dim = 0)
    {
        var result = torch.stack(tensors, dim);
        GC.KeepAlive(tensors);
        return result;
    }

    public static torch.Tensor Cat(IReadOnlyList<torch.Tensor> tensors, long dim = 0)
    {
        var result = torch.cat([.. tensors], dim);
        GC.KeepAlive(tensors);
        return result;
    }

    public static torch.Tensor[] Meshgrid(IReadOnlyList<torch.Tensor> tensors, string indexing = "ij")
    {
        var result = torch.meshgrid(tensors, indexing);
        GC.KeepAlive(tensors);
        return result;
    }
}
