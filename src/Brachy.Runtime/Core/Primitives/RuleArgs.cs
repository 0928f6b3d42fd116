using System.Globalization;
using System.Runtime.CompilerServices;
using TorchSharp;

namespace Brachy;

/// <summary>What every rule of a primitive can see: which primitive, its settings and the types of its inputs.</summary>
public abstract class RuleArgs
{
    private protected RuleArgs(Primitive primitive, Attributes attributes, IReadOnlyList<TensorType> types)
    {
        Primitive = primitive;
        Attributes = attributes;
        Types = types;
    }

    /// <summary>The primitive that is used.</summary>
    public Primitive Primitive { get; }

    /// <summary>Its settings.</summary>
    public Attributes Attributes { get; }

    /// <summary>The types of its inputs.</summary>
    public IReadOnlyList<TensorType> Types { get; }

    /// <summary>The number of inputs.</summary>
    public int Count => Types.Count;

    /// <summary>Whether an input is a plain number.</summary>
    public bool IsNumber(int index) => Types[index].IsNumber;

    /// <summary>An integer setting.</summary>
    public long Int(string name) => (long)Attributes[name]!;

    /// <summary>A setting that is a list of integers.</summary>
    public long[] Ints(string name) => (long[])Attributes[name]!;

    /// <summary>A setting that is on or off.</summary>
    public bool Flag(string name) => (bool)Attributes[name]!;

    /// <summary>A setting that is a real number.</summary>
    public double Real(string name) => (double)Attributes[name]!;

    /// <summary>A setting that is an element type.</summary>
    public DType DType(string name) => (DType)Attributes[name]!;

    /// <summary>A setting that is a plain number.</summary>
    public Scalar Scalar(string name) => (Scalar)Attributes[name]!;
}

/// <summary>Input of the rule that works out result types; throws on what the primitive cannot take.</summary>
public sealed class AbstractArgs : RuleArgs
{
    internal AbstractArgs(Primitive primitive, Attributes attributes, IReadOnlyList<TensorType> types)
        : base(primitive, attributes, types)
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
                    throw new DeviceException($"{Primitive.Name}: inputs lie on {chosen.Device} ({chosen}) and {type.Device} ({type}); move one with x.to(device).");
                }

                chosen = type;
            }

            return chosen?.Device ?? Device.CPU;
        }
    }
}

/// <summary>Input of the rule that calls a TorchSharp kernel.</summary>
public sealed class EagerArgs : RuleArgs, IDisposable
{
    private readonly Tensor[] _inputs;
    private readonly Buffer?[] _buffers;
    private List<torch.Tensor>? _temporaries;

    internal EagerArgs(Primitive primitive, Attributes attributes, Tensor[] inputs, IReadOnlyList<TensorType> types)
        : base(primitive, attributes, types)
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
public sealed class ScriptArgs : RuleArgs
{
    private readonly string[] _inputs;
    private readonly Scalar?[] _numbers;
    private readonly bool[] _dense;
    private readonly Action<string> _addStatement;
    private readonly Func<string> _newName;

    internal ScriptArgs(
        Primitive primitive, Attributes attributes, IReadOnlyList<TensorType> types, IReadOnlyList<TensorType> outputs,
        string[] inputs, Scalar?[] numbers, bool[] dense, Action<string> addStatement, Func<string> newName)
        : base(primitive, attributes, types)
    {
        _dense = dense;
        Outputs = outputs;
        _inputs = inputs;
        _numbers = numbers;
        _addStatement = addStatement;
        _newName = newName;
    }

    /// <summary>The types of the results.</summary>
    public IReadOnlyList<TensorType> Outputs { get; }

    /// <summary>The name of an input. A plain number is written as a 0-dim tensor of the promoted element type.</summary>
    public string this[int index] => _numbers[index] is { } number
        ? $"torch.scalar_tensor({Script.Number(number)}, dtype={(int)Promotion.ResultType(Types)})"
        : _inputs[index];

    /// <summary>An input that is a plain number, as written in TorchScript.</summary>
    public string Number(int index) => Script.Number(_numbers[index]!.Value);

    /// <summary>An input laid out in row-major order without gaps, for kernels that ignore strides.</summary>
    public string Dense(int index) => _dense[index] ? this[index] : Let($"{this[index]}.contiguous()");

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
    public void Statement(string text) => _addStatement(text);

    /// <summary>Names the value of an expression.</summary>
    /// <returns>A fresh local variable that holds it.</returns>
    public string Let(string expression)
    {
        var name = _newName();
        _addStatement($"{name} = {expression}");
        return name;
    }
}

/// <summary>Input of the rule that writes the vector-Jacobian product, in Brachy ops.</summary>
public sealed class VjpArgs : RuleArgs
{
    private readonly IReadOnlyList<Tensor> _inputs;
    private readonly bool[] _needed;

    internal VjpArgs(Primitive primitive, Attributes attributes, IReadOnlyList<Tensor> inputs, bool[] needed)
        : base(primitive, attributes, inputs.Select(t => t.Type).ToArray())
    {
        _inputs = inputs;
        _needed = needed;
    }

    /// <summary>An input.</summary>
    public Tensor this[int index] => _inputs[index];

    /// <summary>All inputs.</summary>
    public IReadOnlyList<Tensor> Inputs => _inputs;

    /// <summary>Whether the gradient of an input is wanted; a rule may return null for the others.</summary>
    public bool Needs(int index) => _needed[index];

    /// <summary>The same use of the primitive on other inputs.</summary>
    internal VjpArgs WithInputs(IReadOnlyList<Tensor> inputs) => new(Primitive, Attributes, inputs, _needed);

    /// <summary>Computes the gradient of an input only when it is wanted.</summary>
    public Tensor? If(int index, Func<Tensor> gradient) => _needed[index] ? gradient() : null;
}
