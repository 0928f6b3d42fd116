using Brachy.NN;
using Brachy.Optim;
using Brachy.Tests.Ops;
using Loop = Brachy.Control;

namespace Brachy.Tests.Transforms.Control;

/// <summary>Many training steps as one compiled loop, against one call for each.</summary>
[Trait("Category", "Quick")]
public class LoopTrainingTests
{
    public static TheoryData<string, string> Cases
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var optimizer in new[] { "sgd", "adamw", "adam amsgrad" })
            {
                foreach (var backend in new[] { "torchscript", "interpreter", "default", "eager" })
                {
                    data.Add(optimizer, backend);
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void StepsInALoopTrainAsStepsOutside(string optimizer, string backend)
    {
        using var rng = Rng.Scope(1);
        var (model, config) = new Linear(3, 2, dtype: DType.Float64);
        var (opt, optConfig) = optimizer switch
        {
            "sgd" => ((StructureTree, GlobalConfig))New(new SGD(model, lr: 0.1, momentum: 0.9)),
            "adamw" => New(new AdamW(model, lr: 0.05)),
            _ => New(new Adam(model, lr: 0.05, amsgrad: true)),
        };
        var batches = Rng.Normal([7, 4, 3], DType.Float64);
        (StructureTree Opt, StructureTree Model, Tensor Loss) Step(StructureTree o, StructureTree m, Tensor x) =>
            Optimizer.Step(o, optConfig, m, current =>
            {
                (current, var y) = Linear.Apply(current, config, x);
                return (current, (y * y).mean());
            });
        var (expectedOpt, expectedModel, expectedLosses) = (opt.Copy(), model.Copy(), new List<Tensor>());
        for (var i = 0; i < 7; i++)
        {
            (expectedOpt, expectedModel, var loss) = Step(expectedOpt, expectedModel, batches[i]);
            expectedLosses.Add(loss);
        }

        Func<StructureTree, StructureTree, Tensor, (StructureTree Opt, StructureTree Model, Tensor Losses)> train = (o, m, all) =>
        {
            var ((lastOpt, lastModel), losses) = Loop.Scan(
                ((StructureTree Opt, StructureTree Model) s, Tensor x) =>
                {
                    var (nextOpt, nextModel, loss) = Step(s.Opt, s.Model, x);
                    return ((nextOpt, nextModel), loss);
                },
                (o, m), all);
            return (lastOpt, lastModel, losses);
        };
        if (backend != "eager")
        {
            train = Jit.Compile(train, donate: [0, 1], backend: ScanTests.BackendOf(backend)).Invoke;
        }

        var found = train(Fresh(opt), Fresh(model), batches);
        OpCheck.AssertClose(F.stack([.. expectedLosses]), found.Losses, 1e-9, "losses");
        AssertTreesClose(expectedModel, found.Model);
        AssertTreesClose(expectedOpt, found.Opt);
        Assert.True((double)found.Losses[6] < (double)found.Losses[0]);
    }

    private static StructureTree Fresh(StructureTree tree) => tree.MapParamsBuffers((_, t) => F.clone(t));

    private static (StructureTree, GlobalConfig) New(Module optimizer) => (optimizer.Tree, optimizer.Config);

    private static void AssertTreesClose(StructureTree expected, StructureTree found)
    {
        var (left, right) = (Leaves(expected), Leaves(found));
        Assert.Equal(left.Keys, right.Keys);
        Assert.All(left, pair => OpCheck.AssertClose(pair.Value, right[pair.Key], 1e-9, pair.Key));
    }

    private static Dictionary<string, Tensor> Leaves(StructureTree tree) =>
        tree.Tensors().ToDictionary(leaf => leaf.Path, leaf => leaf.Tensor);
}
