using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Brachy.Generators;

/// <summary>
/// What the text of one file says by itself, found once for each version of the file: which declarations may concern the generator,
/// and a digest of all that declarations elsewhere can depend on.
/// </summary>
internal sealed class SourceFacts
{
    private static readonly ConditionalWeakTable<SyntaxTree, SourceFacts> s_known = new();

    private readonly List<MemberDeclarationSyntax> _marked = [];
    private readonly List<Attributed> _attributed = [];
    private readonly List<TypeDeclarationSyntax> _contents = [];
    private readonly List<CodeWithCalls> _codes = [];
    private readonly List<CodeWithCalls> _codesInBrachyFiles = [];
    private readonly List<string> _globalAliases = [];
    private readonly HashSet<string> _aliases = [];

    /// <summary>Bodies that declarations elsewhere do not depend on, in the order of the text.</summary>
    private readonly List<SyntaxNode> _bodies = [];

    private SourceFacts(SyntaxTree tree, CancellationToken cancellation)
    {
        var root = (CompilationUnitSyntax)tree.GetRoot(cancellation);
        AddUsings(root.Usings);
        var statements = new List<SyntaxNode>();
        foreach (var member in root.Members)
        {
            if (member is GlobalStatementSyntax)
            {
                statements.Add(member);
                AddBody(member);
            }
            else
            {
                Add(member);
            }
        }

        if (statements.Count > 0)
        {
            AddCode(root, statements);
        }

        Digest = DigestOf(tree, cancellation);
    }

    /// <summary>Declarations with an attribute of that name.</summary>
    public IReadOnlyList<MemberDeclarationSyntax> Marked => _marked;

    /// <summary>Records, structs and classes with an <c>Equals</c>.</summary>
    public IReadOnlyList<TypeDeclarationSyntax> Contents => _contents;

    /// <summary>Whether the file makes names of Brachy known to all others.</summary>
    public bool HasGlobalUsing { get; private set; }

    /// <summary>Names that the file gives to the attributes for the whole project.</summary>
    public IReadOnlyList<string> GlobalAliases => _globalAliases;

    /// <summary>Equal for files that differ inside the bodies of methods only, and in nothing that matters outside of them.</summary>
    public string Digest { get; }

    public static SourceFacts Of(SyntaxTree tree, CancellationToken cancellation) =>
        s_known.TryGetValue(tree, out var facts) ? facts : Remember(tree, cancellation);

    /// <summary>Declarations with an attribute of one of these names.</summary>
    public IEnumerable<MemberDeclarationSyntax> MarkedBy(HashSet<string> names) =>
        _attributed.Where(attributed => attributed.Names.Any(names.Contains)).Select(attributed => attributed.Declaration);

    /// <summary>
    /// Members whose code may call a transform, set an aux value, or make something generic that becomes one. The last are many, and only
    /// asked for in files that know Brachy.
    /// </summary>
    public IReadOnlyList<CodeWithCalls> Codes(bool isBrachyGlobal) => isBrachyGlobal ? _codes : _codesInBrachyFiles;

    private static SourceFacts Remember(SyntaxTree tree, CancellationToken cancellation)
    {
        var facts = new SourceFacts(tree, cancellation);
        lock (s_known)
        {
            if (s_known.TryGetValue(tree, out var first))
            {
                return first;
            }

            s_known.Add(tree, facts);
            return facts;
        }
    }

    private void AddUsings(SyntaxList<UsingDirectiveSyntax> usings)
    {
        foreach (var directive in usings)
        {
            HasGlobalUsing |= directive.GlobalKeyword.IsKind(SyntaxKind.GlobalKeyword)
                && directive.DescendantTokens().Any(token => token.ValueText == BrachyTypes.Namespace);
            if (MarkerAttributes.AliasOf(directive) is { } alias)
            {
                _aliases.Add(alias);
                if (directive.GlobalKeyword.IsKind(SyntaxKind.GlobalKeyword))
                {
                    _globalAliases.Add(alias);
                }
            }
        }
    }

    private void Add(MemberDeclarationSyntax member)
    {
        switch (member)
        {
            case BaseNamespaceDeclarationSyntax space:
                AddUsings(space.Usings);
                foreach (var inner in space.Members)
                {
                    Add(inner);
                }

                break;
            case TypeDeclarationSyntax type:
                AddAttributes(type);
                if (type is RecordDeclarationSyntax or StructDeclarationSyntax || HasEquals(type))
                {
                    _contents.Add(type);
                }

                foreach (var inner in type.Members)
                {
                    Add(inner);
                }

                break;
            case BaseTypeDeclarationSyntax or DelegateDeclarationSyntax:
                break;
            default:
                AddAttributes(member);
                AddBodies(member);
                AddCode(member, [member]);
                break;
        }
    }

