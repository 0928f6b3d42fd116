namespace Brachy.Fuzz;

/// <summary>Transforms over trees, tuples, lists and dictionaries, as functions that random arguments can be made for.</summary>
public static class TransformedTrees
{
    public static (Tensor Losses, Tensor Grads) PerSample(
        Func<Tensor, Tensor> function, Tensor w, Tensor x, long? chunkSize = null, Randomness randomness = Randomness.Error) =>
        Grad.PerSample<Tensor, Tensor>((own, sample) => Loss(Tree(own, sample), function, sample), chunkSize, randomness)(w, x);

    public static (Tensor Losses, Tensor ByW, Tensor ByB) PerSampleOfTuples(
        Func<Tensor, Tensor> function, Tensor w, Tensor b, Tensor x, Tensor y, long? chunkSize = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        var (losses, grads) = Grad.PerSample<(Tensor W, List<Tensor> Others), (Tensor X, Dictionary<string, Tensor> Others)>(
            (model, sample) => F.mse_loss(function((model.W * sample.X) + model.Others[0]), sample.Others["y"]), chunkSize)(
            (w, [b]), (x, new() { ["y"] = y }));
        return (losses, grads.W, grads.Others[0]);
    }

    public static (Tensor Losses, Tensor ByWeight) PerSampleOfTree(
        Func<Tensor, Tensor> function, Tensor w, Tensor b, Tensor x, long? chunkSize = null, Randomness randomness = Randomness.Error)
    {
        var (losses, grads) = Grad.PerSample<Tensor>((model, sample) => Loss(model, function, sample), chunkSize, randomness)(
            Tree(w, b), x);
        return (losses, grads["weight"].Tensor);
    }

    public static (Tensor Y, Tensor Weight, Tensor Buffer) VmapOfTree(
        Func<Tensor, Tensor> function, Tensor w, Tensor b, Tensor x, int? axisOfWeight, int? axisOfBuffer, int? axisOfX, int? outAxis)
    {
        ArgumentNullException.ThrowIfNull(function);
        var axes = Axes.Where((path, _) => path == "weight" ? axisOfWeight : axisOfBuffer);
        var (y, model) = Vmap.Of(
            (StructureTree m, List<Tensor> xs) => (function(m["weight"].Tensor * xs[0]), Tree(m["weight"].Tensor, xs[0])),
            [axes, axisOfX ?? Axes.None], outAxis ?? Axes.None)(Tree(w, b), [x]);
        return (y, model["weight"].Tensor, model["child.count"].Tensor);
    }

    public static (Tensor ByWeight, Tensor ByBuffer) GradOfTree(Func<Tensor, Tensor> function, Tensor w, Tensor b, Tensor x)
    {
        var grads = Grad.Of((StructureTree model) => Loss(model, function, x))(Tree(w, b));
        return (grads["weight"].Tensor, grads["child.count"].Tensor);
    }

    public static (Tensor Y, Tensor Tangent) JvpOfTuple(Func<Tensor, Tensor> function, Tensor x, Tensor y, Tensor byX, Tensor byY)
    {
        ArgumentNullException.ThrowIfNull(function);
        var (value, tangent) = Grad.Jvp(
            ((Tensor X, List<Tensor> Y) p) => new Dictionary<string, Tensor> { ["y"] = function(p.X * p.Y[0]) }, (x, [y]), (byX, [byY]));
        return (value["y"], tangent["y"]);
    }

    public static (Tensor? ByX, Tensor? ByY) JacobianOfTwo(
        Func<Tensor, Tensor> function, Tensor x, Tensor y, int[]? argnums = null, long? chunkSize = null, bool isReverse = false)
    {
        ArgumentNullException.ThrowIfNull(function);
        Tensor Of(Tensor a, Tensor b) => function(a * b);
        return (isReverse
            ? Grad.JacobianReverse<Tensor, Tensor>(Of, chunkSize, argnums) : Grad.JacobianForward<Tensor, Tensor>(Of, chunkSize, argnums))(
            x, y);
    }

    public static (Tensor ByWeight, Tensor ByBuffer) JacobianOfTree(
        Func<Tensor, Tensor> function, Tensor w, Tensor b, Tensor x, bool isReverse = false)
    {
        (Tensor First, List<Tensor> Others) Of(StructureTree model) =>
            (model["weight"].Tensor.to(DType.Float32), [Loss(model, function, x)]);
        var blocks = isReverse ? Grad.JacobianReverse<StructureTree, (Tensor, List<Tensor>)>(Of)(Tree(w, b))
            : Grad.JacobianForward<StructureTree, (Tensor, List<Tensor>)>(Of)(Tree(w, b));
        var block = blocks["Item2.0"];
        return (block["weight"].Tensor, block["child.count"].Tensor);
    }

    public static Tensor?[] HessianOfTwo(
        Func<Tensor, Tensor> function, Tensor x, Tensor y, int[]? argnums = null, long? chunkSize = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        var blocks = Grad.Hessian((Tensor a, Tensor b) => F.sum(function(a * F.sin(b))), chunkSize, argnums)(x, y);
        return [.. blocks.Values.SelectMany(block => new[] { block.Item1, block.Item2 })];
    }

    public static (Tensor ByWeight, Tensor ByBuffer, Tensor ByX) CheckpointOfTree(
        Func<Tensor, Tensor> function, Tensor w, Tensor b, Tensor x)
    {
        var again = Grad.Checkpoint((StructureTree model, List<Tensor> xs) => (model, Loss(model, function, xs[0])));
        var (byTree, byX) = Grad.Of(((StructureTree Model, Tensor X) p) => again(p.Model, [p.X]).Item2)((Tree(w, b), x));
        return (byTree["weight"].Tensor, byTree["child.count"].Tensor, byX);
    }

    public static (Tensor Y, Tensor X) VaryingOfTuple(Func<Tensor, Tensor> function, Tensor x, Tensor y, string name)
    {
        ArgumentNullException.ThrowIfNull(function);
        var compiled = Jit.Compile(
            ((Tensor X, List<Tensor> Y) p) => (function(p.X * p.Y[0]), p.X + p.Y[0]), varying: [new(0, [name])]);
        try
        {
            return compiled.Invoke((x, [y]));
        }
        finally
        {
            compiled.ClearCache();
        }
    }

    private static Tensor Loss(StructureTree model, Func<Tensor, Tensor> function, Tensor x)
    {
        ArgumentNullException.ThrowIfNull(function);
        return F.sum(function((model["weight"].Tensor * x) + model["child.count"].Tensor));
    }

    private static StructureTree Tree(Tensor weight, Tensor buffer)
    {
        ArgumentNullException.ThrowIfNull(weight);
        ArgumentNullException.ThrowIfNull(buffer);
        return new() { Params = { ["weight"] = weight }, Submodules = { ["child"] = new() { Buffers = { ["count"] = buffer } } } };
    }
}
