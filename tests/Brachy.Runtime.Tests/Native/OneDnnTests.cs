using Brachy.Native;

namespace Brachy.Tests.Native;

/// <summary>When oneDNN is used: by the user's choice, by the processor, and by known convolutions.</summary>
public class OneDnnTests
{
    private static readonly DescribedProcessor s_open = DescribedProcessor.Amd(32, 1024, 32768, 16);
    private static readonly DescribedProcessor s_hidden = new DescribedProcessor("AuthenticAMD", 0x10).WithTopology(1, 2);

    public static TheoryData<string?, bool, bool, bool> Choices => new()
    {
        // The choice, whether the processor hides its caches, whether oneDNN convolves wrongly, and whether it is used then.
        { null, false, false, true },
        { "", false, false, true },
        { null, true, true, false },
        { null, false, true, false },
        { "0", false, false, false },
        { "false", true, false, false },
        { "1", true, true, true },
        { "1", false, true, true },
        { "true", true, false, true },
    };

    [Theory]
    [MemberData(nameof(Choices))]
    public void ItIsUsedByChoiceByProcessorAndByTrial(string? choice, bool hides, bool isWrong, bool isUsed)
    {
        var machine = new Machine { IsWrongWithOneDnn = isWrong };
        var oneDnn = machine.OneDnn(choice, (hides ? s_hidden : s_open).Read);
        oneDnn.Configure();

        Assert.Equal(isUsed, oneDnn.IsUsable(machine.FindFault));
        Assert.Equal((isUsed, isUsed), (oneDnn.IsOn, machine.IsOn));

        // Each thing that is not as usual is said once.
        oneDnn.IsUsable(machine.FindFault);
        Assert.Equal(string.IsNullOrEmpty(choice) && isUsed || (choice is "1" && !hides) ? 0 : 1, machine.Log.Count);
    }

    [Fact]
    public void MessagesNameTheCause()
    {
        Assert.StartsWith("off, because this processor (AuthenticAMD) hides its caches", Said(null, s_hidden, false));
        Assert.StartsWith("on, because BRACHY_ONEDNN=1, although this processor", Said("1", s_hidden, true));
        Assert.Equal("off, because BRACHY_ONEDNN=0", Said("0", s_open, false));
        Assert.StartsWith(
            "off, because a known convolution came out wrong with it (element 3 is 5 instead of 4)", Said(null, s_open, true));
        Assert.StartsWith("BRACHY_ONEDNN must be 0 or 1, but is 'off'", Said("off", s_open, false));

        static string Said(string? choice, DescribedProcessor processor, bool isWrong)
        {
            var machine = new Machine { IsWrongWithOneDnn = isWrong };
            var oneDnn = machine.OneDnn(choice, processor.Read);
            oneDnn.Configure();
            oneDnn.IsUsable(machine.FindFault);
            return Assert.Single(machine.Log);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ConvolutionsThatAreWrongWithoutItTooAreRefusedEveryTime(bool hides)
    {
        var machine = new Machine { IsWrongWithOneDnn = true, IsWrongWithout = true };
        var oneDnn = machine.OneDnn(null, (hides ? s_hidden : s_open).Read);
        oneDnn.Configure();

        for (var i = 0; i < 2; i++)
        {
            var error = Assert.Throws<NativeOpException>(() => oneDnn.IsUsable(machine.FindFault));
            Assert.Contains("wrong convolutions on this machine, with oneDNN and without: element 3 is 5 instead of 4", error.Message);
        }
    }

    [Fact]
    public void WithoutASwitchWrongConvolutionsAreRefusedAndRightOnesAreNot()
    {
        var broken = new Machine { HasSwitch = false, IsWrongWithOneDnn = true };
        var wrong = broken.OneDnn(null, s_hidden.Read);
        wrong.Configure();
        Assert.True(wrong.IsOn);
        Assert.Throws<NativeOpException>(() => wrong.IsUsable(broken.FindFault));

        var sound = new Machine { HasSwitch = false };
        var right = sound.OneDnn("0", s_open.Read);
        right.Configure();
        Assert.True(right.IsUsable(sound.FindFault));
    }

    [Fact]
    public void AProcessorWithoutCPUIDIsTrustedUntilAConvolutionIsWrong()
    {
        var machine = new Machine { IsWrongWithOneDnn = true };
        var oneDnn = machine.OneDnn(null, null);
        oneDnn.Configure();
        Assert.True(oneDnn.IsOn);
        Assert.False(oneDnn.IsUsable(machine.FindFault));
    }

    [Fact]
    public void ThreadsThatAskAtOnceWaitForOneTrial()
    {
        var machine = new Machine { IsWrongWithOneDnn = true, Delay = 50 };
        var oneDnn = machine.OneDnn(null, s_open.Read);
        oneDnn.Configure();
        var answers = new bool[8];
        var threads = Enumerable.Range(0, answers.Length).Select(i => new Thread(() => answers[i] = oneDnn.IsUsable(machine.FindFault)))
            .ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());

        Assert.All(answers, Assert.False);

        // Once with oneDNN, once without.
        Assert.Equal(2, machine.Trials);
    }

    /// <summary>A libtorch whose convolutions are wrong when a test says so.</summary>
    private sealed class Machine
    {
        public bool IsWrongWithOneDnn { get; init; }

        public bool IsWrongWithout { get; init; }

        public bool HasSwitch { get; init; } = true;

        public int Delay { get; init; }

        public bool IsOn { get; private set; } = true;

        public int Trials { get; private set; }

        public List<string> Log { get; } = [];

        public OneDnn OneDnn(string? choice, CpuIdReader? cpuid) => new(choice, cpuid, Turn, Log.Add);

        private bool Turn(bool isOn)
        {
            IsOn = HasSwitch ? isOn : IsOn;
            return HasSwitch;
        }

        public string? FindFault()
        {
            Thread.Sleep(Delay);
            Trials++;
            return (IsOn ? IsWrongWithOneDnn : IsWrongWithout) ? "element 3 is 5 instead of 4" : null;
        }
    }
}
