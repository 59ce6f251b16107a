using Wegent.Resources;
using Wegent.Resources.Yaml;

namespace Wegent;

/// <summary>Shorter ways to call <see cref="IResourceClient"/>.</summary>
public static class ResourceClientExtensions
{
    /// <summary>Applies resources that were built in code.</summary>
    /// <exception cref="InvalidResourcesException">They have errors; places are those of their YAML form. Nothing was written.</exception>
    /// <exception cref="ConflictException">See <see cref="IResourceClient.ApplyAsync"/>.</exception>
    public static ValueTask<ApplyResult> ApplyAsync(this IResourceClient resources, IEnumerable<Resource> documents, ApplyOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(resources);
        return resources.ApplyAsync(ResourceWriter.ToYaml(documents), options, cancellationToken);
    }
}
