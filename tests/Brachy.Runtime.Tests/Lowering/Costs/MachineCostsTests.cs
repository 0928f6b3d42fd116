using System.Text.RegularExpressions;
using Brachy.Compilation;
using Brachy.IO;
using Brachy.Native;
using Brachy.Tests.Native;
using Brachy.Tests.Ops;
using Brachy.Tests.Shared;

namespace Brachy.Tests.Lowering;

/// <summary>Costs of a machine: what they decide, how they are kept and named, and what happens to a run that is stopped.</summary>
public class MachineCostsTests
{
    private static readonly string s_assembly = typeof(MachineCostsTests).Assembly.Location;

    [Fact]
    public void TestsCompileByTheFixedOnes() => Assert.Same(MachineCosts.Fixed, MachineCosts.Current);

    [Theory]
    [InlineData(null, null, false)]
    [InlineData("", null, false)]
    [InlineData("fixed", null, true)]
    [InlineData(null, "fixed", true)]
    [InlineData("measured", null, false)]
    [InlineData(null, "measured", false)]
    [InlineData("", "measured", false)]
    [InlineData("fixed", "measured", true)]
    [InlineData("measured", "fixed", false)]
    public void TheVariableComesBeforeTheOption(string? variable, string? option, bool areFixed) =>
        Assert.Equal(areFixed, MachineCosts.AreFixed(variable, option));

    [Theory]
    [InlineData("sometimes", "fixed", MachineCosts.Variable)]
    [InlineData(null, "sometimes", MachineCosts.Option)]
    public void WhatSaysSomethingElseIsNamed(string? variable, string? option, string source) => Assert.Contains(
        $"{source} is 'sometimes'",
        Assert.Throws<InvalidOperationException>(() => MachineCosts.AreFixed(variable, option)).Message, StringComparison.Ordinal);

    [Fact]
    public void EachCostHasARange()
    {
        Assert.Equal(Enum.GetValues<MachineCost>().Order(), CostRange.All.Keys.Order());
        Assert.All(CostRange.All.Values, range => Assert.True(range.Contains(range.Fixed)));
    }

    [Theory]
    [InlineData(0, "default")]
    [InlineData(1e-3, "vector code")]
    public void CostsDecideAboutBackends(double savedPerOperator, string expected)
    {
        // One operator that libtorch takes long for makes vector code worth while, none at all does not.
        using var scope = MachineCosts.Scope(MachineCosts.Fixed.With(MachineCost.SavedPerOperator, savedPerOperator));
        var graph = CostProbes.Balances.Single(probe => probe.Cost == MachineCost.SavedPerOperator).GraphOf();
        using var compiled = Compiler.Compile(graph, new bool[graph.Inputs.Count], Backend.Default, new("f", "test", []));
        Assert.Equal(expected == "default" ? Backend.TorchScript.Name : expected, compiled.BackendName);
    }

    [Theory]
    [InlineData(-1e-10, 1, false)]
    [InlineData(1e-10, 1, true)]
    [InlineData(1e-10, 2, false)]
    public void CostsDecideAboutTrainedConvolutions(double saved, long groups, bool isVectorCode)
    {
        // Groups have no gradients in vector code, and go back.
        using var scope = MachineCosts.Scope(MachineCosts.Fixed.With(MachineCost.SavedPerMultiplyAddOfTrainedConvolution, saved));
        Tensor Loss(Tensor[] w) => F.sum(
            w.Aggregate(F.ones([2, 8, 12, 12]), (x, weight) => F.relu(F.conv2d(x, weight, padding: 1, groups: groups))));
        Tensor[] weights = [.. Enumerable.Range(0, 5).Select(_ => F.full([8, 8 / groups, 3, 3], 0.01))];
        var gradient = Jit.Compile((Tensor[] w) => Grad.Of<Tensor[]>(Loss)(w));
        var results = gradient.Invoke(weights);
        Assert.Equal(isVectorCode ? Backend.VectorCode.Name : Backend.TorchScript.Name, gradient.LastExecutable!.BackendName);
        foreach (var (expected, result) in Grad.Of<Tensor[]>(Loss)(weights).Zip(results))
        {
            OpCheck.AssertClose(expected, result, 1e-5, "gradient");
        }
    }

