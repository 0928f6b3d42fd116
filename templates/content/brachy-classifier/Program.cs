using Brachy;
using Brachy.IO;
using Brachy.Modules;
using Brachy.Optim;

const int Epochs = 30;
const int BatchSize = 64;
const string File = "classifier.safetensors";

using var rng = Rng.Scope(seed: 0);
var (trainPoints, trainLabels) = Spirals.Draw(count: 3_000, new Random(0));
var (testPoints, testLabels) = Spirals.Draw(count: 600, new Random(1));

var (model, config) = new Classifier(inputs: 2, hidden: 64, Spirals.Arms);
var (opt, optConfig) = new AdamW(model, lr: 3e-3);
Console.WriteLine(ModuleSummary.Of(model, config, F.zeros([1, 2])));

for (var epoch = 1; epoch <= Epochs; epoch++)
{
    var order = Rng.Permutation(trainPoints.shape[0]);
    var losses = new List<double>();
    for (var start = 0; start + BatchSize <= trainPoints.shape[0]; start += BatchSize)
    {
        var batch = F.narrow(order, 0, start, BatchSize);
        var x = F.index_select(trainPoints, 0, batch);
        var y = F.index_select(trainLabels, 0, batch);
        (opt, model, var loss) = Training.StepJit(opt, optConfig, model, config, x, y);
        losses.Add((double)loss);
    }

    if (epoch % 5 == 0)
    {
        var accuracy = (double)Training.AccuracyJit(model, config, testPoints, testLabels);
        Console.WriteLine($"epoch {epoch}: loss {losses.Average():0.000}, test accuracy {100 * accuracy:0.0} %");
    }
}

Checkpoint.Save(File, ("model", (model, config)), ("opt", (opt, optConfig)));
Console.WriteLine($"saved {File}");
