using Brachy.Extending;

namespace Brachy.Optim;

/// <summary>A model seen as one vector of its params, for optimizers that walk along lines.</summary>
internal sealed class FlatModel(LossAndGrad lossAndGrad, StructureTree model)
{
    private readonly StructureTree _params = model.GetParams();
    private readonly (string Path, Tensor Tensor)[] _places = ParamUpdates.Trainable(model.GetParams());
    private StructureTree _ran = model;
    private Tensor? _position;

    /// <summary>How often loss and gradients were computed.</summary>
    public long Evaluations { get; private set; }

    /// <summary>The number of elements of all params.</summary>
    public long Size => _params.DistinctTensors().Sum(t => t.Tensor.numel());

    /// <summary>Loss and gradient at the params given.</summary>
    public (double Loss, Tensor Gradient) EvaluateStart()
    {
        _position = Flatten(_params);
        return Evaluate(_params);
    }

    /// <summary>Loss and gradient at some distance along a direction.</summary>
    public (double Loss, Tensor Gradient) Evaluate(Tensor direction, double distance) =>
        Evaluate(Unflatten(distance == 0 ? _position! : _position! + (direction * distance)));

    /// <summary>Goes some distance along a direction.</summary>
    public void Move(Tensor direction, double distance) => _position = _position! + (direction * distance);

    /// <summary>The model after the last run, with the params at the position.</summary>
    public StructureTree Result() => _ran.WithParams(Unflatten(_position!));

    private (double Loss, Tensor Gradient) Evaluate(StructureTree parameters)
    {
        Evaluations++;
        (_ran, var grads, var loss) = lossAndGrad(_ran.WithParams(parameters));
        return ((double)F.reshape(loss, []), Flatten(grads));
    }

    private Tensor Flatten(StructureTree tree)
    {
        // A tensor at several places is one weight: its gradient is that at the first.
        var own = _places;
        var tensors = tree.Tensors().ToArray();
        if (!tensors.Select(t => t.Path).SequenceEqual(own.Select(t => t.Path)))
        {
            throw new ArgumentException("The gradients are not those of the model's params. Give them as a tree of model.GetParams().");
        }

        var rows = Enumerable.Range(0, own.Length).DistinctBy(i => own[i].Tensor, ReferenceEqualityComparer.Instance);
        var wide = own.Select(t => Gradients.Wide(t.Tensor.dtype)).Aggregate(Promotion.Combine);
        return F.cat([.. rows.Select(i => F.reshape(tensors[i].Tensor, [-1]).to(wide))]);
    }

    private StructureTree Unflatten(Tensor vector)
    {
        var (values, start) = (new Dictionary<Tensor, Tensor>(ReferenceEqualityComparer.Instance), 0L);
        foreach (var (_, p) in _params.DistinctTensors())
        {
            values[p] = F.clone(F.reshape(F.narrow(vector, 0, start, p.numel()), [.. p.shape]).to(p.dtype));
            start += p.numel();
        }

        return _params.MapParamsBuffers((_, p) => values[p]);
    }
}
