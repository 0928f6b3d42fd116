using Brachy.Extending;
using Brachy.Native;
using Brachy.Ranks;
using TorchSharp;

namespace Brachy;

/// <summary>Exchanges a tensor with the other ranks at once.</summary>
internal static class RankKernels
{
    public static NativeTensors AllReduce(EagerArgs<AllReduceSettings> x)
    {
        var result = Own(x[0]);
        Communicator.World.AllReduce(DataOf(result), result.numel(), x.Types[0].DType, x.Settings.Reduction);
        return OnDevice(x, result);
    }

    public static NativeTensors AllGather(EagerArgs<RankSettings> x)
    {
        var own = Own(x[0]);
        var all = torch.empty([x.Settings.Ranks, .. own.shape], dtype: own.dtype);
        Communicator.World.AllGather(DataOf(own), DataOf(all), own.numel() * own.element_size());
        return OnDevice(x, all);
    }

    public static NativeTensors ReduceScatter(EagerArgs<RankSettings> x)
    {
        var all = Own(x[0]);
        var own = torch.empty(all.shape[1..], dtype: all.dtype);
        Communicator.World.ReduceScatter(DataOf(all), DataOf(own), own.numel(), x.Types[0].DType, ReduceOp.Sum);
        return OnDevice(x, own);
    }

    public static NativeTensors Broadcast(EagerArgs<RankSourceSettings> x)
    {
        var result = Own(x[0]);
        Communicator.World.Broadcast(DataOf(result), result.numel() * result.element_size(), (int)x.Settings.Source);
        return OnDevice(x, result);
    }

    /// <summary>A dense copy in main memory.</summary>
    private static torch.Tensor Own(torch.Tensor x) => x.cpu().clone().contiguous();

    private static nint DataOf(torch.Tensor x)
    {
        var memory = x.numel() == 0 ? 0 : TorchNative.DataOf(x.Handle);
        GC.KeepAlive(x);
        return memory;
    }

    private static torch.Tensor OnDevice(EagerArgs x, torch.Tensor result) =>
        x.Types[0].Device == Device.CPU ? result : result.to(x.Types[0].Device.ToTorch());
}
