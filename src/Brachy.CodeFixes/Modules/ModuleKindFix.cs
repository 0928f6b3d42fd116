using System.Collections.Generic;
using System.Composition;
using System.Linq;
using Brachy.Generators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Brachy.CodeFixes;

/// <summary>Makes an ordinary class of what cannot be a module: a record, a static class, one with a primary constructor.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(ModuleKindFix)), Shared]
public sealed class ModuleKindFix() : BrachyFix("BRACHY017")
{
    private protected override void Offer(FixSite site)
    {
        switch (site.Around<TypeDeclarationSyntax>())
        {
            case RecordDeclarationSyntax { ParameterList: null } record when !record.ClassOrStructKeyword.IsKind(SyntaxKind.StructKeyword):
                site.Offer("Declare it a class", record, Records.AsClass(record));
                break;
            case ClassDeclarationSyntax type when type.Modifiers.FirstOrDefault(m => m.IsKind(SyntaxKind.StaticKeyword)) is var mark
                && mark != default:
                site.Offer("Remove 'static'", type, type.Without(mark));
                break;
            case ClassDeclarationSyntax { ParameterList: not null } type when IsWhole(site, type):
                site.Offer("Write an ordinary constructor", type, WithConstructor(site, type));
                break;
            default:
                break;
        }
    }

    private static TypeDeclarationSyntax WithConstructor(FixSite site, ClassDeclarationSyntax type)
    {
        var (model, parameters) = (site.Model, type.ParameterList!.Parameters);
        var moved = type.Members.Where(m => Initializer(m) is { } i && i.DescendantNodes().OfType<IdentifierNameSyntax>().Any(IsParameter))
            .ToArray();
        var inBody = type.Members.Except(moved).SelectMany(m => m.DescendantNodes()).OfType<IdentifierNameSyntax>().Where(IsParameter)
            .ToArray();
        var names = parameters.ToDictionary(p => p.Identifier.ValueText, p => MemberFor(p, moved, type));
        var kept = parameters.Where(p => inBody.Any(i => i.Identifier.ValueText == p.Identifier.ValueText)
            && !moved.Any(m => NameOf(m) == names[p.Identifier.ValueText])).ToArray();
        var statements = kept.Select(p => Assigned(names[p.Identifier.ValueText], p.Identifier.Text))
            .Concat(moved.Select(m => Assigned(NameOf(m), Initializer(m)!.Value.ToString())));
        var arguments = type.BaseList?.Types.OfType<PrimaryConstructorBaseTypeSyntax>().FirstOrDefault();
        var constructor = Nodes.Member($"{type.Access()} {type.Identifier.Text}{type.ParameterList}"
            + (arguments is null ? "" : $" : base{arguments.ArgumentList}") + $"\n{{\n{string.Join("\n", statements)}\n}}");

        var replaced = moved.Cast<SyntaxNode>().Concat(inBody).Concat(arguments is null ? [] : new SyntaxNode[] { arguments });
        var changed = type.ReplaceNodes(replaced, (_, node) => node switch
        {
            IdentifierNameSyntax name => SyntaxFactory.IdentifierName(names[name.Identifier.ValueText]).WithTriviaFrom(name),
            PrimaryConstructorBaseTypeSyntax baseType => SyntaxFactory.SimpleBaseType(baseType.Type).WithTriviaFrom(baseType),
            PropertyDeclarationSyntax property => property.WithInitializer(null).WithSemicolonToken(default)
                .WithTrailingTrivia(property.GetTrailingTrivia()),
            FieldDeclarationSyntax field => field.WithDeclaration(field.Declaration.WithVariables(SyntaxFactory.SeparatedList(
                field.Declaration.Variables.Select(v => v.WithInitializer(null).WithIdentifier(v.Identifier.WithoutTrivia()))))),
            _ => node,
        });
        TypeDeclarationSyntax result = changed.WithParameterList(null).WithIdentifier(changed.Identifier.WithTrailingTrivia(
            type.ParameterList.GetTrailingTrivia()));
        result = result.WithMember(constructor);
        foreach (var parameter in Enumerable.Reverse(kept))
        {
            var symbol = model.GetDeclaredSymbol(parameter)!;
            var role = Properties.RolesOf(symbol.Type)[0];
            var mark = role.Length == 0 ? "" : $"[{site.NameOf(role)}] ";
            result = result.WithMember(
                Nodes.Member($"{mark}private partial {parameter.Type} {names[parameter.Identifier.ValueText]} {{ get; set; }}"),
                first: true);
        }

        return result;

        bool IsParameter(IdentifierNameSyntax name) => model.GetSymbolInfo(name).Symbol is IParameterSymbol symbol
            && parameters.Any(p => SymbolEqualityComparer.Default.Equals(model.GetDeclaredSymbol(p), symbol));
    }

    /// <summary>Whether all of a class is here: uses of parameters in other files would stay as they are.</summary>
    private static bool IsWhole(FixSite site, ClassDeclarationSyntax type) =>
        site.Model.GetDeclaredSymbol(type, site.Cancellation) is { } symbol
        && DeclaredTypes.Written(site.Document.Project.Solution, symbol).Count() == 1;

    /// <summary>The member that takes a parameter's place: one that is just it already, or a new one with a free name.</summary>
    private static string MemberFor(ParameterSyntax parameter, MemberDeclarationSyntax[] moved, TypeDeclarationSyntax type)
    {
        if (moved.FirstOrDefault(m => m is PropertyDeclarationSyntax && Initializer(m)!.Value is IdentifierNameSyntax name
            && name.Identifier.ValueText == parameter.Identifier.ValueText) is { } same)
        {
            return NameOf(same);
        }

        var taken = type.Members.SelectMany(m => m switch
        {
            BaseFieldDeclarationSyntax fields => fields.Declaration.Variables.Select(v => v.Identifier.ValueText),
            PropertyDeclarationSyntax property => [property.Identifier.ValueText],
            MethodDeclarationSyntax method => [method.Identifier.ValueText],
            BaseTypeDeclarationSyntax nested => [nested.Identifier.ValueText],
            _ => Enumerable.Empty<string>(),
        }).Append(type.Identifier.ValueText);
        var free = Nodes.Pascal(parameter.Identifier.ValueText);
        return taken.Contains(free) ? free + "Value" : free;
    }

    private static string Assigned(string member, string value) => member == value ? $"this.{member} = {value};" : $"{member} = {value};";

    private static EqualsValueClauseSyntax? Initializer(MemberDeclarationSyntax member) => member switch
    {
        PropertyDeclarationSyntax { Initializer: { } initializer } => initializer,
        FieldDeclarationSyntax { Declaration.Variables: { Count: 1 } variables } => variables[0].Initializer,
        _ => null,
    };

    private static string NameOf(MemberDeclarationSyntax member) => member is PropertyDeclarationSyntax property
        ? property.Identifier.Text
        : ((FieldDeclarationSyntax)member).Declaration.Variables[0].Identifier.Text;
}
