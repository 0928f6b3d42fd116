namespace System.IO;

/// <summary>Functions that came with .NET 9, of bytes and files.</summary>
internal static class Files
{
    extension(Convert)
    {
        public static string ToHexStringLower(byte[] bytes) => Convert.ToHexString(bytes).ToLowerInvariant();
    }

    extension(File)
    {
        public static void WriteAllBytes(string path, ReadOnlySpan<byte> bytes)
        {
            using var file = File.Create(path);
            file.Write(bytes);
        }
    }
}
