using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch.nn.functional;

namespace ResNet;

/// <summary>
/// The same networks as <see cref="Architecture.Build"/>, written the usual TorchSharp way, to compare with. Paths are the same.
/// </summary>
internal sealed class TorchSharpResNet : torch.nn.Module<torch.Tensor, torch.Tensor>
{
    private readonly Conv2d _conv1;
    private readonly BatchNorm2d? _bn1;
    private readonly Sequential[] _layers;
    private readonly Linear _linear;

    public TorchSharpResNet(Architecture architecture, long classes = 10, long width = 64)
        : base(nameof(TorchSharpResNet))
    {
        _conv1 = TorchSharpBlock.Conv(3, width, 3, 1);
        _bn1 = architecture.Block == BlockKind.PreAct ? null : torch.nn.BatchNorm2d(width);
        var inPlanes = width;
        _layers = new Sequential[4];
        for (var stage = 0; stage < 4; stage++)
        {
            var (planes, blocks) = (width << stage, new List<torch.nn.Module<torch.Tensor, torch.Tensor>>());
            for (var i = 0; i < architecture.Blocks[stage]; i++)
            {
                blocks.Add(new TorchSharpBlock(architecture.Block, inPlanes, planes, i == 0 && stage > 0 ? 2 : 1));
                inPlanes = architecture.Expansion * planes;
            }

            _layers[stage] = torch.nn.Sequential(blocks.ToArray());
            register_module($"layer{stage + 1}", _layers[stage]);
        }

        _linear = torch.nn.Linear(inPlanes, classes);
        register_module("conv1", _conv1);
        register_module("linear", _linear);
        if (_bn1 is not null)
        {
            register_module("bn1", _bn1);
        }
    }

    /// <summary>Images [N, 3, 32, 32] to scores [N, classes].</summary>
    public override torch.Tensor forward(torch.Tensor x)
    {
        x = _conv1.call(x);
        x = _bn1 is null ? x : relu(_bn1.call(x));
        foreach (var layer in _layers)
        {
            x = layer.call(x);
        }

        return _linear.call(avg_pool2d(x, 4).flatten(1));
    }
}
