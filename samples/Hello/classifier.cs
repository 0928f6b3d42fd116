#:package Brachy.Cpu@0.1.0
using Brachy;
using Brachy.IO;
using Brachy.Modules;
using Brachy.NN;
using Brachy.Optim;

using var rng = Rng.Scope(seed: 0);
var (model, config) = new Classifier(784, 256, 10);
var (opt, optConfig) = new AdamW(model, lr: 1e-3);
foreach (var batch in Enumerable.Range(0, 100))
{
    var (x, y) = (Rng.Normal([32, 784]), Rng.RandInt(0, 10, [32]));     // your data
    (opt, model, var loss) = Training.StepJit(opt, optConfig, model, config, x, y);
}

Tensor weight = model["hidden.weight"];                 // the tree is yours to read and edit
Console.WriteLine(ModuleSummary.Of(model, config, F.zeros([1, 784])));  // paths, parameters, shapes, multiply-adds
Checkpoint.Save("model.safetensors", ("model", (model, config)), ("opt", (opt, optConfig)));

[Module]
public partial class Classifier
{
    public partial Linear Hidden { get; set; }          // a property whose type is a module: a submodule
    public partial Linear Output { get; set; }
    [Param] public partial Tensor Scale { get; set; }   // trained
    [Buffer] public partial Tensor Calls { get; set; }  // state, not trained
    [Static] public partial string Activation { get; set; }  // configuration: part of the compile key

    public Classifier(int inputs, int hidden, int classes, string activation = "relu")
    {
        Hidden = new(inputs, hidden);
        Output = new(hidden, classes);
        Scale = F.ones([classes]);
        Calls = F.zeros([], DType.Int64);
        Activation = activation;
    }

    public Tensor Forward(Tensor x)
    {
        Calls = Calls + 1;                              // functional underneath: comes back in the new tree
        x = Hidden.Call(x);
        x = Activation == "relu" ? F.relu(x) : F.tanh(x);
        return Output.Call(x) * Scale;
    }
}

[Tree]
public partial record StepResult(StructureTree Opt, StructureTree Model, Tensor Loss);

public static partial class Training
{
    [Jit]                                               // generated: StepJit, with the same parameters
    static StepResult Step([Donate] StructureTree opt, GlobalConfig optConfig,
                           [Donate] StructureTree model, GlobalConfig config, Tensor x, Tensor y)
    {
        (opt, model, var loss) = Optimizer.Step(opt, optConfig, model, m =>
        {
            (m, var logits) = Classifier.Apply(m, config, x);   // pure: gives the updated tree
            return (m, F.softmax_cross_entropy(logits, y));
        });
        return new(opt, model, loss);
    }
}
