using Wegent.Storage;

namespace Wegent.Runtime.Storage.Sql;

/// <summary>Forgets old entries of the log of resources, step by step.</summary>
internal static class SqlResourceLogTrim
{
    /// <summary>How many versions leave the log in one transaction.</summary>
    private const int StepLength = 500;

    /// <summary>One step: looks at the entries that leave now, and at the other old ones of the same resources.</summary>
    public static async ValueTask<(int Removed, bool HasMore)> RunStepAsync(SqlSession session, long keepChanges, int keepRevisions)
    {
        var (version, oldest) = await session.FindAsync(ResourceLogSql.FindStateToChange, static row => (row.GetInt64(0), row.GetInt64(1))).ConfigureAwait(false);
        var end = version - keepChanges;
        if (end <= oldest)
            return (0, false);

        var upTo = Math.Min(end, oldest + StepLength);
        var uids = await session.QueryAsync(ResourceLogSql.ListUids, static row => row.GetString(0), ("after", oldest), ("up_to", upTo)).ConfigureAwait(false);
        var removed = 0;
        foreach (var uid in uids.Distinct(StringComparer.Ordinal))
            removed += await TrimAsync(session, uid, upTo, keepRevisions).ConfigureAwait(false);
        await session.ExecuteAsync(ResourceLogSql.SetOldest, ("oldest", upTo)).ConfigureAwait(false);
        return (removed, upTo < end);
    }

    private static async ValueTask<int> TrimAsync(SqlSession session, string uid, long upTo, int keepRevisions)
    {
        var last = await session.FindAsync(ResourceLogSql.FindLastOperation, static row => ResourceLogSql.OperationOf(row.GetString(0)), ("uid", uid)).ConfigureAwait(false);
        var past = last == ResourceOperation.Deleted
            ? upTo
            : await session.FindAsync(ResourceLogSql.FindVersionPast, static row => row.GetInt64(0), ("uid", uid), ("keep", keepRevisions)).ConfigureAwait(false);
        return past == 0 ? 0 : await session.ExecuteAsync(ResourceLogSql.Delete, ("uid", uid), ("up_to", Math.Min(past, upTo))).ConfigureAwait(false);
    }
}
