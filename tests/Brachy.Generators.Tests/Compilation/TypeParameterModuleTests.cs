namespace Brachy.Generators.Tests;

/// <summary>Submodules whose class is a type parameter.</summary>
public class TypeParameterModuleTests
{
    private const string Layers = """
        using Brachy;
        using Brachy.CompilerServices;
        using Brachy.NN;

        [Module] public abstract partial class Layer { public abstract Tensor Forward(Tensor x); }
        [Module] public partial class Plain : Layer { public override Tensor Forward(Tensor x) => x; }

        """;

    [Theory]
    [InlineData("<T> where T : Module<Tensor, Tensor>, IModule<T>")]
    [InlineData("<T> where T : Layer, IModule<T>")]
    [InlineData("<U, T> where U : Module<Tensor, Tensor> where T : U, IModule<T>")]
    [InlineData("<T> where T : Layer, IOwn<T>")]
    [InlineData("<T> where T : Module<Tensor, Tensor>, IModule<T>, new()")]
    public void SubmodulesOfATypeParameter(string parameters) => TestCompilation.GenerateClean(Layers + $$"""
        public interface IOwn<T> : IModule<T> where T : IOwn<T>;

        [Module] public partial class Block{{parameters}}
        {
            public partial T First { get; set; }
            public partial T? Second { get; set; }
            [Submodule("third")] private partial T Last { get; init; }
            public partial ModuleList<T> List { get; set; }
            public partial ModuleList<T>? Other { get; set; }
            public Block(T first, T last) => (First, Last, List) = (first, last, new ModuleList<T>(first, last));
            public Tensor Forward(Tensor x)
            {
                foreach (var layer in List)
                {
                    x = layer.Call(x);
                }

                return Second is { } second ? second.Call(First.Call(x)) : Last.Call(x);
            }
        }
        """);

    [Fact]
    public void NestedGenericModules() => TestCompilation.GenerateClean(Layers + """
        [Module] public partial class Residual<T>
            where T : Module<Tensor, Tensor>, IModule<T>
        {
            public partial T Body { get; set; }
            public Residual(T body) => Body = body;
            public Tensor Forward(Tensor x) => x + Body.Call(x);
        }

        [Module] public partial class Pair<TFirst, TSecond>
            where TFirst : Module<Tensor, Tensor>, IModule<TFirst>
            where TSecond : Module<Tensor, Tensor>, IModule<TSecond>
        {
            public partial Residual<TFirst> First { get; set; }
            public partial Residual<Residual<TSecond>>? Second { get; set; }
            public partial ModuleList<Residual<TSecond>> More { get; set; }
            public Pair(TFirst first, TSecond second) =>
                (First, Second, More) = (new(first), new(new Residual<TSecond>(second)), new ModuleList<Residual<TSecond>>());
            public Tensor Forward(Tensor x) => Second?.Call(First.Call(x)) ?? x;
        }

        public partial class Outer<T>
            where T : Module<Tensor, Tensor>, IModule<T>
        {
            [Module] public partial class Inner
            {
                public partial T Body { get; set; }
                public Inner(T body) => Body = body;
                public Tensor Forward(Tensor x) => Body.Call(x);
            }
        }

        [Module] public partial class Use
        {
            public partial Pair<Linear, Plain> Pair { get; set; }
            public partial Outer<Pair<Linear, Module<Tensor, Tensor>>>.Inner Inner { get; set; }
            public Use()
            {
                Pair = new(new(2, 2), new());
                Inner = new(new Pair<Linear, Module<Tensor, Tensor>>(new(2, 2), new Plain()));
            }

            public Tensor Forward(Tensor x) => Inner.Call(Pair.Call(x));
        }
        """);

