using Brachy.IO;

namespace Brachy.Models.Tests.Text;

/// <summary>A small model that PyTorch wrote (Fixtures/text_models.py), and what it computes.</summary>
internal sealed class Fixture(string name)
{
    private readonly IReadOnlyDictionary<string, Tensor> _expected =
        SafeTensors.Load(Path.Combine(FolderOf(name), "expected.safetensors"));

    public string Folder { get; } = FolderOf(name);

    public Tensor this[string output] => _expected[output];

    /// <summary>Requires all elements to be close, relative to the largest.</summary>
    public static void RequireClose(Tensor expected, Tensor actual, double tolerance, string what = "")
    {
        Assert.Equal(expected.shape, actual.shape);
        var (a, b) = (expected.to(DType.Float64), actual.to(DType.Float64));
        var error = (double)F.max(F.abs(a - b)) / (1 + (double)F.max(F.abs(a)));
        Assert.True(error <= tolerance, $"{what}: the error is {error}, more than {tolerance}");
    }

    private static string FolderOf(string name) => Path.Combine(AppContext.BaseDirectory, "Fixtures", name);
}
