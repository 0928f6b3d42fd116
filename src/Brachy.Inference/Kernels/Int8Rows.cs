using System.Runtime.Intrinsics;

namespace Brachy.Compilation;

/// <summary>
/// Linear layers with weights of 8 bits for a few rows, which take as long as reading the weights: those are read as they are, four outputs
/// side by side.
/// </summary>
internal static unsafe class Int8Rows
{
    private const int Block = 4;
    private const int WeightsOfPart = 1 << 18;

    public static bool Linear(VectorArgs x, int rows)
    {
        var (outputs, inner) = ((int)x[1].Shape[0], (int)x[1].Shape[1]);
        var length = (inner + Vector256<byte>.Count - 1) / Vector256<byte>.Count * Vector256<byte>.Count / sizeof(uint);
        var (integers, quantizations) = Int8Products.AddQuantization<uint>(x, rows, length);
        var (weight, scales, bias) = (x.Dense(1), x.Dense(2), x.Count > 3 ? x.Dense(3) : null);
        var outputsOfPart = Math.Max(1, WeightsOfPart / inner / Block) * Block;
        var parts = (outputs + outputsOfPart - 1) / outputsOfPart;
        var target = x.Result();
        x.Add(memory => ThreadTeam.Run(parts, new Work(
            rows, outputs, outputsOfPart, inner, length * sizeof(uint), integers.Address(memory), quantizations.Address(memory),
            weight.Address(memory), scales.Address(memory), bias?.Address(memory) ?? 0, target.Address(memory))));
        return true;
    }

    private readonly struct Work(
        int rows, int outputs, int outputsOfPart, int inner, int length, nint integers, nint quantizations, nint weight, nint scales,
        nint bias, nint target) : ITeamWork
    {
        public void Run(int part, int member)
        {
            var sums = stackalloc int[2 * Block];
            var end = Math.Min(outputs, (part + 1) * outputsOfPart);
            for (var output = part * outputsOfPart; output < end; output += Block)
            {
                var count = Math.Min(Block, end - output);
                for (var row = 0; row < rows; row++)
                {
                    Multiply((byte*)integers + (row * (nint)length), (sbyte*)weight + (output * (nint)inner), count, sums);
                    var columns = new Int8Columns(
                        (float*)scales + output, sums + Block, bias == 0 ? null : (float*)bias + output);
                    columns.ToReal(sums, 0, 1, count, (RowQuantization*)quantizations + row, 0);
                    new Span<float>(sums, count).CopyTo(new((float*)target + (row * (nint)outputs) + output, count));
                }
            }
        }

        /// <summary>Up to four outputs of a row, then the sums of their weights.</summary>
        private void Multiply(byte* row, sbyte* weights, int count, int* sums)
        {
            // What is missing of four is computed twice.
            var weights1 = weights + (Math.Min(1, count - 1) * (nint)inner);
            var weights2 = weights + (Math.Min(2, count - 1) * (nint)inner);
            var weights3 = weights + (Math.Min(3, count - 1) * (nint)inner);
            var ones = Vector256.Create((byte)1);
            Vector256<int> sum0 = default, sum1 = default, sum2 = default, sum3 = default;
            Vector256<int> all0 = default, all1 = default, all2 = default, all3 = default;
            var i = 0;
            for (; i <= inner - Vector256<byte>.Count; i += Vector256<byte>.Count)
            {
                var x = Vector256.Load(row + i);
                var (y0, y1) = (Vector256.Load(weights + i), Vector256.Load(weights1 + i));
                (sum0, all0) = (DotProducts.AddAnywhere(x, y0, sum0), DotProducts.AddAnywhere(ones, y0, all0));
                (sum1, all1) = (DotProducts.AddAnywhere(x, y1, sum1), DotProducts.AddAnywhere(ones, y1, all1));
                var (y2, y3) = (Vector256.Load(weights2 + i), Vector256.Load(weights3 + i));
                (sum2, all2) = (DotProducts.AddAnywhere(x, y2, sum2), DotProducts.AddAnywhere(ones, y2, all2));
                (sum3, all3) = (DotProducts.AddAnywhere(x, y3, sum3), DotProducts.AddAnywhere(ones, y3, all3));
            }

            (sums[0], sums[1], sums[2], sums[3]) = (Vector256.Sum(sum0), Vector256.Sum(sum1), Vector256.Sum(sum2), Vector256.Sum(sum3));
            (sums[4], sums[5], sums[6], sums[7]) = (Vector256.Sum(all0), Vector256.Sum(all1), Vector256.Sum(all2), Vector256.Sum(all3));
            for (; i < inner; i++)
            {
                sums[0] += row[i] * weights[i];
                sums[1] += row[i] * weights1[i];
                sums[2] += row[i] * weights2[i];
                sums[3] += row[i] * weights3[i];
                sums[4] += weights[i];
                sums[5] += weights1[i];
                sums[6] += weights2[i];
                sums[7] += weights3[i];
            }
        }
    }
}
