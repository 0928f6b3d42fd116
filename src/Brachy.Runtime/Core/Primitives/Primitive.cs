using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Brachy.Native;
using TorchSharp;

namespace Brachy.Extending;

/// <summary>
/// One operation: what graphs and passes see of a <see cref="Primitive{TSettings}"/>, which declares it with everything
/// the system must know of it.
/// </summary>
public abstract class Primitive
{
    private protected Primitive(string name) => Name = name;

    /// <summary>The name in graphs and messages.</summary>
    public string Name { get; }

    /// <summary>Whether results may share memory with the first input.</summary>
    public bool IsView { get; init; }

    /// <summary>Whether result i is input i under a new identity, which matters to gradients only. Such a primitive is a view.</summary>
    public bool Renames { get; init; }

    /// <summary>Whether no pass may take its results for its inputs, although it renames.</summary>
    internal bool IsBarrier { get; init; }

    /// <summary>
    /// Whether the TorchScript calls operators outside the core library (<c>ops.…</c>), which only code in an archive can.
    /// </summary>
    public bool NeedsArchive { get; init; }

    /// <summary>Whether the ranks of the program exchange tensors, so that native code cannot compute it.</summary>
    internal bool Exchanges { get; init; }

    /// <summary>Whether the first operand is a random key that what it gives is drawn by.</summary>
    public bool DrawsByKey { get; init; }

    /// <summary>How it computes a batch, which is given arguments made by <see cref="BatchArgsOf"/>; null for sample by sample.</summary>
    internal abstract Batching? BatchingRule { get; }

    /// <summary>The gradient, which is given arguments made by <see cref="VjpArgsOf"/>.</summary>
    internal abstract Vjp VjpRule { get; }

    /// <summary>
    /// The derivative in forward mode, which is given arguments made by <see cref="JvpArgsOf"/>; null for that of <see cref="VjpRule"/>,
    /// transposed.
    /// </summary>
    internal abstract Jvp? JvpRule { get; }

    /// <summary>Whether the TorchScript overwrites inputs, whatever the compiler chose.</summary>
    internal abstract bool MutatesInputs { get; }

    /// <summary>The operands that the TorchScript can write the only result over, best first; none when it cannot.</summary>
    internal abstract IReadOnlyList<int> OperandsForResult { get; }

    /// <summary>Whether a kernel that writes its result over an operand can fail on bad values.</summary>
    internal abstract bool MayFailInPlace { get; }

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>Uses the primitive once with settings of its kind: computes it, or records it in the trace that is going on.</summary>
    /// <returns>All results.</returns>
    /// <exception cref="ArgumentNullException">An input is null.</exception>
    /// <exception cref="ArgumentException">The settings are of another primitive.</exception>
    /// <exception cref="NativeOpException">The kernel failed.</exception>
    internal Tensor[] BindUntyped(Settings settings, params ReadOnlySpan<Tensor> inputs)
    {
        var trace = Trace.Current;
        var types = new TensorType[inputs.Length];
        for (var i = 0; i < inputs.Length; i++)
        {
            if (inputs[i] is null)
            {
                throw new ArgumentNullException($"{Name}: input {i} is null.", (Exception?)null);
            }

            inputs[i].ThrowIfUnusable();
            types[i] = inputs[i].Type;
        }

        var outputTypes = TypesOf(settings, types).Items;
        foreach (var type in outputTypes)
        {
            // Throws on absurd sizes.
            _ = type.Shape.NumElements;
            DTypes.RequireDefined(Name, type.DType);
        }

        if (trace is { IsSymbolic: true })
        {
            return trace.Record(this, settings, inputs.ToArray(), outputTypes);
        }

        var arguments = inputs.ToArray();
        var outputs = Compute(settings, arguments, types, outputTypes);
        trace?.RecordIfTracked(this, settings, arguments, outputs);
        return outputs;
    }

    /// <summary>The result types.</summary>
    internal abstract TensorTypes TypesOf(Settings settings, IReadOnlyList<TensorType> types);

    /// <summary>The TorchScript expression; several results as a tuple.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="place">Where it stands.</param>
    /// <param name="overwritten">The operand that the result is written over; null for none.</param>
    internal abstract string WriteScript(Settings settings, ScriptPlace place, int? overwritten = null);

