namespace Brachy.Generators.Tests;

/// <summary>What is reported about types marked [Static].</summary>
public class StaticTypeDiagnosticTests
{
    [Theory]
    [InlineData("[Static] public record {|BRACHY004:R|}(Tensor A);")]
    [InlineData("[Static] public record {|BRACHY004:R|}(Inner A); public record Inner(StructureTree A);")]
    [InlineData("[Static] public class {|BRACHY035:R|} { }")]
    [InlineData("public class Outer { [Static] private record {|BRACHY035:R|}(int[] A); }")]
    [InlineData("[Static] public record {|BRACHY035:R|}(int A) { private int[] B { get; } = []; }")]
    [InlineData("[Static] public record {|BRACHY035:R|}(Inner A); public class Inner { }")]
    public Task Wrong(string source) => AnalyzerCheck.Reports<StaticTypeAnalyzer>("using Brachy;\n" + source);

    [Theory]
    [InlineData("[Static] public record R(int[] A);")]
    [InlineData("[Static] public record struct R(int[] A, R[]? B);")]
    [InlineData("[Static] public record R<T>(T A);")]
    [InlineData("[Static] public interface IR { }")]
    [InlineData("[Static] public abstract record R(int[] A);")]
    [InlineData(
        "[Static] public class R { public override bool Equals(object? other) => other is R; public override int GetHashCode() => 1; }")]
    [InlineData("public record R(Tensor A); public class C { }")]
    public Task Right(string source) => AnalyzerCheck.Reports<StaticTypeAnalyzer>("using Brachy;\n" + source);
}
