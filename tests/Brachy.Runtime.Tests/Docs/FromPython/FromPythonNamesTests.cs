using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Brachy.Tests.Docs.FromPython;

/// <summary>docs/from-python.md speaks of every public name of the Python library.</summary>
public class FromPythonNamesTests
{
    public static TheoryData<string> Names =>
    [
        // structure_util
        "params", "buffers", "aux", "apply", "submodules", "global_config", "merge_configs",
        "structure_tree_map", "map_params_buffers", "filter_keys", "split_tree", "split_params", "split_non_static", "get_params",
        "merge_trees", "keys_to_merge", "keys_to_override", "update_tree", "get_tree_update", "fill_tree", "empty_tree",
        "copy_to_leaf", "copy_dict", "children", "get_children", "is_leaf", "is_structure_tree", "is_jax_tree", "tupleize",
        "apply_tree", "apply_and_update_tree", "bind_module", "unbind_module", "bind_global_config", "create_tree_from_func",
        "value_and_grad", "outnum", "tree_value_and_grad", "output_num", "split_fn", "merge_fn", "recurse", "state_value_and_grad",
        "fill_tree_from_torch_module", "get_grad",
        "organized_init", "organized_init_with_rng", "organized_apply", "checkpoint.save", "checkpoint.load",

        // StateOrganizer
        "StateOrganizer", "register_parameter", "register_buffer", "register_aux", "register_submodule", "recursive_register_aux",
        "update_global_config", "get_global_config", "set_train_mode", "create_module", "set_apply", "set_forward",
        "get_state", "get_tree", "get_state_update", "submodules()", "StateOrganizer.__call__", "StateOrganizer.update_tree",

        // jit_util
        "su.jit", "jit_util.jit", "improved_static", "static_argnums", "static_argnames", "static_returns", "donate_argnums",
        "sidecall", "sidecall_wrapper", "HashableTree", "split_jax_nonjax", "merge_jax_nonjax",

        // rng_util
        "RNGState", "init_rng", "set_rng", "rng_util.split", "fold_in", "xavier_uniform", "jax.random.normal",

        // nn
        "nn.Identity", "nn.Linear", "nn.Embedding", "nn.Sequential", "nn.LayerNorm", "nn.Conv2d", "nn.Dropout", "nn.MultiheadAttention",
        "nn.CausalSelfAttention", "nn.BatchNorm", "nn.BatchNorm2d", "nn.module_from_func", "batch_axis", "pmean",

        // functional
        "functional.chain", "functional.relu", "functional.softmax", "functional.accuracy", "functional.softmax_cross_entropy",
        "ignore_index", "label_smoothing",
        "functional.max_pool2d", "functional.avg_pool2d", "jax.nn",

        // optim
        "optim.SGD", "optim.AdamW", "clip_grads", "randomly_scale", "mixed_precision_tree", "mixed_precision_loss", "force_high_precision",
        "linear_decay", "optim.optax", "params_filter", "params_merger",

        // The rest
        "optional_module", "wandb", "examples/resnet", "examples/lm",
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public void TheDocumentSpeaksOfIt(string name)
    {
        var headings = File.ReadLines(Document()).Where(line => line.StartsWith("### ", StringComparison.Ordinal));
        var word = $@"(?<!\w){Regex.Escape(name)}(?!\w)";
        Assert.Contains(headings, heading => Regex.IsMatch(heading, word));
    }

    private static string Document([CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", "..", "..", "docs", "from-python.md"));
}
