// A demonstration counts the traces of a function that other tests call.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
