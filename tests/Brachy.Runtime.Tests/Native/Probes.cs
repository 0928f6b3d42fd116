using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Brachy.Compilation;
using Brachy.Native;
using TorchSharp;

namespace Brachy.Tests.Native;

/// <summary>What a <see cref="ProbeProcess"/> can be asked to do.</summary>
internal static partial class Probes
{
    public const string TorchSharpFirst = "torchsharp";
    public const string InvokeFirst = "invoke";
    public const string EnsureFirst = "ensure";
    public const string Edited = "edited";
    public const string Store = "store";
    public const string TraceJit = "trace-jit";
    public const string Evict = "evict";
    public const string Threads = "threads";
    public const string TorchSharpThreads = "torchsharp-threads";
    public const string SingleThread = "single-thread";
    public const string Convolutions = "convolutions";
    public const string Lstm = "lstm";
    public const string Mapped = "mapped";
    public const string Costs = "costs";
    public const string CostsOfGraph = "costs-of-graph";

    public const int StoreRounds = 30;

    public static void Run(string[] probe)
    {
        switch (probe[0])
        {
            case TorchSharpFirst:
                AddOnes();
                break;
            case InvokeFirst:
                THSTorch_manual_seed(1);
                AddOnes();
                break;
            case EnsureFirst:
                NativeRuntime.EnsureLoaded();
                AddOnes();
                break;
            case Edited:
                new EditedLibrary(RealLibrary.Path, CacheFolders.OfUser).Load();
                break;
            case Costs:
                Console.WriteLine("before");
                Console.Out.Flush();
                Console.WriteLine(MachineCosts.Current.Name);
                Console.WriteLine($"{MachineCosts.Current.Equals(MachineCosts.Current)} {MachineCosts.Current.Machine}");
                Console.WriteLine(MachineCosts.Current);
                break;
            case CostsOfGraph:
                Console.WriteLine(AsksForCosts(int.Parse(probe[1], CultureInfo.InvariantCulture)) ? "asked" : "not asked");
                break;
            case Evict:
                Evictions();
                break;
            case TraceJit:
                Console.WriteLine(CountTraces());
                break;
            case Threads:
                NativeRuntime.EnsureLoaded();
                ShowThreads();
                break;
            case TorchSharpThreads:
                AddOnes();
                NativeRuntime.EnsureLoaded();
                ShowThreads();
                break;
            case SingleThread:
                NativeRuntime.EnsureLoaded();
                ShowSingleThread();
                break;
            case Mapped:
                NativeRuntime.EnsureLoaded();
                ReusedMemoryTests.ShowMapped();
                break;
            case Convolutions:
                ConvolveAtRandom(int.Parse(probe[1], null));
                break;
            case Lstm:
                NN.FusedLstmTests.Describe();
                break;
            case Store:
                StoreTogether(folder: probe[1], self: probe[2], other: probe[3]);
                break;
            default:
                throw new ArgumentException($"Unknown probe {probe[0]}.");
        }
    }

    private static void ShowThreads()
    {
        // What native code sees, which is not .NET's copy of the environment.
        var spins = Marshal.PtrToStringUTF8(getenv("GOMP_SPINCOUNT"));
        Console.WriteLine($"spins={(string.IsNullOrEmpty(spins) ? "-" : spins)}");
        Console.WriteLine($"pages={Marshal.PtrToStringUTF8(getenv(LoadEnvironment.LargePagesVariable))}");
        Console.WriteLine($"threads={TorchNative.GetThreadCount()}");
    }

    private static void ShowSingleThread()
    {
        TorchNative.SetThreadCount(3);
        using (new SingleThreaded(isWanted: true))
        {
            Console.WriteLine($"inside={ThreadCount.OfThisThread}");
            Console.WriteLine($"elsewhere={OfNewThread()}");
            DeepStack.Run(1 << 20, "work", () => Console.WriteLine($"deep inside={ThreadCount.OfThisThread}"));
            Console.WriteLine($"elsewhere after={OfNewThread()}");
        }

        Console.WriteLine($"after={ThreadCount.OfThisThread}");
        using var all = new SingleThreaded(isWanted: false);
        Console.WriteLine($"not wanted={ThreadCount.OfThisThread}");

        static int OfNewThread()
        {
            var count = 0;
            var thread = new Thread(() => count = ThreadCount.OfThisThread);
            thread.Start();
            thread.Join();
            return count;
        }
    }

    /// <summary>Says how libtorch convolves in this process, and what is wrong with it.</summary>
    private static void ConvolveAtRandom(int count)
    {
        Console.WriteLine($"oneDNN {ConvolutionSelfCheck.AllowsOneDnn()} {TorchContext.IsOneDnnOn}, NNPACK {TorchContext.IsNnpackOn}");
        foreach (var problem in Ops.RandomConvolutions.Run(seed: 3, count))
        {
            Console.WriteLine(problem);
        }

        Console.WriteLine($"scripts that name oneDNN: {Ops.RandomConvolutions.ScriptsWithOneDnn}");
        Console.WriteLine("done");
    }

    private static bool AsksForCosts(int operators)
    {
        Jit.Compile((Tensor x) => Enumerable.Range(0, operators).Aggregate(x, (y, i) => F.sin(y + i))).Invoke(F.ones([8]));
        return MachineCosts.Chosen is not null;
    }

    private static int CountTraces()
    {
        var f = Jit.Compile((Tensor x) => x + 1);
        f.Invoke(F.ones([1]));
        return f.TraceCount;
    }

    // Apart, so that TorchSharp is not touched before.
    [MethodImpl(MethodImplOptions.NoInlining)]
    /// <summary>Two functions with a limit of 3 meet five shapes; one has a limit of its own.</summary>
    private static void Evictions()
    {
        Console.SetError(Console.Out);
        Jit.DefaultCacheLimit = 3;
        var f = Jit.Compile((Tensor x) => x + 1, name: "f");
        var roomy = Jit.Compile((Tensor x) => x + 1, name: "roomy");
        roomy.CacheLimit = 5;
        for (var size = 1; size <= 5; size++)
        {
            f.Invoke(F.ones([size]));
            roomy.Invoke(F.ones([size]));
        }
    }

    private static void AddOnes()
    {
        using var ones = torch.ones(3);
        Console.WriteLine($"sum {ones.sum().item<float>()}");
    }

    /// <summary>Two processes store the same copies, each at the same moment, and read them at once.</summary>
    private static void StoreTogether(string folder, string self, string other)
    {
        var content = RealLibrary.ReadEdited();
        for (var round = 0; round < StoreRounds; round++)
        {
            File.WriteAllText(Path.Combine(folder, $"{self}{round}"), "");
            while (!File.Exists(Path.Combine(folder, $"{other}{round}")))
            {
                Thread.Yield();
            }

            var path = new LibraryCache(folder).Store([(byte)round], content, "lib.so");
            if (!content.AsSpan().SequenceEqual(File.ReadAllBytes(path)))
            {
                Console.WriteLine($"wrong content in round {round}");
            }
        }

        Console.WriteLine("stored");
    }

    [LibraryImport("libc.so.6", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint getenv(string name);

    [LibraryImport(NativeRuntime.LibTorchSharp)]
    private static partial void THSTorch_manual_seed(long seed);
}
