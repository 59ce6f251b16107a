using System.Globalization;

namespace Wegent.Hosting.Tests.Security;

/// <summary>Who may reach a route at all.</summary>
public enum Access
{
    /// <summary>Everybody.</summary>
    Anyone,

    /// <summary>Whoever has signed in, for what is theirs.</summary>
    Users,

    /// <summary>Users, but not their API keys.</summary>
    People,

    /// <summary>Administrators.</summary>
    Admins,
}

/// <summary>The one table of who may reach which route. A route that stands not in it fails a test: decide, then add it.</summary>
internal static class AuthorizationTable
{
    private static readonly Dictionary<string, Access> s_routes = new(StringComparer.Ordinal)
    {
        ["GET /api/health"] = Access.Anyone,
        ["GET /healthz/live"] = Access.Anyone,
        ["GET /healthz/ready"] = Access.Anyone,
        ["GET /openapi/{documentName}.json"] = Access.Anyone,
        ["GET /metrics"] = Access.Admins,

        ["POST /api/auth/login"] = Access.Anyone,
        ["GET /api/auth/oidc/user-auth-type"] = Access.Anyone,
        ["POST /api/auth/ticket"] = Access.Users,
        ["GET /api/users/me"] = Access.Users,
        ["PUT /api/users/me/password"] = Access.People,
        ["GET /api/users/me/api-keys"] = Access.People,
        ["POST /api/users/me/api-keys"] = Access.People,
        ["DELETE /api/users/me/api-keys/{id:long}"] = Access.People,

        ["POST /api/v1/apply"] = Access.Users,
        ["POST /api/v1/namespaces/{ns}/apply"] = Access.Users,
        ["POST /api/v1/namespaces/{ns}/delete"] = Access.Users,
        ["POST /api/v1/plan"] = Access.Users,
        ["POST /api/v1/namespaces/{ns}/plan"] = Access.Users,
        ["POST /api/v1/plan/apply"] = Access.Users,
        ["GET /api/v1/schemas"] = Access.Anyone,
        ["GET /api/v1/schemas/{kind}"] = Access.Anyone,

        ["GET /api/v1/tasks"] = Access.Users,
        ["POST /api/v1/tasks"] = Access.Users,
        ["GET /api/v1/tasks/{task}"] = Access.Users,
        ["DELETE /api/v1/tasks/{task}"] = Access.Users,
        ["GET /api/v1/namespaces/{ns}/tasks"] = Access.Users,
        ["POST /api/v1/namespaces/{ns}/tasks"] = Access.Users,
        ["GET /api/v1/namespaces/{ns}/tasks/{task}"] = Access.Users,
        ["DELETE /api/v1/namespaces/{ns}/tasks/{task}"] = Access.Users,
        ["GET /api/v1/tasks/{task}/subtasks"] = Access.Users,
        ["POST /api/v1/tasks/{task}/messages"] = Access.Users,
        ["POST /api/v1/tasks/{task}/cancel"] = Access.Users,
        ["POST /api/v1/tasks/{task}/retry"] = Access.Users,
        ["POST /api/v1/tasks/{task}/confirm"] = Access.Users,
        ["GET /api/v1/tasks/{task}/pipeline-stage-info"] = Access.Users,
        ["POST /api/v1/tasks/{task}/preserve-executor"] = Access.Users,
        ["DELETE /api/v1/tasks/{task}/preserve-executor"] = Access.Users,
        ["GET /api/v1/tasks/{task}/events"] = Access.Users,
        ["GET /api/v1/tasks/{task}/logs"] = Access.Users,
        ["GET /api/v1/tasks/{task}/diff"] = Access.Users,
        ["GET /api/v1/tasks/{task}/workspace/files/{**path}"] = Access.Users,

        ["GET /api/v1/secrets"] = Access.Users,
        ["PUT /api/v1/secrets/{name}"] = Access.Users,
        ["DELETE /api/v1/secrets/{name}"] = Access.Users,

        ["GET /api/v1/admin/users"] = Access.Admins,
        ["POST /api/v1/admin/users"] = Access.Admins,
        ["GET /api/v1/admin/users/{user}"] = Access.Admins,
        ["PATCH /api/v1/admin/users/{user}"] = Access.Admins,
        ["DELETE /api/v1/admin/users/{user}"] = Access.Admins,
        ["GET /api/v1/admin/executors"] = Access.Admins,
        ["GET /api/v1/admin/stats"] = Access.Admins,
        ["POST /api/v1/admin/public/apply"] = Access.Admins,

        // Signs in by itself: a header, or a ticket. ChatTests hold what it takes.
        ["GET /chat"] = Access.Anyone,
        ["CONNECT /chat"] = Access.Anyone,
    };

    /// <summary>Method and pattern; <c>{plural}</c> stands for every kind that has routes of its own.</summary>
    public static IReadOnlyDictionary<string, Access> Routes { get; } = All();

    private static Dictionary<string, Access> All()
    {
        var routes = new Dictionary<string, Access>(s_routes, StringComparer.Ordinal);
        AddResources("/api/v1/{plural}", Access.Users);
        AddResources("/api/v1/namespaces/{ns}/{plural}", Access.Users);
        AddResources("/api/v1/admin/public/{plural}", Access.Admins);
        AddResources("/api/v1/admin/public-models", Access.Admins);
        return routes;

        void AddResources(string root, Access access)
        {
            foreach (var route in (string[])["GET {0}", "POST {0}", "GET {0}/{{name}}", "PUT {0}/{{name}}", "PATCH {0}/{{name}}", "DELETE {0}/{{name}}", "GET {0}/{{name}}/revisions", "POST {0}/{{name}}/undo"])
                routes.Add(string.Format(CultureInfo.InvariantCulture, route, root), access);
        }
    }
}
