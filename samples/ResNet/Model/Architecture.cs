using Brachy;
using Brachy.NN;

namespace ResNet;

/// <summary>A member of the family: its kind of block, and how many each stage has.</summary>
/// <param name="Name">As on the command line.</param>
/// <param name="Block">The kind of block.</param>
/// <param name="Blocks">How many blocks each of the four stages has.</param>
public sealed record Architecture(string Name, BlockKind Block, IReadOnlyList<int> Blocks)
{
    /// <summary>All members.</summary>
    public static IReadOnlyList<Architecture> All { get; } =
    [
        new("resnet18", BlockKind.Basic, [2, 2, 2, 2]),
        new("resnet34", BlockKind.Basic, [3, 4, 6, 3]),
        new("resnet50", BlockKind.Bottleneck, [3, 4, 6, 3]),
        new("resnet101", BlockKind.Bottleneck, [3, 4, 23, 3]),
        new("resnet152", BlockKind.Bottleneck, [3, 8, 36, 3]),
        new("preact18", BlockKind.PreAct, [2, 2, 2, 2]),
    ];

    /// <summary>The member of a name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static Architecture Named(string name) => All.FirstOrDefault(architecture => architecture.Name == name)
        ?? throw new ArgumentException(
            $"There is no architecture '{name}', but {string.Join(", ", All.Select(architecture => architecture.Name))}.", nameof(name));

    /// <summary>The channels of a block's output for each of its own.</summary>
    public long Expansion => Block == BlockKind.Bottleneck ? Bottleneck.Expansion : BasicBlock.Expansion;

    /// <summary>A network with random weights.</summary>
    /// <param name="classes">The number of classes.</param>
    /// <param name="width">The channels of the first stage.</param>
    public Module<Tensor, Tensor> Build(long classes = 10, long width = 64) =>
        Block == BlockKind.PreAct ? new PreActResNet(this, classes, width) : new ResNetModel(this, classes, width);

    /// <summary>The blocks of a stage.</summary>
    /// <param name="stage">Its number, from 0.</param>
    /// <param name="inPlanes">The channels of its input, and then of its output.</param>
    /// <param name="planes">The channels of its blocks.</param>
    /// <param name="stride">How many times smaller its output is: its first block sees to that.</param>
    internal Sequential Stage(int stage, ref long inPlanes, long planes, long stride)
    {
        var blocks = new Sequential();
        for (var i = 0; i < Blocks[stage]; i++)
        {
            blocks.Add(NewBlock(inPlanes, planes, i == 0 ? stride : 1));
            inPlanes = Expansion * planes;
        }

        return blocks;
    }

    private Module<Tensor, Tensor> NewBlock(long inPlanes, long planes, long stride) => Block switch
    {
        BlockKind.Basic => new BasicBlock(inPlanes, planes, stride),
        BlockKind.Bottleneck => new Bottleneck(inPlanes, planes, stride),
        _ => new PreActBlock(inPlanes, planes, stride),
    };
}

/// <summary>The kinds of block.</summary>
public enum BlockKind
{
    /// <summary>Two 3×3 convolutions.</summary>
    Basic,

    /// <summary>A 3×3 convolution between two 1×1 ones.</summary>
    Bottleneck,

    /// <summary>Two 3×3 convolutions, each after its norm and activation.</summary>
    PreAct,
}
