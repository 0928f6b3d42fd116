namespace Brachy.Fuzz;

/// <summary>Transforms, which are generic, of functions of tensors, as functions that random arguments can be made for.</summary>
public static class Transformed
{
    public static Tensor Vmap(
        Func<Tensor, Tensor> function, Tensor x, int? inAxis, int? outAxis, string? axisName = null, long? axisSize = null,
        long? chunkSize = null, Randomness randomness = Randomness.Error) =>
        Brachy.Vmap.Of(function, AxesOf(inAxis), AxesOf(outAxis), axisName, axisSize, chunkSize, randomness)(x);

    public static Tensor VmapOfTwo(Func<Tensor, Tensor, Tensor> function, Tensor x, Tensor y, int? axisOfX, int? axisOfY) =>
        Brachy.Vmap.Of(function, [AxesOf(axisOfX), AxesOf(axisOfY)])(x, y);

    public static Tensor Collective(Tensor x, string axisName, string? usedName = null, int which = 0) =>
        Brachy.Vmap.Of(
            (Tensor sample) => which switch
            {
                0 => F.psum(sample, usedName ?? axisName),
                1 => F.pmean(sample, usedName ?? axisName),
                2 => F.pmax(sample, usedName ?? axisName),
                3 => F.all_gather(sample, usedName ?? axisName),
                _ => F.axis_index(usedName ?? axisName) + sample,
            },
            axisName: axisName)(x);

    public static (Tensor Value, Tensor Tangent) Jvp(Func<Tensor, Tensor> function, Tensor primals, Tensor tangents) =>
        Grad.Jvp(function, primals, tangents);

    public static (Tensor Value, Tensor Tangent) Linearize(Func<Tensor, Tensor> function, Tensor primals, Tensor tangents)
    {
        var (value, jvp) = Grad.Linearize(function, primals);
        return (value, jvp(tangents));
    }

    public static (Tensor Value, Tensor Gradient) Pullback(Func<Tensor, Tensor> function, Tensor primals, Tensor cotangents)
    {
        var (value, pullback) = Grad.Pullback(function, primals);
        return (value, pullback(cotangents));
    }

    public static Tensor HessianVectorProduct(Func<Tensor, Tensor> function, Tensor primals, Tensor vector) =>
        Grad.HessianVectorProduct(function, primals, vector);

    public static Tensor JacobianReverse(Func<Tensor, Tensor> function, Tensor x, long? chunkSize = null) =>
        Grad.JacobianReverse(function, chunkSize)(x);

    public static Tensor JacobianForward(Func<Tensor, Tensor> function, Tensor x, long? chunkSize = null) =>
        Grad.JacobianForward(function, chunkSize)(x);

    public static Tensor Hessian(Func<Tensor, Tensor> function, Tensor x, long? chunkSize = null) =>
        Grad.Hessian(function, chunkSize)(x);

    public static Tensor Checkpoint(Func<Tensor, Tensor> function, Tensor x, string name)
    {
        ArgumentNullException.ThrowIfNull(function);
        var again = Grad.Checkpoint(
            (Tensor y) => function(F.checkpoint_name(F.sin(y), name)),
            CheckpointPolicy.NamesSaved(name).Or(CheckpointPolicy.ProductsSaved));
        return Grad.Of((Tensor y) => F.sum(again(y)))(x);
    }

    public static Tensor Varying(Func<Tensor, Tensor> function, Tensor x, string name, int dims = 1)
    {
        var compiled = Jit.Compile(function, varying: [new(0, [.. Enumerable.Repeat(name, Math.Clamp(dims, 0, 9))])]);
        try
        {
            return compiled.Invoke(x);
        }
        finally
        {
            compiled.ClearCache();
        }
    }

    private static Axes AxesOf(int? axis) => axis ?? Axes.None;
}
