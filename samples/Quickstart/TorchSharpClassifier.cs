using TorchSharp;
using TorchSharp.Modules;

namespace Quickstart;

/// <summary>The same network as <see cref="Classifier"/>, written the usual TorchSharp way, to compare with.</summary>
internal sealed class TorchSharpClassifier : torch.nn.Module<torch.Tensor, torch.Tensor>
{
    private readonly Linear _input;
    private readonly Linear _hidden;
    private readonly Linear _output;
    private readonly TorchSharp.Modules.Dropout _dropout;

    public TorchSharpClassifier(int pixels, int hidden, int classes, double dropout = 0.1)
        : base(nameof(TorchSharpClassifier))
    {
        _input = torch.nn.Linear(pixels, hidden);
        _hidden = torch.nn.Linear(hidden, hidden);
        _output = torch.nn.Linear(hidden, classes);
        _dropout = torch.nn.Dropout(dropout);
        RegisterComponents();
    }

    public override torch.Tensor forward(torch.Tensor x)
    {
        x = _dropout.call(torch.nn.functional.relu(_input.call(x)));
        x = _dropout.call(torch.nn.functional.relu(_hidden.call(x)));
        return _output.call(x);
    }
}
