namespace Brachy.Generators.Tests;

/// <summary>What is reported about the properties of a module.</summary>
public class ModulePropertyDiagnosticTests
{
    [Theory]
    [InlineData("[Param] public Tensor {|BRACHY003:Weight|} { get; set; }")]
    [InlineData("[Buffer] public Tensor {|BRACHY003:Weight|} => null!;")]
    [InlineData("[Static] public string {|BRACHY003:Name|} { get; set; }")]
    [InlineData("[Config(\"a\")] public bool {|BRACHY003:A|} { get; }")]
    [InlineData("public Other {|BRACHY003:Other|} { get; set; }")]
    public Task PropertyNotPartial(string property) => Check(property);

    [Theory]
    [InlineData("[Static] public partial Tensor {|BRACHY004:A|} { get; set; }")]
    [InlineData("[Static] public partial System.Collections.Generic.List<Tensor> {|BRACHY004:A|} { get; set; }")]
    [InlineData("[Static] public partial TorchSharp.torch.Tensor {|BRACHY004:A|} { get; set; }")]
    [InlineData("[Static] public partial Holder {|BRACHY004:A|} { get; set; }")]
    [InlineData("[Static] public partial Other {|BRACHY004:A|} { get; set; }")]
    public Task StaticHoldsTensors(string property) => Check(property);

    [Theory]
    [InlineData("[Param] public partial int {|BRACHY005:A|} { get; set; }")]
    [InlineData("[Param] public partial RngKey {|BRACHY005:A|} { get; set; }")]
    [InlineData("[Buffer] public partial Tensor[] {|BRACHY005:A|} { get; set; }")]
    public Task ParamWithoutTensor(string property) => Check(property);

    [Fact]
    public Task SeveralAttributes() => Check("[Param, Buffer] public partial Tensor {|BRACHY006:A|} { get; set; }");

    [Theory]
    [InlineData("Param", "Tensor")]
    [InlineData("Buffer", "Tensor")]
    [InlineData("Static", "string")]
    [InlineData("Config(\"a\")", "bool")]
    [InlineData("Submodule", "Other")]
    public Task AttributeOutsideModule(string attribute, string type) => AnalyzerCheck.Reports<ModuleAnalyzer>($$"""
        using Brachy;

        public class Plain
        {
            [{{attribute}}] public {{type}} {|BRACHY007:A|} { get; set; } = default!;
        }

        [Module]
        public partial class Other
        {
            public Tensor Forward(Tensor x) => x;
        }
        """);

    [Fact]
    public Task ConfigWithSetter() => Check("[Config(\"a\")] public partial bool {|BRACHY011:A|} { get; set; }");

    [Theory]
    [InlineData("[Param] public partial Tensor A { get; set; } [Buffer(\"a\")] public partial Tensor {|BRACHY012:B|} { get; set; }")]
    [InlineData("[Param(\"linear1\")] public partial Tensor A { get; set; } public partial Other {|BRACHY012:Linear1|} { get; set; }")]
    public Task DuplicateKeys(string properties) => Check(properties);

    [Theory]
    [InlineData("public partial int {|BRACHY014:A|} { get; set; }")]
    [InlineData("public partial System.Collections.Generic.List<Brachy.NN.Linear> {|BRACHY014:A|} { get; set; }")]
    public Task PartialPropertyWithoutRole(string property) => Check(property);

