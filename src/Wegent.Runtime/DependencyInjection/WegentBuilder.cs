using Microsoft.Extensions.DependencyInjection;

namespace Wegent.Runtime.DependencyInjection;

internal sealed class WegentBuilder(IServiceCollection services) : IWegentBuilder
{
    public IServiceCollection Services => services;
}
