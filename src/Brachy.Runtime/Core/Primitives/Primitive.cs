using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Brachy.Native;
using TorchSharp;

namespace Brachy;

/// <summary>Works out the result types of a primitive and rejects inputs it cannot take.</summary>
public delegate TensorTypes AbstractRule(AbstractArgs x);

/// <summary>Computes a primitive with a TorchSharp kernel.</summary>
public delegate NativeTensors EagerRule(EagerArgs x);

/// <summary>Writes a primitive as a TorchScript expression; several results as a tuple.</summary>
public delegate string ScriptRule(ScriptArgs x);

/// <summary>
/// One operation, with everything the system must know of it: result types, a kernel, its TorchScript and its gradient.
/// Declared once, next to the public function that uses it.
/// </summary>
public sealed class Primitive(string name)
{
    /// <summary>The name in graphs and messages.</summary>
    public string Name { get; } = name;

    /// <summary>The rule for result types.</summary>
    public required AbstractRule Abstract { get; init; }

    /// <summary>The kernel.</summary>
    public required EagerRule Eager { get; init; }

    /// <summary>The TorchScript.</summary>
    public required ScriptRule Script { get; init; }

    /// <summary>The gradient.</summary>
    public required Vjp Vjp { get; init; }

    /// <summary>Whether results may share memory with the first input.</summary>
    public bool IsView { get; init; }

    /// <summary>Whether result i is input i under a new identity, which matters to gradients only. Such a primitive is a view.</summary>
    public bool Renames { get; init; }

    /// <summary>Whether results are new memory in row-major order without gaps, whatever the layout of the inputs; null for not known.</summary>
    public Func<RuleArgs, bool>? IsDense { get; init; }

    /// <summary>
    /// Inputs that the TorchScript of this primitive overwrites: result i takes the memory of input number <c>Mutates(x)[i]</c>.
    /// The compiler copies an input first when its old value is still needed; either way it is dense. Null for none.
    /// </summary>
    public Func<RuleArgs, int[]>? Mutates { get; init; }

    /// <summary>How the TorchScript writes the only result over an operand of the same type that nothing else reads; null when it cannot.</summary>
    public InPlace? InPlace { get; init; }

    /// <summary>Whether the TorchScript calls operators outside the core library (<c>ops.…</c>), which only code in an archive can.</summary>
    public bool NeedsArchive { get; init; }

    /// <summary>Uses the primitive once: computes it, or records it in the trace that is going on.</summary>
    /// <returns>The only result.</returns>
    public Tensor Bind(params ReadOnlySpan<Tensor> inputs) => BindAll(Attributes.None, inputs)[0];

    /// <inheritdoc cref="Bind(ReadOnlySpan{Tensor})"/>
    public Tensor Bind(Attributes attributes, params ReadOnlySpan<Tensor> inputs) => BindAll(attributes, inputs)[0];

    /// <summary>Uses the primitive once: computes it, or records it in the trace that is going on.</summary>
    /// <returns>All results.</returns>
    /// <exception cref="ArgumentNullException">An input is null.</exception>
    /// <exception cref="NativeOpException">The kernel failed.</exception>
    public Tensor[] BindAll(Attributes attributes, params ReadOnlySpan<Tensor> inputs)
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

        var outputTypes = Abstract(new AbstractArgs(this, attributes, types)).Items;
        foreach (var type in outputTypes)
        {
            // Throws on absurd sizes.
            _ = type.Shape.NumElements;
            DTypes.RequireDefined(Name, type.DType);
        }

        if (trace is { IsSymbolic: true })
        {
            return trace.Record(this, attributes, inputs.ToArray(), outputTypes);
        }

        var arguments = inputs.ToArray();
        var outputs = Compute(attributes, arguments, types, outputTypes);
        trace?.RecordIfTracked(this, attributes, arguments, outputs);
        return outputs;
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>Runs the kernel on concrete inputs.</summary>
    internal Tensor[] Compute(Attributes attributes, Tensor[] inputs, TensorType[] types, TensorType[] outputTypes)
    {
        NativeRuntime.EnsureLoaded();
        StackSpace.Require(Name);
        NativeCalls.Count();
        torch.Tensor[] results;
        using (var args = new EagerArgs(this, attributes, inputs, types))
        using (torch.NewDisposeScope())
        {
            try
            {
                // The scope keeps what a rule makes on the way from the finalizer: TorchSharp does not while a kernel runs.
                results = Eager(args).Items;
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
                throw new NativeOpException($"{Name}({string.Join(", ", types.Select(t => t.ToString()))}) failed in libtorch: {FirstLine(error.Message)}", error);
            }
        }

        // Some of TorchSharp's functions do not look for libtorch's error themselves.
        var reason = ScriptHandle.TakeError() ?? (Array.Exists(results, result => result is null || result.IsInvalid) ? "it gave no result" : null);
        if (reason is not null)
        {
            Array.ForEach(results, result => result?.DecoupleFromNativeHandle());
            throw new NativeOpException($"{Name}({string.Join(", ", types.Select(t => t.ToString()))}) failed in libtorch: {FirstLine(reason)}");
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

/// <summary>The result types of a primitive: one, or several.</summary>
[CollectionBuilder(typeof(TensorTypes), nameof(Create))]
public readonly struct TensorTypes : IEnumerable<TensorType>
{
    private TensorTypes(TensorType[] items) => Items = items;

    internal TensorType[] Items { get; }

    /// <summary>Several results.</summary>
    public static TensorTypes Create(ReadOnlySpan<TensorType> items) => new(items.ToArray());

    /// <summary>One result.</summary>
    public static implicit operator TensorTypes(TensorType type) => new([type]);

    /// <inheritdoc/>
    public IEnumerator<TensorType> GetEnumerator() => ((IEnumerable<TensorType>)Items).GetEnumerator();

    System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => Items.GetEnumerator();
}

/// <summary>The results of a kernel: one, or several.</summary>
[CollectionBuilder(typeof(NativeTensors), nameof(Create))]
public readonly struct NativeTensors : IEnumerable<torch.Tensor>
{
    private NativeTensors(torch.Tensor[] items) => Items = items;

    internal torch.Tensor[] Items { get; }

    /// <summary>Several results.</summary>
    public static NativeTensors Create(ReadOnlySpan<torch.Tensor> items) => new(items.ToArray());

    /// <summary>One result.</summary>
    public static implicit operator NativeTensors(torch.Tensor tensor) => new([tensor]);

    /// <summary>Several results.</summary>
    public static implicit operator NativeTensors(torch.Tensor[] tensors) => new(tensors);

    /// <inheritdoc/>
    public IEnumerator<torch.Tensor> GetEnumerator() => ((IEnumerable<torch.Tensor>)Items).GetEnumerator();

    System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => Items.GetEnumerator();
}
