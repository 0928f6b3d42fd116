using System.Globalization;
using Brachy.Compilation;
using Brachy.IO;

namespace Brachy.Ranks.Program;

/// <summary>The costs by which ranks compile, whose cache folders have different ones.</summary>
internal static partial class Cases
{
    private static Dictionary<string, Action<string[]>> Costs => new()
    {
        ["costs"] = UseCostsOfFirst,
        ["costs-fail"] = FailToChoose,
        ["convolutions"] = TrainConvolutions,
    };

    /// <summary>
    /// costs FOLDER KEPT [use]: each rank has a cache in the folder, with costs of its own if it is of those kept; all print theirs.
    /// </summary>
    private static void UseCostsOfFirst(string[] arguments)
    {
        var cache = Path.Combine(arguments[0], $"{Rank.Index}");
        Environment.SetEnvironmentVariable("XDG_CACHE_HOME", cache);
        if (arguments[1].Contains($"{Rank.Index}", StringComparison.Ordinal))
        {
            Require(CostFile.TryWrite(Path.Combine(cache, "brachy", "costs"), OfRank(Rank.Index)), "costs are kept");
        }

        // A function in which ranks exchange nothing may be compiled by one of them alone.
        var doubled = Jit.Compile((Tensor x) => x + x);
        if (Rank.Index == 1)
        {
            doubled.Invoke(F.ones([2])).Dispose();
            Require(MachineCosts.Current.Equals(MachineCosts.Fixed), "before they agree, ranks use the fixed costs");
        }

        if (arguments is [_, _, "use", ..])
        {
            MachineCosts.Use(OfRank(7));
        }

        var mean = Jit.Compile((Tensor x) => F.pmean(x, Rank.Axis));
        Require(mean.Invoke(F.full([2], (float)Rank.Index))[0].item<float>() == (Rank.Count - 1) / 2f, "the mean of the ranks");
        var file = Path.Combine(cache, "model");
        Checkpoint.Save(file, ("x", F.ones([1])));
        Require(Checkpoint.Load(file).Costs.Equals(MachineCosts.Current), "checkpoints name them");
        Require(Checkpoint.Load(file).BitsNotice is null, "and are of the same");
        Console.WriteLine($"{Rank.Index}: {MachineCosts.Current[MachineCost.FewestChannelsOfWinograd]}");
    }

    /// <summary>Rank 0 cannot choose: all are told, and none waits.</summary>
    private static void FailToChoose(string[] arguments)
    {
        if (Rank.IsFirst)
        {
            Environment.SetEnvironmentVariable(MachineCosts.Variable, "sometimes");
        }

        try
        {
            Jit.Compile((Tensor x) => F.pmean(x, Rank.Axis)).Invoke(F.ones([2]));
        }
        catch (Exception error) when (error is RankException or InvalidOperationException)
        {
            Console.WriteLine($"{Rank.Index}: {error.GetType().Name}");
        }

        Rank.Barrier();
    }

    /// <summary>convolutions PADDING: gradients of a network whose vector code is said to be faster, with means over the ranks.</summary>
    private static void TrainConvolutions(string[] arguments)
    {
        var padding = long.Parse(arguments[0], CultureInfo.InvariantCulture);
        MachineCosts.Use(new(
            CostKey.OfMachine(),
            cost => cost == MachineCost.SavedPerMultiplyAddOfTrainedConvolution ? CostRange.All[cost].Most : MachineCosts.Fixed[cost]));
        Tensor Loss(Tensor x, Tensor[] w) =>
            F.sum(w.Aggregate(x, (y, weight) => F.relu(F.conv2d(y, weight, padding: padding))));
        Tensor[] Gradients(Tensor[] inputs) =>
            [.. Grad.Of<Tensor[]>(w => Loss(inputs[0], w))(inputs[1..]).Select(gradient => F.pmean(gradient, Rank.Axis))];
        Tensor[] all =
        [
            F.full([2, 8, 12, 12], 1f + Rank.Index), .. Enumerable.Range(0, 5).Select(_ => F.full([8, 8, 3, 3], 0.01)),
        ];
        var chosen = Jit.Compile((Tensor[] inputs) => Gradients(inputs));
        var libtorch = Jit.Compile((Tensor[] inputs) => Gradients(inputs), backend: Backend.TorchScript);
        foreach (var (result, expected) in chosen.Invoke(all).Zip(libtorch.Invoke(all)))
        {
            Require(F.allclose(result, expected, 1e-4, 1e-6).item<bool>(), "both backends agree");
        }

        var first = ((StagedExecutable)chosen.LastExecutable!).Code.First();
        var isForLibtorch = first.Graph.Equations.Any(equation => equation.Primitive.Name == "channels_last");
        Console.WriteLine($"{Rank.Index}: {first.BackendName}{(isForLibtorch ? ", channels last" : "")}");
    }

    private static MachineCosts OfRank(int rank) => new(
        CostKey.OfMachine(), cost => cost == MachineCost.FewestChannelsOfWinograd ? 100 + rank : MachineCosts.Fixed[cost]);
}
