namespace Brachy.Tests.Transforms.Control;

/// <summary>The switch of checks is one for the process: no test of checks may run beside these.</summary>
[CollectionDefinition(nameof(ChecksSwitchTests), DisableParallelization = true)]
public class ChecksSwitchCollection;

/// <summary>Turning checks off, before and after what has them is compiled.</summary>
[Collection(nameof(ChecksSwitchTests))]
[Trait("Category", "Quick")]
public class ChecksSwitchTests
{
    private static readonly Tensor s_bad = F.tensor(new[] { 1.0, -1.0 });

    private static Tensor Checked(Tensor x)
    {
        Checks.Require(x > 0, "x must be positive");
        return x * 2;
    }

    [Fact]
    public void ChecksThrowOnlyWhileTheyAreOn()
    {
        var compiledBefore = Jit.Compile<Tensor, Tensor>(Checked);
        Assert.Throws<CheckFailedException>(() => compiledBefore.Invoke(s_bad));
        var compiledWithout = Jit.Compile<Tensor, Tensor>(Checked);
        Func<Tensor, Tensor>[] all = [Checked, compiledBefore.Invoke, compiledWithout.Invoke];
        Checks.IsEnabled = false;
        try
        {
            Assert.All(all, run => ScanTests.AssertClose(s_bad * 2, run(s_bad)));
        }
        finally
        {
            Checks.IsEnabled = true;
        }

        Assert.Throws<CheckFailedException>(() => Checked(s_bad));
        Assert.Throws<CheckFailedException>(() => compiledBefore.Invoke(s_bad));
        ScanTests.AssertClose(s_bad * 2, compiledWithout.Invoke(s_bad));
    }
}