    private void AddAttributes(MemberDeclarationSyntax declaration)
    {
        if (declaration.AttributeLists.Count == 0)
        {
            return;
        }

        var names = MarkerAttributes.NamesOf(declaration.AttributeLists);
        if (names.Exists(name => MarkerAttributes.IsName(name) || _aliases.Contains(name)))
        {
            _marked.Add(declaration);
        }
        else
        {
            _attributed.Add(new(declaration, names));
        }
    }

    private void AddBodies(MemberDeclarationSyntax member)
    {
        switch (member)
        {
            case BaseMethodDeclarationSyntax method:
                AddBody(method.Body);
                AddBody(method.ExpressionBody);
                break;
            case BasePropertyDeclarationSyntax property:
                foreach (var accessor in property.AccessorList?.Accessors ?? [])
                {
                    AddAccessor(accessor.Body);
                    AddAccessor(accessor.ExpressionBody);
                }

                AddAccessor((property as PropertyDeclarationSyntax)?.ExpressionBody
                    ?? (property as IndexerDeclarationSyntax)?.ExpressionBody);
                break;
        }
    }

    // The word 'field' gives a property storage, which is part of what its type holds.
    private void AddAccessor(SyntaxNode? body)
    {
        if (body?.DescendantTokens().Any(token => token.Text == "field") == false)
        {
            AddBody(body);
        }
    }

    // A directive such as #nullable counts for what follows the body too.
    private void AddBody(SyntaxNode? body)
    {
        if (body is { ContainsDirectives: false })
        {
            _bodies.Add(body);
        }
    }

    private void AddCode(SyntaxNode owner, IReadOnlyList<SyntaxNode> parts)
    {
        var calls = new List<SyntaxNode>();
        foreach (var part in parts)
        {
            foreach (var node in part.DescendantNodes())
            {
                if (MayMatter(node))
                {
                    calls.Add(node);
                }
            }
        }

        if (calls.Count == 0)
        {
            return;
        }

        var digest = DigestOf(parts.Select(part => part.ToFullString()));
        _codes.Add(new CodeWithCalls(digest, calls));
        if (!BrachyFiles.Names(owner.SyntaxTree))
        {
            calls = calls.FindAll(node => !GenericCreations.IsCandidate(node));
        }

        if (calls.Count > 0)
        {
            _codesInBrachyFiles.Add(new CodeWithCalls(digest, calls));
        }
    }

    private static bool MayMatter(SyntaxNode node) => node switch
    {
        InvocationExpressionSyntax => TransformCalls.IsCandidate(node) || AuxValues.Of(node) is not null,
        AssignmentExpressionSyntax => AuxValues.Of(node) is not null,
        ObjectCreationExpressionSyntax => GenericCreations.IsCandidate(node),
        _ => false,
    };

    private static bool HasEquals(TypeDeclarationSyntax type)
    {
        if (type is ClassDeclarationSyntax)
        {
            foreach (var member in type.Members)
            {
                if (member is MethodDeclarationSyntax { Identifier.ValueText: "Equals" })
                {
                    return true;
                }
            }
        }

        return false;
    }

    private string DigestOf(SyntaxTree tree, CancellationToken cancellation)
    {
        var text = tree.GetText(cancellation);
        var start = 0;
        var parts = new List<string> { tree.FilePath };
        foreach (var body in _bodies)
        {
            var span = body is GlobalStatementSyntax ? body.FullSpan : body.Span;
            parts.Add(text.ToString(TextSpan.FromBounds(start, span.Start)));
            start = span.End;
        }

        parts.Add(text.ToString(TextSpan.FromBounds(start, text.Length)));
        return DigestOf(parts);
    }

    private static string DigestOf(IEnumerable<string> parts)
    {
        using var hash = SHA256.Create();
        return Convert.ToBase64String(hash.ComputeHash(Encoding.Unicode.GetBytes(string.Join("\0", parts))));
    }

    private sealed record Attributed(MemberDeclarationSyntax Declaration, List<string> Names);
}

/// <summary>A member, or the top-level statements, with calls whose types matter.</summary>
/// <param name="Digest">That of its text.</param>
/// <param name="Calls">The nodes in question.</param>
internal sealed record CodeWithCalls(string Digest, IReadOnlyList<SyntaxNode> Calls);
