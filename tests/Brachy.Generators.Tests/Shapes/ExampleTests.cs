using System.Text.RegularExpressions;

namespace Brachy.Generators.Tests;

/// <summary>
/// Examples of arguments, run symbolically after compilation. A line that must be reported ends in <c>// BRACHY070: part of the
/// message</c>; no other line may be.
/// </summary>
public partial class ExampleTests
{
    private const string Usings =
        """
        using System;
        using Brachy;
        using Brachy.Modules;
        using Brachy.NN;
        using Brachy.Optim;

        """;

    /// <summary>Shapes that do not fit are errors, where they come up.</summary>
    [Fact]
    public void ShapesThatDoNotFit() => Check(
        """
        [Module]
        public partial class Net
        {
            public partial Linear Hidden { get; set; }
            public partial Linear Output { get; set; }
            public Net([Example(64)] int inputs, int hidden = 128) { Hidden = new(inputs, hidden); Output = new(64, 10); }
            public Tensor Forward([Example("B", 64)] Tensor x)
            {
                x = F.relu(Hidden.Call(x));
                return Output.Call(x); // BRACHY070: the last dim of x [7, 128] must be 64, as weight has shape [10, 64]
            }
        }

        [Module]
        public partial class Inputs
        {
            public Tensor Forward([Example("B", 3, "H", "W")] Tensor image, [Example("B", "C")] Tensor scale) =>
                image * scale; // BRACHY070: [7, 3, 11, 13]
        }

        [Module]
        public partial class Types
        {
            public partial Embedding Words { get; set; }
            public Types() => Words = new(100, 8);
            public Tensor Forward([Example("B", "T")] Tensor tokens) =>
                Words.Call(tokens); // BRACHY070: indices must be int64 or int32
        }

        [Module]
        public partial class Outer
        {
            public partial Inner Below { get; set; }
            public Outer() => Below = new(5);
            public Tensor Forward([Example("B", 4)] Tensor x) => F.relu(Below.Call(x));
        }

        [Module]
        public partial class Inner
        {
            public partial Linear Layer { get; set; }
            public Inner(int inputs) => Layer = new(inputs, 3);
            public Tensor Forward(Tensor x) => Layer.Call(x); // BRACHY070: (in 'below.layer') (in Outer.Forward(x: [B = 7, 4]))
        }
        """);

    /// <summary>Whole training steps: the tree of a model, and of an optimizer that is made of it.</summary>
    [Fact]
    public void Steps() => Check(
        """
        [Module]
        public partial class Net
        {
            public partial Linear Layer { get; set; }
            public partial Dropout Drop { get; set; }
            public partial BatchNorm1d Norm { get; set; }
            public Net([Example(4)] int inputs, [Example(3)] int classes)
            {
                (Layer, Drop, Norm) = (new(inputs, classes), new(0.5), new(classes));
            }
            public Tensor Forward(Tensor x) =>
                Norm.Call(Drop.Call(Layer.Call(x))); // BRACHY070: (in 'layer') (in Training.OfAModule(x: [5]))
        }

        [Tree] public partial record Result(StructureTree Opt, StructureTree Model, Tensor Loss);

        public static partial class Training
        {
            [Jit]
            private static Result Good(
                [Donate, Example(typeof(AdamW))] StructureTree opt, GlobalConfig optConfig,
                [Donate, Example(typeof(Net))] StructureTree model, GlobalConfig config,
                [Example("B", 4)] Tensor x, [Example("B", DType = DType.Int64)] Tensor y)
            {
                (opt, model, var loss) = Optimizer.Step(opt, optConfig, model, m =>
                {
                    (m, var logits) = Net.Apply(m, config, x);
                    return (m, F.cross_entropy(logits, y));
                });
                return new(opt, model, loss);
            }

            [Jit]
            private static Result Bad(
                [Donate, Example(typeof(AdamW))] StructureTree opt, GlobalConfig optConfig,
                [Donate, Example(typeof(Net))] StructureTree model, GlobalConfig config,
                [Example("B", 4)] Tensor x, [Example("N", DType = DType.Int64)] Tensor y)
            {
                (opt, model, var loss) = Optimizer.Step(opt, optConfig, model, m =>
                {
                    (m, var logits) = Net.Apply(m, config, x);
                    return (m, F.cross_entropy(logits, y)); // BRACHY070: (in Training.Bad(x: [B = 7, 4], y: [N = 11]))
                });
                return new(opt, model, loss);
            }

            public static Tensor OfAModule([Example(typeof(Net))] Net net, [Example(5)] Tensor x) =>
                net.Call(x);
        }
        """);

