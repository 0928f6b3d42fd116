using Brachy.CodeFixes;

namespace Brachy.Generators.Tests;

/// <summary>Mends of one class, which touch the same places, made one by one and all at once.</summary>
public class FixAllTests
{
    [Fact]
    public Task ValuesAreAssignedInTheOrderOfTheirMembers() => FixCheck.Mends<ModuleAnalyzer, PartialPropertyFix>(
        """
        [Module] public partial class Layer
        {
            [Param] public Tensor {|BRACHY003:W|} { get; set; } = Rng.Normal([1]);
            [Param] public Tensor {|BRACHY003:V|} { get; set; } = Rng.Normal([2]);
            [Static] public int {|BRACHY003:N|} { get; set; } = 3;

            public Layer()
            {
                System.GC.KeepAlive(this);
            }

            public Tensor Forward(Tensor x) => x * W * V * N;
        }

        [Module] public abstract partial class Other
        {
            [Param] public Tensor {|BRACHY003:W|} { get; set; } = Rng.Normal([1]);
            [Param] public Tensor {|BRACHY003:V|} { get; set; } = Rng.Normal([2]);

            public abstract Tensor Forward(Tensor x);
        }
        """,
        """
        [Module] public partial class Layer
        {
            [Param] public partial Tensor W { get; set; }
            [Param] public partial Tensor V { get; set; }
            [Static] public partial int N { get; set; }

            public Layer()
            {
                W = Rng.Normal([1]);
                V = Rng.Normal([2]);
                N = 3;
                System.GC.KeepAlive(this);
            }

            public Tensor Forward(Tensor x) => x * W * V * N;
        }

        [Module] public abstract partial class Other
        {
            [Param] public partial Tensor W { get; set; }
            [Param] public partial Tensor V { get; set; }

            protected Other()
            {
                W = Rng.Normal([1]);
                V = Rng.Normal([2]);
            }

            public abstract Tensor Forward(Tensor x);
        }
        """);

    [Fact]
    public Task InitializersOfOneClass() => FixCheck.Mends<GeneratorFaultAnalyzer, InitializerFix>(
        """
        [Module] public partial class Layer
        {
            public partial Brachy.NN.Linear First { get; set; } = {|BRACHY053:new(2, 3)|};
            public partial Brachy.NN.Linear Second { get; set; } = {|BRACHY053:new(3, 4)|};

            public Layer() => System.GC.KeepAlive(this);

            public Tensor Forward(Tensor x) => Second.Call(First.Call(x));
        }
        """,
        """
        [Module] public partial class Layer
        {
            public partial Brachy.NN.Linear First { get; set; }
            public partial Brachy.NN.Linear Second { get; set; }

            public Layer()
            {
                First = new(2, 3);
                Second = new(3, 4);
                System.GC.KeepAlive(this);
            }

            public Tensor Forward(Tensor x) => Second.Call(First.Call(x));
        }
        """);

    [Fact]
    public Task FieldsOfOneClass() => FixCheck.Mends<ModuleAnalyzer, StateFix>(
        """
        [Module] public partial class Layer
        {
            private readonly int {|BRACHY018:_size|};
            private volatile int {|BRACHY018:_layer|}; // named as the class

            public Layer(int size)
            {
                _size = size;
                _layer = size;
            }

            public Tensor Forward(Tensor x) => x * _size * _layer * _size;
        }
        """,
        """
        [Module] public partial class Layer
        {
            [Static] private partial int Size { get; set; }
            [Static] private partial int LayerValue { get; set; } // named as the class

            public Layer(int size)
            {
                Size = size;
                LayerValue = size;
            }

            public Tensor Forward(Tensor x) => x * Size * LayerValue * Size;
        }
        """);

    [Fact]
    public Task TensorsInFieldsOfOneClass() => FixCheck.Mends<ModuleAnalyzer, StateFix>(
        """
        [Module] public partial class Layer
        {
            private readonly Tensor {|BRACHY018:_w|} = Rng.Normal([1]);
            [Param] public partial Tensor Forwarded { get; set; }
            internal readonly Tensor {|BRACHY018:_v|} = Rng.Normal([2]);
            private readonly Tensor {|BRACHY018:m_u|} = Rng.Normal([3]);

            public Layer() => Forwarded = _w;

            public Tensor Forward(Tensor x) => x * _w * _v * m_u;
        }
        """,
        """
        [Module] public partial class Layer
        {
            [Param] private partial Tensor W { get; set; }
            [Param] public partial Tensor Forwarded { get; set; }
            [Param] internal partial Tensor V { get; set; }
            [Param] private partial Tensor U { get; set; }

            public Layer()
            {
                W = Rng.Normal([1]);
                Forwarded = W;
                V = Rng.Normal([2]);
                U = Rng.Normal([3]);
            }

            public Tensor Forward(Tensor x) => x * W * V * U;
        }
        """);

