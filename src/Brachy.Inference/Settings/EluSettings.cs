using Brachy.Extending;

namespace Brachy;

/// <summary>The three factors of an exponential unit.</summary>
internal sealed record EluSettings(double Alpha, double Scale, double InputScale) : Settings
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Name, object? Value)> Entries =>
        [("alpha", Alpha), ("scale", Scale), ("input_scale", InputScale)];
}
