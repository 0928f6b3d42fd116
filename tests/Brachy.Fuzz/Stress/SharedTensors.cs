namespace Brachy.Fuzz;

/// <summary>A tensor with the one value that all its elements have, so that whoever sees two of them has seen a half-written one.</summary>
internal sealed record Shared(float Value, Tensor Tensor);

/// <summary>A tree whose tensors all have the value.</summary>
internal sealed record SharedModel(float Value, StructureTree Tree)
{
    public static SharedModel New(float value)
    {
        var (tree, layer) = (new StructureTree(), new StructureTree());
        (tree.Params["weight"], tree.Buffers["mean"]) = (F.full([40, 50], value), F.full([7], value));
        layer.Params["bias"] = F.full([], value);
        tree.Submodules["layer"] = layer;
        return new(value, tree);
    }
}

/// <summary>The tensors that all threads read, give away and free. Those of a group have the same shape.</summary>
internal sealed class SharedTensors
{
    public const int Groups = 4;

    private const int PerGroup = 3;

    private static readonly Shape[] s_shapes = [[], [5], [64, 16], [300, 200]];

    private readonly Shared[] _shared = new Shared[Groups * PerGroup];
    private SharedModel _model = SharedModel.New(0);

    public SharedTensors()
    {
        for (var i = 0; i < _shared.Length; i++)
        {
            _shared[i] = New(i, i);
        }
    }

    public Shared this[int place]
    {
        get => Volatile.Read(ref _shared[place]);
        set => Volatile.Write(ref _shared[place], value);
    }

    /// <summary>The newest model.</summary>
    public SharedModel Model
    {
        get => Volatile.Read(ref _model);
        set => Volatile.Write(ref _model, value);
    }

    public static int Pick(Random random, int group) => (group * PerGroup) + random.Next(PerGroup);

    public static Shared New(int place, float value) => new(value, F.full(s_shapes[place / PerGroup], value));
}
