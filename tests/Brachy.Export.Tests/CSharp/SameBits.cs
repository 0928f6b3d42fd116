using Brachy.IO;

namespace Brachy.Tests.CSharpSources;

/// <summary>Compares tensors bit by bit.</summary>
internal static class SameBits
{
    public static void Assert(IReadOnlyList<Tensor> expected, IReadOnlyList<Tensor> actual)
    {
        Xunit.Assert.Equal(expected.Select(tensor => tensor.Type), actual.Select(tensor => tensor.Type));
        Xunit.Assert.All(expected.Zip(actual), pair => Xunit.Assert.Equal(BytesOf(pair.First), BytesOf(pair.Second)));
    }

    private static byte[] BytesOf(Tensor tensor)
    {
        using var use = tensor.Use();
        var bytes = new MemoryStream();
        TensorMemory.Write(use.Buffer, bytes.Write);
        return bytes.ToArray();
    }
}
