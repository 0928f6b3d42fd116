namespace Quickstart.Data;

internal enum DigitSplit
{
    Train,
    Test,
}
