using Brachy.Native;

namespace Brachy.Tests.Native;

public class SymbolVersionEditRobustnessTests
{
    [Fact]
    public void EveryTruncationOfALibraryIsRefused()
    {
        var image = new TinyLibrary().Build();
        for (var length = 0; length < image.Length; length++)
        {
            Assert.False(TryApply(image[..length]));
        }
    }

    [Fact]
    public void RandomDamageGivesAnEditOrARefusal()
    {
        var random = new Random(20240);
        var edits = 0;
        for (var round = 0; round < 20_000; round++)
        {
            var image = new TinyLibrary().Build();
            for (var flips = random.Next(1, 6); flips > 0; flips--)
            {
                image[random.Next(image.Length)] ^= (byte)(1 << random.Next(8));
            }

            edits += TryApply(image[..Math.Min(image.Length, random.Next(image.Length * 4))]) ? 1 : 0;
        }

        // Neither outcome is rare, or the damage would not reach what it should.
        Assert.InRange(edits, 1_000, 15_000);
    }

    [Fact]
    public void ExtremeNumbersGiveAnEditOrARefusal()
    {
        byte[][] values = [[0xff, 0xff, 0xff, 0xff], [0xff, 0xff, 0xff, 0x7f], [0, 0, 0, 0x80], [1, 0, 0, 0], [0, 0, 0, 0]];
        var length = new TinyLibrary().Build().Length;
        for (var at = 0; at <= length - 4; at++)
        {
            foreach (var value in values)
            {
                var image = new TinyLibrary().Build();
                value.CopyTo(image, at);
                TryApply(image);
            }
        }
    }

    [LinuxX64Fact]
    public void RandomDamageToTheRealLibraryGivesAnEditOrARefusal()
    {
        var random = new Random(4711);
        var pristine = RealLibrary.Read();
        var image = pristine.ToArray();
        for (var round = 0; round < 300; round++)
        {
            Assert.False(TryApply(image.AsSpan(0, random.Next(image.Length))));

            // The header, the tables of symbols, names and versions, or the section headers.
            var at = random.Next(3) switch
            {
                0 => random.Next(64),
                1 => random.Next(0x3000, 0x40000),
                _ => random.Next(image.Length - (32 * 64), image.Length),
            };
            image[at] ^= (byte)(1 << random.Next(8));
            if (TryApply(image))
            {
                pristine.CopyTo(image, 0);
            }

            image[at] = pristine[at];
        }

        // A refusal writes nothing.
        Assert.True(image.AsSpan().SequenceEqual(pristine));
    }

    private static bool TryApply(Span<byte> image)
    {
        try
        {
            return SymbolVersionEdit.Apply(image, "lib.so");
        }
        catch (NativeLibraryException refusal)
        {
            Assert.StartsWith("lib.so ", refusal.Message);
            return false;
        }
    }
}
