using Brachy.Compilation;

namespace Brachy.Inference;

/// <summary>What a program has before its routine.</summary>
/// <param name="SizeNames">The names of the sizes that vary.</param>
/// <param name="Typical">An example of them.</param>
/// <param name="InputNames">The names of the inputs.</param>
/// <param name="InputDims">For each input the names of its dims; empty where a size is fixed.</param>
/// <param name="ResultNames">The names of the results.</param>
/// <param name="Formulas">The formulas, by their numbers.</param>
/// <param name="Unserved">For which sizes the program is another, with the first and the last of each, and why.</param>
internal sealed record ProgramHead(
    IReadOnlyList<string> SizeNames, IReadOnlyList<long> Typical, IReadOnlyList<string> InputNames,
    IReadOnlyList<IReadOnlyList<string>> InputDims, IReadOnlyList<string> ResultNames, IReadOnlyList<SizeExpression> Formulas,
    IReadOnlyList<((int Size, long From, long To)[] Ranges, string Reason)> Unserved)
{
    public FieldList Fields()
    {
        var fields = new FieldList();
        WriteNames(SizeNames);
        fields.List(Typical);
        WriteNames(InputNames);
        foreach (var dims in InputDims)
        {
            WriteNames(dims);
        }

        WriteNames(ResultNames);
        fields.Whole(Formulas.Count);
        foreach (var formula in Formulas)
        {
            fields.Formula(formula);
        }

        fields.Whole(Unserved.Count);
        foreach (var (ranges, reason) in Unserved)
        {
            fields.Whole(ranges.Length);
            foreach (var (size, from, to) in ranges)
            {
                fields.List([size, from, to], counts: false);
            }

            fields.Text(reason);
        }

        return fields;

        void WriteNames(IReadOnlyList<string> list)
        {
            fields.Whole(list.Count);
            foreach (var name in list)
            {
                fields.Text(name);
            }
        }
    }
}
