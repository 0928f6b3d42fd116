namespace Quickstart.Data;

/// <summary>The shapes people give each digit; a digit may have several.</summary>
internal static class Glyphs
{
    private static readonly Stroke[][][] s_byDigit =
    [
        [
            [Stroke.Loop(7, 0, 11.5f, 3.5f, 13, 10, 11.5f, 16.5f, 7, 20, 2.5f, 16.5f, 1, 10, 2.5f, 3.5f)],
        ],
        [
            [Stroke.Line(7, 0, 7, 20)],
            [Stroke.Line(3, 4, 7.5f, 0, 7.5f, 20)],
            [Stroke.Line(3, 4, 7, 0, 7, 20), Stroke.Line(2.5f, 20, 11.5f, 20)],
        ],
        [
            [
                Stroke.Curve(1.5f, 5, 3, 1.5f, 7, 0, 11, 1.8f, 12, 6, 9.5f, 11, 5, 16, 1, 20),
                Stroke.Line(1, 20, 13, 20),
            ],
        ],
        [
            [
                Stroke.Curve(2, 3, 6, 0, 10.5f, 1.3f, 11.5f, 5, 9.5f, 8.3f, 5.5f, 9.5f),
                Stroke.Curve(5.5f, 9.5f, 10.5f, 10.7f, 12.5f, 14.5f, 11, 18.5f, 6.5f, 20, 1.5f, 17),
            ],
        ],
        [
            [Stroke.Line(9.5f, 20, 9.5f, 0, 1, 13.5f, 13.5f, 13.5f)],
            [Stroke.Line(3, 0.5f, 1.5f, 11, 13, 11), Stroke.Line(10, 3, 9.5f, 20)],
        ],
        [
            [
                Stroke.Line(12, 0, 3, 0, 2, 9),
                Stroke.Curve(2, 9, 6.5f, 7.5f, 11, 9.3f, 12.5f, 13.5f, 10.5f, 18.3f, 6, 20, 1, 17.5f),
            ],
        ],
        [
            [Stroke.Curve(10.5f, 0, 5, 4.5f, 2, 10.5f, 2.3f, 16, 5.5f, 19.7f, 10, 19, 12.3f, 15, 10.5f, 11, 6.5f, 10, 2.3f, 13.5f)],
        ],
        [
            [Stroke.Line(1, 0, 13, 0, 5.5f, 20)],
            [Stroke.Line(1, 0, 13, 0, 5.5f, 20), Stroke.Line(4.5f, 10, 12.5f, 10)],
        ],
        [
            [
                Stroke.Loop(7, 0, 10.8f, 1.7f, 11, 6.3f, 7, 9.3f, 3, 6.3f, 3.2f, 1.7f),
                Stroke.Loop(7, 9.3f, 11.5f, 12, 12, 17.3f, 7, 20, 2, 17.3f, 2.5f, 12),
            ],
        ],
        [
            [
                Stroke.Loop(7, 0, 10.8f, 1.8f, 12, 5.5f, 10.5f, 9.5f, 6.5f, 11, 2.8f, 9.2f, 1.8f, 5.5f, 3.2f, 1.8f),
                Stroke.Curve(12, 5.5f, 11.8f, 12, 9.5f, 20),
            ],
            [
                Stroke.Loop(7, 0, 10.8f, 1.8f, 12, 5.5f, 10.5f, 9.5f, 6.5f, 11, 2.8f, 9.2f, 1.8f, 5.5f, 3.2f, 1.8f),
                Stroke.Curve(12, 5.5f, 12.3f, 12, 11, 17.5f, 7, 20, 2.5f, 18),
            ],
        ],
    ];

    public static ReadOnlySpan<Stroke[]> Of(int digit) => s_byDigit[digit];
}
