using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch.nn.functional;

namespace ResNet;

/// <summary>
/// The same blocks as <see cref="BasicBlock"/>, <see cref="Bottleneck"/> and <see cref="PreActBlock"/>, written the usual TorchSharp way.
/// </summary>
internal sealed class TorchSharpBlock : torch.nn.Module<torch.Tensor, torch.Tensor>
{
    private readonly BlockKind _kind;
    private readonly Conv2d[] _convs;
    private readonly BatchNorm2d[] _norms;
    private readonly Sequential _shortcut;
    private readonly bool _hasShortcut;

    public TorchSharpBlock(BlockKind kind, long inPlanes, long planes, long stride)
        : base(nameof(TorchSharpBlock))
    {
        _kind = kind;
        var outPlanes = kind == BlockKind.Bottleneck ? Bottleneck.Expansion * planes : planes;
        _convs = kind == BlockKind.Bottleneck
            ? [Conv(inPlanes, planes, 1, 1), Conv(planes, planes, 3, stride), Conv(planes, outPlanes, 1, 1)]
            : [Conv(inPlanes, planes, 3, stride), Conv(planes, planes, 3, 1)];
        _norms = kind switch
        {
            BlockKind.Bottleneck => [torch.nn.BatchNorm2d(planes), torch.nn.BatchNorm2d(planes), torch.nn.BatchNorm2d(outPlanes)],
            BlockKind.Basic => [torch.nn.BatchNorm2d(planes), torch.nn.BatchNorm2d(planes)],
            _ => [torch.nn.BatchNorm2d(inPlanes), torch.nn.BatchNorm2d(planes)],
        };
        _hasShortcut = stride != 1 || inPlanes != outPlanes;
        _shortcut = !_hasShortcut ? torch.nn.Sequential()
            : kind == BlockKind.PreAct ? torch.nn.Sequential(Conv(inPlanes, outPlanes, 1, stride))
            : torch.nn.Sequential(Conv(inPlanes, outPlanes, 1, stride), torch.nn.BatchNorm2d(outPlanes));
        for (var i = 0; i < _convs.Length; i++)
        {
            register_module($"conv{i + 1}", _convs[i]);
            register_module($"bn{i + 1}", _norms[i]);
        }

        register_module("shortcut", _shortcut);
    }

    public override torch.Tensor forward(torch.Tensor x)
    {
        if (_kind == BlockKind.PreAct)
        {
            var active = relu(_norms[0].call(x));
            var shortcut = _hasShortcut ? _shortcut.call(active) : x;
            return _convs[1].call(relu(_norms[1].call(_convs[0].call(active)))) + shortcut;
        }

        var y = x;
        for (var i = 0; i < _convs.Length; i++)
        {
            y = _norms[i].call(_convs[i].call(y));
            y = i < _convs.Length - 1 ? relu(y) : y;
        }

        return relu(y + (_hasShortcut ? _shortcut.call(x) : x));
    }

    internal static Conv2d Conv(long inPlanes, long planes, long kernel, long stride) =>
        torch.nn.Conv2d(inPlanes, planes, kernel, stride: stride, padding: kernel / 2, bias: false);
}