    /// <summary>Values of all kinds go where they are wanted.</summary>
    [Fact]
    public void Values() => Check(
        """
        public enum Kind { A, B }

        [Module]
        public partial class Net
        {
            [Static] public partial string Said { get; set; }
            public Net(
                [Example(3)] long number, [Example("gelu")] string text, [Example(Kind.B)] Kind kind, [Example(1, 2, 3)] int[] sizes,
                [Example(0.5)] float rate, [Example(null)] string? none, [Example(7)] int? some, Kind? other = Kind.B, double last = 2)
            {
                Said = $"{number} {text} {kind} {string.Join("+", sizes)} {rate} {none ?? "null"} {some} {other} {last}";
            }
            public Tensor Forward([Example] Tensor x, [Example(true)] bool training, Tensor? mask = null)
            {
                if (Said != "3 gelu B 1+2+3 0.5 null 7 B 2" || !training || mask is not null)
                {
                    return F.zeros([2]) + F.zeros([3]);
                }

                return x.reshape(2, 2); // BRACHY070: Net.Forward(x: [])
            }
        }
        """);

    /// <summary>Examples that cannot be used, and code whose shapes cannot be found, say so.</summary>
    [Fact]
    public void WhatCannotBeChecked() => Check(
        """
        [Module]
        public partial class NoExample
        {
            public NoExample(int inputs) { }
            public Tensor Forward([Example("B")] Tensor x) =>
                x; // BRACHY071: The parameter 'inputs' of the constructor of NoExample has neither an example nor a default value
        }

        [Module]
        public partial class NoSize
        {
            public Tensor Forward([Example(-1)] Tensor x) =>
                x; // BRACHY071: The example of 'x' has a size '-1'
        }

        [Module]
        public partial class Missing
        {
            public Tensor Forward([Example(1)] Tensor x, Tensor y) =>
                x + y; // BRACHY071: The parameter 'y' of Missing.Forward has neither an example nor a default value
        }

        [Module]
        public partial class WrongValue
        {
            public Tensor Forward([Example("many")] int n) =>
                F.zeros([n]); // BRACHY071: The example many of 'n' is no Int32
        }

        public static class NotAModule
        {
            public static Tensor Run([Example(typeof(string))] StructureTree tree) =>
                tree["x"]; // BRACHY071: String cannot be built as an example
        }

        [Module]
        public partial class Generic<T>
        {
            public Tensor Forward([Example(1)] Tensor x) =>
                x; // BRACHY071: is generic or belongs to a generic type
        }

        [Module]
        public partial class Values
        {
            public Tensor Forward([Example(3)] Tensor x) =>
                (double)x.sum() > 0 ? x : -x; // BRACHY072: ConcretizationException
        }

        [Module]
        public partial class Other
        {
            public Other() => throw new InvalidOperationException("no such file");
            public Tensor Forward([Example(3)] Tensor x) => x;
        }
        """,
        "BRACHY072: InvalidOperationException: no such file");

    /// <summary>Without examples nothing is loaded, and with good ones nothing is said.</summary>
    [Fact]
    public void Silence()
    {
        Check("public class Plain { }");
        Check(
            """
            [Module]
            public partial class Net
            {
                public partial Conv2d Conv { get; set; }
                public partial BatchNorm2d Norm { get; set; }
                public partial MultiheadAttention Attention { get; set; }
                public partial Linear Output { get; set; }
                public Net([Example(3)] int channels)
                {
                    Conv = new(channels, 16, 3, padding: 1);
                    Norm = new(16);
                    Attention = new(16, 4, dropout: 0.1, batchFirst: true);
                    Output = new(16, 10);
                }
                public Tensor Forward([Example("B", 3, 8, 8)] Tensor x)
                {
                    x = F.relu(Norm.Call(Conv.Call(x))).flatten(2).transpose(1, 2);
                    var (y, _) = Attention.Call(x, x, x);
                    return Output.Call(y + F.tensor([1f, 2f, 3f]).sum()).mean(1);
                }
            }
            """);
    }

    private static void Check(string source, params string[] elsewhere)
    {
        var text = Usings + source;
        var lines = text.Split('\n');
        var wanted = lines
            .Select((line, i) => (Line: i + 1, Match: Wanted().Match(line)))
            .Where(line => line.Match.Success)
            .Select(line => (line.Line, Id: line.Match.Groups[1].Value, Message: line.Match.Groups[2].Value.TrimEnd('\r')))
            .ToList();
        var found = ExampleRun.Of(text).ToList();
        foreach (var (line, id, message) in wanted)
        {
            var match = found.FirstOrDefault(finding =>
                finding.StartsWith($"Model.cs({line},", StringComparison.Ordinal)
                && finding.Contains($"{id}: ", StringComparison.Ordinal)
                && finding.Contains(message, StringComparison.Ordinal));
            Assert.True(match is not null, $"line {line}: {id}: {message}\nis not among\n{string.Join('\n', found)}");
            found.Remove(match);
        }

        foreach (var part in elsewhere)
        {
            Assert.Equal(1, found.RemoveAll(finding => part.Split(": ", 2).All(p => finding.Contains(p, StringComparison.Ordinal))));
        }

        Assert.Equal("", string.Join('\n', found));
    }

    [GeneratedRegex("// (BRACHY[0-9]+): (.*)$")]
    private static partial Regex Wanted();
}
