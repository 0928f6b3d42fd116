namespace Brachy.IO;

/// <summary>Where a model that is written as C# source has its weights.</summary>
public enum CSharpWeights
{
    /// <summary>In the source, as base64 text.</summary>
    Embedded,

    /// <summary>In a file beside the source, with the same name and the extension <c>.weights</c>.</summary>
    Beside,
}
