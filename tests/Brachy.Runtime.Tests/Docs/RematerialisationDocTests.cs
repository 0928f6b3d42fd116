using Brachy.NN;
using Brachy.Tests.Ops;

namespace Brachy.Tests.Docs;

/// <summary>The code of docs/rematerialisation.md.</summary>
[Trait("Category", "Quick")]
public class RematerialisationDocTests
{
    private static readonly Tensor s_x = Make.Real([2, 4], seed: 1);
    private static readonly Tensor s_w = Make.Real([4, 4], seed: 2);

    private static Tensor Block(Tensor x, Tensor w) => x + F.gelu(F.linear(F.gelu(F.linear(x, w)), w));

    private static Tensor NamedBlock(Tensor x, Tensor w) =>
        x + F.gelu(F.linear(F.checkpoint_name(F.gelu(F.linear(x, w)), "hidden"), w));

    [Fact]
    public void LayersKeepOnlyWhatGoesBetweenThem()
    {
        var block = Grad.Checkpoint((Tensor x, Tensor w) => Block(x, w));
        var loss = (Tensor w) => block(block(s_x, w), w).sum();
        var gradient = Jit.Compile((Tensor w) => Grad.Of(loss)(w));
        OpCheck.AssertClose(Grad.Of((Tensor w) => Block(Block(s_x, w), w).sum())(s_w), gradient.Invoke(s_w), 1e-10, "gradient");
    }

    [Fact]
    public void PoliciesSayWhatIsKept()
    {
        var expected = Grad.Of((Tensor w) => NamedBlock(s_x, w).sum())(s_w);
        var products = Grad.Checkpoint((Tensor x, Tensor w) => NamedBlock(x, w), CheckpointPolicy.ProductsSaved);
        var named = Grad.Checkpoint((Tensor x, Tensor w) => NamedBlock(x, w), CheckpointPolicy.NamesSaved("hidden"));
        OpCheck.AssertClose(expected, Grad.Of((Tensor w) => products(s_x, w).sum())(s_w), 1e-10, "products");
        OpCheck.AssertClose(expected, Grad.Of((Tensor w) => named(s_x, w).sum())(s_w), 1e-10, "named");
    }
}
