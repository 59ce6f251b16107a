using System.Collections.Concurrent;
using System.Data.Common;
using System.Net.Sockets;
using MySqlConnector;

namespace Wegent.Runtime.Storage.Sql.MySql;

/// <summary>
/// MySQL 8 or later, or MariaDB 10.6 or later, as several hosts share it: in words that both take. Writers see what was committed when
/// each statement begins (READ COMMITTED), and keep with row locks what they rely on; readers see one state.
/// </summary>
internal sealed class MySqlDialect(MySqlOptions options) : SqlDialect
{
    // Numbers that the driver has no name for (the engines' lists of errors); the first is MySQL's, the others are MariaDB's.
    private const int CheckFailed = 3819, MariaCheckFailed = 4025, MariaConnectionKilled = 1927;

    private const int SchemaWaitSeconds = 60;

    private readonly ConcurrentDictionary<string, MySqlStatement> _statements = new(StringComparer.Ordinal);

    public override string Name => "MySql";

    public override string Place => options.Place;

    public override bool IsSynchronous => false;

    public override bool NamesTasks => false;

    public override string Begin => "START TRANSACTION";

    public override string BeginSnapshot => "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY";

    /// <summary>Each statement is a way to the server and back, and other hosts wait for the rows that a batch keeps.</summary>
    public override int MaxBatch => 64;

    public override async ValueTask<SqlSession> OpenAsync(bool isWriter, CancellationToken cancellationToken) =>
        await MySqlSession.OpenAsync(this, options.ConnectionString, Settings(isWriter), cancellationToken).ConfigureAwait(false);

    public override async ValueTask LockSchemaAsync(SqlSession session)
    {
        var isLocked = await session.FindAsync("SELECT COALESCE(GET_LOCK(CONCAT('wegent.', SHA1(DATABASE())), @seconds), 0)", static row => row.GetInt64(0) == 1, ("seconds", SchemaWaitSeconds / 3)).ConfigureAwait(false);
        if (!isLocked)
            throw new UnavailableException("storage.unavailable", $"The database {Place} is being brought up to date by another host. Wait for it, and try again.");
    }

    public override async ValueTask UnlockSchemaAsync(SqlSession session) =>
        await session.FindAsync("SELECT COALESCE(RELEASE_LOCK(CONCAT('wegent.', SHA1(DATABASE()))), 0)", static row => row.GetInt64(0)).ConfigureAwait(false);

    /// <summary>The statement of a text with marks.</summary>
    public MySqlStatement StatementOf(string sql) => _statements.GetOrAdd(sql, static (text, dialect) => MySqlStatement.Of(dialect.Translate(text)), this);

    public override SqlFailure FailureOf(DbException error) => error switch
    {
        MySqlSessionLostException => SqlFailure.Lost,
        MySqlException known => FailureOf(known),
        _ => SqlFailure.Other,
    };

    /// <summary>Whatever is not an answer of the engine that refuses this very transaction.</summary>
    public override bool LeavesDoubt(Exception commitError) => (commitError as MySqlException)?.ErrorCode is not (
        MySqlErrorCode.LockDeadlock or MySqlErrorCode.LockWaitTimeout or MySqlErrorCode.OptionPreventsStatement or MySqlErrorCode.CannotExecuteInReadOnlyTransaction);

