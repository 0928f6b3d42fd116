namespace Transfer;

/// <summary>An image and what is in it.</summary>
/// <param name="Name">Where it comes from, for messages.</param>
/// <param name="Label">The number of its class.</param>
internal abstract record LabelledImage(string Name, long Label)
{
    /// <summary>Writes the image as a square.</summary>
    /// <param name="side">Its side.</param>
    /// <param name="planes">[3, side, side]: red, green and blue from 0 to 255.</param>
    /// <exception cref="IOException">It cannot be read; the message names the file.</exception>
    public abstract void Read(int side, Span<byte> planes);
}
