namespace Wegent.Hosting.Api;

/// <summary>POST <c>/api/v1/admin/users</c>.</summary>
internal sealed record NewUserBody
{
    public required string UserName { get; init; }

    /// <summary><c>user</c>, which is the default, or <c>admin</c>.</summary>
    public string? Role { get; init; }

    /// <summary>Null makes one up.</summary>
    public string? Password { get; init; }

    /// <summary>Prints no password.</summary>
    public override string ToString() => $"NewUserBody {{ UserName = {UserName} }}";
}

/// <summary>A user who was just added.</summary>
/// <param name="User">The user.</param>
/// <param name="Password">The password that was made up; null when it was given.</param>
internal sealed record NewUserReply(UserReply User, string? Password)
{
    /// <summary>Prints no password.</summary>
    public override string ToString() => $"NewUserReply {{ User = {User.UserName} }}";
}

/// <summary>PATCH <c>/api/v1/admin/users/{user}</c>; what is left out stays.</summary>
internal sealed record UserChangeBody
{
    public string? Role { get; init; }

    public bool? IsActive { get; init; }

    public string? Password { get; init; }

    /// <summary>Prints no password.</summary>
    public override string ToString() => nameof(UserChangeBody);
}

/// <summary>All users.</summary>
internal sealed record UserList(IReadOnlyList<UserReply> Items);

/// <summary>A sandbox.</summary>
/// <param name="SandboxId">Its id.</param>
/// <param name="Place">Where it runs.</param>
/// <param name="TaskId">The task that it is for.</param>
/// <param name="Running">Whether it can be talked to.</param>
/// <param name="Port">The leased port; null where none is needed.</param>
/// <param name="CreatedAt">When it was made.</param>
internal sealed record ExecutorReply(string SandboxId, string Place, long TaskId, bool Running, int? Port, DateTimeOffset CreatedAt);

/// <summary>A place that does not answer.</summary>
internal sealed record PlaceProblem(string Place, string Detail);

/// <summary>All sandboxes, and the places that could not be asked.</summary>
internal sealed record ExecutorList(IReadOnlyList<ExecutorReply> Items, IReadOnlyList<PlaceProblem> Problems);

/// <summary>What a host is doing.</summary>
/// <param name="Version">Its version.</param>
/// <param name="UptimeSeconds">Since its start.</param>
/// <param name="Users">Users of the store.</param>
/// <param name="OpenRooms">Rooms with someone in them.</param>
/// <param name="MemoryBytes">Resident memory.</param>
/// <param name="Threads">Threads of the pool.</param>
internal sealed record StatsReply(string Version, long UptimeSeconds, int Users, int OpenRooms, long MemoryBytes, int Threads);
