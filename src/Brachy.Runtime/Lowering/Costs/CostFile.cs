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

    private static readonly TimeSpan s_pause = TimeSpan.FromHours(1);

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
    public static bool TryWrite(string folder, MachineCosts costs) =>
        TryWrite(PathOf(folder, costs.Machine), Encoding.UTF8.GetBytes(Write(costs)));

    /// <summary>Whether a measurement of this machine began within the last hour and did not end, or found it too busy.</summary>
    public static bool HasBegun(string folder, string machine)
    {
        // Of a file that is not there the time is in the year 1601.
        var age = DateTime.UtcNow - File.GetLastWriteTimeUtc(PathOfBegun(folder, machine));
        return age >= TimeSpan.Zero && age < s_pause;
    }

    /// <summary>Notes that a measurement begins.</summary>
    /// <returns>False where nothing can be kept in the folder.</returns>
    public static bool TryBegin(string folder, string machine) => TryWrite(PathOfBegun(folder, machine), []);

    /// <summary>Notes that a measurement has ended.</summary>
    public static void End(string folder, string machine)
    {
        try
        {
            File.Delete(PathOfBegun(folder, machine));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The costs are there, and count.
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
    /// <param name="json">The text.</param>
    /// <param name="mayLack">Whether costs that an older Brachy did not have may be missing, and count as the fixed ones.</param>
    /// <exception cref="FormatException">It is something else, or a cost is missing or out of its range.</exception>
    public static MachineCosts Parse(string json, bool mayLack = false)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var values = document.RootElement.GetProperty("costs");
            var machine = document.RootElement.GetProperty("machine").GetString();
            return string.IsNullOrEmpty(machine) ? throw new FormatException("The costs are of no machine.") : new(machine, cost =>
            {
                var range = CostRange.All[cost];
                if (mayLack && !values.TryGetProperty(cost.ToString(), out _))
                {
                    return range.Fixed;
                }

                var value = values.GetProperty(cost.ToString()).GetDouble();
                return range.Contains(value) ? value : throw new FormatException($"{cost} is {value}, outside of {range}");
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

    private static string PathOfBegun(string folder, string machine) => Path.ChangeExtension(PathOf(folder, machine), "begun");

    private static bool TryWrite(string path, byte[] content)
    {
        try
        {
            CacheFolders.Write(path, content);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return false;
        }
    }
}
