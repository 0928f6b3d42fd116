using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Brachy.CodeFixes;

/// <summary>Makes classes of records and records of classes.</summary>
internal static class Records
{
    public static ClassDeclarationSyntax AsClass(RecordDeclarationSyntax record) => SyntaxFactory.ClassDeclaration(
        record.AttributeLists, record.Modifiers,
        SyntaxFactory.Token(SyntaxKind.ClassKeyword).WithTriviaFrom(
            record.ClassOrStructKeyword.IsKind(SyntaxKind.ClassKeyword) ? record.ClassOrStructKeyword : record.Keyword),
        record.Identifier, record.TypeParameterList, record.ParameterList, record.BaseList, record.ConstraintClauses,
        record.OpenBraceToken, record.Members, record.CloseBraceToken, record.SemicolonToken);

    public static RecordDeclarationSyntax AsRecord(ClassDeclarationSyntax type) => SyntaxFactory.RecordDeclaration(
        SyntaxKind.RecordDeclaration, type.AttributeLists, type.Modifiers,
        SyntaxFactory.Token(SyntaxKind.RecordKeyword).WithTriviaFrom(type.Keyword), default, type.Identifier, type.TypeParameterList,
        type.ParameterList, type.BaseList, type.ConstraintClauses, type.OpenBraceToken, type.Members, type.CloseBraceToken,
        type.SemicolonToken);
}
