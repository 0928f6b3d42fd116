// What every optimizer is a view of: a module from loss function and model to the updated model.
global using OptimizerModule = Brachy.Module<(Brachy.Optim.LossAndGrad LossAndGrad, Brachy.StructureTree Model), Brachy.StructureTree>;
