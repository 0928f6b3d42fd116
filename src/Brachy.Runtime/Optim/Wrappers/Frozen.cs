namespace Brachy.Optim;

/// <summary>
/// An optimizer that leaves all params as they are, and keeps no state. In <see cref="ParamGroups"/> it freezes a part of a
/// model; nothing decays there, and compiled code does not compute the part's gradients.
/// </summary>
[Module]
public partial class Frozen
{
    /// <summary>One step.</summary>
    /// <param name="lossAndGrad">Runs the model.</param>
    /// <param name="model">The model.</param>
    /// <returns>The model after the run, with the params as they were.</returns>
    public StructureTree Forward(LossAndGrad lossAndGrad, StructureTree model)
    {
        ArgumentNullException.ThrowIfNull(lossAndGrad);
        ArgumentNullException.ThrowIfNull(model);
        var (ran, _, _) = lossAndGrad(model);
        return ran.WithParams(model.GetParams());
    }
}