    [Fact]
    public void OfOtherProjects()
    {
        var library = TestCompilation.Library(Layers + """
            [Module] public partial class Residual<T>
                where T : Module<Tensor, Tensor>, IModule<T>
            {
                public partial T Body { get; set; }
                public Residual(T body) => Body = body;
                public Tensor Forward(Tensor x) => x + Body.Call(x);
            }
            """);
        TestCompilation.GenerateClean(
            TestCompilation.Of("""
                using Brachy;
                using Brachy.CompilerServices;
                [Module] public partial class Twice<T>
                    where T : Layer, IModule<T>
                {
                    public partial Residual<T> Body { get; set; }
                    public partial T Last { get; set; }
                    public Twice(T body) => (Body, Last) = (new(body), body);
                    public Tensor Forward(Tensor x) => Last.Call(Body.Call(x));
                }
                """).AddReferences(library), out _);
    }

    [Theory]
    [InlineData("<T>", "public partial T {|BRACHY014:Inner|} { get; set; }")]
    [InlineData("<T> where T : class, IModule<T>", "public partial T {|BRACHY014:Inner|} { get; set; }")]
    [InlineData("<T> where T : Module<Tensor, Tensor>", "public partial T {|BRACHY019:Inner|} { get; set; }")]
    [InlineData("<T> where T : Module<Tensor, Tensor>, IModule<Brachy.NN.Linear>", "public partial T {|BRACHY019:Inner|} { get; set; }")]
    [InlineData("<T> where T : Module<Tensor, Tensor>, IModule<T>", "public T {|BRACHY003:Inner|} { get; set; }")]
    [InlineData("<T> where T : Module<Tensor, Tensor>, IModule<T>", "private readonly T? {|BRACHY018:_inner|} = null;")]
    [InlineData("<T> where T : Module<Tensor, Tensor>, IModule<T>", "[Static] public partial T {|BRACHY004:Inner|} { get; set; }")]
    [InlineData("<T> where T : Module<Tensor, Tensor>, IModule<T>", "[Param] public partial T {|BRACHY005:Inner|} { get; set; }")]
    [InlineData("<T, U> where T : U where U : T", "public partial T {|BRACHY014:Inner|} { get; set; }")]
    [InlineData("<T> where T : Module<Tensor, Tensor>, IModule<T>", "public partial T Inner { get; set; }")]
    public Task Faults(string parameters, string member) => AnalyzerCheck.Reports<ModuleAnalyzer>($$"""
        using Brachy;
        using Brachy.CompilerServices;
        [Module] public partial class Block{{parameters}}
        {
            {{member}}
            public Tensor Forward(Tensor x) => x;
        }
        """);

    [Fact]
    public Task ModulesOfATypeParameterAreNoValues() => AnalyzerCheck.Reports<JitAnalyzer>("""
        using Brachy;
        using Brachy.CompilerServices;
        public static partial class Steps<T> where T : Module<Tensor, Tensor>, IModule<T>
        {
            [Jit] public static Tensor Step(T {|BRACHY028:layer|}, Tensor x) => layer.Call(x);
            [Jit] public static Tensor Other([Static] T {|BRACHY004:layer|}, Tensor x) => layer.Call(x);
        }
        """);

    [Fact]
    public async Task MessagesSayWhatToDo()
    {
        var reported = await BuildCheck.Report("""
            using Brachy;
            [Module] public partial class First<T> { public required partial T Inner { get; set; } public Tensor Forward(Tensor x) => x; }
            [Module] public partial class Second<T> where T : Module<Tensor, Tensor>
            {
                public required partial T Inner { get; set; }
                public Tensor Forward(Tensor x) => x;
            }
            """);
        Assert.Equal(
            [
                "'Inner' cannot be a submodule, because T has no Bind(StructureTree, GlobalConfig); add 'IModule<T>' to its constraints",
                "'Inner' is partial, but T is no module; say 'where T : Module<TInput, TOutput>, IModule<T>' for a submodule, mark it "
                + "[Static], or write its body",
            ],
            reported.Select(d => d.GetMessage(System.Globalization.CultureInfo.InvariantCulture)).Order());
    }
}
