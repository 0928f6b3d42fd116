using System.Text.RegularExpressions;
using Brachy.NN;
using Brachy.Tests.Ops;

namespace Brachy.Tests.Docs;

/// <summary>The code of docs/from-jax.md, and the names that it speaks of.</summary>
[Trait("Category", "Quick")]
public class FromJaxDocTests
{
    private static readonly Tensor s_x = Make.Real([3]);
    private static readonly Tensor s_v = Make.Real([3], seed: 2);
    private static readonly Tensor s_xs = Make.Real([4, 3], seed: 3);

    public static TheoryData<string> Names =>
    [
        "jax.jit", "static_argnums", "donate_argnums", "disable_jit", "make_jaxpr", "clear_caches", "eval_shape", "ShapeDtypeStruct",
        "jax.grad", "value_and_grad", "argnums", "has_aux", "jvp", "vjp", "linearize", "linear_transpose", "jacfwd", "jacrev", "hessian",
        "stop_gradient", "custom_vjp", "custom_jvp", "checkpoint", "remat", "checkpoint_name",
        "vmap", "in_axes", "out_axes", "axis_name", "axis_size", "spmd_axis_name", "pmap",
        "psum", "pmean", "pmax", "pmin", "all_gather", "axis_index", "ppermute", "psum_scatter", "pbroadcast",
        "lax.scan", "cond", "switch", "while_loop", "fori_loop", "lax.map", "associative_scan",
        "jax.random.key", "split", "fold_in", "normal", "uniform", "bernoulli", "randint", "permutation",
        "tree_util", "tree_map", "tree_leaves", "tree_flatten", "register_pytree_node",
        "debug.print", "checkify", "debug.callback", "block_until_ready", "device_put",
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public void ThePageSpeaksOfIt(string name)
    {
        var rows = File.ReadLines(Path.Combine(Repository.Root, "docs/from-jax.md"))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal)).Select(line => line.Split('|')[1]);
        Assert.Contains(rows, row => Regex.IsMatch(row, $@"(?<!\w){Regex.Escape(name)}(?!\w)"));
    }

    [Fact]
    public void Compiling()
    {
        var f = Jit.Compile((Tensor x, int times) => F.sin(x) * times); // an int is static
        var y = f.Invoke(s_x, 2);
        var graph = f.Graph; // the jaxpr
        f.ClearCache();

        using (Jit.Disable())
        {
            var plain = f.Invoke(s_x, 2); // runs the C# code
            OpCheck.AssertClose(y, plain, 1e-12, "disabled");
        }

        Assert.NotNull(graph);
        Assert.Equal(0, f.CacheCount);
    }

    [Fact]
    public void Derivatives()
    {
        static Tensor Loss(Tensor x) => F.square(F.sin(x)).sum();
        var gradient = Grad.Of<Tensor>(Loss)(s_x);
        var (value, same) = Grad.ValueAndGrad<Tensor>(Loss)(s_x);
        var (_, slope) = Grad.Jvp(Loss, s_x, s_v);
        var (_, pullback) = Grad.Pullback((Tensor x) => F.sin(x), s_x);
        var (_, linear) = Grad.Linearize((Tensor x) => F.sin(x), s_x);
        var jacobian = Grad.JacobianReverse<Tensor>(F.sin)(s_x);
        var hessian = Grad.Hessian(Loss)(s_x);

        OpCheck.AssertClose(Loss(s_x), value, 1e-12, "value");
        OpCheck.AssertClose(gradient, same, 1e-12, "gradient");
        OpCheck.AssertClose((gradient * s_v).sum(), slope, 1e-12, "slope");
        OpCheck.AssertClose(F.cos(s_x) * s_v, pullback(s_v), 1e-12, "pulled back");
        OpCheck.AssertClose(F.cos(s_x) * s_v, linear(s_v), 1e-12, "linear");
        OpCheck.AssertClose(F.diag(F.cos(s_x)), jacobian, 1e-12, "jacobian");
        OpCheck.AssertClose(F.diag(2 * F.cos(2 * s_x)), hessian, 1e-10, "hessian");
    }

    [Fact]
    public void LinearTranspose()
    {
        static Tensor Linear(Tensor x) => F.cumsum(x, 0);

        // A linear function is its own derivative: its transpose is the pullback, at any place.
        var (_, transpose) = Grad.Pullback(Linear, F.zeros_like(s_x));
        var transposed = transpose(s_v);

        OpCheck.AssertClose((Linear(s_x) * s_v).sum(), (s_x * transposed).sum(), 1e-12, "transposed");
    }

    [Fact]
    public void Batches()
    {
        var scores = Vmap.Of((Tensor w, Tensor x) => (w * x).sum(), inAxes: [null, 0])(s_x, s_xs);
        var centred = Vmap.Of((Tensor x) => x - F.pmean(x, "batch"), axisName: "batch")(s_xs);

        OpCheck.AssertClose((s_xs * s_x).sum([1]), scores, 1e-12, "scores");
        OpCheck.AssertClose(s_xs - s_xs.mean([0]), centred, 1e-12, "centred");
    }

    [Fact]
    public void Loops()
    {
        var (last, all) = Control.Scan((Tensor sum, Tensor x) => (sum + x, sum + x), F.zeros_like(s_x), s_xs);
        var (_, mapped) = Control.Scan(
            (ValueTuple none, Tensor x) => (none, F.sin(x)), default, s_xs); // lax.map, step by step
        var power = Control.For(0, 3, (i, p) => p * s_x, F.ones_like(s_x));
        var halved = Control.While(h => h.max() > 1, h => h / 2, 8 + s_x);
        var safe = Control.Cond(s_x.sum() > 0, x => F.sqrt(F.abs(x)), x => F.zeros_like(x), s_x);

        OpCheck.AssertClose(F.cumsum(s_xs, 0), all, 1e-12, "all");
        OpCheck.AssertClose(s_xs.sum([0]), last, 1e-12, "last");
        OpCheck.AssertClose(F.sin(s_xs), mapped, 1e-12, "mapped");
        OpCheck.AssertClose(F.pow(s_x, 3), power, 1e-12, "power");
        Assert.True((double)halved.max() <= 1);
        Assert.Equal([3], safe.shape);
    }

    [Fact]
    public void Keys()
    {
        var key = Rng.Seed(0);
        var keys = Rng.Split(key, 3);
        var noise = Rng.Normal([2, 3], key: keys[0]);
        var other = Rng.Uniform([2, 3], key: Rng.FoldIn(key, 7L));

        Assert.Equal(noise.shape, other.shape);
    }

    [Fact]
    public void Trees()
    {
        using var rng = Rng.Scope(0);
        var (model, config) = new Linear(3, 2);

        var doubled = model.MapParamsBuffers((path, tensor) => tensor * 2);                       // tree_map
        var sums = StructureTree.MapParamsBuffers((path, a, b) => a + b, model, doubled);         // of two trees
        Tensor[] leaves = [.. model.Tensors().Select(leaf => leaf.Tensor)];                       // tree_leaves

        OpCheck.AssertClose(3 * leaves[0], sums["weight"].Tensor, 1e-6, "sums");
        Assert.Equal(2, leaves.Length);
        Assert.NotNull(config);
    }

    [Fact]
    public void LookingInside()
    {
        var f = Jit.Compile((Tensor x) =>
        {
            Checks.Require(x > 0, "x must be positive"); // checkify
            var y = F.log(x);
            return (y, Seen: y.max());                   // instead of debug.print: a result
        });
        var (y, seen) = f.Invoke(F.abs(s_x) + 1);

        Assert.Equal((double)y.max(), (double)seen, 1e-12);
        Assert.Throws<CheckFailedException>(() => f.Invoke(-F.abs(s_x)));
    }
}
