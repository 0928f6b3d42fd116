using Brachy.Extending;
using CsCheck;
using TorchSharp;

namespace Brachy.Tests.Ops;

/// <summary>Einstein's notation against libtorch's own: values, gradients, and what it compiles to.</summary>
[Trait("Category", "Quick")]
public class EinsumTests
{
    private static readonly (string Equation, long[][] Shapes)[] s_table =
    [
        ("ij,jk->ik", [[2, 3], [3, 4]]),
        ("ij,kj->ik", [[2, 3], [4, 3]]),
        ("ij,jk->ki", [[2, 3], [3, 4]]),
        ("bij,bjk->bik", [[2, 3, 4], [2, 4, 5]]),
        ("bhqd,bhkd->bhqk", [[2, 2, 3, 4], [2, 2, 5, 4]]),
        ("bhqk,bkhd->bqhd", [[2, 2, 3, 4], [2, 4, 2, 5]]),
        ("bn,anm,bm->ba", [[2, 3], [4, 3, 5], [2, 5]]),
        ("i,i->", [[3], [3]]),
        ("i,j->ij", [[3], [2]]),
        ("i,j", [[3], [2]]),
        ("ij,j", [[2, 3], [3]]),
        ("bi,bi->b", [[2, 3], [2, 3]]),
        ("ij,ij->ij", [[2, 3], [2, 3]]),
        ("ii", [[3, 3]]),
        ("ii->i", [[3, 3]]),
        ("ij->ji", [[2, 3]]),
        ("ba", [[2, 3]]),
        ("aB", [[2, 3]]),
        ("ij->", [[2, 3]]),
        ("ijkj->ki", [[2, 3, 4, 3]]),
        ("iiii->i", [[2, 2, 2, 2]]),
        ("iij,ikk->jk", [[2, 2, 3], [2, 4, 4]]),
        ("...ij,...jk->...ik", [[2, 1, 3, 4], [5, 4, 2]]),
        ("...ii->...i", [[2, 3, 3]]),
        ("i...,i...", [[3, 2], [3, 1]]),
        ("...,...", [[2, 3], [3]]),
        ("...->...", [[2, 3]]),
        ("i...->i", [[2, 3, 4]]),
        ("i...j->j...i", [[2, 3, 4]]),
        ("...a,...b->ab...", [[2, 3], [2, 4]]),
        (" i j , j k -> i k ", [[2, 3], [3, 4]]),
        ("ij,jk,kl,lm->im", [[2, 3], [3, 4], [4, 2], [2, 3]]),
        ("ij,jk->ik", [[2, 1], [3, 4]]),
        ("ij,ij->i", [[1, 3], [2, 3]]),
        ("ij,jk->ik", [[0, 3], [3, 4]]),
        ("ij,jk->ik", [[2, 0], [0, 4]]),
        (",i->i", [[], [3]]),
        ("->", [[]]),
        (",", [[], []]),
        ("ab,cd,ef->", [[2, 2], [2, 3], [1, 2]]),
        ("i->...i", [[3]]),
        ("abc,cd,def->fab", [[2, 3, 4], [4, 2], [2, 3, 2]]),
    ];

    /// <summary>
    /// Random equations: some letters with sizes, up to four operands with random letters, with or without an ellipsis and a result.
    /// </summary>
    private static readonly Gen<(string Equation, long[][] Shapes)> s_case =
        from sizes in Gen.Long[1, 3].Array[5]
        from hidden in Gen.Long[1, 3].Array[0, 2]
        from operands in Gen.Select(Gen.Int[0, 4].Array[0, 3], Gen.Bool, Gen.Int[0, 4], Gen.Int[0, 2], Gen.Int[0, 8]).Array[1, 4]
        from output in Gen.Shuffle(new[] { 0, 1, 2, 3, 4 })
        from length in Gen.Int[0, 4]
        from form in Gen.Int[0, 3]
        from spaces in Gen.Int[0, 2]
        select Case(sizes, hidden, operands, output, length, form, spaces);

    public static TheoryData<int> Rows => [.. Enumerable.Range(0, s_table.Length)];

