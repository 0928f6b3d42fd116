namespace Transfer;

/// <summary>How the network learns.</summary>
/// <param name="Side">The sides of images.</param>
/// <param name="Batch">Images of a step.</param>
/// <param name="HeadEpochs">Passes over the features, with a frozen trunk.</param>
/// <param name="Epochs">Passes over the images after the thaw.</param>
/// <param name="Lr">The head's largest learning rate after the thaw; the trunk has a tenth of it.</param>
/// <param name="Thaw">What of the trunk learns after the thaw: "all", or a stage such as "layer4" and nothing before it.</param>
/// <param name="Seed">Chooses the head's weights and the order of images.</param>
internal sealed record TransferSettings(int Side, int Batch, int HeadEpochs, int Epochs, double Lr, string Thaw, int Seed);
