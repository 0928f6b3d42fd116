using Brachy.Native;

namespace Brachy.Compilation;

/// <summary>Runs one of several bodies.</summary>
internal static unsafe class SwitchCode
{
    public static bool Write(VectorArgs x)
    {
        var compiled = x.Bodies.Select(body => BodyCode.Compile(body, x.Rules)).ToArray();
        if (Enumerable.Range(0, x.Count).Any(x.IsNumber) || Array.Exists(compiled, body => body.Code is null))
        {
            return x.Refuse(Array.Find(compiled, body => body.Code is null).Refusal);
        }

        BodyCode[] bodies = [.. compiled.Select(body => body.Code!)];

        Layout[] operands = [.. Enumerable.Range(0, x.Count).Select(x.Dense)];
        Layout[] results = [.. Enumerable.Range(0, x.Bodies[0].OutputTypes.Count).Select(x.Result)];
        var scratch = x.Scratch(DType.Bool, [Math.Max(1, bodies.Max(body => body.ScratchBytes))]);
        var addresses = x.Scratch(DType.Int64, [operands.Length + results.Length + bodies.Max(body => body.TableSize)]);
        x.AddCopied(bodies.Max(body => body.CopiedElements));
        x.Add(memory =>
        {
            StackSpace.Require("A choice in choices");
            var places = (nint*)addresses.Address(memory);
            var table = places + operands.Length + results.Length;
            for (var i = 0; i < operands.Length; i++)
            {
                places[i] = operands[i].Address(memory);
            }

            for (var i = 0; i < results.Length; i++)
            {
                places[operands.Length + i] = results[i].Address(memory);
            }

            var choice = operands[0].DType == DType.Bool ? *(byte*)places[0] : *(long*)places[0];
            var body = bodies[Math.Clamp(choice, 0, bodies.Length - 1)];
            body.Run(places + 1, places + operands.Length, scratch.Address(memory), table);
        });
        return true;
    }
}
