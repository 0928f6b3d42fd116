using System.Security.Cryptography;
using System.Text;

namespace LanguageModel;

/// <summary>The text of some files, of which a part is held out. Nothing of it is kept in memory.</summary>
/// <param name="files">The files.</param>
/// <param name="heldOutEvery">One of so many pieces is held out.</param>
internal sealed class Corpus(IReadOnlyList<string> files, int heldOutEvery)
{
    /// <summary>The number of files.</summary>
    public int Count => files.Count;

    /// <summary>Stands for names and lengths of the files, to see whether a resumed training has the same text.</summary>
    public string Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{Path.GetFileName(file)}\n{new FileInfo(file).Length}\n"));
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    /// <summary>The pieces to learn from, file by file in an order that depends on seed and epoch. Documents are numbered anew.</summary>
    public IEnumerable<Piece> Training(int seed, int epoch)
    {
        var order = Enumerable.Range(0, files.Count).ToArray();
        new Random(Mixed(seed, epoch)).Shuffle(order);
        return Pieces(order, heldOut: false);
    }

    /// <summary>The pieces that are held out, in the order of the files.</summary>
    public IEnumerable<Piece> HeldOut() => Pieces([.. Enumerable.Range(0, files.Count)], heldOut: true);

    /// <summary>A number of two others that is the same in every run.</summary>
    internal static int Mixed(int seed, int epoch) => unchecked((seed * 1_000_003) + (epoch * 7919) + 17);

    private IEnumerable<Piece> Pieces(int[] order, bool heldOut)
    {
        long document = 0;
        foreach (var file in order)
        {
            var (piece, last) = (0L, -1L);
            foreach (var (text, number) in TextReading.Read(files[file]))
            {
                document += number == last ? 0 : 1;
                last = number;

                // Files of one piece take turns too.
                if (((file + piece++) % heldOutEvery == heldOutEvery - 1) == heldOut)
                {
                    yield return new Piece(text, document);
                }
            }
        }
    }
}
