using Brachy;
using Brachy.NN;

namespace Surgery;

/// <summary>A residual block: x + contract(gelu(expand(norm(x)))).</summary>
[Module]
public partial class Block
{
    /// <summary>Normalises the input of the branch.</summary>
    public partial LayerNorm Norm { get; set; }

    /// <summary>To four times the width.</summary>
    public partial Linear Expand { get; set; }

    /// <summary>Back to the width.</summary>
    public partial Linear Contract { get; set; }

    /// <summary>A block.</summary>
    /// <param name="width">The size of input and output.</param>
    public Block(int width)
    {
        Norm = new(width);
        Expand = new(width, 4 * width);
        Contract = new(4 * width, width);
    }

    /// <summary>Input and output [batch, width].</summary>
    public Tensor Forward(Tensor x) => x + Contract.Call(F.gelu(Expand.Call(Norm.Call(x))));
}

/// <summary>The network that the recipes operate on.</summary>
[Module]
public partial class Network
{
    /// <summary>From the input to the width of the blocks.</summary>
    public partial Linear Stem { get; set; }

    /// <summary>Residual blocks.</summary>
    public partial ModuleList<Block> Blocks { get; set; }

    /// <summary>One score for each class.</summary>
    public partial Linear Head { get; set; }

    /// <summary>A network.</summary>
    /// <param name="inputs">Coordinates of a point.</param>
    /// <param name="width">The size of the residual stream.</param>
    /// <param name="blocks">How many blocks.</param>
    /// <param name="classes">The number of classes.</param>
    public Network(int inputs, int width, int blocks, int classes)
    {
        Stem = new(inputs, width);
        var list = new ModuleList<Block>();
        for (var i = 0; i < blocks; i++)
        {
            list.Add(new Block(width));
        }

        Blocks = list;
        Head = new(width, classes);
    }

    /// <summary>Input [batch, inputs], output [batch, classes].</summary>
    public Tensor Forward(Tensor x)
    {
        x = Stem.Call(x);
        foreach (var block in Blocks)
        {
            x = block.Call(x);
        }

        return Head.Call(x);
    }
}
