using Brachy.Compilation;
using Brachy.Extending;
using TorchSharp;
using static Brachy.SwitchRules;

namespace Brachy;

// The primitive behind Control's choices.
public static partial class F
{
    /// <summary>One of several bodies, chosen by a value.</summary>
    internal static readonly Primitive<SwitchSettings> Switch = new("switch")
    {
        Abstract = x => TensorTypes.Create(TypesOf(x)),
        Eager = x => Run(x),
        Script = Write,
        Vjp = Vjp.Multi<SwitchSettings>(SwitchGradient.Pull),
        Jvp = Jvp.Multi<SwitchSettings>(SwitchTangent.Push),
        Batching = Batching.Mixed<SwitchSettings>(SwitchBatching.Run),
        Cost = x => x.Settings.Bodies.SelectMany(body => body.Equations).Aggregate(default(Cost), (sum, equation) => sum + equation.Cost),
    };
}

/// <summary>The rules of choices.</summary>
file static class SwitchRules
{
    // libtorch's parser remembers for each name of a branch all the others, unless they are those of a loop inside.
    private const int LongBranch = 256;

    public static TensorType[] TypesOf(AbstractArgs<SwitchSettings> x)
    {
        if (x[0].DType is not (DType.Bool or DType.Int64))
        {
            throw new DTypeException($"switch: a choice is made by a truth value or an int64, but this is {x[0]}.");
        }

        var results = x.Settings.Bodies[0].Outputs;
        foreach (var body in x.Settings.Bodies)
        {
            LoopRules.RequireTypes("switch", body.Inputs, [.. x.Types.Skip(1)]);
            LoopRules.RequireTypes("switch", body.Outputs, [.. results.Select(output => output.Type)]);
        }

        return [.. x.Settings.Bodies[0].Outputs.Select(output => output.Type)];
    }

    public static torch.Tensor[] Run(EagerArgs<SwitchSettings> x)
    {
        var inputs = Enumerable.Range(0, x.Count).Select(i => Tensor.FromTorch(x[i])).ToArray();
        var choice = inputs[0].dtype == DType.Bool ? (inputs[0].item<bool>() ? 1 : 0) : inputs[0].item<long>();
        var body = x.Settings.Bodies[(int)Math.Clamp(choice, 0, x.Settings.Bodies.Count - 1)];
        var results = new GraphRun(body).Run(inputs[1..]);
        var outputs = Array.ConvertAll(results, result =>
        {
            using var use = result!.Use();
            return use.Buffer.AsTorch().clone();
        });
        Array.ForEach([.. results, .. inputs], tensor => tensor!.Dispose());
        return outputs;
    }

    public static string Write(ScriptArgs<SwitchSettings> x)
    {
        var choice = x.Let($"int({x[0]})");
        string[] captured = [.. Enumerable.Range(1, x.Count - 1).Select(i => x[i])];
        string[] results = [.. x.Outputs.Select(_ => x.NewName())];
        WriteFrom(0);
        return results.Length == 1 ? results[0] : $"({string.Join(", ", results)})";

        void WriteFrom(int branch)
        {
            if (branch == x.Settings.Branches.Count - 1)
            {
                WriteBranch(branch);
                return;
            }

            x.Block($"if {choice} <= {branch}", () => WriteBranch(branch));
            x.Block("else", () => WriteFrom(branch + 1));
        }

        void WriteBranch(int branch)
        {
            if (x.Settings.Bodies[branch].Equations.Count < LongBranch)
            {
                WriteBody(branch);
                return;
            }

            foreach (var result in results)
            {
                x.Statement($"{result} = {x[0]}");
            }

            x.Block($"for {x.NewName()} in range(1)", () => WriteBody(branch));
        }

        void WriteBody(int branch)
        {
            var (names, own) = x.Body(x.Settings.Bodies[branch], captured, [], living: results.Length);
            for (var i = 0; i < results.Length; i++)
            {
                x.Statement($"{results[i]} = {(own[i] ? names[i] : $"torch.clone({names[i]}, memory_format=0)")}");
            }
        }
    }
}
