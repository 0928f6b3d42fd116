using Brachy.Compilation;
using Brachy.Tests.Ops;

namespace Brachy.Tests.Lowering.Passes;

/// <summary>
/// The graphs of <see cref="PassTests"/> in every element type: what runs eagerly runs compiled, with equal results, and
/// what is refused is refused.
/// </summary>
public class PassDTypeTests
{
    public static TheoryData<string> Rows => PassTests.Rows;

    [Theory]
    [MemberData(nameof(Rows))]
    public void EveryElementTypeComputesWhatItComputesEagerly(string name)
    {
        var row = PassTests.RowOf(name);
        var ran = 0;
        foreach (var dtype in DTypes.All)
        {
            var inputs = row.Shapes.Select((shape, i) => dtype.IsFloatingPoint()
                ? Make.Real(shape, dtype, i + 1)
                : dtype == DType.Bool ? Make.Bools(shape, i + 1) : Make.Integers(shape, 0, 5, dtype, i + 1)).ToArray();
            Tensor[]? eager = null;
            Exception? refused = null;
            try
            {
                eager = row.Function(inputs);
            }
            catch (Exception error)
                when (error is DTypeException or ShapeException or NativeOpException or DifferentiationException or ArgumentException)
            {
                refused = error;
            }

            foreach (var backend in new[] { Backend.Default, Backend.TorchScript, Backend.Interpreter })
            {
                var compiled = Jit.Compile(row.Function, backend: backend, name: name);
                var what = $"{name}, {dtype.Name()}, {backend}";
                if (eager is null)
                {
                    Assert.IsType(refused!.GetType(), Record.Exception(() => compiled.Invoke(inputs)));
                    continue;
                }

                ran++;
                var results = compiled.Invoke(inputs);
                for (var i = 0; i < eager.Length; i++)
                {
                    OpCheck.AssertClose(
                        eager[i], results[i], 4 * OpCheck.Rounding(eager[i].dtype), $"{what}, result {i}\n{compiled.Script}");
                }

                compiled.ClearCache();
            }
        }

        Assert.True(ran > 0, $"'{name}' ran in no element type.");
    }

    [Theory]
    [InlineData(DType.Int64)]
    [InlineData(DType.Int32)]
    [InlineData(DType.UInt8)]
    public void AProductOfIntegersThatIsAddedToSomethingStaysAProduct(DType dtype)
    {
        Tensor[] inputs =
            [Make.Integers([2, 3], 0, 5, dtype, 1), Make.Integers([3, 4], 0, 5, dtype, 2), Make.Integers([2, 4], 0, 5, dtype, 3)];
        var f = Jit.Compile((Tensor[] x) => x[2] + F.matmul(x[0], x[1]));
        OpCheck.AssertClose(inputs[2] + F.matmul(inputs[0], inputs[1]), f.Invoke(inputs), 0, dtype.Name());
        Assert.DoesNotContain(f.Graph!.Equations, e => e.Primitive == F.AddMatMul);
    }
}
