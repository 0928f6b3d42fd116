namespace Brachy.Generators.Tests;

/// <summary>What is generated, word for word.</summary>
[Trait("Category", "Quick")]
public class GeneratedFileTests
{
    [Fact]
    public void Module() => Snapshot.Verify(TestCompilation.GenerateClean("""
        using Brachy;
        using Brachy.NN;

        namespace Models;

        /// <summary>A block.</summary>
        [Module]
        public partial class Block
        {
            public partial Linear Expand { get; set; }
            public partial Module<Tensor, Tensor>? Norm { get; set; }
            [Param] public partial Tensor Scale { get; set; }
            [Param] public partial Tensor? Bias { get; private set; }
            [Buffer("num_calls")] public partial Tensor Calls { get; set; }
            [Buffer] public partial RngKey Key { get; set; }
            [Static] public partial string Activation { get; set; }
            [Config("train_mode", Default = true)] public partial bool TrainMode { get; }

            public Block(int size)
            {
                Expand = new(size, 2 * size);
                Activation = "gelu";
            }

            public Tensor Forward(Tensor x) => Expand.Call(x);
        }
        """));

    [Fact]
    public void ModuleWithSeveralInputsAndOutputs() => Snapshot.Verify(TestCompilation.GenerateClean("""
        using Brachy;

        [Module]
        public partial class Attention
        {
            public (Tensor Output, Tensor? Weights) Forward(Tensor query, Tensor? mask = null, bool causal = true) => (query, mask);
        }
        """));

    [Fact]
    public void ModuleWithNineInputsAndSixOutputs() => Snapshot.Verify(TestCompilation.GenerateClean("""
        using Brachy;

        [Module]
        public partial class Many
        {
            public (Tensor, Tensor?, int, Tensor[], StructureTree, Tensor) Forward(
                Tensor a, Tensor? b, int c, string d, Tensor[] e, StructureTree f, bool g, Tensor h, RngKey i) => (a, b, c, e, f, h);
        }
        """));

    [Fact]
    public void ModuleWithoutInputs() => Snapshot.Verify(TestCompilation.GenerateClean("""
        using Brachy;

        internal partial class Outer
        {
            [Module]
            private partial class Constant<T>
            {
                [Static] public partial T Value { get; init; }
                public T Forward() => Value;
            }
        }
        """));

    [Fact]
    public void AbstractModule() => Snapshot.Verify(TestCompilation.GenerateClean("""
        using Brachy;

        namespace Models;

        [Module]
        public abstract partial class Noise
        {
            [Buffer] public partial RngKey Key { get; set; }
            [Static] public partial double P { get; set; }
            [Config("train_mode", Default = true)] public partial bool TrainMode { get; }

            protected Noise(double p) => P = p;

            public Tensor Forward(Tensor x, Tensor? mask = null) => TrainMode ? Disturb(x, Key) : x;

            protected abstract Tensor Disturb(Tensor x, RngKey key);
        }

        [Module]
        public sealed partial class Scaled : Noise
        {
            [Param] public partial Tensor Scale { get; set; }
            [Config("loud", Default = 2)] public partial int Loud { get; }

            public Scaled(double p) : base(p) => Scale = 1.0;

            protected override Tensor Disturb(Tensor x, RngKey key) => x;
        }
        """));

    [Fact]
    public void ModuleOfAModuleWithoutForward() => Snapshot.Verify(TestCompilation.GenerateClean("""
        using Brachy;

        [Module]
        public abstract partial class Sized
        {
            [Static] public partial long Size { get; set; }
        }

        [Module]
        public partial class First : Sized
        {
            public virtual Tensor Forward(Tensor x) => x;
        }

        [Module]
        public partial class Second : First
        {
            public override Tensor Forward(Tensor x) => x;
        }
        """));

    [Fact]
    public void TreeRecord() => Snapshot.Verify(TestCompilation.GenerateClean("""
        using Brachy;

        namespace Training;

        [Tree]
        public partial record StepResult(StructureTree Opt, Tensor Loss, (Tensor, Tensor?) Extra, StepResult[] Earlier)
        {
            public string Name { get; init; } = "";
        }
        """));

    [Fact]
    public void TreeStruct() => Snapshot.Verify(TestCompilation.GenerateClean("""
        using Brachy;

        [Tree]
        public partial struct Pair<T>
        {
            public required T First { get; init; }
            public Tensor? Second;
        }
        """));

    [Fact]
    public void Jit() => Snapshot.Verify(TestCompilation.GenerateClean("""
        using Brachy;

        namespace Training;

        [Tree] public partial record Batch(Tensor X, Tensor Y);

        public static partial class Steps
        {
            [Jit]
            static (StructureTree Model, Tensor Loss) Step(
                [Donate] StructureTree model, GlobalConfig config, Batch batch, Tensor[]? extra, Tensor lr,
                [Static] double eps = 1e-8) => (model, lr);
        }
        """));

    [Fact]
    public void DataParallelStep() => Snapshot.Verify(TestCompilation.GenerateClean("""
        using Brachy;

        namespace Training;

        public static partial class Steps
        {
            [Jit, DataParallel("data", Shares = 4)]
            static (StructureTree Model, Tensor Loss) Step([Donate] StructureTree model, Tensor x) => (model, x);
        }
        """));

    [Fact]
    public void Registrations() => Snapshot.Verify(TestCompilation.GenerateClean("""
        using System.Collections.Generic;
        using Brachy;

        [Tree] public partial record Batch(Tensor X, Tensor Y);

        public sealed record Options(int Size);

        public static class Uses
        {
            private static (Tensor, Dictionary<string, Tensor>) Run(Batch batch, Options options, (Tensor, int[]) pair) => throw null!;

            private static object All<T>() => new object[]
            {
                Brachy.Jit.Compile<Batch, Options, (Tensor, int[]), (Tensor, Dictionary<string, Tensor>)>(Run),
                Grad.Of<List<Tensor>>(list => list[0]),
                Grad.Of<(Tensor, T)>(pair => pair.Item1),
            };
        }
        """));
}
