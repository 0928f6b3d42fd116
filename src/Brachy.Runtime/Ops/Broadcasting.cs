using static Brachy.F;

namespace Brachy;

/// <summary>Operands in the shape in which they broadcast.</summary>
internal static class Broadcasting
{
    /// <summary>Gives a vector the dims to broadcast along one of several.</summary>
    public static Tensor AlongDim(Tensor vector, int rank, int dim)
    {
        var sizes = new long[rank];
        Array.Fill(sizes, 1);
        sizes[dim] = vector.shape[0];
        return reshape(vector, sizes);
    }
}
