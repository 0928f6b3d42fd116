namespace Brachy.IO;

/// <summary>Reads a checkpoint of any of PyTorch's formats.</summary>
internal static class TorchReader
{
    private const int StartLength = 512;

    /// <exception cref="CheckpointException">The file is damaged, of another kind, or holds what is not allowed.</exception>
    public static TorchValue Read(string path)
    {
        using var file = CheckpointFile.Open(path);
        var start = file.Read(0, Math.Min(file.Length, StartLength), "the beginning");
        if (LegacyTorchFile.Is(start))
        {
            var (root, length) = LegacyTorchFile.Read(file);
            new TorchLoader(file, isSwapped: false, length).Load(root);
            return root;
        }

        return start is [(byte)'P', (byte)'K', 3, 4, ..] ? Read(file, TorchArchive.Open(file)) : throw ForeignFile.Of(file, start);
    }

    private static TorchValue Read(CheckpointFile file, TorchArchive archive)
    {
        var (root, length) = ReadPickle(file, archive, "data.pkl");
        if (archive.IsScript && root.Value is TorchObject program)
        {
            length += AddConstants(file, archive, program);
            new ScriptClasses(archive).Describe(root);
        }

        new TorchLoader(file, archive.IsSwapped, length).Load(root);
        return root;
    }

    /// <summary>A frozen program has its weights among its constants, by number.</summary>
    private static long AddConstants(CheckpointFile file, TorchArchive archive, TorchObject program)
    {
        if (!archive.Has("constants.pkl"))
        {
            return 0;
        }

        var (constants, length) = ReadPickle(file, archive.Constants, "constants.pkl");
        if (constants.Value is IReadOnlyList<TorchValue> { Count: > 0 })
        {
            program.Settable().TryAdd(new TorchValue("CONSTANTS"), constants);
        }

        return length;
    }

    private static (TorchValue Value, long Length) ReadPickle(CheckpointFile file, TorchArchive archive, string name)
    {
        using var bytes = archive.OpenPickle(name);
        var length = bytes.Left;
        return (new PickleReader(file, name, new PickleInput(bytes), new TorchGlobals(archive, file.Length)).Read(), length);
    }
}
