// What every optimizer is a view of: a module from loss function and model to the updated model.
global using AnyOptimizer = Brachy.Module<(Brachy.Optim.LossAndGrad LossAndGrad, Brachy.StructureTree Model), Brachy.StructureTree>;
