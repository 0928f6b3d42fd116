using Brachy.NN;

namespace Brachy.Tests.Modules;

/// <summary>State that layers of any signature share: a param, a buffer, a static and a setting.</summary>
[Module]
public abstract partial class SharedState
{
    [Param]
    public partial Tensor Scale { get; set; }

    [Buffer]
    public partial Tensor Calls { get; set; }

    [Static]
    public partial int Times { get; set; }

    [Config("train_mode", Default = true)]
    public partial bool TrainMode { get; }

    protected SharedState(double scale, int times = 1)
    {
        Scale = F.full([], scale);
        Calls = F.zeros([], DType.Int64);
        Times = times;
    }

    protected Tensor Scaled(Tensor x)
    {
        Calls = Calls + 1;
        for (var i = 0; i < Times; i++)
        {
            x = x * Scale;
        }

        return TrainMode ? x : -x;
    }
}

[Module]
public partial class Affine : SharedState
{
    [Param]
    public partial Tensor Offset { get; set; }

    [Config("mode", Default = "plus")]
    public partial string Mode { get; }

    public Affine(double scale, double offset, int times = 1)
        : base(scale, times) => Offset = F.full([], offset);

    public virtual Tensor Forward(Tensor x) => Mode == "plus" ? Scaled(x) + Offset : Scaled(x) - Offset;
}

/// <summary>Another signature with the same state.</summary>
[Module]
public partial class ScaledSum : SharedState
{
    public ScaledSum()
        : base(2)
    {
    }

    public Tensor Forward(Tensor x, Tensor y) => Scaled(x + y);
}

/// <summary>A module whose base can be constructed too, with another default and one more param.</summary>
[Module]
public partial class Cubic : Affine
{
    [Param]
    public partial Tensor Cube { get; set; }

    public partial Linear Inner { get; set; }

    [Config("train_mode", Default = false)]
    public partial bool Trains { get; }

    public Cubic()
        : base(2, 1)
    {
        Cube = F.full([], 0.5);
        Inner = new Linear(2, 2);
    }

    public override Tensor Forward(Tensor x) => base.Forward(Inner.Call(x)) + (F.pow(x, 3) * Cube);
}

/// <summary>A module of the library as the base of one of this project.</summary>
[Module]
public partial class GainedLinear : Linear
{
    [Param]
    public partial Tensor Gain { get; set; }

    public GainedLinear(long inFeatures, long outFeatures)
        : base(inFeatures, outFeatures) => Gain = F.full([outFeatures], 3.0);

    public new Tensor Forward(Tensor x) => base.Forward(x) * Gain;
}

/// <summary>Two results of a type that derived classes choose.</summary>
[Module]
public abstract partial class Doubling<T>
{
    [Static]
    public partial T Label { get; set; }

    [Buffer]
    private partial RngKey Key { get; set; }

    protected Doubling(T label) => (Label, Key) = (label, Rng.Seed(3));

    public (Tensor First, Tensor Second) Forward(Tensor x) => (Once(x), Once(Once(x)));

    protected abstract Tensor Once(Tensor x);
}

[Module]
public sealed partial class Increment : Doubling<DayOfWeek>
{
    public Increment()
        : base(DayOfWeek.Friday)
    {
    }

    protected override Tensor Once(Tensor x) => x + (int)Label;
}
