using Brachy.Compilation;
using Brachy.Extending;
using Brachy.Inference;
using Brachy.IO.CSharp;
using Brachy.IO.Frozen;
using Brachy.IO.Tracing;
using Brachy.Tests.Frozen;
using Brachy.Tests.OnnxFiles;
using Brachy.Tests.Ops;
using Brachy.Tests.Sizes;

namespace Brachy.Tests.CSharpSources;

/// <summary>
/// Rows of <see cref="OpSamples"/> that can be frozen, but for those that differ in their element type alone, as C# source: it builds the
/// very program that the file has.
/// </summary>
public class CSharpOpTests
{
    private static readonly Lazy<ILookup<string, Row>> s_rows = new(Compile);

    public static TheoryData<string> Ops => FrozenOpTests.Ops;

    [Theory]
    [MemberData(nameof(Ops))]
    public void ASourceBuildsTheFrozenModel(string op)
    {
        Assert.NotEmpty(s_rows.Value[op]);
        foreach (var row in s_rows.Value[op])
        {
            FrozenModel frozen = FrozenModel.Load(new MemoryStream(row.File), new() { Threads = 2 }), built = row.Load();
            Assert.True(frozen.Program.Bytes.Span.SequenceEqual(built.Program.Bytes.Span), $"{row.Name}\n{row.Source}");
            if (row.Inputs is { } inputs)
            {
                SameBits.Assert(new LoadedFrozen(frozen).Run(inputs), new LoadedFrozen(built).Run(inputs));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Ops))]
    public void TheSettingsAreThoseOfTheOperation(string op) => Assert.All(
        OpSamples.All.Where(sample => sample.Primitive.Name == op),
        sample => Assert.Equal(TypeRules.SettingsOf[op], (sample.Settings ?? Settings.None).GetType()));

    private static ILookup<string, Row> Compile()
    {
        var ops = TypeRules.All.Keys.ToHashSet();
        var all = OpSamples.All.ToLookup(sample => sample.Primitive.Name);
        var rows = new List<Row>();
        var ofOne = VaryingRow.Rows(sample => ops.Contains(sample.Primitive.Name));
        foreach (var op in ops)
        {
            var before = rows.Count;
            AddAll(ofOne[op]);
            if (rows.Count == before)
            {
                AddAll(all[op]);
            }
        }

        var sources = new CompiledSources(rows.Select(row => row.Source));
        rows.ForEach(row => row.Load = () => sources.Load($"Models.{row.Name}"));
        return rows.ToLookup(row => row.Op);

        void AddAll(IEnumerable<OpSample> samples)
        {
            foreach (var sample in samples)
            {
                var inputs = sample.Inputs();
                inputs = sample.Through?.Invoke(inputs) ?? inputs;
                Add(sample, OnnxRun.FunctionOf(sample, inputs), [], [.. inputs.Where(x => x.Number is null)]);
                foreach (var row in VaryingRow.Of(sample))
                {
                    Add(sample, row.Function, row.Varying, null);
                }
            }
        }

        void Add(OpSample sample, ExportedFunction function, IReadOnlyList<VaryingDims> varying, Tensor[]? inputs)
        {
            try
            {
                var program = TracedProgram.Trace(function, varying, foldWeights: true);
                var name = $"Row{rows.Count}";
                using MemoryStream file = new(), weights = new();
                new FrozenWriter(program, null, null).Write(file);
                var source = new CSharpFile(program, new() { ClassName = name }, "");
                var checksum = source.WriteWeights(weights);
                rows.Add(new(sample.Primitive.Name, name, source.Text(checksum, weights.ToArray()), file.ToArray(), inputs));
            }
            catch (Exception error) when (error is NotSupportedException or VaryingSizeException)
            {
                // What cannot be frozen is no source either.
            }
        }
    }

    private sealed record Row(string Op, string Name, string Source, byte[] File, Tensor[]? Inputs)
    {
        public Func<FrozenModel> Load { get; set; } = null!;
    }
}
