namespace Brachy.Compilation;

/// <summary>
/// The gradient of a convolution by its weights as a product of tiles, for one group: rows are the elements of kernels, columns are
/// outputs, and the inner dim goes over all pixels of the results. An element of a kernel sees pixels of one channel, which lie side by
/// side in planes made for that, with the padding; no matrix of windows is written. Pixels are added up in blocks, one after the other.
/// </summary>
/// <param name="Size">The sizes of the convolution.</param>
internal readonly unsafe record struct KernelGradient<T, TTile>(ConvolutionSize Size)
    where T : unmanaged
    where TTile : struct, ITile
{
    // Of so many pixels the gradients for a strip of outputs stay in the cache next to a core.
    private const int PixelsOfBlock = 1024;
    private const int MostTilesOfPart = 4;
    private const int FewestParts = 16;

    // Planes do not all begin in the same lines of the cache.
    private const int Line = 16;

    /// <summary>The elements of all kernels of an output.</summary>
    public int Rows => Size.Channels * Size.Taps;

    /// <summary>The columns of the sums: the outputs, filled up to whole tiles.</summary>
    public int Columns => Strips * TTile.Columns<T>();

    /// <summary>The elements of the planes of all channels.</summary>
    public long PlanesLength => Size.Channels * PlaneStride;

    /// <summary>The elements of the gradient of the result in strips.</summary>
    public long StripsLength => (long)Size.Pixels * Columns;

    /// <summary>The elements of the sums.</summary>
    public long SumsLength => (long)TilesOfRows * TTile.Rows * Columns;

    /// <summary>The longest of these.</summary>
    public long MostLength => Math.Max(PlanesLength, Math.Max(StripsLength, SumsLength));

    /// <summary>Elements of scratch memory that a thread needs.</summary>
    public int ScratchLength => (LinesOfBlock * TTile.Rows * TilesOfPart * sizeof(nint) / sizeof(T)) + Size.X.Result;

    /// <summary>Into how many parts the product is divided.</summary>
    public int Parts => (TilesOfRows + TilesOfPart - 1) / TilesOfPart;

    private int TilesOfRows => (Rows + TTile.Rows - 1) / TTile.Rows;

    private int TilesOfPart => Math.Clamp(TilesOfRows / FewestParts, 1, MostTilesOfPart);

    private int Strips => (Size.Outputs + TTile.Columns<T>() - 1) / TTile.Columns<T>();

    /// <summary>Rows of the results of all images.</summary>
    private int Lines => Size.Images * Size.Y.Result;

    private int LinesOfBlock => Math.Clamp(PixelsOfBlock / Size.X.Result, 1, Lines);

    /// <summary>The pixels that an element of a kernel sees in a row lie side by side: those of every stride-th column do.</summary>
    private int RunLength => ((Size.X.Kernel - 1) * Size.X.Dilation / Size.X.Stride) + Size.X.Result;

    private long PlaneStride => (((((long)Size.Images * Size.Y.Size * Size.X.Stride * RunLength) + Line - 1) / Line) | 1) * Line;

    /// <summary>Writes the planes of an image.</summary>
    /// <param name="images">The images.</param>
    /// <param name="planes">Where they go.</param>
    /// <param name="n">Which image.</param>
    public void WritePlanes(Images<T> images, T* planes, int n)
    {
        var (stride, run) = (Size.X.Stride, RunLength);
        for (var y = 0; y < Size.Y.Size; y++)
        {
            for (var phase = 0; phase < stride; phase++)
            {
                // Column i * stride + phase of the padded image.
                var first = Math.Clamp((Size.X.Padding - phase + stride - 1) / stride, 0, run);
                var end = Math.Clamp((Size.X.Size + Size.X.Padding - phase + stride - 1) / stride, first, run);
                var to = planes + (((((nint)n * Size.Y.Size) + y) * stride) + phase) * run;
                for (var c = 0; c < Size.Channels; c++)
                {
                    var row = to + (c * (nint)PlaneStride);
                    new Span<T>(row, first).Clear();
                    new Span<T>(row + end, run - end).Clear();
                }

                if (first < end)
                {
                    TurnedCopy.Run(
                        images.At(n, y, (first * stride) + phase - Size.X.Padding), stride * images.PixelStride, to + first,
                        (nint)PlaneStride, Size.Channels, end - first);
                }
            }
        }
    }

    /// <summary>Writes the gradient of an image's result in strips of outputs.</summary>
    /// <param name="gradient">The gradient of all results, channels last, without gaps.</param>
    /// <param name="strips">Where they go.</param>
    /// <param name="n">Which image.</param>
    public void WriteStrips(T* gradient, T* strips, int n)
    {
        var (width, pixels) = (TTile.Columns<T>(), Size.Y.Result * Size.X.Result);
        for (var strip = 0; strip < Strips; strip++)
        {
            var from = gradient + ((nint)n * pixels * Size.Outputs) + (strip * width);
            new Matrix<T>(from, Size.Outputs, 1).PackRows(
                strips + ((((nint)strip * Size.Images) + n) * pixels * width), width, Math.Min(width, Size.Outputs - (strip * width)),
                pixels);
        }
    }

    /// <summary>Computes some rows of the sums.</summary>
    /// <param name="planes">The planes.</param>
    /// <param name="strips">The gradient in strips.</param>
    /// <param name="sums">Where they go.</param>
    /// <param name="scratch">The memory of the thread.</param>
    /// <param name="part">Which rows.</param>
    public void Multiply(T* planes, T* strips, T* sums, T* scratch, int part)
    {
        var (height, width, columns) = (TTile.Rows, TTile.Columns<T>(), Columns);
        var (firstTile, endTile) = (part * TilesOfPart, Math.Min(TilesOfRows, (part + 1) * TilesOfPart));
        var addresses = (T**)scratch;
        var zeros = scratch + (LinesOfBlock * height * TilesOfPart * sizeof(nint) / sizeof(T));
        new Span<T>(zeros, Size.X.Result).Clear();
        for (var line = 0; line < Lines; line += LinesOfBlock)
        {
            var lines = Math.Min(LinesOfBlock, Lines - line);
            for (var tile = firstTile; tile < endTile; tile++)
            {
                Find(planes, zeros, line, lines, tile * height, addresses + ((tile - firstTile) * (nint)lines * height));
            }

            for (var strip = 0; strip < Strips; strip++)
            {
                var right = strips + ((((nint)strip * Lines) + line) * Size.X.Result * width);
                for (var tile = firstTile; tile < endTile; tile++)
                {
                    TTile.MultiplyPieces(
                        lines, Size.X.Result, addresses + ((tile - firstTile) * (nint)lines * height), right,
                        sums + ((nint)tile * height * columns) + (strip * width), columns, adds: line > 0);
                }
            }
        }
    }

    /// <summary>Writes down where the pixels lie that the rows of a tile see: for each line of the result, for each row.</summary>
    private void Find(T* planes, T* zeros, int line, int lines, int firstRow, T** to)
    {
        var height = TTile.Rows;
        for (var i = 0; i < height; i++)
        {
            var row = firstRow + i;
            var (c, ky, column) = (row / Size.Taps, row / Size.X.Kernel % Size.Y.Kernel, row % Size.X.Kernel * Size.X.Dilation);
            var start = planes + (c * (nint)PlaneStride) + (column % Size.X.Stride * RunLength) + (column / Size.X.Stride);
            var (n, y) = (line / Size.Y.Result, line % Size.Y.Result);
            var place = to + i;
            for (var k = 0; k < lines; k++, place += height)
            {
                var top = Size.Y.Position(y, ky);
                *place = row < Rows && Size.Y.Contains(top)
                    ? start + ((((nint)n * Size.Y.Size) + top) * Size.X.Stride * RunLength) : zeros;
                if (++y == Size.Y.Result)
                {
                    (y, n) = (0, n + 1);
                }
            }
        }
    }
}
