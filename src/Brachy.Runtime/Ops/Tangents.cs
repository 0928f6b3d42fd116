namespace Brachy;

/// <summary>Arithmetic of tangents, which are null where they are zero.</summary>
internal static class Tangents
{
    /// <summary>The sum of those that are there.</summary>
    public static Tensor? Sum(params ReadOnlySpan<Tensor?> tangents)
    {
        Tensor? sum = null;
        foreach (var tangent in tangents)
        {
            sum = sum is null ? tangent : tangent is null ? sum : sum + tangent;
        }

        return sum;
    }

    /// <summary>A linear function of a tangent.</summary>
    public static Tensor? Map(this Tensor? tangent, Func<Tensor, Tensor> function) => tangent is null ? null : function(tangent);
}