    [Fact]
    public async Task CollectionsOfModulesAreLedToSequential()
    {
        var reported = await BuildCheck.Report("""
            using System.Collections.Generic;
            using Brachy;
            [Module] public partial class Layer
            {
                public List<Brachy.NN.Linear> A { get; } = new();
                public partial List<Brachy.NN.Linear> B { get; set; }
                [Static] public partial List<Brachy.NN.Linear> C { get; set; }
                public Tensor Forward(Tensor x) => x;
            }
            """);
        Assert.Equal(["BRACHY004", "BRACHY014", "BRACHY018"], reported.Select(d => d.Id).Order());
        Assert.All(reported, d =>
            Assert.Contains("Sequential", d.GetMessage(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("System.Random")]
    [InlineData("Options")]
    [InlineData("Options[]")]
    public Task StaticNotComparedByContent(string type) => Check($"[Static] public partial {type} {{|BRACHY036:A|}} {{ get; set; }}");

    [Theory]
    [InlineData("static")]
    [InlineData("virtual")]
    [InlineData("new")]
    public Task UnsupportedModifier(string modifier) =>
        Check($"[Param] public {modifier} partial Tensor {{|BRACHY015:A|}} {{ get; set; }}");

    [Theory]
    [InlineData("public static Brachy.NN.ReLU Shared { get; } = new();")]
    [InlineData("private static Brachy.NN.ReLU? Last { get; set; }")]
    [InlineData("public static partial Brachy.NN.ReLU {|BRACHY015:Shared|} { get; set; }")]
    [InlineData("public Brachy.NN.ReLU {|BRACHY003:Own|} { get; set; } = new();")]
    public Task StaticPropertiesAreBesideTheTree(string property) => Check(property);

    [Theory]
    [InlineData("[Static] public partial string {|BRACHY051:Config|} { get; set; }")]
    [InlineData("[Param] public partial Tensor {|BRACHY051:Tree|} { get; set; }")]
    [InlineData("[Param] public partial Tensor {|BRACHY043:Call|} { get; set; }")]
    [InlineData("public partial Brachy.NN.Linear {|BRACHY051:Submodules|} { get; set; }")]
    [InlineData("[Static] public partial int {|BRACHY051:Equals|} { get; set; }")]
    [InlineData("[Buffer] public partial Tensor {|BRACHY051:GetState|} { get; set; }")]
    [InlineData("[Config(\"a\")] public partial int {|BRACHY051:ToString|} { get; }")]
    [InlineData("[Param] public new partial Tensor {|BRACHY015:Tree|} { get; set; }")]
    [InlineData("[Param(\"tree\")] public partial Tensor Weights { get; set; }")]
    [InlineData("[Param] public partial Tensor Item { get; set; }")]
    [InlineData("[Param] public partial Tensor Name { get; set; }")]
    [InlineData("[Param] public partial Tensor Params { get; set; }")]
    public Task NamesThatEveryModuleHas(string property) => Check(property);

    [Fact]
    public async Task NewIsNoAdviceForSuchNames()
    {
        var reported = await BuildCheck.Report("""
            using Brachy;
            [Module] public partial class First { [Static] public partial int? Config { get; set; } public Tensor Forward(Tensor x) => x; }
            [Module] public partial class Second { [Param] public new partial Tensor? Tree { get; set; } public int Forward(int x) => x; }
            """);
        var messages = reported.Where(d => !d.Id.StartsWith("CS", StringComparison.Ordinal))
            .ToDictionary(d => d.Id, d => d.GetMessage(System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(
            "'Config' hides a member that every module has; give it another name, and keep its key with [Static(\"config\")]",
            messages["BRACHY051"]);
        Assert.Equal(
            "'Tree' is new, which a property kept in the module's tree cannot be; give it another name, since every module has a member of "
            + "this one", messages["BRACHY015"]);
    }

    [Theory]
    [InlineData("[Config(\"a\", Default = 1)] public partial bool {|BRACHY016:A|} { get; }")]
    [InlineData("[Config(\"a\", Default = null)] public partial int {|BRACHY016:A|} { get; }")]
    [InlineData("[Config(\"a\", Default = \"x\")] public partial double {|BRACHY016:A|} { get; }")]
    public Task DefaultOfAnotherType(string property) => Check(property);

    [Theory]
    [InlineData("private readonly int {|BRACHY018:_size|};")]
    [InlineData("public int {|BRACHY018:Size|} { get; set; }")]
    [InlineData("public System.Collections.Generic.List<Brachy.NN.Linear> {|BRACHY018:Layers|} { get; } = new();")]
    [InlineData("private readonly Other[] {|BRACHY018:_layers|} = [];")]
    [InlineData("private Tensor {|BRACHY018:_scale|} = 2.0;")]
    [InlineData("private Other? {|BRACHY018:_other|} = null;")]
    public Task StateOutsideTheTree(string member) => Check(member);

    [Theory]
    [InlineData("public partial Module {|BRACHY019:A|} { get; set; }")]
    [InlineData("public partial Handwritten {|BRACHY019:A|} { get; set; }")]
    [InlineData("[Submodule] public partial int {|BRACHY019:A|} { get; set; }")]
    public Task TypeThatIsNoSubmodule(string property) => Check(property);

    [Theory]
    [InlineData("[Param({|BRACHY037:\"a.b\"|})] public partial Tensor A { get; set; }")]
    [InlineData("[Buffer(name: {|BRACHY037:\"\"|})] public partial Tensor A { get; set; }")]
    [InlineData("[Submodule({|BRACHY037:\"a\" + \".\"|})] public partial Other A { get; set; }")]
    [InlineData("[Static({|BRACHY037:\"\"|})] public partial string A { get; set; }")]
    [InlineData("[Config({|BRACHY037:\"\"|}, Default = true)] public partial bool A { get; }")]
    public Task KeyThatIsNoPartOfAPath(string property) => Check(property);

    [Fact]
    public async Task AnIllegalKeyIsTheOnlyErrorOfABuildAndSaysWhatToWrite()
    {
        var reported = await BuildCheck.Report("""
            using Brachy;
            [Module] public partial class Layer
            {
                [Param("proj.weight")] public partial Tensor A { get; set; }
                [Buffer("")] public partial Tensor RunningMean { get; set; }
                public Tensor Forward(Tensor x) => x;
            }
            """);
        var messages = reported.Select(d => d.GetMessage(System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        Assert.All(reported, d => Assert.Equal("BRACHY037", d.Id));
        Assert.Equal(2, messages.Length);
        Assert.Contains(messages, m => m.Contains("\"proj_weight\"", StringComparison.Ordinal));
        Assert.Contains(messages, m => m.Contains("\"running_mean\"", StringComparison.Ordinal));
    }

    [Fact]
    public Task NothingWrong() => Check("""
        [Static("a.b")] public partial string K { get; set; }
        [Config("optimizer.lr", Default = 0.1)] public partial double L { get; }
        [Param(null)] public partial Tensor M { get; set; }
        [Param] public partial Tensor A { get; set; }
        [Param("weights")] public partial TreeValue B { get; set; }
        [Buffer] public partial RngKey C { get; set; }
        [Static] public partial string[] D { get; set; }
        [Static] public partial System.Func<Tensor, Tensor> E { get; set; }
        [Static] public partial ApplyFn<Tensor, Tensor>? F { get; set; }
        [Config("train_mode", Default = true)] public partial bool G { get; }
        public partial Other H { get; set; }
        public partial Module<Tensor, Tensor>? I { get; set; }
        [Submodule("last")] public partial Brachy.NN.Linear J { get; set; }
        public Other Computed => H;
        private readonly int _constant = 3;
        private static Tensor? s_shared;
        public partial int Mine { get; }
        public partial int Mine => _constant;
        """);

    private static Task Check(string members) => AnalyzerCheck.Reports<ModuleAnalyzer>($$"""
        using Brachy;

        [Module]
        public partial class Layer
        {
            {{members}}
            public Tensor Forward(Tensor x) => x;
        }

        [Module]
        public partial class Other
        {
            public Tensor Forward(Tensor x) => x;
        }

        public class Holder
        {
            private readonly Tensor _hidden = null!;
        }

        public class Options { public int A { get; set; } }

        public class Handwritten : Module<Tensor, Tensor>;
        """);
}
