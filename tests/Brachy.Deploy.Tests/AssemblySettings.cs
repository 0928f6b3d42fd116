// Tests count how often shared compiled functions are traced.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
