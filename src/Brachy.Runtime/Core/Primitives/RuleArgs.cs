using System.Globalization;
using System.Runtime.CompilerServices;
using TorchSharp;

namespace Brachy.Extending;

/// <summary>What every rule of a primitive can see: which primitive, its settings and the types of its inputs.</summary>
public abstract class RuleArgs
{
    private protected RuleArgs(Primitive primitive, Settings settings, IReadOnlyList<TensorType> types)
    {
        Primitive = primitive;
        Settings = settings;
        Types = types;
    }

    /// <summary>The primitive that is used.</summary>
    public Primitive Primitive { get; }

    /// <summary>Its settings.</summary>
    public Settings Settings { get; }

    /// <summary>The types of its inputs.</summary>
    public IReadOnlyList<TensorType> Types { get; }

    /// <summary>The number of inputs.</summary>
    public int Count => Types.Count;

    /// <summary>Whether an input is a plain number.</summary>
    public bool IsNumber(int index) => Types[index].IsNumber;
}

/// <summary>Input of the rule that works out result types; throws on what the primitive cannot take.</summary>
public abstract class AbstractArgs : RuleArgs
{
    private protected AbstractArgs(Primitive primitive, Settings settings, IReadOnlyList<TensorType> types)
        : base(primitive, settings, types)
    {
    }

    /// <summary>The type of an input.</summary>
    public TensorType this[int index] => Types[index];

    /// <summary>The device that all inputs share; numbers and single values on the CPU go with any.</summary>
    /// <exception cref="DeviceException">Two inputs lie on different devices.</exception>
    public Device Device
    {
        get
        {
            TensorType? chosen = null;
            foreach (var type in Types)
            {
                if (type.IsNumber || (type.Rank == 0 && type.Device == Device.CPU))
                {
                    continue;
                }

                if (chosen is not null && chosen.Device != type.Device)
                {
                    throw new DeviceException($"{Primitive.Name}: inputs lie on {chosen.Device} ({chosen}) and {type.Device} ({type}); "
                        + "move one with x.to(device).");
                }

                chosen = type;
            }

            return chosen?.Device ?? Device.CPU;
        }
    }
}

/// <summary>Input of the rule that works out what a use costs.</summary>
public abstract class CostArgs : RuleArgs
{
    private protected CostArgs(
        Primitive primitive, Settings settings, IReadOnlyList<TensorType> types, IReadOnlyList<TensorType> outputs, int? overwritten)
        : base(primitive, settings, types)
    {
        Outputs = outputs;
        Overwritten = overwritten;
    }

    /// <summary>The type of an input.</summary>
    public TensorType this[int index] => Types[index];

    /// <summary>The types of the results.</summary>
    public IReadOnlyList<TensorType> Outputs { get; }

    /// <summary>The input whose memory the only result takes, if there is one: what stays as it is there need not be written.</summary>
    public int? Overwritten { get; }

    /// <summary>The cost of reading each input and writing each result once.</summary>
    /// <param name="multiplyAdds">The products that are added to sums.</param>
    public Cost Once(double multiplyAdds = 0) => Cost.OfTraffic(Types.Concat(Outputs)) with { MultiplyAdds = multiplyAdds };
}

/// <summary>Input of the rule that calls a TorchSharp kernel.</summary>
public abstract class EagerArgs : RuleArgs, IDisposable
{
    private readonly Tensor[] _inputs;
    private readonly Buffer?[] _buffers;
    private List<torch.Tensor>? _temporaries;

    private protected EagerArgs(Primitive primitive, Settings settings, Tensor[] inputs, IReadOnlyList<TensorType> types)
        : base(primitive, settings, types)
    {
        _inputs = inputs;
        _buffers = new Buffer?[inputs.Length];
        try
        {
            for (var i = 0; i < inputs.Length; i++)
            {
                _buffers[i] = inputs[i].Number is null ? inputs[i].BeginUse() : null;
            }
        }
        catch
        {
            EndUses();
            throw;
        }
    }

    /// <summary>An input. A plain number becomes a 0-dim tensor of the promoted element type.</summary>
    public torch.Tensor this[int index]
    {
        get
        {
            if (_buffers[index] is { } buffer)
            {
                return buffer.AsTorch();
            }

            return Temporary(_inputs[index].Number!.Value.ToTorch(Promotion.ResultType(Types)));
        }
    }

