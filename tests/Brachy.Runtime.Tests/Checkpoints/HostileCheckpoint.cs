using System.Text.Json.Nodes;
using Brachy.Tests.Shared;

namespace Brachy.Tests.Checkpoints;

/// <summary>Checkpoints with a structure that is put together by hand.</summary>
internal static class HostileCheckpoint
{
    /// <summary>The file of a structure, with the tensor 'w', float32[1], or the tensors of another checkpoint.</summary>
    public static string Write(TemporaryFolder folder, string structure, byte[]? other = null)
    {
        var length = other is null ? 0 : (int)BitConverter.ToInt64(other);
        var header = other is null
            ? new JsonObject
            {
                ["w"] = new JsonObject { ["dtype"] = "F32", ["shape"] = new JsonArray(1), ["data_offsets"] = new JsonArray(0, 4) }
            }
            : JsonNode.Parse(other.AsSpan(8, length))!.AsObject();

        // Encoding puts U+FFFD where the structure is no valid Unicode; escapes in it stay.
        header["__metadata__"] = new JsonObject { ["brachy"] = structure };
        return folder.Write(
            "hostile", SafeTensorsFolder.Assemble(header.ToJsonString(), other is null ? [0, 0, 128, 63] : other[(8 + length)..]));
    }

    /// <summary>The file of one tree.</summary>
    public static string WriteTree(TemporaryFolder folder, string tree) =>
        Write(folder, """{"version":1,"entries":{"m":{"config":{"config":{}},"tree":""" + tree + "}}}");
}
