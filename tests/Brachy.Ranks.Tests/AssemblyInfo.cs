// Ranks spin while they wait: runs beside each other would take each other's cores.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
