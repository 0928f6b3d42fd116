namespace Brachy.Compilation;

/// <summary>
/// Convolutions as products of tiles: rows are pixels of the result, and what a pixel sees is read where it lies, piece by piece, so that
/// no matrix of windows is written. Each element is one sum, first over rows of the kernel, then over its columns, then over channels.
/// </summary>
internal static unsafe class ImageProduct
{
    // Addresses of pieces that stay in the first cache, about.
    private const int MostAddresses = 2048;

    // With fewer blocks of pixels than this, the outputs are divided too.
    private const int FewestBlocks = 8;

    /// <summary>The length of the weights in the order of the tiles.</summary>
    public static long PackedLength<T, TTile>(ConvolutionSize size)
        where T : unmanaged
        where TTile : struct, ITile =>
        (long)size.Groups * Strips<T, TTile>(size) * size.Taps * size.GroupChannels * TTile.Columns<T>();

    /// <summary>Writes weights strip by strip.</summary>
    /// <param name="size">The sizes.</param>
    /// <param name="order">Where they lie.</param>
    /// <param name="weight">The weights.</param>
    /// <param name="to">Where they go.</param>
    public static void Pack<T, TTile>(ConvolutionSize size, KernelOrder order, T* weight, T* to)
        where T : unmanaged
        where TTile : struct, ITile
    {
        var (width, strips) = (TTile.Columns<T>(), Strips<T, TTile>(size));
        for (var group = 0; group < size.Groups; group++)
        {
            for (var strip = 0; strip < strips; strip++)
            {
                var columns = Math.Min(width, size.GroupOutputs - (strip * width));
                var from = weight + order.Start + (((group * size.GroupOutputs) + (strip * width)) * (nint)order.Output);
                for (var tap = 0; tap < size.Taps; tap++)
                {
                    new Matrix<T>(from + (tap * order.Tap), order.Channel, order.Output).PackRows(to, width, columns, size.GroupChannels);
                    to += size.GroupChannels * width;
                }
            }
        }
    }

    /// <summary>Into how many parts the work is divided.</summary>
    public static int Parts<T, TTile>(ConvolutionSize size, bool joinsColumns)
        where T : unmanaged
        where TTile : struct, ITile => Blocks<TTile>(size, joinsColumns) * Divisions<T, TTile>(size, joinsColumns);

    /// <summary>Elements of scratch memory that a thread needs.</summary>
    public static int ScratchLength<T, TTile>(ConvolutionSize size, bool joinsColumns)
        where T : unmanaged
        where TTile : struct, ITile =>
        checked(AddressLength<T, TTile>(size, joinsColumns) + ZeroLength<T>(size, joinsColumns)
            + Lines<T>(TTile.Rows * TTile.Columns<T>()));

    /// <summary>Computes a part.</summary>
    /// <param name="size">The sizes.</param>
    /// <param name="joinsColumns">
    /// Whether the columns of a kernel are one piece: images have no padding and nothing between pixels, kernels no dilation and one group.
    /// </param>
    /// <param name="images">The images.</param>
    /// <param name="weights">The weights in the order of the tiles.</param>
    /// <param name="result">The result, channels last, without gaps, apart from the images.</param>
    /// <param name="adds">Whether it is added to what is there.</param>
    /// <param name="epilogue">What comes then.</param>
    /// <param name="scratch">The memory of the thread.</param>
    /// <param name="part">Which part.</param>
    public static void Run<T, TTile, TEpilogue>(
        ConvolutionSize size, bool joinsColumns, Images<T> images, T* weights, T* result, bool adds, TEpilogue epilogue, T* scratch,
        int part)
        where T : unmanaged
        where TTile : struct, ITile
        where TEpilogue : struct, IEpilogue<T>
    {
        var (height, width, strips) = (TTile.Rows, TTile.Columns<T>(), Strips<T, TTile>(size));
        var divisions = Divisions<T, TTile>(size, joinsColumns);
        var (block, division) = (part / divisions, part % divisions);
        var pixels = Block<TTile>(size, joinsColumns);
        var (first, end) = (block * pixels, Math.Min(size.Pixels, (block + 1) * pixels));
        var pieces = PiecesOf(size, joinsColumns);
        var length = size.GroupChannels * (joinsColumns ? size.X.Kernel : 1);
        var addresses = (T**)scratch;
        var zeros = scratch + AddressLength<T, TTile>(size, joinsColumns);
        var tile = zeros + ZeroLength<T>(size, joinsColumns);
        new Span<T>(zeros, length).Clear();
        var all = size.Groups * strips;
        var (firstStrip, endStrip) = ((int)((long)all * division / divisions), (int)((long)all * (division + 1) / divisions));
        var known = -1;
        for (var strip = firstStrip; strip < endStrip; strip++)
        {
            var (group, inGroup) = (strip / strips, strip % strips);
            if (group != known)
            {
                Find(size, joinsColumns, images, first, end, height, group * size.GroupChannels, zeros, addresses);
                known = group;
            }

            var column = (group * size.GroupOutputs) + (inGroup * width);
            var columns = Math.Min(width, size.GroupOutputs - (inGroup * width));
            var right = weights + (strip * (nint)pieces * length * width);
            var rows = addresses;
            for (var pixel = first; pixel < end; pixel += height, rows += pieces * height)
            {
                var place = ((nint)pixel * size.Outputs) + column;
                var to = result + place;
                var count = Math.Min(height, end - pixel);
                if (count == height && columns == width && !epilogue.HasFunction)
                {
                    TTile.MultiplyPieces(pieces, length, rows, right, to, size.Outputs, adds);
                    epilogue.Apply(to, size.Outputs, count, columns, place, size.Outputs, column);
                    continue;
                }

                if (adds)
                {
                    Copy(to, size.Outputs, tile, width, count, columns);
                }

                TTile.MultiplyPieces(pieces, length, rows, right, tile, width, adds);
                epilogue.Apply(tile, width, count, columns, place, size.Outputs, column);
                Copy(tile, width, to, size.Outputs, count, columns);
            }
        }
    }

