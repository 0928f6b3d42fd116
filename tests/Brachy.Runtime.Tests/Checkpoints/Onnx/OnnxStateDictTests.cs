using Brachy.IO;
using Brachy.Tests.Shared;

namespace Brachy.Tests.Checkpoints;

/// <summary>Names of a module's weights, found again by the nodes that use them.</summary>
[Trait("Category", "Quick")]
public class OnnxStateDictTests
{
    [Fact]
    public void A_product_with_a_named_bias_has_the_weight_of_the_same_module()
    {
        foreach (var biasFirst in new[] { false, true })
        {
            var state = Read(
                [Node("MatMul", "MatMul_34", "h", "x", "927"), Node("Add", "", "y", biasFirst ? ["a.fc.bias", "h"] : ["h", "a.fc.bias"])],
                Matrix("927"), Vector("a.fc.bias"));

            Assert.Equal(["a.fc.bias", "a.fc.weight"], state.Keys.Order());
            Assert.Equal(new TensorType([3, 2], DType.Float32), state["a.fc.weight"].Type);
            Assert.Equal([1f, 4, 2, 5, 3, 6], state["a.fc.weight"].ToArray<float>());
        }
    }

    [Fact]
    public void A_product_without_a_bias_has_the_path_of_its_node()
    {
        var state = Read([Node("MatMul", "/a/layer.0/fc/MatMul", "h", "x", "onnx::MatMul_7")], Matrix("onnx::MatMul_7"));

        Assert.Equal(["a.layer.0.fc.weight"], state.Keys);
    }

    [Fact]
    public void What_cannot_be_told_is_left_out_and_named_weights_stay()
    {
        var state = Read(
            [
                Node("MatMul", "MatMul_1", "h", "x", "onnx::MatMul_1"),
                Node("MatMul", "/a/MatMul", "i", "x", "onnx::MatMul_2"), Node("MatMul", "/b/MatMul", "j", "x", "onnx::MatMul_2"),
                Node("MatMul", "/c/MatMul", "k", "x", "onnx::MatMul_3"), Node("MatMul", "", "l", "x", "kept"),
            ],
            Matrix("onnx::MatMul_1"), Matrix("onnx::MatMul_2"), Matrix("onnx::MatMul_3"), Matrix("c.weight"), Matrix("kept"),
            Vector("12"), Vector("/d/Constant_output_0"));

        Assert.Equal(["c.weight", "kept"], state.Keys.Order());
        Assert.Equal([1f, 2, 3, 4, 5, 6], state["c.weight"].ToArray<float>());
    }

    [Fact]
    public void Weights_that_are_stored_once_have_all_their_names()
    {
        var state = Read(
            [
                Node("Identity", "", "b.bias", "a.bias"),
                Node("MatMul", "", "h", "x", "5"), Node("Add", "", "y", "h", "b.bias"),
            ],
            Vector("a.bias"), Matrix("5"));

        Assert.Equal(["a.bias", "b.bias", "b.weight"], state.Keys.Order());
        Assert.Same(state["a.bias"], state["b.bias"]);
    }

    [Fact]
    public void Names_choose_among_those_of_the_module()
    {
        var graph = Graph(
            [Node("MatMul", "/a/MatMul", "h", "x", "1"), Node("MatMul", "/b/MatMul", "i", "x", "2")], Matrix("1"), Matrix("2"));
        using var stream = new MemoryStream(graph);

        Assert.Equal(["b.weight"], OnnxFile.ReadStateDict(stream, "b.*").Keys);
    }

    [Fact]
    public void Damage_is_refused()
    {
        var file = Graph([Node("MatMul", "/a/MatMul", "h", "x", "1")], Matrix("1"));
        for (var length = 0; length < file.Length; length++)
        {
            using var stream = new MemoryStream(file[..length]);
            Assert.Throws<CheckpointException>(() => OnnxFile.ReadStateDict(stream));
        }
    }

    private static IReadOnlyDictionary<string, Tensor> Read(byte[][] nodes, params byte[][] initializers)
    {
        using var folder = new TemporaryFolder();
        return OnnxFile.ReadStateDict(folder.Write("x.onnx", Graph(nodes, initializers)));
    }

    private static byte[] Graph(byte[][] nodes, params byte[][] initializers)
    {
        var graph = new OnnxBytes();
        Array.ForEach(nodes, node => graph.Bytes(1, node));
        return OnnxBytes.Model(graph, initializers);
    }

    private static byte[] Node(string type, string name, string output, params string[] inputs)
    {
        var node = new OnnxBytes();
        Array.ForEach(inputs, input => node.Text(1, input));
        return node.Text(2, output).Text(3, name).Text(4, type).Done();
    }

    private static byte[] Matrix(string name) => OnnxBytes.Raw(name, 1, [2, 3], TorchZip.Of(1f, 2, 3, 4, 5, 6));

    private static byte[] Vector(string name) => OnnxBytes.Raw(name, 1, [3], TorchZip.Of(1f, 2, 3));
}
