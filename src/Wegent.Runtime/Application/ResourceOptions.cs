using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Wegent.Runtime;

/// <summary>How much of the past of resources is kept. Section <c>Wegent:Resources</c>.</summary>
public sealed class ResourceOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Wegent:Resources";

    /// <summary>How many changes a watcher may be behind before it must list again. Default 10,000, 100 to 1,000,000.</summary>
    [Range(100, 1_000_000)]
    public int WatchWindow { get; set; } = 10_000;

    /// <summary>How many revisions of a resource are kept at least, the present one included. Default 10, 1 to 1,000.</summary>
    [Range(1, 1000)]
    public int Revisions { get; set; } = 10;
}

[OptionsValidator]
internal sealed partial class ResourceOptionsAnnotations : IValidateOptions<ResourceOptions>;
