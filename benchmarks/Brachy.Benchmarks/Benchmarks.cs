using Brachy.Compilation;

namespace Brachy.Benchmarks;

/// <summary>A benchmark that gives one or more measurements.</summary>
internal sealed record Row(string[] Ids, Func<IEnumerable<Measurement>> Run);

/// <summary>All benchmarks.</summary>
internal static class Benchmarks
{
    public static IReadOnlyList<Row> All { get; } =
    [
        new(["mlp64.speedup"], () => [TrainingStep.Measure("mlp64.speedup", [64, 64, 64, 10], batch: 32, blocks: 100, bound: 15)]),
        new(["mlp512.speedup"], () => [TrainingStep.Measure("mlp512.speedup", [512, 512, 512, 10], batch: 128, blocks: 16, bound: 1.7)]),
        new(["dispatch.10.us"], () => [Dispatch.Measure("dispatch.10.us", leaves: 10, bound: 1.25)]),
        new(["dispatch.unused100.us"], () => [Dispatch.MeasureUnused("dispatch.unused100.us", leaves: 100, bound: 1)]),
        new(["dispatch.100.us"], () => [Dispatch.Measure("dispatch.100.us", leaves: 100, bound: 2)]),
        new(["varying.dispatch.us"], () => [Dispatch.MeasureVarying("varying.dispatch.us", bound: 2)]),
        new(["step.native_calls"], () => [TrainingStep.CountNativeCalls("step.native_calls")]),
        new(["compile.1000ops.s"], () => [FirstRun.Measure("compile.1000ops.s", ops: 890, bound: 1)]),
        new(["resnet18.train.speedup"], () => [ResNetSteps.Training("resnet18.train.speedup", blocks: 12, bound: 1.25)]),
        new(["resnet18.train.peak_ratio"], () => [PeakMemory.Ratio("resnet18.train.peak_ratio", "resnet18", bound: 0.65)]),
        new(["resnet18.train.floor_share"], () => [ResNetSteps.Floor("resnet18.train.floor_share", blocks: 6)]),
        new(["resnet18.infer.b1.speedup"], () => [ResNetSteps.Inference("resnet18.infer.b1.speedup", batch: 1, blocks: 20, bound: 1.3)]),
        new(["resnet18.infer.b16.speedup"], () => [ResNetSteps.Inference("resnet18.infer.b16.speedup", batch: 16, blocks: 6, bound: 1.3)]),
        new(
            ["infer.resnet18.onnxruntime.ratio"],
            () => [OnnxRuntimeInference.Measure("infer.resnet18.onnxruntime.ratio", batch: 1, threads: null, blocks: 10)]),
        new(
            ["infer.resnet18.onnxruntime.t1.ratio"],
            () => [OnnxRuntimeInference.Measure("infer.resnet18.onnxruntime.t1.ratio", batch: 1, threads: 1, blocks: 10)]),
        new(
            ["infer.resnet18.onnxruntime.b16.ratio"],
            () => [OnnxRuntimeInference.Measure("infer.resnet18.onnxruntime.b16.ratio", batch: 16, threads: null, blocks: 4)]),
        new(
            ["infer.resnet18.onnxruntime.b16.t1.ratio"],
            () => [OnnxRuntimeInference.Measure("infer.resnet18.onnxruntime.b16.t1.ratio", batch: 16, threads: 1, blocks: 4)]),
        new(
            ["frozen.resnet18.onnxruntime.ratio"],
            () => [OnnxRuntimeInference.Measure("frozen.resnet18.onnxruntime.ratio", batch: 1, threads: null, blocks: 10, isFrozen: true)]),
        new(
            ["frozen.resnet18.onnxruntime.t1.ratio"],
            () => [OnnxRuntimeInference.Measure("frozen.resnet18.onnxruntime.t1.ratio", batch: 1, threads: 1, blocks: 10, isFrozen: true)]),
        new(
            ["frozen.minilm.onnxruntime.t1.ratio"],
            () => [SentenceInference.Measure("frozen.minilm.onnxruntime.t1.ratio", length: 128, threads: 1, blocks: 8, isFrozen: true)]),
        new(
            ["infer.minilm.onnxruntime.ratio"],
            () => [SentenceInference.Measure("infer.minilm.onnxruntime.ratio", length: 128, threads: null, blocks: 8)]),
        new(
            ["infer.minilm.onnxruntime.t1.ratio"],
            () => [SentenceInference.Measure("infer.minilm.onnxruntime.t1.ratio", length: 128, threads: 1, blocks: 8)]),
        new(
            ["infer.minilm.onnxruntime.l16.ratio"],
            () => [SentenceInference.Measure("infer.minilm.onnxruntime.l16.ratio", length: 16, threads: null, blocks: 12)]),
        new(
            ["infer.minilm.onnxruntime.l16.t1.ratio"],
            () => [SentenceInference.Measure("infer.minilm.onnxruntime.l16.t1.ratio", length: 16, threads: 1, blocks: 12)]),
        new(
            ["frozen.minilm.int8.speedup"],
            () => [QuantizedInference.Speedup("frozen.minilm.int8.speedup", length: 128, threads: 2, blocks: 8)]),
        new(
            ["frozen.minilm.int8.t1.speedup"],
            () => [QuantizedInference.Speedup("frozen.minilm.int8.t1.speedup", length: 128, threads: 1, blocks: 8)]),
        new(
            ["frozen.minilm.int8.l16.t1.speedup"],
            () => [QuantizedInference.Speedup("frozen.minilm.int8.l16.t1.speedup", length: 16, threads: 1, blocks: 12)]),
        new(["frozen.minilm.int8.cosine"], () => [QuantizedInference.Accuracy("frozen.minilm.int8.cosine")]),
        new(["onnx.export.s"], () => [OnnxExportTime.Measure("onnx.export.s", bound: 2)]),
        new(["resnet18.first_step.s"], () => [ResNetSteps.FirstStep("resnet18.first_step.s", bound: 2)]),
        new(["lm.train.speedup"], () => [LanguageModelSteps.Training("lm.train.speedup", blocks: 20, bound: 1.25)]),
        new(["lm.train.peak_ratio"], () => [PeakMemory.Ratio("lm.train.peak_ratio", "lm", bound: 0.75)]),
        new(["lm.train.floor_share"], () => [LanguageModelSteps.Floor("lm.train.floor_share", blocks: 10)]),
        new(["lm.generate.speedup"], () => [LanguageModelSteps.Generation("lm.generate.speedup", blocks: 10, bound: 1.5)]),
        new(["scan.compile.4096.s"], () => [Loops.Compile("scan.compile.4096.s", bound: 0.3)]),
        new(["scan.iteration.us"], () => [Loops.Iteration("scan.iteration.us", Backend.TorchScript, bound: 3)]),
        new(["scan.iteration.vector.us"], () => [Loops.Iteration("scan.iteration.vector.us", Backend.VectorCode, bound: 0.3)]),
        new(["lstm.train.speedup"], () => [RecurrentTraining.Lstm("lstm.train.speedup", blocks: 10, bound: 1)]),
        new(["lstm.small.train.speedup"], () => [RecurrentTraining.SmallLstm("lstm.small.train.speedup", blocks: 20, bound: 1.1)]),
        new(["gru.train.speedup"], () => [RecurrentTraining.Gru("gru.train.speedup", blocks: 10, bound: 1)]),
        new(["remat.lm.memory"], () => [PeakMemory.Activations("remat.lm.memory", bound: 0.5)]),
        new(["remat.lm.time"], () => [LanguageModelSteps.Rematerialized("remat.lm.time", blocks: 10, bound: 1.35)]),
        new(["jvp.ops.ratio"], () => [ForwardModeOps.Measure("jvp.ops.ratio", bound: 1.2)]),
        new(
            ["vmap.persample.ratio", "vmap.persample.loop.speedup"],
            () => SampleGradients.Whole(
                "vmap.persample.ratio", "vmap.persample.loop.speedup", [512, 512, 512, 10], batch: 128, most: 2.5, least: 10)),
        new(
            ["vmap.clipped.ratio", "vmap.clipped.loop.speedup"],
            () => SampleGradients.Clipped(
                "vmap.clipped.ratio", "vmap.clipped.loop.speedup", [512, 512, 512, 10], batch: 128, most: 2.5, least: 10)),
        new(
            ["ensemble.speedup"],
            () => [BatchedModels.Ensemble("ensemble.speedup", [64, 64, 64, 10], models: 16, batch: 32, blocks: 30, bound: 4)]),
        new(
            ["ensemble.small.speedup"],
            () => [BatchedModels.Ensemble("ensemble.small.speedup", [16, 32, 32, 10], models: 16, batch: 16, blocks: 30, bound: 4)]),
        new(["dp.step.overhead"], () => RankedSteps.Measure("dp.step.overhead", "resnet18", bound: 1.15)),
        new(["dp.step.lm.overhead"], () => RankedSteps.Measure("dp.step.lm.overhead", "lm", bound: 1.15)),
        new(["dp.allreduce.gbs"], () => AllReduceSpeed.Measure("dp.allreduce.gbs")),
        new(["busy.slowdown"], () => [ResNetSteps.Busy("busy.slowdown", steps: 25, bound: 6)]),
        new(["soak.growth_mb"], () => [Soak.Measure("soak.growth_mb", steps: 10_000, warmup: 1_000, bound: 5)]),
        new(["generator.keystroke.0.ms"], () => [GeneratorKeystroke.Measure("generator.keystroke.0.ms", modules: 0, plain: 40, bound: 1)]),
        new(
            ["generator.keystroke.50.ms"],
            () => [GeneratorKeystroke.Measure("generator.keystroke.50.ms", modules: 50, plain: 190, bound: 15)]),
        new(
            ["generator.keystroke.500.ms"],
            () => [GeneratorKeystroke.Measure("generator.keystroke.500.ms", modules: 500, plain: 40, bound: 60)]),
        new(
            ["generator.build.200.share"],
            () => [GeneratorBuild.Measure("generator.build.200.share", modules: 200, plain: 40, bound: 0.05)]),
        new(
            ["generator.build.first.200.share"],
            () => [GeneratorBuild.MeasureFirst("generator.build.first.200.share", modules: 200, plain: 40)]),
        new(
            ["generator.compile.200.share"],
            () => [GeneratorCompile.Measure("generator.compile.200.share", modules: 200, plain: 40, bound: 0.1)]),
    ];
}
