using System.Text;
using Wegent.Hosting.Security;

namespace Wegent.Hosting.Api;

/// <summary>What an apply would do, and doing exactly that.</summary>
internal static class PlanEndpoints
{
    private const string Source = "(body)";

    public static void MapPlan(this IEndpointRouteBuilder routes)
    {
        var plans = routes.MapGroup("/api/v1").WithTags("Apply");
        foreach (var pattern in (string[])["/plan", "/namespaces/{ns}/plan"])
            plans.MapPost(pattern, PlanAsync).Accepts<string>("application/yaml", "application/json", RequestBody.AnyType).WithSummary("Find out what an apply would do; the reply can be kept and applied");
        plans.MapPost("/plan/apply", ApplyAsync).Accepts<string>("application/json", RequestBody.AnyType).WithSummary("Do exactly what a plan says, or nothing when something moved");
    }

    private static async Task<IResult> PlanAsync(HttpContext context, Caller caller, [AsParameters] ApplyParameters parameters)
    {
        var plan = await caller.Resources.PlanAsync(await RequestBody.ReadTextAsync(context.Request), parameters.ToOptions(Source), context.RequestAborted);
        return Documents.One(Encoding.UTF8.GetBytes(plan.ToJson()));
    }

    private static async Task<IResult> ApplyAsync(HttpContext context, Caller caller)
    {
        var plan = ResourcePlan.FromJson(await RequestBody.ReadTextAsync(context.Request));
        return ApplyEndpoints.Reply(await caller.Resources.ApplyPlanAsync(plan, context.RequestAborted), dryRun: false);
    }
}
