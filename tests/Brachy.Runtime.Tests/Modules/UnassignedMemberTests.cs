using Brachy.NN;

namespace Brachy.Tests.Modules;

/// <summary>A module whose members may all be left out.</summary>
[Module]
public partial class Sparse
{
    [Param]
    public partial Tensor? Weight { get; set; }

    [Buffer]
    public partial RngKey? Key { get; set; }

    [Static]
    public partial string? Name { get; set; }

    [Static]
    public partial int? Size { get; set; }

    public partial Linear? Layer { get; set; }

    public Tensor Forward(Tensor x) => x + (Size ?? 1);
}

/// <summary>What was never assigned: a nullable member is null, and stays out of the tree.</summary>
public class UnassignedMemberTests
{
    [Fact]
    public void ANullableMemberThatWasNeverAssignedIsNull()
    {
        var module = new Sparse();
        Assert.Null(module.Weight);
        Assert.Null(module.Key);
        Assert.Null(module.Name);
        Assert.Null(module.Size);
        Assert.Null(module.Layer);
        Assert.Empty(module.Tree.Aux);
        Assert.Equal(3.0, (double)Sparse.JitApply(module.Tree, module.Config, 2.0).Output);

        (module.Name, module.Size) = ("a", 4);
        Assert.Equal(("a", (int?)4), (Sparse.Bind(module.Tree, module.Config).Name, module.Size));
        Assert.Equal(6.0, (double)Sparse.JitApply(module.Tree, module.Config, 2.0).Output);

        (module.Name, module.Size) = (null, null);
        Assert.Null(module.Name);
        Assert.Null(module.Size);
    }
}
