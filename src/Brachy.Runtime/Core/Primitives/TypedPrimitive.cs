using Brachy.Compilation;

namespace Brachy.Extending;

/// <summary>Works out the result types of a primitive and rejects inputs it cannot take.</summary>
/// <typeparam name="TArgs">
/// <see cref="AbstractArgs{TSettings}"/>, or <see cref="AbstractArgs"/> for a rule that reads no settings.
/// </typeparam>
public delegate TensorTypes AbstractRule<in TArgs>(TArgs x)
    where TArgs : AbstractArgs;

/// <summary>Computes a primitive with a TorchSharp kernel.</summary>
/// <typeparam name="TArgs"><see cref="EagerArgs{TSettings}"/>, or <see cref="EagerArgs"/> for a rule that reads no settings.</typeparam>
public delegate NativeTensors EagerRule<in TArgs>(TArgs x)
    where TArgs : EagerArgs;

/// <summary>Writes a primitive as a TorchScript expression; several results as a tuple.</summary>
/// <typeparam name="TArgs"><see cref="ScriptArgs{TSettings}"/>, or <see cref="ScriptArgs"/> for a rule that reads no settings.</typeparam>
public delegate string ScriptRule<in TArgs>(TArgs x)
    where TArgs : ScriptArgs;

/// <summary>Works out what a use of a primitive costs.</summary>
/// <typeparam name="TArgs"><see cref="CostArgs{TSettings}"/>, or <see cref="CostArgs"/> for a rule that reads no settings.</typeparam>
public delegate Cost CostRule<in TArgs>(TArgs x)
    where TArgs : CostArgs;

