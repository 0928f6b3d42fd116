using System.Buffers.Binary;
using System.Text;

namespace Brachy.Native;

/// <summary>
/// The processor's data caches as oneDNN 3.7, which libtorch 2.10 carries, takes them to be: from the same leaves of CPUID and by the same
/// arithmetic (its copy of xbyak's <c>Cpu</c>, and <c>get_per_core_cache_size</c>). It does not notice that an AMD processor hides its
/// caches, as some virtual machines do: a leaf of zeros then reads as caches of one byte. Its reorders into padded layouts drop data when
/// the level-1 cache is that small, which gives wrong convolutions and overwrites the heap.
/// </summary>
/// <param name="Vendor">The vendor's name in CPUID, such as <c>AuthenticAMD</c>.</param>
/// <param name="Sizes">Bytes for each core, from level 1 on; empty where oneDNN does not ask and guesses 32 KiB, 512 KiB and 1 MiB.</param>
/// <param name="Fault">Why oneDNN must not be used on this processor, or null.</param>
internal sealed record OneDnnCaches(string Vendor, IReadOnlyList<long> Sizes, string? Fault)
{
    // Wrong results were seen with 1 byte and none with 1 KiB; the smallest level-1 data cache that an x86 processor of the
    // last 30 years has is 8 KiB.
    private const long SmallestLevel1 = 4096;

    private const uint CacheLeaf = 4;
    private const uint CacheLeafOfAmd = 0x8000001D;
    private const uint TopologyLeaf = 0xB;

    /// <summary>What oneDNN will believe of a processor.</summary>
    public static OneDnnCaches Read(CpuIdReader cpuid)
    {
        var (largestLeaf, ebx, ecx, edx) = cpuid(0, 0);
        var vendor = VendorName(ebx, ecx, edx);

        // oneDNN looks at the last four letters alone.
        return ecx == Letters("cAMD") ? ReadAmd(cpuid, vendor, Threads(cpuid, largestLeaf))
            : ecx == Letters("ntel") ? ReadIntel(cpuid, vendor, Threads(cpuid, largestLeaf))
            : new(vendor, [], null);
    }

    /// <summary>The sizes in words.</summary>
    public string Describe() =>
        Sizes.Count == 0 ? "guessed" : string.Join(", ", Sizes.Select((bytes, i) => $"level {i + 1} {Words(bytes)}"));

    private static OneDnnCaches ReadAmd(CpuIdReader cpuid, string vendor, (long OfCore, long OfPackage) threads)
    {
        var sizes = new List<long>();

        // Level 1 has a part for instructions, which is number 1. There are always three levels, whatever their type says.
        foreach (var part in new uint[] { 0, 2, 3 })
        {
            var leaf = cpuid(CacheLeafOfAmd, part);
            var sharing = ThreadsSharing(leaf, threads.OfPackage);
            if (threads.OfCore == 0)
            {
                return new(
                    vendor, [],
                    $"CPUID of this processor ({vendor}) has no leaf 0xB, so that oneDNN divides by zero threads for each core");
            }

            sizes.Add(SizeOf(leaf) / Math.Max(sharing / threads.OfCore, 1));
        }

        return Judged(vendor, sizes, "0x8000001D");
    }

    private static OneDnnCaches ReadIntel(CpuIdReader cpuid, string vendor, (long OfCore, long OfPackage) threads)
    {
        var (sizes, threadsOfCore) = (new List<long>(), threads.OfCore);
        for (uint part = 0; sizes.Count < 10; part++)
        {
            var leaf = cpuid(CacheLeaf, part);
            var (isData, isUnified) = ((leaf.Eax & 0xF) == 1, (leaf.Eax & 0xF) == 3);
            if ((leaf.Eax & 0xF) == 0)
            {
                break;
            }

            if (!isData && !isUnified)
            {
                // Processors have four parts at most; a table that never ends would keep oneDNN busy for ever.
                if (part > 64)
                {
                    return new(vendor, [], $"leaf 4 of CPUID of this processor ({vendor}) has no end");
                }

                continue;
            }

            var sharing = ThreadsSharing(leaf, threads.OfPackage);
            if (threadsOfCore == 0)
            {
                if (isUnified)
                {
                    return new(vendor, [], $"CPUID of this processor ({vendor}) has neither a leaf 0xB nor a level-1 data cache, so that "
                        + "oneDNN divides by zero threads for each core");
                }

                (threadsOfCore, sharing) = (sharing, 1);
            }
            else
            {
                sharing = Math.Max(sharing / threadsOfCore, 1);
            }

            sizes.Add(SizeOf(leaf) / sharing);
        }

        return sizes.Count == 0 ? new(vendor, [], null) : Judged(vendor, sizes, "4");
    }

    private static OneDnnCaches Judged(string vendor, List<long> sizes, string leaf) => new(
        vendor, sizes, sizes[0] >= SmallestLevel1 ? null
            : $"this processor ({vendor}) hides its caches: leaf {leaf} of CPUID gives a level-1 data cache of {Words(sizes[0])}, with "
                + "which oneDNN computes wrong convolutions");

    /// <summary>Threads of a core and of the package by leaf 0xB, both at least 1; zeros without that leaf.</summary>
    private static (long OfCore, long OfPackage) Threads(CpuIdReader cpuid, uint largestLeaf)
    {
        if (largestLeaf < TopologyLeaf)
        {
            return (0, 0);
        }

        Span<long> counts = [0, 0];
        for (uint part = 0; part < 2; part++)
        {
            var leaf = cpuid(TopologyLeaf, part);
            var level = (leaf.Ecx >> 8) & 0x7F;
            if (level is 1 or 2)
            {
                counts[(int)level - 1] = leaf.Ebx & 0x7FFF;
            }
        }

        var ofCore = Math.Max(counts[0], 1);
        return (ofCore, Math.Max(ofCore, counts[1]));
    }

    private static long ThreadsSharing(CpuIdRegisters leaf, long ofPackage)
    {
        long sharing = ((leaf.Eax >> 14) & 0x7FF) + 1;
        return ofPackage == 0 ? sharing : Math.Min(sharing, ofPackage);
    }

    // Ways, partitions, bytes of a line, and sets; oneDNN computes in 32 bits, and takes a bit less of some fields than there is.
    private static long SizeOf(CpuIdRegisters leaf) =>
        unchecked((((leaf.Ebx >> 22) & 0x1FF) + 1) * (((leaf.Ebx >> 12) & 0x1FF) + 1) * ((leaf.Ebx & 0x7FF) + 1) * (leaf.Ecx + 1));

    private static string VendorName(uint ebx, uint ecx, uint edx)
    {
        Span<byte> letters = stackalloc byte[12];
        BinaryPrimitives.WriteUInt32LittleEndian(letters, ebx);
        BinaryPrimitives.WriteUInt32LittleEndian(letters[4..], edx);
        BinaryPrimitives.WriteUInt32LittleEndian(letters[8..], ecx);
        return Encoding.ASCII.GetString(letters).Trim('\0', ' ');
    }

    private static uint Letters(string four) => BinaryPrimitives.ReadUInt32LittleEndian(Encoding.ASCII.GetBytes(four));

    private static string Words(long bytes) =>
        bytes >= 1 << 20 ? $"{bytes >> 20} MiB" : bytes >= 1 << 10 ? $"{bytes >> 10} KiB" : bytes == 1 ? "1 byte" : $"{bytes} bytes";
}
