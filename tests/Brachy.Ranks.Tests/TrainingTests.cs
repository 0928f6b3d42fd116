using Brachy.IO;
using Brachy.Tests.Shared;

namespace Brachy.Ranks.Tests;

/// <summary>Training with several ranks gives what one rank gives on the joined batch, with batch norm and dropout.</summary>
public class TrainingTests
{
    private static readonly string[] s_optimizers =
        ["sgd", "adamw", "groups", "accumulated", "average", "inside", "zero", "zero-sgd", "around", "eager"];

    [MpiTheory]
    [MemberData(nameof(MpiKinds.Installed), MemberType = typeof(MpiKinds))]
    public void TwoRanksEqualOneInFloat64(MpiKind kind) => AreEqual(kind, 2, DType.Float64, 1e-12, s_optimizers);

    [MpiTheory]
    [MemberData(nameof(MpiKinds.Installed), MemberType = typeof(MpiKinds))]
    public void FourRanksEqualOneInFloat64(MpiKind kind) => AreEqual(kind, 4, DType.Float64, 1e-12, "sgd", "zero");

    [MpiTheory]
    [MemberData(nameof(MpiKinds.Installed), MemberType = typeof(MpiKinds))]
    public void TwoRanksEqualOneInFloat32(MpiKind kind) => AreEqual(kind, 2, DType.Float32, 1e-6, "sgd", "zero-sgd");

    [MpiTheory]
    [MemberData(nameof(MpiKinds.Installed), MemberType = typeof(MpiKinds))]
    public void FourRanksEqualOneInFloat32(MpiKind kind) => AreEqual(kind, 4, DType.Float32, 1e-6, "sgd", "zero-sgd");

    /// <summary>Gradients are rounded to bfloat16 before they are summed: ranks are as near to one rank as that is exact.</summary>
    [MpiTheory]
    [MemberData(nameof(MpiKinds.Installed), MemberType = typeof(MpiKinds))]
    public void TwoRanksTrainInMixedPrecision(MpiKind kind) => AreEqual(kind, 2, DType.Float32, 0.05, "mixed");

    [MpiTheory]
    [MemberData(nameof(MpiKinds.Installed), MemberType = typeof(MpiKinds))]
    public void ModelsAreEqualBitByBitAfterAHundredSteps(MpiKind kind) =>
        Assert.Equal(["done 0", "done 1"], MpiRun.Start(kind, 2, "equal").Succeeded().Lines);

    /// <summary>From a run of two ranks that was stopped after 4 of 8 steps; with as many ranks it gives the same bits.</summary>
    [MpiTheory]
    [MemberData(nameof(Resumptions))]
    public void AResumedRunGoesOnWithAnyNumberOfRanks(MpiKind kind, string optimizer)
    {
        using var folder = new TemporaryFolder();
        foreach (var (name, steps) in new[] { ("whole", "8"), ("half", "4") })
        {
            Directory.CreateDirectory(folder[name]);
            MpiRun.Start(kind, 2, "train", [folder[name], "Float64", steps, optimizer]).Succeeded();
        }

        foreach (var ranks in new[] { 1, 2, 4 })
        {
            string[] arguments = [Path.Combine(folder["half"], optimizer), folder["rest"], optimizer, "Float64", "4", "8"];
            (ranks == 1 ? MpiRun.Alone("resume", arguments) : MpiRun.Start(kind, ranks, "resume", arguments)).Succeeded();
            AreEqual(Path.Combine(folder["whole"], optimizer), folder["rest"], ranks == 2 ? 0 : 1e-12);
        }
    }

    public static TheoryData<MpiKind, string> Resumptions => MpiKinds.With("adamw", "zero");

    [MpiTheory]
    [MemberData(nameof(MpiKinds.Installed), MemberType = typeof(MpiKinds))]
    public void WhatDiffersIsNamed(MpiKind kind)
    {
        using var folder = new TemporaryFolder();
        Assert.All(Messages("seeds-differ"), message =>
            Assert.Contains("'model.hidden.weight' on rank 1 differs from that on rank 0", message, StringComparison.Ordinal));

        var settings = Messages("settings-differ");
        Assert.All(settings, message => Assert.Contains("the static arguments on rank 1 differ", message, StringComparison.Ordinal));
        Assert.Contains("train_mode: True", settings[1], StringComparison.Ordinal);
        Assert.Contains("train_mode: False", settings[1], StringComparison.Ordinal);

        Assert.Contains(
            "'x: float32[4, 5]' where rank 1 has 'x: float32[8, 5]'", Messages("sizes-differ")[1], StringComparison.Ordinal);
        Assert.All(Messages("broadcast"), message =>
            Assert.Contains("'hidden.weight' on rank 1 differs", message, StringComparison.Ordinal));

        string[] Messages(string name)
        {
            MpiRun.Start(kind, 2, name, [folder.Path]).Succeeded();
            return [File.ReadAllText(folder["0"]), File.ReadAllText(folder["1"])];
        }
    }

    private static void AreEqual(MpiKind kind, int ranks, DType type, double tolerance, params string[] optimizers)
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["one"]);
        Directory.CreateDirectory(folder["several"]);
        MpiRun.Alone("train", [folder["one"], $"{type}", "20", .. optimizers]).Succeeded();
        MpiRun.Start(kind, ranks, "train", [folder["several"], $"{type}", "20", .. optimizers]).Succeeded();
        foreach (var optimizer in optimizers)
        {
            AreEqual(Path.Combine(folder["one"], optimizer), Path.Combine(folder["several"], optimizer), tolerance);
        }
    }

    private static void AreEqual(string left, string right, double tolerance)
    {
        var (expected, actual) = (Checkpoint.Load(left).Tensors, Checkpoint.Load(right).Tensors);
        Assert.Equal(expected.Keys.Order(), actual.Keys.Order());
        foreach (var (name, tensor) in expected)
        {
            Compare.Close(tensor, actual[name], tolerance, $"{Path.GetFileName(left)}: {name}");
        }
    }
}