/// <summary>
/// One operation, with everything the system must know of it: result types, a kernel, its TorchScript and its gradient.
/// Declared once, next to the public function that uses it.
/// </summary>
/// <param name="name">The name in graphs and messages.</param>
/// <typeparam name="TSettings">The settings of one use; <see cref="NoSettings"/> for none.</typeparam>
public sealed class Primitive<TSettings>(string name) : Primitive(name)
    where TSettings : Settings
{
    /// <summary>The rule for result types.</summary>
    public required AbstractRule<AbstractArgs<TSettings>> Abstract { get; init; }

    /// <summary>The kernel.</summary>
    public required EagerRule<EagerArgs<TSettings>> Eager { get; init; }

    /// <summary>The TorchScript.</summary>
    public required ScriptRule<ScriptArgs<TSettings>> Script { get; init; }

    /// <summary>The gradient.</summary>
    public required Vjp<TSettings> Vjp { get; init; }

    /// <summary>
    /// The derivative in forward mode. By default it is worked out from <see cref="Vjp"/>, by differentiating that with respect to the
    /// gradients of the results: right always, but of more ops than a rule of its own.
    /// </summary>
    public Jvp<TSettings>? Jvp { get; init; }

    /// <summary>How it computes a whole batch at once; null for sample by sample.</summary>
    public Batching<TSettings>? Batching { get; init; }

    /// <summary>What a use costs. By default each input is read and each result written once; a view costs nothing.</summary>
    public CostRule<CostArgs<TSettings>> Cost { get; init; } = x => x.Primitive.IsView ? default : x.Once();

    /// <summary>
    /// Whether results are new memory in row-major order without gaps, whatever the layout of the inputs; null for not known.
    /// </summary>
    public Func<AbstractArgs<TSettings>, bool>? IsDense { get; init; }

    /// <summary>
    /// Inputs that the TorchScript of this primitive overwrites: result i takes the memory of input number <c>Mutates(x)[i]</c>.
    /// The compiler copies an input first when its old value is still needed; either way it is dense. A result with memory of its own has
    /// -1. Null for none.
    /// </summary>
    public Func<AbstractArgs<TSettings>, int[]>? Mutates { get; init; }

    /// <summary>
    /// How the TorchScript writes the only result over an operand of the same type that nothing else reads; null when it cannot.
    /// </summary>
    public InPlace<TSettings>? InPlace { get; init; }

    /// <inheritdoc/>
    internal override Vjp VjpRule => Vjp.Untyped;

    /// <inheritdoc/>
    internal override Batching? BatchingRule => Batching?.Untyped;

    /// <inheritdoc/>
    internal override Jvp? JvpRule => Jvp?.Untyped;

    /// <inheritdoc/>
    internal override bool MutatesInputs => Mutates is not null;

    /// <inheritdoc/>
    internal override IReadOnlyList<int> OperandsForResult => InPlace?.Operands ?? [];

    /// <inheritdoc/>
    internal override bool MayFailInPlace => InPlace?.MayFail == true;

    /// <summary>Uses the primitive once: computes it, or records it in the trace that is going on.</summary>
    /// <returns>The only result.</returns>
    /// <exception cref="ArgumentNullException">An input is null.</exception>
    /// <exception cref="NativeOpException">The kernel failed.</exception>
    public Tensor Bind(TSettings settings, params ReadOnlySpan<Tensor> inputs) => BindUntyped(settings, inputs)[0];

    /// <summary>Uses the primitive once: computes it, or records it in the trace that is going on.</summary>
    /// <returns>All results.</returns>
    /// <exception cref="ArgumentNullException">An input is null.</exception>
    /// <exception cref="NativeOpException">The kernel failed.</exception>
    public Tensor[] BindAll(TSettings settings, params ReadOnlySpan<Tensor> inputs) => BindUntyped(settings, inputs);

    /// <summary>The settings of an equation that uses this primitive.</summary>
    /// <exception cref="ArgumentException">It uses another.</exception>
    public TSettings SettingsOf(Equation equation) => OfThis(equation.Primitive, equation.Settings);

    /// <inheritdoc cref="SettingsOf(Equation)"/>
    internal TSettings SettingsOf(RecordedOp op) => OfThis(op.Primitive, op.Settings);

    /// <inheritdoc/>
    internal override TensorTypes TypesOf(Settings settings, IReadOnlyList<TensorType> types) => Abstract(AbstractArgsOf(settings, types));

    /// <inheritdoc/>
    internal override string WriteScript(Settings settings, ScriptPlace place, int? overwritten = null)
    {
        var args = new ScriptArgs<TSettings>(this, Typed(settings), place);
        return overwritten is { } operand ? InPlace!.Script(args, operand) : args.Write(Script);
    }

    /// <inheritdoc/>
    internal override bool GivesDense(Settings settings, IReadOnlyList<TensorType> types) =>
        IsDense?.Invoke(AbstractArgsOf(settings, types)) == true;

    /// <inheritdoc/>
    internal override Cost CostOf(
        Settings settings, IReadOnlyList<TensorType> types, IReadOnlyList<TensorType> outputs, int? overwritten = null) =>
        Cost(new CostArgs<TSettings>(this, Typed(settings), types, outputs, overwritten));

    /// <inheritdoc/>
    internal override int[] MutatedInputs(Settings settings, IReadOnlyList<TensorType> types) =>
        Mutates?.Invoke(AbstractArgsOf(settings, types)) ?? [];

    /// <inheritdoc/>
    internal override VjpArgs VjpArgsOf(Settings settings, IReadOnlyList<Tensor> inputs, bool[] needed) =>
        new VjpArgs<TSettings>(this, Typed(settings), inputs, needed);

    /// <inheritdoc/>
    internal override BatchArgs BatchArgsOf(
        Settings settings, IReadOnlyList<BatchedTensor> inputs, IReadOnlyList<TensorType> types, IReadOnlyList<TensorType> outputs,
        BatchContext context) =>
        new BatchArgs<TSettings>(this, Typed(settings), inputs, types, outputs, context);

    /// <inheritdoc/>
    internal override JvpArgs JvpArgsOf(RecordedOp op, Tensor?[] tangents, bool[] wanted, bool mayReplace = false) =>
        new JvpArgs<TSettings>(this, Typed(op.Settings), op, tangents, wanted) { MayReplace = mayReplace };

    private protected override EagerArgs EagerArgsOf(Settings settings, Tensor[] inputs, TensorType[] types) =>
        new EagerArgs<TSettings>(this, Typed(settings), inputs, types);

    private protected override NativeTensors RunKernel(EagerArgs x) => Eager((EagerArgs<TSettings>)x);

    private AbstractArgs<TSettings> AbstractArgsOf(Settings settings, IReadOnlyList<TensorType> types) => new(this, Typed(settings), types);

    private TSettings OfThis(Primitive primitive, Settings settings) => primitive == this
        ? Typed(settings)
        : throw new ArgumentException($"These are settings of {primitive.Name}, but {Name} was asked for its own.", nameof(primitive));

    private TSettings Typed(Settings settings) => settings as TSettings
        ?? throw new ArgumentException(
            $"{Name} takes {TypeText.Of(typeof(TSettings))}, but was given {TypeText.OfValue(settings)}.", nameof(settings));
}

/// <summary>Uses of primitives that have no settings.</summary>
public static class SettinglessPrimitives
{
    /// <summary>Uses the primitive once: computes it, or records it in the trace that is going on.</summary>
    /// <returns>The only result.</returns>
    /// <exception cref="ArgumentNullException">An input is null.</exception>
    /// <exception cref="NativeOpException">The kernel failed.</exception>
    public static Tensor Bind(this Primitive<NoSettings> primitive, params ReadOnlySpan<Tensor> inputs) =>
        primitive.BindUntyped(Settings.None, inputs)[0];

    /// <inheritdoc cref="Bind"/>
    /// <returns>All results.</returns>
    public static Tensor[] BindAll(this Primitive<NoSettings> primitive, params ReadOnlySpan<Tensor> inputs) =>
        primitive.BindUntyped(Settings.None, inputs);
}