    [Theory]
    [InlineData((int)MachineCost.FewestPixelsOfChannelsLast, "channels last")]
    [InlineData((int)MachineCost.FewestChannelsOfWinograd, "winograd convolutions")]
    [InlineData((int)MachineCost.FewestPixelsOfFusedConvolution, "convolution fusion")]
    public void CostsDecideAboutLayoutsAlgorithmsAndFusion(int cost, string pass)
    {
        // Without oneDNN there is another threshold, and nothing to fuse.
        var decides = ConvolutionSelfCheck.AllowsOneDnn() || pass == "winograd convolutions"
            ? (MachineCost)cost : MachineCost.FewestPixelsOfChannelsLastWithoutOneDnn;
        var probe = CostProbes.Thresholds.Single(probe => probe.Cost == decides);
        var graph = probe.GraphOf(probe.Sizes[^1]);
        Assert.NotEqual(ScriptOf(graph, decides, 0), ScriptOf(graph, decides, double.MaxValue));
    }

    [Fact]
    public void EachBalanceFollowsItsCostInALine()
    {
        foreach (var probe in CostProbes.Balances)
        {
            var graph = probe.GraphOf();
            var saved = new[] { 0.0, 1, 2 }.Select(value =>
            {
                using var scope = MachineCosts.Scope(MachineCosts.Fixed.With(probe.Cost, value));
                return probe.IsOfKnownWeights ? KnownWeightsPolicy.SavedBy(graph) : VectorPolicy.SavedBy(graph);
            }).ToArray();
            Assert.NotEqual(saved[0], saved[1]);
            Assert.Equal(saved[1] - saved[0], saved[2] - saved[1], Math.Abs(saved[1] - saved[0]) * 1e-9);
        }
    }

    [Fact]
    public void AFileGivesTheSameCosts()
    {
        using var folder = new TemporaryFolder();
        var costs = Measured("a machine");
        Assert.Null(CostFile.Read(folder.Path, costs.Machine));
        Assert.True(CostFile.TryWrite(folder.Path, costs));
        var read = CostFile.Read(folder.Path, costs.Machine);
        Assert.Equal(costs, read);
        Assert.Equal(costs.Name, read!.Name);
        Assert.Matches("^measured [0-9a-f]{8}$", read.Name);
        Assert.Null(CostFile.Read(folder.Path, "another machine"));
    }

    [Fact]
    public void AFileThatIsNotWholeOrOfAnotherMachineCountsAsNone()
    {
        using var folder = new TemporaryFolder();
        var costs = Measured("a machine");
        Assert.True(CostFile.TryWrite(folder.Path, costs));
        var path = Directory.GetFiles(folder.Path).Single();
        var text = File.ReadAllText(path);
        for (var length = 0; length < text.TrimEnd().Length; length += 7)
        {
            File.WriteAllText(path, text[..length]);
            Assert.Null(CostFile.Read(folder.Path, costs.Machine));
        }

        string[] wrong =
        [
            text.Replace("a machine", "b machine", StringComparison.Ordinal),
            text.Replace("a machine", "", StringComparison.Ordinal),
            text.Replace("1E", "\"1E", StringComparison.Ordinal),
            Regex.Replace(text, "\"SavedPerOperator\":[^,]*", "\"SavedPerOperator\":1"),
            Regex.Replace(text, "\"SavedPerOperator\":[^,]*,", ""),
            text + new string(' ', 1 << 17),
            "[]",
            "null",
            "{\"machine\":1}",
        ];
        foreach (var other in wrong)
        {
            Assert.NotEqual(text, other);
            File.WriteAllText(path, other);
            Assert.Null(CostFile.Read(folder.Path, costs.Machine));
        }
    }