    [Theory]
    [MemberData(nameof(Rows))]
    public void ValuesAndGradientsAreThoseOfLibtorch(int row) => Check(s_table[row].Equation, s_table[row].Shapes);

    [Fact]
    public void RandomEquationsMeanWhatTheyMeanInLibtorch() => s_case.Sample(c => Check(c.Equation, c.Shapes), iter: 400, threads: 1);

    [Theory]
    [InlineData("ij,jk->ik", "torch.mm")]
    [InlineData("ij,kj->ik", "torch.mm")]
    [InlineData("ij,jk->ki", "torch.mm")]
    [InlineData("bij,bjk->bik", "torch.matmul")]
    [InlineData("i,i->", "torch.matmul")]
    [InlineData("ij,j->i", "torch.matmul")]
    [InlineData("ij,ij->ij", "torch.mul")]
    public void APlainContractionIsOneProduct(string equation, string op)
    {
        var ranks = equation.Split("->")[0].Split(',').Select(s => s.Length).ToArray();
        Tensor[] operands = [.. ranks.Select((rank, i) => Make.Real([.. Enumerable.Repeat(3L, rank)], seed: i + 1))];
        var f = Jit.Compile((Tensor a, Tensor b) => F.einsum(equation, a, b));
        OpCheck.AssertClose(F.einsum(equation, operands), f.Invoke(operands[0], operands[1]), 1e-12, equation);
        Assert.Single(f.Graph!.Equations, e => e.Primitive.Name is "matmul" or "mul");
        Assert.DoesNotContain(f.Graph.Equations, e => e.Primitive.Name is "reshape" or "sum" or "expand");
        Assert.Contains(op, f.Script!, StringComparison.Ordinal);
    }

    [Fact]
    public void NumbersAndIntegersTakePart()
    {
        Assert.Equal([2.5f, 5], F.einsum("i,->i", F.tensor([1f, 2]), 2.5).ToArray<float>());
        Assert.Equal(DType.Int32, F.einsum("i,i->i", F.tensor([1, 2]), F.tensor([3, 4])).dtype);
        Assert.Equal([11], F.einsum("i,i->", F.tensor([1, 2]), F.tensor([3, 4])).ToArray<int>());
        Assert.Equal([3L], F.einsum("i->", F.tensor([1, 2])).ToArray<long>());
        Assert.Equal([true, false], F.einsum("ii->i", F.tensor(new[,] { { true, true }, { true, false } })).ToArray<bool>());
    }

