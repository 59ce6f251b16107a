using Wegent.Resources;
using Wegent.Resources.Yaml;

namespace Wegent.Validation;

/// <summary>Older names of fields that documents still use.</summary>
internal static class FieldAliases
{
    private static readonly Contract s_shell = Contract.For(typeof(ShellSpec));

    /// <summary>Replaces an older name by the present one.</summary>
    /// <returns>True when the older name stands beside the present one: then it is an unknown field like any other.</returns>
    public static bool Resolve(Contract contract, SourceTree tree, int mapping, ref string name)
    {
        if (!ReferenceEquals(contract, s_shell) || name != "runtime")
            return false;
        if (tree.FindKey(mapping, "shellType") >= 0)
            return true;
        name = "shellType";
        return false;
    }
}
