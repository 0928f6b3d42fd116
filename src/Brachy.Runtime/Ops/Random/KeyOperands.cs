using Brachy.Extending;
using TorchSharp;

namespace Brachy;

/// <summary>Keys as operands, and the generators that they seed.</summary>
internal static class KeyOperands
{
    public static void RequireKey(AbstractArgs x)
    {
        if (x[0].DType != DType.Int64 || x[0].Rank != 0 || x[0].Device != Device.CPU)
        {
            throw new DTypeException(
                $"{x.Primitive.Name}: the key must be an int64 tensor without dims on the CPU, but is {x[0]}; make one with Rng.Seed.");
        }
    }

    public static long Whole(EagerArgs x, int input) => x.IsNumber(input) ? x.Number(input).ToInt64() : NativeValue.ReadInt64(x[input]);

    public static string WholeScript(ScriptArgs x, int input) => x.IsNumber(input) ? x.Number(input) : $"int({x[input]})";

    public static torch.Generator Generator(EagerArgs x) => new((ulong)Whole(x, 0));

    public static string GeneratorScript(ScriptArgs x)
    {
        var generator = x.Let("torch.Generator(device='cpu')");
        x.Statement($"{generator}.manual_seed({WholeScript(x, 0)})");
        return generator;
    }
}
