using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Brachy.Benchmarks;

/// <summary>A project made up of module classes with steps, and of plain classes and records, each in a file of its own.</summary>
/// <param name="modules">How many module classes.</param>
/// <param name="plain">How many plain classes, of about 150 lines each; every fourth file has a record too.</param>
internal sealed class SyntheticProject(int modules, int plain)
{
    private static readonly CSharpParseOptions s_options = new(LanguageVersion.Latest);

    private readonly Dictionary<string, SyntaxTree> _files = [];

    /// <summary>Its lines of code.</summary>
    public int Lines => _files.Values.Sum(tree => tree.GetText().Lines.Count);

    public static CSharpParseOptions Options => s_options;

    /// <summary>Its files, once it is compiled.</summary>
    public IEnumerable<(string Path, string Text)> Files => _files.Select(file => (file.Key, file.Value.GetText().ToString()));

    public CSharpCompilation Compile()
    {
        for (var i = 0; i < modules; i++)
        {
            Add($"Module{i}.cs", ModuleSource(i));
        }

        for (var i = 0; i < plain; i++)
        {
            Add($"Plain{i}.cs", PlainSource(i, 0));
        }

        string[] own = [typeof(Tensor).Assembly.Location, typeof(DType).Assembly.Location, typeof(TorchSharp.torch).Assembly.Location];
        var platform = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal)
                || Path.GetFileName(path) is "netstandard.dll" or "mscorlib.dll");
        return CSharpCompilation.Create(
            "Synthetic",
            _files.Values,
            platform.Concat(own).Distinct().Select(path => MetadataReference.CreateFromFile(path)),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
    }

    /// <summary>The project after an edit inside a method of a plain class.</summary>
    /// <param name="compilation">The project before.</param>
    /// <param name="edit">Makes each edit another one.</param>
    public CSharpCompilation Edit(CSharpCompilation compilation, int edit)
    {
        var file = $"Plain{edit % plain}.cs";
        var before = _files[file];
        _files[file] = CSharpSyntaxTree.ParseText(PlainSource(edit % plain, edit), s_options, file, Encoding.UTF8);
        return compilation.ReplaceSyntaxTree(before, _files[file]);
    }

    private void Add(string file, string source) =>
        _files.Add(file, CSharpSyntaxTree.ParseText(source, s_options, file, Encoding.UTF8));

    private static string ModuleSource(int i) =>
        $$"""
        using Brachy;
        using Brachy.NN;
        using Brachy.Optim;

        namespace Synthetic.Models;

        /// <summary>A block of a network.</summary>
        [Module]
        public partial class Block{{i}}
        {
            public partial Linear First { get; set; }
            public partial Linear Second { get; set; }
            public partial Dropout Dropout { get; set; }
            [Param] public partial Tensor Scale { get; set; }
            [Buffer] public partial Tensor Calls { get; set; }
            [Static] public partial string Activation { get; set; }
            [Static] public partial int Width { get; set; }
            [Config("train_mode", Default = true)] public partial bool Training { get; }

            public Block{{i}}(int inputs, int hidden, int outputs, string activation = "relu")
            {
                First = new(inputs, hidden);
                Second = new(hidden, outputs);
                Dropout = new(0.1);
                Scale = F.ones([outputs]);
                Calls = F.zeros([], DType.Int64);
                Activation = activation;
                Width = hidden;
            }

            public Tensor Forward(Tensor x)
            {
                Calls = Calls + 1;
                x = First.Call(x);
                x = Activation == "relu" ? F.relu(x) : F.tanh(x);
                return Second.Call(Dropout.Call(x)) * Scale;
            }
        }

        [Tree]
        public partial record Result{{i}}(StructureTree Opt, StructureTree Model, Tensor Loss);

        public static partial class Training{{i}}
        {
            [Jit]
            private static Result{{i}} Step(
                [Donate] StructureTree opt, GlobalConfig optConfig, [Donate] StructureTree model, GlobalConfig config, Tensor x, Tensor y)
            {
                (opt, model, var loss) = Optimizer.Step(opt, optConfig, model, m =>
                {
                    (m, var logits) = Block{{i}}.Apply(m, config, x);
                    return (m, F.softmax_cross_entropy(logits, y));
                });
                return new(opt, model, loss);
            }
        }
        """;

    private static string PlainSource(int i, int edit)
    {
        var text = new StringBuilder();
        text.AppendLine("using System;").AppendLine("using System.Collections.Generic;").AppendLine("using System.Linq;").AppendLine();
        text.AppendLine("namespace Synthetic.Plain;").AppendLine();
        if (i % 4 == 0)
        {
            text.AppendLine($"public record Options{i}(string Name, int[] Sizes, double Rate, List<string> Tags);").AppendLine();
        }

        text.AppendLine($"public sealed class Plain{i}").AppendLine("{");
        text.AppendLine("    private readonly Dictionary<string, List<int>> _items = new Dictionary<string, List<int>>();").AppendLine();
        for (var m = 0; m < 12; m++)
        {
            text.AppendLine(
                $$"""
                    public int Method{{m}}(string name, int k)
                    {
                        var list = new List<int>();
                        for (var i = 0; i < k; i++)
                        {
                            list.Add(i * {{m + edit}});
                        }

                        _items[name] = list.Where(v => v > {{m}}).ToList();
                        return list.Sum() + k + {{edit}};
                    }

                """);
        }

        return text.AppendLine("}").ToString();
    }
}
