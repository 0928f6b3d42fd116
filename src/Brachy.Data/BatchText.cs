namespace Brachy.Data;

/// <summary>How positions name what they are of.</summary>
internal static class BatchText
{
    public static string Sizes(BatchOptions options) =>
        $"batches of {options.Size}" + (options.WorldSize > 1 ? $" on {options.WorldSize} ranks" : "")
        + (options.DropLast ? " without the last" : "");
}
