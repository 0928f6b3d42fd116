namespace MetaGradient;

/// <summary>What the command line asks for.</summary>
/// <param name="Start">The values set by hand that tuning starts from.</param>
/// <param name="MetaSteps">How often the hyperparameters move.</param>
/// <param name="Inner">Training steps that each gradient goes through.</param>
/// <param name="Budget">Training steps of each network.</param>
/// <param name="Batch">Images of a training step.</param>
/// <param name="Runs">Fresh networks of the final comparison.</param>
/// <param name="TunerLr">The learning rate of the hyperparameters' logarithms.</param>
/// <param name="Seed">Chooses digits, weights and batches.</param>
/// <param name="Plot">Where the curve goes.</param>
internal sealed record Settings(
    SgdSettings Start, int MetaSteps, int Inner, int Budget, int Batch, int Runs, double TunerLr, int Seed, string Plot);
