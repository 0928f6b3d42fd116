namespace Brachy.Generators.Tests;

public class CheckpointRegistrationTests
{
    [Fact]
    public void ModulesAndEnumsThatCanBeNamedAreRegistered()
    {
        var result = TestCompilation.GenerateClean("""
            using Brachy;

            namespace Models
            {
                public enum Kind { A, B }

                [Module]
                public partial class Plain
                {
                    [Static] public partial Kind Kind { get; set; }
                    [Static] public partial Kind? Other { get; set; }
                    public Tensor Forward(Tensor x) => x;
                }

                [Module]
                public partial class Generic<T>
                {
                    public Tensor Forward(Tensor x) => x;
                }

                [Module]
                public partial class WithoutForward
                {
                    [Static] public partial Outer.Mode[] Modes { get; set; }
                }

                public partial class Outer
                {
                    public enum Mode { On }

                    [Module]
                    internal partial class Inner
                    {
                        public Tensor Forward(Tensor x) => x;
                    }

                    [Module]
                    private partial class Hidden
                    {
                        public Tensor Forward(Tensor x) => x;
                    }
                }
            }
            """);
        var statements = TestCompilation.OnOneLine(result.Results.SelectMany(r => r.GeneratedSources)
            .Single(s => s.HintName == CheckpointRegistrationGenerator.FileName).SourceText.ToString())
            .Split('\n').Select(line => line.Trim()).Where(line => line.StartsWith("global::Brachy.", StringComparison.Ordinal));

        Assert.Equal(
            [
                "global::Brachy.CompilerServices.ModuleRegistry.Register(\"Models.Outer.Inner\", static () => "
                + "global::Models.Outer.Inner.ApplyFunction);",
                "global::Brachy.CompilerServices.ModuleRegistry.Register(\"Models.Plain\", static () => "
                + "global::Models.Plain.ApplyFunction);",
                "global::Brachy.IO.AuxCodec.RegisterEnum<global::Models.Kind>(\"Models.Kind\");",
                "global::Brachy.IO.AuxCodec.RegisterEnum<global::Models.Outer.Mode>(\"Models.Outer.Mode\");",
            ],
            statements);
    }
}
