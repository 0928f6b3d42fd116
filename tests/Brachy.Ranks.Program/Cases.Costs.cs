using Brachy.Compilation;
using Brachy.IO;

namespace Brachy.Ranks.Program;

/// <summary>The costs by which ranks compile, whose cache folders have different ones.</summary>
internal static partial class Cases
{
    private static Dictionary<string, Action<string[]>> Costs => new()
    {
        ["costs"] = UseCostsOfFirst,
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

    private static MachineCosts OfRank(int rank) => new(
        CostKey.OfMachine(), cost => cost == MachineCost.FewestChannelsOfWinograd ? 100 + rank : MachineCosts.Fixed[cost]);
}
