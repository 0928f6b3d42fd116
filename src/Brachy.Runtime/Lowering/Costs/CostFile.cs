using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Brachy.Native;

namespace Brachy.Compilation;

/// <summary>Measured costs as text: a file of the cache folder for each machine, or a part of a checkpoint.</summary>
internal static class CostFile
{
    // A file that somebody else wrote there is not read to its end.
    private const int MostBytes = 1 << 16;

    /// <summary>The costs of a machine that are kept in a folder; null if there are none, or the file is not whole.</summary>
    public static MachineCosts? Read(string folder, string machine)
    {
        try
        {
            var path = PathOf(folder, machine);
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[MostBytes];
            var length = file.ReadAtLeast(bytes, MostBytes, throwOnEndOfStream: false);
            var costs = length < MostBytes ? Parse(Encoding.UTF8.GetString(bytes, 0, length)) : null;
            return costs?.Machine == machine ? costs : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or FormatException)
        {
            return null;
        }
    }

    /// <summary>Keeps costs in a folder; whoever reads meanwhile sees the old file or the new one, whole.</summary>
    /// <returns>False where that is not possible.</returns>
    public static bool TryWrite(string folder, MachineCosts costs)
    {
        try
        {
            CacheFolders.Write(PathOf(folder, costs.Machine), Encoding.UTF8.GetBytes(Write(costs)));
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return false;
        }
    }

    /// <summary>Costs as JSON, the same text for the same costs.</summary>
    public static string Write(MachineCosts costs)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteString("machine", costs.Machine);
            writer.WriteStartObject("costs");
            foreach (var cost in Enum.GetValues<MachineCost>())
            {
                writer.WriteNumber(cost.ToString(), costs[cost]);
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    /// <summary>Costs from JSON.</summary>
    /// <exception cref="FormatException">It is something else, or a cost is missing or out of its range.</exception>
    public static MachineCosts Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var values = document.RootElement.GetProperty("costs");
            var machine = document.RootElement.GetProperty("machine").GetString();
            return string.IsNullOrEmpty(machine) ? throw new FormatException("The costs are of no machine.") : new(machine, cost =>
            {
                var value = values.GetProperty(cost.ToString()).GetDouble();
                return CostRange.All[cost].Contains(value)
                    ? value : throw new FormatException($"{cost} is {value}, outside of {CostRange.All[cost]}");
            });
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException($"The costs cannot be read: {error.Message}", error);
        }
    }

    /// <summary>A digest of a text in hexadecimal digits.</summary>
    public static string DigestOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string PathOf(string folder, string machine) => Path.Combine(folder, $"{DigestOf(machine)[..16]}.json");
}
