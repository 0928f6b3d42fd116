using Brachy.NN;

namespace Brachy.Tests.Modules;

/// <summary>A layer with a param, a buffer that counts calls, a static and a config value.</summary>
[Module]
public partial class Scaler
{
    [Param]
    public partial Tensor Scale { get; set; }

    [Buffer]
    public partial Tensor Calls { get; set; }

    [Static]
    public partial int Times { get; set; }

    [Config("train_mode", Default = true)]
    public partial bool TrainMode { get; }

    public Scaler(double scale, int times = 1)
    {
        Scale = F.full([], scale);
        Calls = F.zeros([], DType.Int64);
        Times = times;
    }

    public Tensor Forward(Tensor x)
    {
        Calls = Calls + 1;
        for (var i = 0; i < Times; i++)
        {
            x = x * Scale;
        }

        return TrainMode ? x : -x;
    }
}

/// <summary>Two layers, one of any type, and two inputs.</summary>
[Module]
public partial class Pair
{
    public partial Scaler First { get; set; }

    public partial Module<Tensor, Tensor> Second { get; set; }

    [Config("mode", Default = "sum")]
    public partial string Mode { get; }

    public Pair(Module<Tensor, Tensor> second)
    {
        First = new Scaler(2);
        Second = second;
    }

    public (Tensor Sum, Tensor Both) Forward(Tensor x, Tensor y)
    {
        var a = First.Call(x);
        var b = Second.Call(y);
        return (a + b, a * b);
    }
}

/// <summary>A classifier with dropout, for training tests.</summary>
[Module]
public partial class SmallNet
{
    public partial Sequential Layers { get; set; }

    public SmallNet(int inputs, int hidden, int classes, double dropout = 0)
    {
        Layers = new Sequential(new Linear(inputs, hidden), new ReLU(), new Dropout(dropout), new Linear(hidden, classes));
    }

    public Tensor Forward(Tensor x) => Layers.Call(x);
}
