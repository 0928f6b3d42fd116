using System.Text;
using Brachy.IO;
using Brachy.NN;
using Brachy.Transforms;

namespace Brachy.Tests.CSharpSources;

/// <summary>What the sources look like.</summary>
public class CSharpTextTests
{
    /// <summary>A classifier of any number of rows; a loop and a choice.</summary>
    [Fact]
    public void ASourceReadsWell()
    {
        Snapshot.Verify("Classifier", Classifier());
        Snapshot.Verify("Control", Write(stream => Export.CSharp(
            stream,
            (Tensor x, Tensor flag) =>
            {
                var (last, rows) = Control.Scan((Tensor sum, Tensor row) => (sum + row, F.sin(sum)), F.zeros([3]), x);
                return (rows, Control.Cond(flag, y => y * 2, y => y - 1, last));
            },
            F.zeros([4, 3]), Tensor.FromArray([true], []), new() { ClassName = "Control" })));
    }

    [Fact]
    public void TheSameModelIsTheSameText() => Assert.Equal(Classifier(), Classifier());

    private static string Classifier()
    {
        using var rng = Rng.Scope(seed: 1);
        var (model, config) = new Sequential(new Linear(6, 4), new ReLU(), new Dropout(0.5), new Linear(4, 3));
        return Write(stream => Export.CSharp(
            stream, (model, config.With("train_mode", false)), [F.zeros([1, 6])],
            new() { ClassName = "Classifier", Varying = [new(0, "batch")], InputNames = ["x"] }));
    }

    private static string Write(Action<Stream> export)
    {
        using var stream = new MemoryStream();
        export(stream);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