    /// <summary>The order of initializers in several files is open in C#.</summary>
    [Fact]
    public Task ClassesInSeveralFiles() => FixCheck.Mends<ModuleAnalyzer, PartialPropertyFix>(
        """
        namespace Layers;

        [Module] public partial class Layer
        {
            [Param] public Tensor {|BRACHY003:W|} { get; set; } = F.ones([1]);

            public Tensor Forward(Tensor x) => x * W * V;
        }
        """,
        """
        namespace Layers;

        [Module] public partial class Layer
        {
            [Param] public partial Tensor W { get; set; }

            public Tensor Forward(Tensor x) => x * W * V;
        }
        """, other: (
        """
        namespace Layers
        {
            public partial class Layer
            {
                public Layer()
                {
                }

                [Param] public Tensor {|BRACHY003:V|} { get; set; } = F.ones([1]);
            }
        }
        """,
        """
        namespace Layers
        {
            public partial class Layer
            {
                public Layer()
                {
                    V = F.ones([1]);
                    W = F.ones([1]);
                }

                [Param] public partial Tensor V { get; set; }
            }
        }
        """));

    [Fact]
    public Task MembersOfAClassThatIsNoModule() => FixCheck.Mends<GeneratorFaultAnalyzer, MarkModuleFix>(
        """
        namespace Layers;

        internal static partial class Outer
        {
            // A layer.
            [System.Serializable]
            internal class Layer
            {
                [Param] public partial Tensor {|BRACHY007:W|} { get; set; }
                [Param] public partial Tensor {|BRACHY007:V|} { get; set; }

                public Tensor Forward(Tensor x) => x * W * V;
            }
        }
        """,
        """
        namespace Layers;

        internal static partial class Outer
        {
            // A layer.
            [Module]
            [System.Serializable]
            internal partial class Layer
            {
                [Param] public partial Tensor W { get; set; }
                [Param] public partial Tensor V { get; set; }

                public Tensor Forward(Tensor x) => x * W * V;
            }
        }
        """, steps: 1);

    [Fact]
    public Task KeysAreFree() => FixCheck.Mends<ModuleAnalyzer, KeyFix>(
        """
        [Module] public partial class Layer
        {
            [Param] public partial Tensor W1 { get; set; }
            [Param] public partial Tensor {|BRACHY012:w1|} { get; set; }

            public Tensor Forward(Tensor x) => x;
        }

        public partial class Layer
        {
            [Buffer("w1_2")] public partial Tensor Other { get; set; }
        }
        """,
        """
        [Module] public partial class Layer
        {
            [Param] public partial Tensor W1 { get; set; }
            [Param("w1_3")] public partial Tensor w1 { get; set; }

            public Tensor Forward(Tensor x) => x;
        }

        public partial class Layer
        {
            [Buffer("w1_2")] public partial Tensor Other { get; set; }
        }
        """);

    [Fact]
    public Task ModulesOfOneMethod() => FixCheck.Mends<JitAnalyzer, ModuleParameterFix>(
        """
        public static partial class Steps
        {
            [Jit] static Tensor Step(Brachy.NN.Linear {|BRACHY028:a|}, Brachy.NN.Linear {|BRACHY028:b|}, Tensor x) =>
                a.Call(b.Call(x));
        }
        """,
        """
        public static partial class Steps
        {
            [Jit] static Tensor Step(StructureTree a, GlobalConfig config, StructureTree b, GlobalConfig bConfig, Tensor x) =>
                Brachy.NN.Linear.Bind(a, config).Call(Brachy.NN.Linear.Bind(b, bConfig).Call(x));
        }
        """);

    [Fact]
    public Task OneTypeOfSeveralParameters() => FixCheck.Mends<JitAnalyzer, MarkTreeFix>(
        """
        public static partial class Steps
        {
            [Jit] static Tensor Step(Batch {|BRACHY027:a|}, Batch {|BRACHY027:b|}) => a.X + b.X;
        }

        public record Batch(Tensor X);
        """,
        """
        public static partial class Steps
        {
            [Jit] static Tensor Step(Batch a, Batch b) => a.X + b.X;
        }

        [Tree]
        public partial record Batch(Tensor X);
        """, steps: 1);

    [Fact]
    public Task OneCallOfTwoUses() => FixCheck.Mends<DonatedUseAnalyzer, DonatedUseFix>(
        """
        public static partial class Steps
        {
            [Jit] static Tensor Step([Donate] Tensor x) => x;

            static Tensor A(Tensor x)
            {
                StepJit(x);
                return {|BRACHY060:x|} + x;
            }
        }
        """,
        """
        public static partial class Steps
        {
            [Jit] static Tensor Step([Donate] Tensor x) => x;

            static Tensor A(Tensor x)
            {
                x = StepJit(x);
                return x + x;
            }
        }
        """, steps: 1);
}
