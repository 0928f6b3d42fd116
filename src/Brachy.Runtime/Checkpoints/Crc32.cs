namespace Brachy.IO;

/// <summary>The checksum of zip archives: polynomial 0x04C11DB7, reflected. Source: ISO 3309, and annex D of RFC 1952.</summary>
internal static class Crc32
{
    private const int Width = 8;

    // Table k tells what a byte does that is followed by k others, so that eight bytes take one step.
    private static readonly uint[][] s_tables = MakeTables();

    /// <summary>The checksum of bytes that follow those of another checksum; 0 at the beginning.</summary>
    public static uint Append(uint checksum, ReadOnlySpan<byte> bytes)
    {
        var crc = ~checksum;
        while (bytes.Length >= Width)
        {
            crc ^= (uint)(bytes[0] | (bytes[1] << 8) | (bytes[2] << 16) | (bytes[3] << 24));
            crc = s_tables[7][(byte)crc] ^ s_tables[6][(byte)(crc >> 8)] ^ s_tables[5][(byte)(crc >> 16)] ^ s_tables[4][crc >> 24]
                ^ s_tables[3][bytes[4]] ^ s_tables[2][bytes[5]] ^ s_tables[1][bytes[6]] ^ s_tables[0][bytes[7]];
            bytes = bytes[Width..];
        }

        foreach (var value in bytes)
        {
            crc = s_tables[0][(byte)(crc ^ value)] ^ (crc >> 8);
        }

        return ~crc;
    }

    private static uint[][] MakeTables()
    {
        var tables = new uint[Width][];
        for (var k = 0; k < Width; k++)
        {
            tables[k] = new uint[256];
            for (var i = 0u; i < 256; i++)
            {
                var crc = k == 0 ? i : tables[k - 1][i];
                for (var bit = 0; bit < 8; bit++)
                {
                    crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
                }

                tables[k][i] = crc;
            }
        }

        return tables;
    }
}
