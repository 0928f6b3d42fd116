namespace Brachy.Compilation;

/// <summary>Types of loops and choices: those of their bodies, whose operands must be what the bodies take.</summary>
internal static class LoopTypes
{
    private static readonly TensorType s_number = new(Shape.Scalar, DType.Int64);

    public static TensorType[] Loop(TypeArgs x, LoopForm settings)
    {
        x.Require(x.Bodies.Count is 1 or 2 && settings is { Carries: >= 0, Slices: >= 0 } && settings.Length is null or >= 0
            && (!settings.HasCount || x[0].Equals(s_number))
            && settings.GivesCount == (x.Bodies.Count == 2 && settings.Length is not null));
        var step = x.Bodies[0];
        var inputs = step.Inputs.Select(input => input.Type).ToArray();
        x.Require(inputs.Length == x.Count - settings.FirstCarry && inputs.Length >= settings.Carries + settings.Slices
            && step.OutputTypes.Count >= settings.Carries
            && (settings.Length is not null || (settings.Slices == 0 && step.OutputTypes.Count == settings.Carries)));
        for (var i = 0; i < inputs.Length; i++)
        {
            var isSlice = i >= settings.Carries && i < settings.Carries + settings.Slices;
            var operand = x[settings.FirstCarry + i];
            x.Require(!operand.IsNumber && operand.Equals(isSlice ? Stacked(inputs[i], settings.Length!.Value) : inputs[i])
                && (i >= settings.Carries || step.OutputTypes[i].Equals(inputs[i])));
        }

        x.Require(settings.Overwritten.All(carry => carry >= 0 && carry < settings.Carries)
            && settings.Overwritten.Distinct().Count() == settings.Overwritten.Rank);
        if (x.Bodies is [_, var condition])
        {
            var tested = inputs.Take(settings.Carries).Concat(inputs.Skip(settings.Carries + settings.Slices));
            x.Require(condition.Inputs.Select(input => input.Type).SequenceEqual(tested)
                && condition.OutputTypes is [{ Rank: 0, DType: DType.Bool, IsNumber: false }]);
        }

        return
        [
            .. step.OutputTypes.Select((type, i) => i < settings.Carries ? type : Stacked(type, settings.Length!.Value)),
            .. settings.GivesCount ? [s_number] : Array.Empty<TensorType>(),
        ];
    }

    public static TensorType[] Choice(TypeArgs x)
    {
        x.Require(x.Bodies.Count > 0 && x[0].Rank == 0 && x[0].DType is DType.Bool or DType.Int64);
        foreach (var body in x.Bodies)
        {
            x.Require(body.Inputs.Select(input => input.Type).SequenceEqual(x.Inputs.Skip(1))
                && body.OutputTypes.SequenceEqual(x.Bodies[0].OutputTypes));
        }

        return [.. x.Bodies[0].OutputTypes];
    }

    private static TensorType Stacked(TensorType row, long length) => row.WithShape([length, .. row.Shape]);
}
