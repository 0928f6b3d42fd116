namespace Transfer;

/// <summary>Images to learn from, and others that are held out.</summary>
/// <param name="Name">What they are.</param>
/// <param name="Classes">The names of the classes.</param>
/// <param name="Train">What is learned from.</param>
/// <param name="HeldOut">What is not.</param>
/// <param name="AnyWayUp">Whether images may be turned by quarters without becoming unusual, as photographs may not.</param>
internal sealed record ImageSet(
    string Name, IReadOnlyList<string> Classes, IReadOnlyList<LabelledImage> Train, IReadOnlyList<LabelledImage> HeldOut,
    bool AnyWayUp = false);