    /// <summary>An input that is a plain number.</summary>
    public TorchSharp.Scalar Number(int index) => _inputs[index].Number!.Value.ToTorch();

    /// <summary>Frees an intermediate result of the rule when the rule has ended.</summary>
    /// <returns>The same tensor.</returns>
    public torch.Tensor Temporary(torch.Tensor tensor)
    {
        (_temporaries ??= []).Add(tensor);
        return tensor;
    }

    /// <summary>Several inputs, from one position on.</summary>
    public torch.Tensor[] Range(int start, int count)
    {
        var result = new torch.Tensor[count];
        for (var i = 0; i < count; i++)
        {
            result[i] = this[start + i];
        }

        return result;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _temporaries?.ForEach(t => t.Dispose());
        EndUses();
    }

    /// <summary>Notes that a result may lie in the memory of an input.</summary>
    internal void Share(int index)
    {
        if (index < _buffers.Length && _buffers[index] is { } buffer)
        {
            buffer.IsShared = true;
        }
    }

    private void EndUses()
    {
        for (var i = 0; i < _buffers.Length; i++)
        {
            _buffers[i]?.EndUse();
            _buffers[i] = null;
        }
    }
}

/// <summary>Input of the rule that writes TorchScript.</summary>
public abstract class ScriptArgs : RuleArgs
{
    private readonly ScriptPlace _place;
    private bool _readsInto;

    private protected ScriptArgs(Primitive primitive, Settings settings, ScriptPlace place)
        : base(primitive, settings, place.Types) => _place = place;

    /// <summary>The types of the results.</summary>
    public IReadOnlyList<TensorType> Outputs => _place.Outputs;

    /// <summary>
    /// The last argument of a kernel that can write into a tensor that is there, with the comma before it: a rule puts it in front of the
    /// closing bracket. Empty unless <see cref="InPlace.Into"/> has chosen an operand.
    /// </summary>
    public string Into
    {
        get
        {
            _readsInto = true;
            return _place.Into;
        }
    }

    /// <summary>The name of an input. A plain number is written as a 0-dim tensor of the promoted element type.</summary>
    public string this[int index] => _place.Numbers[index] is { } number
        ? $"torch.scalar_tensor({Script.Number(number)}, dtype={(int)Promotion.ResultType(Types)})"
        : _place.Inputs[index];

    /// <summary>An input that is a plain number, as written in TorchScript.</summary>
    public string Number(int index) => Script.Number(_place.Numbers[index]!.Value);

    /// <summary>An input laid out in row-major order without gaps, for kernels that ignore strides.</summary>
    public string Dense(int index) => _place.IsDense[index] ? this[index] : Let($"{this[index]}.contiguous()");

    /// <summary>Several inputs as a TorchScript list.</summary>
    public string List(int start, int count)
    {
        var names = new string[count];
        for (var i = 0; i < count; i++)
        {
            names[i] = this[start + i];
        }

        return $"[{string.Join(", ", names)}]";
    }

    /// <summary>Writes a statement before the rule's expression.</summary>
    public void Statement(string text) => _place.AddStatement(text);

    /// <summary>Names the value of an expression.</summary>
    /// <returns>A fresh local variable that holds it.</returns>
    public string Let(string expression)
    {
        var name = _place.NewName();
        _place.AddStatement($"{name} = {expression}");
        return name;
    }

    /// <summary>A fresh name for a local variable.</summary>
    internal string NewName() => _place.NewName();

    /// <summary>Writes statements that belong to another, such as <c>for i in range(3)</c>.</summary>
    /// <param name="head">The statement, without its colon.</param>
    /// <param name="write">Writes them.</param>
    internal void Block(string head, Action write) => _place.Block(head, write);

    /// <summary>Writes the statements of a graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="inputs">The names of its inputs.</param>
    /// <param name="overwritten">The positions of the inputs whose memory it may take.</param>
    /// <param name="living">How many of the results live on; the others, behind them, are copied at once.</param>
    /// <returns>The names of the results, and for those that live on whether each has memory that no other of them shares.</returns>
    internal (IReadOnlyList<string> Names, IReadOnlyList<bool> Own) Body(
        Compilation.Graph graph, IReadOnlyList<string> inputs, IReadOnlyList<long> overwritten, int living) =>
        _place.Body(graph, inputs, overwritten, living);

