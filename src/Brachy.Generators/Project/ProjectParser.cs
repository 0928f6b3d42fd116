using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;

namespace Brachy.Generators;

/// <summary>Parses the declarations of a project. What fails at one of them is noted, and the others go on.</summary>
internal sealed class ProjectParser(ProjectFacts facts, CancellationToken cancellation)
{
    /// <summary>Called before each declaration of this thread: lets tests fail at one.</summary>
    [ThreadStatic]
    internal static Action<ISymbol>? Probe;

    private readonly List<ModuleModel> _modules = [];
    private readonly List<FaultyProperties> _faulty = [];
    private readonly List<TreeModel> _trees = [];
    private readonly List<JitModel> _jits = [];
    private readonly List<string> _registrations = [];
    private readonly List<string> _checkpoints = [];
    private readonly List<ContentModel> _contents = [];
    private readonly List<Failure> _failures = [];
    private bool _hasFaults;

    public ProjectModels Parse()
    {
        foreach (var symbol in MarkedDeclarations.Of(facts, cancellation))
        {
            Try(symbol, isContent: false);
        }

        if (facts.Compilation.AssemblyName != BrachyTypes.RuntimeAssembly)
        {
            foreach (var type in MarkedDeclarations.Contents(facts, cancellation))
            {
                Try(type, isContent: true);
            }
        }

        var names = new FileNames();
        _modules.ForEach(m => names.Add(m.Scope.FileName));
        _trees.ForEach(t => names.Add(t.Scope.FileName));
        _jits.ForEach(j => names.Add(j.FileName));
        _faulty.ForEach(f => names.Add(f.FileName));
        if (!names.CanStay)
        {
            Rename(names);
        }

        return new ProjectModels(
            _modules.ToEquatableArray(),
            _faulty.ToEquatableArray(),
            _trees.ToEquatableArray(),
            _jits.ToEquatableArray(),
            EquatableArray.Sorted(_registrations),
            EquatableArray.Sorted(_checkpoints),
            _contents.Distinct().ToEquatableArray(),
            _hasFaults || _failures.Count > 0,
            _failures.ToEquatableArray());
    }

    private void Rename(FileNames names)
    {
        Replace(_modules, m => m with { Scope = m.Scope with { FileName = names.Of(m.Scope.FileName) } });
        Replace(_trees, t => t with { Scope = t.Scope with { FileName = names.Of(t.Scope.FileName) } });
        Replace(_jits, j => j with { FileName = names.Of(j.FileName) });
        Replace(_faulty, f => f with { FileName = names.Of(f.FileName) });

        static void Replace<T>(List<T> models, Func<T, T> rename)
        {
            for (var i = 0; i < models.Count; i++)
            {
                models[i] = rename(models[i]);
            }
        }
    }

    private void Add(ISymbol symbol)
    {
        if (GeneratorFaults.Of(symbol, facts.Compilation).Any())
        {
            _hasFaults = true;
        }

        switch (symbol)
        {
            case INamedTypeSymbol type when !GeneratorFaults.IsFileLocal(type):
                if (type.Attribute("Module") is not null)
                {
                    AddModule(type);
                }

                if (type.IsTree())
                {
                    AddTree(type);
                }

                if (type.Attribute("Static") is not null)
                {
                    _contents.Add(ContentRegistration.OfMarked(type));
                }

                break;
            case IMethodSymbol method when !GeneratorFaults.IsFileLocal(method.ContainingType):
                AddContents(JitRules.Compiled(method));
                if (JitParser.Parse(method) is { } jit)
                {
                    _jits.Add(jit);
                }

                break;
            case IPropertySymbol property:
                AddProperty(property);
                break;
        }
    }

    private void AddProperty(IPropertySymbol property)
    {
        foreach (var role in PropertyRoles.Marked(property))
        {
            if (role is PropertyRole.Static or PropertyRole.Config)
            {
                AddContents([property.Type]);
            }

            if (property.ContainingType.Attribute("Module") is null && FaultyProperties.OfStray(property, role) is { } faulty)
            {
                _faulty.Add(faulty);
            }
        }
    }

    private void AddModule(INamedTypeSymbol module)
    {
        if (ModuleParser.Parse(module, facts.Compilation) is { } model)
        {
            _modules.Add(model);
            _registrations.AddRange(model.Forward?.Registrations ?? EquatableArray<string>.Empty);
        }

        foreach (var forward in module.GetMembers("Forward").OfType<IMethodSymbol>())
        {
            AddContents(forward);
        }

        if (FaultyProperties.Of(module, facts.Compilation) is { } faulty)
        {
            _faulty.Add(faulty);
        }

        _checkpoints.AddRange(CheckpointRegistrations.Of(module));
    }

    private void AddTree(INamedTypeSymbol type)
    {
        AddContents([type]);
        if (TreeParser.Parse(type) is { } tree)
        {
            _trees.Add(tree);
            if (tree.Registration.Length > 0)
            {
                _registrations.Add(tree.Registration);
            }
        }
    }

    private void AddContents(IMethodSymbol method) => AddContents(method.Parameters.Select(p => p.Type).Append(method.ReturnType));

    private void AddContents(IEnumerable<ITypeSymbol> types) => _contents.AddRange(types.Select(ContentRegistration.OfMet));

    private void Try(ISymbol symbol, bool isContent)
    {
        try
        {
            Probe?.Invoke(symbol);
            if (isContent)
            {
                _contents.Add(ContentRegistration.OfDeclared((INamedTypeSymbol)symbol));
            }
            else
            {
                Add(symbol);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            _failures.Add(new Failure(symbol.GetDocumentationCommentId() ?? symbol.Name, $"{e.GetType().Name}: {e.Message}"));
        }
    }
}
