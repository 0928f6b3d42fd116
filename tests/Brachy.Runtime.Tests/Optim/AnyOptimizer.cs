global using AnyOptimizer = Brachy.Module<(Brachy.Optim.LossAndGrad LossAndGrad, Brachy.StructureTree Model), Brachy.StructureTree>;