    [Fact]
    public void AFolderThatCannotBeWrittenIsToldApart()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "file");
        File.WriteAllText(file, "");
        Assert.False(CostFile.TryWrite(Path.Combine(file, "costs"), Measured("a machine")));
    }

    [Fact]
    public void AMeasurementThatBeganAndDidNotEndCountsForAnHour()
    {
        using var folder = new TemporaryFolder();
        Assert.False(CostFile.HasBegun(folder.Path, "a machine"));
        Assert.True(CostFile.TryBegin(folder.Path, "a machine"));
        Assert.True(CostFile.HasBegun(folder.Path, "a machine"));
        Assert.False(CostFile.HasBegun(folder.Path, "another machine"));
        var file = Directory.GetFiles(folder.Path).Single();
        foreach (var (minutes, counts) in new[] { (-55, true), (-65, false), (5, false) })
        {
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddMinutes(minutes));
            Assert.Equal(counts, CostFile.HasBegun(folder.Path, "a machine"));
        }

        CostFile.TryBegin(folder.Path, "a machine");
        CostFile.End(folder.Path, "a machine");
        Assert.False(CostFile.HasBegun(folder.Path, "a machine"));
        CostFile.End(folder.Path, "a machine");
    }

    [Theory]
    [InlineData(4, false)]
    [InlineData(20, true)]
    public void SmallGraphsDoNotAskForCosts(int operators, bool asks)
    {
        using var cache = new TemporaryFolder();
        using var process = ProbeProcess.Start(
            s_assembly, new Dictionary<string, string> { ["XDG_CACHE_HOME"] = cache.Path, [MachineCosts.Variable] = "" },
            Probes.CostsOfGraph, operators.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(asks ? "asked" : "not asked", Lines(process)[0]);
    }

    [Fact]
    public void ACheckpointNamesTheCostsOfItsProcess()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "state");
        var costs = Measured("another machine");
        Checkpoint.Save(path, ("step", 3));
        Assert.Same(MachineCosts.Fixed, Checkpoint.Load(path).Costs);
        Assert.Null(Checkpoint.Load(path).BitsNotice);

        var (_, metadata) = SafeTensors.ReadHeader(path);
        SafeTensors.Save(path, [], metadata.Append(KeyValuePair.Create(Checkpoint.CostsKey, CostFile.Write(costs))));
        var checkpoint = Checkpoint.Load(path);
        Assert.Equal(costs, checkpoint.Costs);
        Assert.Contains("another machine", checkpoint.BitsNotice, StringComparison.Ordinal);
        Assert.Contains(costs.Name, checkpoint.BitsNotice, StringComparison.Ordinal);
        using (MachineCosts.Scope(costs))
        {
            Assert.Null(checkpoint.BitsNotice);
        }

        // An older Brachy had fewer.
        var older = Regex.Replace(CostFile.Write(costs), "\"SavedPerOperator\":[^,]*,", "");
        SafeTensors.Save(path, [], metadata.Append(KeyValuePair.Create(Checkpoint.CostsKey, older)));
        var completed = costs.With(MachineCost.SavedPerOperator, CostRange.All[MachineCost.SavedPerOperator].Fixed);
        Assert.Equal(completed, Checkpoint.Load(path).Costs);

        SafeTensors.Save(path, [], metadata.Append(KeyValuePair.Create(Checkpoint.CostsKey, "{}")));
        Assert.Contains("costs", Assert.Throws<CheckpointException>(() => Checkpoint.Load(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ProcessesMeasureOnceAndChooseAlikeThen()
    {
        using var cache = new TemporaryFolder();
        var first = Lines(Start(cache, "measured"));

        // On a busy machine nothing is kept.
        Assert.True(first[1] == "fixed" || first[1].StartsWith("measured ", StringComparison.Ordinal), first[1]);
        if (first[1] != "fixed")
        {
            Assert.Equal(first, Lines(Start(cache, "measured")));
            Assert.Equal("fixed", Lines(Start(cache, "fixed"))[1]);

            // The default.
            Assert.Equal(first, Lines(Start(cache, "")));
        }

        Assert.Equal(first[1] == "fixed" ? 0 : 1, Files(cache).Length);
    }

    [Fact]
    public void ARunThatIsKilledWhileItMeasuresLeavesNoBrokenFile()
    {
        using var cache = new TemporaryFolder();
        foreach (var milliseconds in new[] { 50, 400, 1200 })
        {
            using var process = Start(cache, "measured");
            Assert.Equal("before", process.StandardOutput.ReadLine());
            Thread.Sleep(milliseconds);
            process.Kill();
            process.WaitForExit();
            Assert.All(Files(cache), file => CostFile.Parse(File.ReadAllText(file)));
        }

        Assert.True(Lines(Start(cache, "measured"))[1].Length > 0);
    }

    [Fact]
    public void AWrongSwitchIsRefused()
    {
        using var cache = new TemporaryFolder();
        using var process = Start(cache, "sometimes");
        process.WaitForExit();
        Assert.NotEqual(0, process.ExitCode);
    }

    private static string ScriptOf(Graph graph, MachineCost cost, double value)
    {
        using var scope = MachineCosts.Scope(MachineCosts.Fixed.With(cost, value));
        using var compiled = Compiler.Compile(graph, new bool[graph.Inputs.Count], Backend.TorchScript, new("f", "test", []));
        return compiled.Script!;
    }

    private static MachineCosts Measured(string machine) =>
        new(machine, cost => (CostRange.All[cost].Least + CostRange.All[cost].Fixed) / 2);

    private static System.Diagnostics.Process Start(TemporaryFolder cache, string costs) => ProbeProcess.Start(
        s_assembly, new Dictionary<string, string> { ["XDG_CACHE_HOME"] = cache.Path, [MachineCosts.Variable] = costs }, Probes.Costs);

    private static string[] Lines(System.Diagnostics.Process process) => ProbeProcess.Output(process).Split('\n');

    private static string[] Files(TemporaryFolder cache)
    {
        var folder = CacheFolders.Of(cache.Path, null, "costs")!;
        return Directory.Exists(folder) ? Directory.GetFiles(folder, "*.json") : [];
    }
}