    public override WegentException Describe(DbException error)
    {
        if (FailureOf(error) is SqlFailure.Statement or SqlFailure.Duplicate)
            return new WegentException("storage.refused", $"The database {Place} refused a write that breaks its rules. Nothing of it was written. This is a defect of Wegent; please report it with the host's log.", error);

        var cause = (error as MySqlException)?.ErrorCode switch
        {
            MySqlErrorCode.AccessDenied => "refuses the user or the password. Check User ID and Password of Wegent:Storage:ConnectionString, and that the user may come from this machine.",
            MySqlErrorCode.DatabaseAccessDenied => "is closed to this user. Grant the user all rights on the database, and try again.",
            MySqlErrorCode.TableAccessDenied or MySqlErrorCode.ColumnAccessDenied => "lacks a right for this user. Grant the user all rights on the database, and try again.",
            MySqlErrorCode.UnknownDatabase => "does not exist. Create it (CREATE DATABASE ...), or name another in Wegent:Storage:ConnectionString.",
            MySqlErrorCode.ConnectionCountError or MySqlErrorCode.TooManyUserConnections or MySqlErrorCode.UserLimitReached => "has too many connections. Raise the server's limit (max_connections), lower Wegent:Storage:MaxPoolSize of the hosts, or end other clients.",
            MySqlErrorCode.HostIsBlocked or MySqlErrorCode.HostNotPrivileged => "does not let this machine in. Allow it on the server.",
            MySqlErrorCode.DiskFull or MySqlErrorCode.ErrorOnWrite or MySqlErrorCode.RecordFileFull => "cannot grow: the server's disk is full. Make room and try again.",
            MySqlErrorCode.OptionPreventsStatement or MySqlErrorCode.CannotExecuteInReadOnlyTransaction => "cannot be written: the server is read-only. Name the server that takes writes, or make this one writable.",
            MySqlErrorCode.LockWaitTimeout => "is held by another client's transaction. Wait for it, or end it, and try again.",
            MySqlErrorCode.LockDeadlock => "is too busy: transactions kept getting in each other's way. Try again.",
            MySqlErrorCode.CommandTimeoutExpired or MySqlErrorCode.QueryInterrupted => "took too long to answer. Look at the server's load, and try again.",
            _ when FailureOf(error) == SqlFailure.Lost => "is away. Check that the server runs and that this machine reaches it, and try again.",
            _ => "does not answer as it should. Look at the host's log for the cause, and try again.",
        };
        return new UnavailableException("storage.unavailable", $"The database {Place} {cause}", error);
    }

    protected override string Word(string verb, string argument) => (verb, argument) switch
    {
        ("use", _) => $"FORCE INDEX ({argument})",
        ("lock", "free") => "FOR UPDATE SKIP LOCKED",
        ("lock", _) => "FOR UPDATE",
        ("task name", _) => "CONCAT('new/', UUID())", // the id is known only afterwards
        _ => "", // the server tells the new id with its answer
    };

    private static SqlFailure FailureOf(MySqlException error) => error.ErrorCode switch
    {
        MySqlErrorCode.DuplicateKeyEntry => SqlFailure.Duplicate,
        MySqlErrorCode.ColumnCannotBeNull or MySqlErrorCode.ParseError or MySqlErrorCode.BadFieldError or MySqlErrorCode.NoSuchTable or MySqlErrorCode.WrongValueCountOnRow
            or MySqlErrorCode.WarningDataOutOfRange or MySqlErrorCode.TruncatedWrongValue or MySqlErrorCode.NoDefaultForField or MySqlErrorCode.TruncatedWrongValueForField
            or MySqlErrorCode.DataTooLong or MySqlErrorCode.NoReferencedRow or MySqlErrorCode.NoReferencedRow2 or MySqlErrorCode.RowIsReferenced or MySqlErrorCode.RowIsReferenced2
            or MySqlErrorCode.WarningDataTruncated or (MySqlErrorCode)CheckFailed or (MySqlErrorCode)MariaCheckFailed => SqlFailure.Statement,
        MySqlErrorCode.LockDeadlock => SqlFailure.Deadlock,
        MySqlErrorCode.LockWaitTimeout => SqlFailure.LockWait,
        MySqlErrorCode.UnableToConnectToHost or MySqlErrorCode.ServerShutdown or MySqlErrorCode.NormalShutdown or MySqlErrorCode.NewAbortingConnection or MySqlErrorCode.AbortingConnection
            or MySqlErrorCode.ClientInteractionTimeout or (MySqlErrorCode)MariaConnectionKilled => SqlFailure.Lost,
        _ when HasLostConnection(error) => SqlFailure.Lost,
        _ => SqlFailure.Other,
    };

    private static bool HasLostConnection(Exception error) =>
        error is IOException or SocketException || (error.InnerException is { } inner && HasLostConnection(inner));

    // Times are numbers, so time zones do not matter. Locks are waited for shortly: who holds one longer is in trouble.
    private string Settings(bool isWriter)
    {
        var seconds = Math.Max(1, (int)options.LockWait.TotalSeconds);
        return $"""
            SET SESSION sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION', SESSION autocommit = 1, SESSION innodb_lock_wait_timeout = {seconds}, SESSION lock_wait_timeout = {seconds};
            SET SESSION TRANSACTION ISOLATION LEVEL {(isWriter ? "READ COMMITTED" : "REPEATABLE READ, READ ONLY")};
            SELECT @@max_allowed_packet
            """;
    }
}
