namespace Brachy.IO;

/// <summary>Where the memory of storages lies, which a pickle names by keys.</summary>
internal interface ITorchMemories
{
    /// <summary>The memory of a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="element">The type of its elements; null for one that Brachy does not know.</param>
    /// <param name="count">How many there are.</param>
    /// <exception cref="PickleException">It is not there, or has another length.</exception>
    TorchMemory Find(string key, TorchElement? element, long count);
}
