using Brachy;

namespace Surgery;

/// <summary>A trained network and its data.</summary>
/// <param name="Model">The network's tree.</param>
/// <param name="Config">Its settings.</param>
/// <param name="Task">The points it was trained on.</param>
/// <param name="NewTask">The same, turned: what it is fine-tuned to.</param>
internal sealed record Patient(StructureTree Model, GlobalConfig Config, Spirals Task, Spirals NewTask)
{
    public const int Width = 16;

    /// <summary>Trains a network; the random scope that is open gives its first weights.</summary>
    public static Patient Train(int seed, int steps = 200)
    {
        var task = Spirals.Make(perArm: 100, seed);
        var (model, config) = new Network(inputs: 2, Width, blocks: 3, Spirals.Arms);
        return new Patient(Training.Run(model, config, task.X, task.Y, steps), config, task, Spirals.Make(perArm: 100, seed + 1, turn: 1));
    }

    public double Accuracy(StructureTree model) => Training.Accuracy(model, Config, Task.X, Task.Y);

    public double NewAccuracy(StructureTree model) => Training.Accuracy(model, Config, NewTask.X, NewTask.Y);

    public Tensor Output(StructureTree model) => Network.JitApply(model, Config, Task.X).Output;
}
