namespace Brachy.Inference;

/// <summary>Settings out of a file, which has no names.</summary>
internal sealed class ReadSettings(FieldReader from) : SettingsFields
{
    public override long Whole(string name) => from.Whole();

    public override int Count(string name) => from.Whole(0, int.MaxValue);

    public override long WholeOrZero(string name) => from.Whole();

    public override double Real(string name) => from.Real();

    public override bool Flag(string name) => from.Flag();

    public override string Text(string name) => from.Text();

    public override Shape List(string name) => from.Shape();

    public override DType DType(string name) => from.DType();

    public override Scalar Number(string name) => from.Number();

    public override bool Has(string name) => from.Flag();
}
