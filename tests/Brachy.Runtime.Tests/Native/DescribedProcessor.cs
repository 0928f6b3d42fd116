using System.Buffers.Binary;
using System.Text;
using Brachy.Native;

namespace Brachy.Tests.Native;

/// <summary>A processor that a test describes leaf by leaf; all other leaves are zero.</summary>
internal sealed class DescribedProcessor
{
    private readonly Dictionary<(uint Leaf, uint Part), CpuIdRegisters> _leaves = [];

    public DescribedProcessor(string vendor, uint largestLeaf)
    {
        var letters = Encoding.ASCII.GetBytes(vendor.PadRight(12));
        uint Letters(int at) => BinaryPrimitives.ReadUInt32LittleEndian(letters.AsSpan(at));
        _leaves[(0, 0)] = new(largestLeaf, Letters(0), Letters(8), Letters(4));
    }

    public DescribedProcessor With(uint leaf, uint part, uint eax, uint ebx, uint ecx, uint edx = 0)
    {
        _leaves[(leaf, part)] = new(eax, ebx, ecx, edx);
        return this;
    }

    /// <summary>A cache in the layout of leaves 4 and 0x8000001D.</summary>
    public DescribedProcessor WithCache(uint leaf, uint part, uint type, uint level, uint kilobytes, uint ways, uint sharing)
    {
        var sets = kilobytes * 1024 / (ways * 64);
        return With(leaf, part, ((sharing - 1) << 14) | (level << 5) | type, ((ways - 1) << 22) | 63, sets - 1);
    }

    /// <summary>Leaf 0xB: threads of a core and of the package.</summary>
    public DescribedProcessor WithTopology(uint ofCore, uint ofPackage) =>
        With(0xB, 0, 0, ofCore, 1 << 8).With(0xB, 1, 4, ofPackage, (2 << 8) | 1);

    public CpuIdRegisters Read(uint leaf, uint part) => _leaves.GetValueOrDefault((leaf, part));

    /// <summary>An AMD processor with the three levels of its cores.</summary>
    public static DescribedProcessor Amd(
        uint level1, uint level2, uint level3, uint threadsOfLevel3, uint ofCore = 2, uint ofPackage = 16) =>
        new DescribedProcessor("AuthenticAMD", 0x10).WithTopology(ofCore, ofPackage)
            .WithCache(0x8000001D, 0, 1, 1, level1, 8, ofCore).WithCache(0x8000001D, 1, 2, 1, 32, 8, ofCore)
            .WithCache(0x8000001D, 2, 3, 2, level2, 8, ofCore).WithCache(0x8000001D, 3, 3, 3, level3, 16, threadsOfLevel3);

    /// <summary>An Intel processor; level 3 of no kilobytes is none.</summary>
    public static DescribedProcessor Intel(
        uint level1, uint level2, uint level3, uint threadsOfLevel2 = 2, uint threadsOfLevel3 = 16, uint ofCore = 2)
    {
        var processor = new DescribedProcessor("GenuineIntel", 0x1F).WithTopology(ofCore, 16)
            .WithCache(4, 0, 1, 1, level1, 8, ofCore).WithCache(4, 1, 2, 1, 32, 8, ofCore)
            .WithCache(4, 2, 3, 2, level2, 8, threadsOfLevel2);
        return level3 > 0 ? processor.WithCache(4, 3, 3, 3, level3, 16, threadsOfLevel3) : processor;
    }
}