    /// <summary>The expression that is not in place.</summary>
    internal string Usual() => Primitive.WriteScript(Settings, _place);

    /// <summary>The expression with an operand as the tensor for the result.</summary>
    internal string WrittenInto(string keyword, int operand) =>
        Primitive.WriteScript(Settings, _place with { Into = $", {keyword}={this[operand]}" });

    /// <summary>Throws if the rule was to write into a tensor, and has not asked for it.</summary>
    private protected void RequireInto()
    {
        if (_place.Into.Length > 0 && !_readsInto)
        {
            throw new InvalidOperationException($"{Primitive.Name}: its script must put x.{nameof(Into)} in front of the closing bracket, "
                + "since it can be written in place.");
        }
    }
}

/// <summary>Input of the rule that writes the vector-Jacobian product, in Brachy ops.</summary>
public abstract class VjpArgs : RuleArgs
{
    private readonly IReadOnlyList<Tensor> _inputs;

    private protected VjpArgs(Primitive primitive, Settings settings, IReadOnlyList<Tensor> inputs, bool[] needed)
        : base(primitive, settings, inputs.Select(t => t.Type).ToArray())
    {
        _inputs = inputs;
        Needed = needed;
    }

    /// <summary>For each input whether its gradient is wanted.</summary>
    private protected bool[] Needed { get; }

    /// <summary>An input.</summary>
    public Tensor this[int index] => _inputs[index];

    /// <summary>All inputs.</summary>
    public IReadOnlyList<Tensor> Inputs => _inputs;

    /// <summary>Whether the gradient of an input is wanted; a rule may return null for the others.</summary>
    public bool Needs(int index) => Needed[index];

    /// <summary>The same use of the primitive on other inputs.</summary>
    internal abstract VjpArgs WithInputs(IReadOnlyList<Tensor> inputs);

    /// <summary>Computes the gradient of an input only when it is wanted.</summary>
    public Tensor? If(int index, Func<Tensor> gradient) => Needed[index] ? gradient() : null;
}

/// <summary>
/// Where the TorchScript of one use of a primitive stands: the names of its operands, and how to write statements before it.
/// </summary>
/// <param name="Types">The types of the operands.</param>
/// <param name="Outputs">The types of the results.</param>
/// <param name="Inputs">The names of the operands.</param>
/// <param name="Numbers">The operands that are plain numbers.</param>
/// <param name="IsDense">Which operands are laid out in row-major order without gaps.</param>
/// <param name="AddStatement">Writes a statement.</param>
/// <param name="NewName">Makes the name of a local variable.</param>
internal sealed record ScriptPlace(
    IReadOnlyList<TensorType> Types, IReadOnlyList<TensorType> Outputs, string[] Inputs, Scalar?[] Numbers, bool[] IsDense,
    Action<string> AddStatement, Func<string> NewName)
{
    /// <summary>Writes a statement and others that belong to it.</summary>
    public Action<string, Action> Block { get; init; } = (head, _) => throw new NotSupportedException(head);

    /// <summary>Writes the statements of a graph.</summary>
    public BodyScript Body { get; init; } = (graph, _, _, _) => throw new NotSupportedException(graph.ToString());

    /// <summary>The argument that names the tensor to write into, with the comma before it; empty for none.</summary>
    public string Into { get; init; } = "";
}

/// <summary>Writes the statements of a graph.</summary>
/// <param name="graph">The graph.</param>
/// <param name="inputs">The names of its inputs.</param>
/// <param name="overwritten">The positions of the inputs whose memory it may take.</param>
/// <param name="living">How many of the results live on; the others, behind them, are copied at once.</param>
/// <returns>The names of the results, and for those that live on whether each has memory that no other of them shares.</returns>
internal delegate (IReadOnlyList<string> Names, IReadOnlyList<bool> Own) BodyScript(
    Compilation.Graph graph, IReadOnlyList<string> inputs, IReadOnlyList<long> overwritten, int living);
