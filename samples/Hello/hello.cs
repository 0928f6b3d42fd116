#:package Brachy.Cpu@0.1.0
using Brachy;
using Brachy.NN;
using Brachy.Optim;

using var rng = Rng.Scope(seed: 0);
var (model, config) = new Network(hidden: 32);
var (opt, optConfig) = new AdamW(model, lr: 1e-2);
for (var step = 1; step <= 500; step++)
{
    var points = Rng.Uniform([128, 2]) * 2 - 1;                     // in a square: which lie in the circle?
    var inside = F.sum(points * points, [1], keepdim: true) < 0.5;
    (opt, model, var loss) = Training.StepJit(opt, optConfig, model, config, points, inside.to(DType.Float32));
    if (step % 100 == 0)
    {
        Console.WriteLine($"step {step}: loss {(double)loss:0.000}");
    }
}

[Module]
public partial class Network
{
    public partial Linear Hidden { get; set; }
    public partial Linear Output { get; set; }

    public Network(int hidden)
    {
        Hidden = new(2, hidden);
        Output = new(hidden, 1);
    }

    public Tensor Forward(Tensor x) => Output.Call(F.relu(Hidden.Call(x)));
}

[Tree]
public partial record StepResult(StructureTree Opt, StructureTree Model, Tensor Loss);

public static partial class Training
{
    [Jit]                                                           // generated: StepJit, traced once, then one native call
    static StepResult Step([Donate] StructureTree opt, GlobalConfig optConfig,
                           [Donate] StructureTree model, GlobalConfig config, Tensor x, Tensor y)
    {
        (opt, model, var loss) = Optimizer.Step(opt, optConfig, model, m =>
        {
            (m, var logits) = Network.Apply(m, config, x);
            return (m, F.binary_cross_entropy_with_logits(logits, y));
        });
        return new(opt, model, loss);
    }
}