    private static int Strips<T, TTile>(ConvolutionSize size)
        where T : unmanaged
        where TTile : struct, ITile => (size.GroupOutputs + TTile.Columns<T>() - 1) / TTile.Columns<T>();

    private static int AddressLength<T, TTile>(ConvolutionSize size, bool joinsColumns)
        where T : unmanaged
        where TTile : struct, ITile =>
        Lines<T>(checked((MostAddresses + (PiecesOf(size, joinsColumns) * TTile.Rows)) * sizeof(nint) / sizeof(T)));

    private static int ZeroLength<T>(ConvolutionSize size, bool joinsColumns)
        where T : unmanaged => Lines<T>(size.GroupChannels * (joinsColumns ? size.X.Kernel : 1));

    /// <summary>Elements up to the end of a line of the cache: vectors that lie in two lines are read and written slowly.</summary>
    private static int Lines<T>(int length)
        where T : unmanaged
    {
        const int Line = 64;
        var ofLine = Line / sizeof(T);
        return (length + ofLine - 1) / ofLine * ofLine;
    }

    private static int PiecesOf(ConvolutionSize size, bool joinsColumns) => joinsColumns ? size.Y.Kernel : size.Taps;

    /// <summary>The pixels of a block, whole tiles.</summary>
    private static int Block<TTile>(ConvolutionSize size, bool joinsColumns)
        where TTile : struct, ITile => Math.Max(1, MostAddresses / (PiecesOf(size, joinsColumns) * TTile.Rows)) * TTile.Rows;

    private static int Blocks<TTile>(ConvolutionSize size, bool joinsColumns)
        where TTile : struct, ITile
    {
        var pixels = Block<TTile>(size, joinsColumns);
        return (size.Pixels + pixels - 1) / pixels;
    }

    private static int Divisions<T, TTile>(ConvolutionSize size, bool joinsColumns)
        where T : unmanaged
        where TTile : struct, ITile =>
        Math.Min(
            size.Groups * Strips<T, TTile>(size),
            (FewestBlocks + Blocks<TTile>(size, joinsColumns) - 1) / Blocks<TTile>(size, joinsColumns));

    /// <summary>Writes down where the pieces lie: for each tile of pixels, for each piece, for each pixel.</summary>
    private static void Find<T>(
        ConvolutionSize size, bool joinsColumns, Images<T> images, int first, int end, int height, int channel, T* zeros, T** to)
        where T : unmanaged
    {
        var (n, y, x) = (first / (size.Y.Result * size.X.Result), first / size.X.Result % size.Y.Result, first % size.X.Result);
        var pieces = PiecesOf(size, joinsColumns);
        for (var pixel = first; pixel < end; pixel += height, to += pieces * height)
        {
            var count = Math.Min(height, end - pixel);
            for (var row = 0; row < count; row++)
            {
                var piece = to + row;
                for (var ky = 0; ky < size.Y.Kernel; ky++)
                {
                    var top = size.Y.Position(y, ky);
                    for (var kx = 0; kx < (joinsColumns ? 1 : size.X.Kernel); kx++, piece += height)
                    {
                        var left = size.X.Position(x, kx);
                        *piece = size.Y.Contains(top) && size.X.Contains(left) ? images.At(n, top, left) + channel : zeros;
                    }
                }

                if (++x == size.X.Result)
                {
                    (x, y) = (0, y + 1);
                    if (y == size.Y.Result)
                    {
                        (y, n) = (0, n + 1);
                    }
                }
            }

            for (var i = 0; count < height && i < pieces; i++)
            {
                for (var row = count; row < height; row++)
                {
                    to[(i * height) + row] = zeros;
                }
            }
        }
    }

    private static void Copy<T>(T* from, nint fromStride, T* to, nint toStride, int rows, int columns)
        where T : unmanaged
    {
        for (var row = 0; row < rows; row++)
        {
            new ReadOnlySpan<T>(from + (row * fromStride), columns).CopyTo(new(to + (row * toStride), columns));
        }
    }
}
