namespace Brachy.Generators.Tests;

/// <summary>What is generated for modules compiles without warnings, whatever the declarations look like.</summary>
public class TrickyModuleTests
{
    [Fact]
    public void ModuleInGlobalNamespace() => TestCompilation.GenerateClean("""
        using Brachy;

        [Module]
        public partial class Scale
        {
            [Param] public partial Tensor Factor { get; set; }
            public Tensor Forward(Tensor x) => x;
        }
        """);

    [Fact]
    public void NestedAndInternalModules() => TestCompilation.GenerateClean("""
        using Brachy;
        namespace A.@class;

        public partial struct Outer<T>
        {
            internal partial record Middle
            {
                [Module]
                private partial class Inner
                {
                    [Param] private partial Tensor Weight { get; set; }
                    internal Tensor Forward(Tensor x) => Weight;
                }

                [Module]
                internal sealed partial class Other
                {
                    private partial Inner Inner { get; set; }
                    public Tensor Forward(Tensor x) => Inner.Call(x);
                }
            }
        }
        """);

    [Fact]
    public void GenericModules() => TestCompilation.GenerateClean("""
        using Brachy;

        [Module]
        public partial class Wrapper<TIn, TOut>
            where TIn : class
        {
            public partial Module<TIn, TOut> Body { get; set; }
            [Static] public partial TIn? Last { get; set; }
            public TOut Forward(TIn x) => Body.Call(x);
        }

        [Module]
        public partial class Use
        {
            public partial Wrapper<Tensor, (Tensor, Tensor)> Wrapped { get; set; }
            public (Tensor, Tensor) Forward(Tensor x) => Wrapped.Call(x);
        }
        """);

    [Fact]
    public void KeywordNames() => TestCompilation.GenerateClean("""
        using Brachy;

        [Module]
        public partial class @event
        {
            [Param] public partial Tensor @class { get; set; }
            [Static] public partial string @record { get; set; }
            public Tensor Forward(Tensor @in, Tensor @value) => @in;
        }

        [Tree]
        public partial record @struct(Tensor @params, string @field);

        public static partial class @operator
        {
            [Jit]
            static @struct @switch(@struct @this, [Static] string @default = "a\"b") => @this;
        }
        """);

    [Fact]
    public void ParametersNamedAsGeneratedOnes() => TestCompilation.GenerateClean("""
        using Brachy;

        [Module]
        public partial class Named
        {
            public Tensor Forward(Tensor tree, Tensor config, Tensor input, Tensor arguments) => tree;
        }

        [Module]
        public partial class Reserved
        {
            public Tensor Forward(Tensor Item2, Tensor Rest) => Rest;
        }
        """);

    [Fact]
    public void NullableProperties() => TestCompilation.GenerateClean("""
        using Brachy;

        [Module]
        public partial class Optional
        {
            [Param] public partial Tensor? Weight { get; set; }
            [Buffer] public partial StructureTree? State { get; set; }
            [Buffer] public partial RngKey? Key { get; set; }
            [Static] public partial string? Activation { get; set; }
            [Static] public partial int? Width { get; set; }
            [Config("mode")] public partial string? Mode { get; }
            [Config("name")] public partial string Name { get; }
            public partial Optional? Next { get; set; }
            public Tensor? Forward(Tensor? x = null, Tensor? mask = null) => Next is { } next ? next.Call(x, mask) : Weight;
        }
        """);

    [Fact]
    public void NullableObliviousSources() => TestCompilation.GenerateClean("""
        #nullable disable
        using Brachy;

        [Module]
        public partial class Old
        {
            [Param] public partial Tensor Weight { get; set; }
            public partial Old Next { get; set; }
            [Static] public partial string Name { get; set; }
            public Tensor Forward(Tensor x, string y) => x;
        }

        [Tree] public partial record OldTree(Tensor A, string B);

        public partial class OldJit
        {
            [Jit] public static OldTree Run(OldTree a, string b = null) => a;
        }
        """);

    [Fact]
    public void AccessorsAndModifiers() => TestCompilation.GenerateClean("""
        using Brachy;

        [Module]
        public partial class Modifiers
        {
            [Param("w")] public required partial Tensor Weight { get; init; }
            [Param] internal partial Tensor Bias { get; private set; }
            [Param] protected internal partial TreeValue Rest { private get; set; }
            [Buffer] partial RngKey Key { get; set; }
            [Buffer] public partial Tensor Calls { get; }
            [Static] public partial (int Width, string[] Names) Shape { get; set; }
            [Submodule("child")] public partial Modifiers Child { get; set; }
            private int _childView = 3;
            public int Computed => _childView;
            public Modifiers Alias => Child;
            public Tensor Forward() => Key.Tensor;
            private Tensor Forward(int x) => Weight;
        }
        """);

    [Fact]
    public void ConfigDefaults() => TestCompilation.GenerateClean("""
        using Brachy;

        public enum Mode { Fast, @safe = 7 }

        [Module]
        public partial class Settings
        {
            [Config("a", Default = true)] public partial bool A { get; }
            [Config("b", Default = 1)] public partial double B { get; }
            [Config("c", Default = 0.5)] public partial float C { get; }
            [Config("d", Default = "x\n")] public partial string D { get; }
            [Config("e", Default = Mode.@safe)] public partial Mode E { get; }
            [Config("f", Default = null)] public partial string? F { get; }
            [Config("g", Default = 3L)] public partial long? G { get; }
            [Config("h", Default = 2)] public partial object? H { get; }
            public Tensor Forward(Tensor x) => x;
        }
        """);

    [Fact]
    public void RequiredFieldsAndStateOutsideTheTree() => TestCompilation.GenerateClean("""
        using Brachy;

        [Module]
        public partial class State
        {
            private readonly string _name;
            public State() => _name = "a";
            public Tensor Forward(Tensor x) => _name.Length > 0 ? x : x;
        }
        """);

    [Fact]
    public void BaseClassOfTheUser() => TestCompilation.GenerateClean("""
        using Brachy;

        public abstract class Layer : Module<Tensor, Tensor>
        {
            protected Layer() { }
            protected Layer(ModuleBinding binding) : base(binding) { }
        }

        [Module]
        public partial class Dense : Layer
        {
            public Tensor Forward(Tensor x) => x;
        }

        [Module]
        public partial class Named : Module<(Tensor, Tensor), Tensor>
        {
            public Tensor Forward(Tensor a, Tensor b) => a;
        }
        """);
}