    [Theory]
    [InlineData("ij,jk->ik", "2 operands, but 1")]
    [InlineData("i->i->i", "more than one")]
    [InlineData("i1", "'1' is not a letter")]
    [InlineData("i-j", "'-' is not a letter")]
    [InlineData("i..j", "dots stand for")]
    [InlineData("...i...", "dots stand for")]
    [InlineData("ij->ii", "'i' appears twice in the result")]
    [InlineData("ij->ik", "'k' appears in the result, but in no operand")]
    [InlineData("i", "operand 0 has shape [2, 3], but 1 letters; add an ellipsis")]
    [InlineData("ijk", "operand 0 has shape [2, 3], but 3 letters")]
    [InlineData("ii", "'i' names dims of operand 0 with sizes 2 and 3")]
    public void AWrongEquationIsRefused(string equation, string message)
    {
        var error = Assert.ThrowsAny<ArgumentException>(() => F.einsum(equation, F.ones([2, 3])));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains($"einsum(\"{equation}\")", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WrongOperandsAreRefused()
    {
        Assert.Contains(
            "'j' has size 3, but 4 in operand 1",
            Assert.Throws<ShapeException>(() => F.einsum("ij,jk", F.ones([2, 3]), F.ones([4, 2]))).Message, StringComparison.Ordinal);
        Assert.Contains(
            "ellipsis", Assert.Throws<ShapeException>(() => F.einsum("...i,...i", F.ones([2, 3]), F.ones([4, 3]))).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "float32 and int64", Assert.Throws<DTypeException>(() => F.einsum("i,i", F.ones([2]), F.ones([2], DType.Int64))).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "bool", Assert.Throws<DTypeException>(() => F.einsum("i,i", F.ones([2], DType.Bool), F.ones([2], DType.Bool))).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => F.einsum("i,i", F.ones([2]), null!));
        Assert.Throws<ArgumentNullException>(() => F.einsum(null!, F.ones([2])));
        Assert.Throws<ArgumentException>(() => F.einsum("i"));
    }

    [Fact]
    public void TensordotContractsTheDimsItNames()
    {
        using var scope = torch.NewDisposeScope();
        var (a, b) = (Make.Real([3, 4, 5]), Make.Real([4, 3, 2], seed: 9));
        var expected = torch.einsum("ijk,jil->kl", a.AsTorch(), b.AsTorch());
        OpCheck.AssertClose(expected, F.tensordot(a, b, [1, 0], [0, -2]), 1e-12, "two dims");
        OpCheck.AssertClose(
            torch.einsum("ijk,kl->ijl", a.AsTorch(), torch.ones(5, 2, torch.float64)), F.tensordot(a, F.ones([5, 2], DType.Float64), 1),
            1e-12, "one dim");
        OpCheck.AssertClose(torch.einsum("ij,k->ijk", a[0].AsTorch(), b[0, 0].AsTorch()), F.tensordot(a[0], b[0, 0], 0), 1e-12, "no dims");
        Assert.Throws<ShapeException>(() => F.tensordot(a, b, 4));
        Assert.Throws<ShapeException>(() => F.tensordot(a, b, [0], [0, 1]));
        Assert.Throws<ShapeException>(() => F.tensordot(a, b, [0], [0]));
    }

    private static (string, long[][]) Case(
        long[] sizes, long[] hidden, (int[] Letters, bool Ellipsis, int Place, int Hidden, int Single)[] operands, int[] output, int length,
        int form, int spaces)
    {
        const string Names = "aBcdX";
        var (texts, shapes) = (new List<string>(), new List<long[]>());
        foreach (var (letters, ellipsis, place, count, single) in operands)
        {
            var text = letters.Select(l => Names[l].ToString()).ToList();
            var shape = letters.Select(l => sizes[l]).ToList();

            // A size of 1 broadcasts, unless its letter is there twice.
            if (single < letters.Length && letters.Count(l => l == letters[single]) == 1)
            {
                shape[single] = 1;
            }

            if (ellipsis)
            {
                var at = Math.Min(place, text.Count);
                text.Insert(at, "...");
                shape.InsertRange(at, hidden[Math.Max(0, hidden.Length - count)..]);
            }

            texts.Add(string.Join(spaces == 1 ? " " : "", text));
            shapes.Add([.. shape]);
        }

        var equation = string.Join(spaces == 2 ? " , " : ",", texts);
        if (form > 0)
        {
            var known = output.Take(length).Where(l => equation.Contains(Names[l], StringComparison.Ordinal)).Select(l => Names[l]);
            equation += $"->{(form > 1 ? "..." : "")}{string.Concat(known)}";
        }

        return (equation, [.. shapes]);
    }

    private static void Check(string equation, long[][] shapes)
    {
        // TorchSharp hands arrays of tensors to native code without keeping them; a scope does.
        using var scope = torch.NewDisposeScope();
        Tensor[] operands = [.. shapes.Select((s, i) => Make.Real(s, seed: i + 1))];
        var leaves = Array.ConvertAll(operands, x => x.AsTorch().clone().requires_grad_());
        var expected = torch.einsum(equation, leaves);
        var weights = Make.Real((Shape)expected.shape, seed: 17);
        var what = $"{equation} of {string.Join(", ", shapes.Select(s => (Shape)s))}";
        var (actual, gradients) = Pullback.Differentiate(operands, x => F.einsum(equation, x), y => ([y], [weights]));
        OpCheck.AssertClose(expected, actual, 1e-10, what);
        if (!expected.requires_grad || expected.numel() == 0)
        {
            return;
        }

        var known = torch.autograd.grad([expected], leaves, [weights.AsTorch()], allow_unused: true);
        for (var i = 0; i < leaves.Length; i++)
        {
            OpCheck.AssertClose(known[i], gradients[i] ?? F.zeros_like(operands[i]), 1e-10, $"{what}, gradient {i}");
        }
    }
}
