namespace Transfer;

/// <summary>What the command line of a training says.</summary>
/// <param name="Data">A folder with a folder of images for each class; null for images that are drawn.</param>
/// <param name="Settings">How the network learns.</param>
/// <param name="Train">How many images are drawn to learn from.</param>
/// <param name="Test">How many are drawn and held out.</param>
/// <param name="Checkpoint">Where the network goes.</param>
internal sealed record TrainOptions(string? Data, TransferSettings Settings, int Train, int Test, string Checkpoint);