    /// <summary>Whether results are new memory in row-major order without gaps, whatever the layout of the inputs.</summary>
    internal abstract bool GivesDense(Settings settings, IReadOnlyList<TensorType> types);

    /// <summary>What a use costs.</summary>
    internal abstract Cost CostOf(
        Settings settings, IReadOnlyList<TensorType> types, IReadOnlyList<TensorType> outputs, int? overwritten = null);

    /// <summary>
    /// The inputs whose memory the results take, one for each, -1 for a result with memory of its own; none when
    /// <see cref="MutatesInputs"/> is false.
    /// </summary>
    internal abstract int[] MutatedInputs(Settings settings, IReadOnlyList<TensorType> types);

    /// <summary>What the gradient's rule is given.</summary>
    internal abstract VjpArgs VjpArgsOf(Settings settings, IReadOnlyList<Tensor> inputs, bool[] needed);

    /// <summary>What the rule for batches is given.</summary>
    internal abstract BatchArgs BatchArgsOf(
        Settings settings, IReadOnlyList<BatchedTensor> inputs, IReadOnlyList<TensorType> types, IReadOnlyList<TensorType> outputs,
        BatchContext context);

    /// <summary>What the rule of the derivative in forward mode is given.</summary>
    internal abstract JvpArgs JvpArgsOf(RecordedOp op, Tensor?[] tangents, bool[] wanted, bool mayReplace = false);

    /// <summary>What the kernel's rule is given.</summary>
    private protected abstract EagerArgs EagerArgsOf(Settings settings, Tensor[] inputs, TensorType[] types);

    /// <summary>Calls the kernel's rule.</summary>
    private protected abstract NativeTensors RunKernel(EagerArgs x);

    /// <summary>Runs the kernel on concrete inputs.</summary>
    internal Tensor[] Compute(Settings settings, Tensor[] inputs, TensorType[] types, TensorType[] outputTypes)
    {
        NativeRuntime.EnsureLoaded();
        StackSpace.Require(Name);
        NativeCalls.Count();
        torch.Tensor[] results;
        using (var args = EagerArgsOf(settings, inputs, types))
        using (torch.NewDisposeScope())
        {
            try
            {
                // The scope keeps what a rule makes on the way from the finalizer: TorchSharp does not while a kernel runs.
                results = RunKernel(args).Items;
                for (var i = 0; i < results.Length; i++)
                {
                    results[i]?.DetachFromDisposeScope();
                    if (ViewedInput(i) is { } viewed)
                    {
                        args.Share(viewed);
                    }
                }
            }
            catch (ExternalException error)
            {
                throw new NativeOpException(
                    $"{Name}({string.Join(", ", types.Select(t => t.ToString()))}) failed in libtorch: {FirstLine(error.Message)}", error);
            }
        }

        // Some of TorchSharp's functions do not look for libtorch's error themselves.
        var reason = ScriptHandle.TakeError()
            ?? (Array.Exists(results, result => result is null || result.IsInvalid) ? "it gave no result" : null);
        if (reason is not null)
        {
            Array.ForEach(results, result => result?.DecoupleFromNativeHandle());
            throw new NativeOpException(
                $"{Name}({string.Join(", ", types.Select(t => t.ToString()))}) failed in libtorch: {FirstLine(reason)}");
        }

        var outputs = new Tensor[results.Length];
        for (var i = 0; i < results.Length; i++)
        {
            outputs[i] = new Tensor(outputTypes[i], new Buffer(results[i], IsView ? 0 : outputTypes[i].ByteSize, isShared: IsView));
        }

        return outputs;
    }

    /// <summary>The input whose memory a result may share, or null.</summary>
    internal int? ViewedInput(int result) => Renames ? result : IsView ? 0 : null;

    /// <summary>What a message says, without the native stack; of an error inside a script, what its kernel says.</summary>
    private static string FirstLine(string message)
    {
        if (message.StartsWith("The following operation failed in the TorchScript interpreter", StringComparison.Ordinal))
        {
            return ScriptHandle.Summarize(message);
        }

        var end = message.IndexOf('\n', StringComparison.Ordinal);
        return end < 0 ? message : message[..end];
    }
}
