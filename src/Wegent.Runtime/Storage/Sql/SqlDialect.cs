using System.Data.Common;
using System.Text.RegularExpressions;

namespace Wegent.Runtime.Storage.Sql;

/// <summary>What differs between database engines, and nothing else: the stores, their SQL and the writer are the same for all.</summary>
/// <remarks>
/// SQL is written once, in the form that all engines take. Where they differ it holds a mark, which <see cref="Translate"/> turns
/// into the engine's own words when a statement is prepared: <c>/*use INDEX*/</c> after a table names the index that must be used,
/// <c>/*lock*/</c> at the end of a select keeps its rows for this transaction (<c>/*lock free*/</c>: those of them that no other keeps),
/// <c>/*id*/</c> at the end of an insert asks for the new id where the driver does not tell it,
/// <c>/*task name*/</c> stands for a value that gives a new task its name (see <see cref="NamesTasks"/>).
/// </remarks>
internal abstract partial class SqlDialect
{
    /// <summary>Name of the engine, and of the folder that holds its migrations.</summary>
    public abstract string Name { get; }

    /// <summary>Where the data is, for messages; no credentials.</summary>
    public abstract string Place { get; }

    /// <summary>Whether the driver's calls end before they return, so that awaiting them would only cost.</summary>
    public abstract bool IsSynchronous { get; }

    /// <summary>Whether <c>/*task name*/</c> is <c>task-{id}</c>. Where the engine gives the id only afterwards, it is any unique value and the task is named then.</summary>
    public abstract bool NamesTasks { get; }

    /// <summary>Begins a transaction that writes.</summary>
    public abstract string Begin { get; }

    /// <summary>Begins a transaction in which all reads see one state.</summary>
    public abstract string BeginSnapshot { get; }

    /// <summary>How many writes one commit takes at most: as many as can wait for the slowest of them.</summary>
    public abstract int MaxBatch { get; }

    /// <summary>Takes the lock under which the schema is brought up to date.</summary>
    /// <exception cref="UnavailableException"><c>storage.unavailable</c>: another host holds it for too long.</exception>
    public abstract ValueTask LockSchemaAsync(SqlSession session);

    /// <summary>Gives the lock of <see cref="LockSchemaAsync"/> back.</summary>
    public abstract ValueTask UnlockSchemaAsync(SqlSession session);

    /// <summary>Opens a connection.</summary>
    /// <param name="isWriter">Whether it will write.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public abstract ValueTask<SqlSession> OpenAsync(bool isWriter, CancellationToken cancellationToken);

    /// <summary>Makes the statement of this engine out of one with marks.</summary>
    public string Translate(string sql) => Mark().Replace(sql, mark => Word(mark.Groups["verb"].Value, mark.Groups["argument"].Value));

    /// <summary>What a driver's error means for who ran the statement.</summary>
    public abstract SqlFailure FailureOf(DbException error);

    /// <summary>Whether an error says that a row with the same unique values exists.</summary>
    public bool IsUniqueViolation(DbException error) => FailureOf(error) == SqlFailure.Duplicate;

    /// <summary>Whether a commit that ended in an error may have been made nevertheless, since its answer was lost.</summary>
    public abstract bool LeavesDoubt(Exception commitError);

    /// <summary>The error for callers: <c>storage.unavailable</c> with what is away and what to do, or <c>storage.refused</c> for a statement error. The driver's error goes along as the cause.</summary>
    public abstract WegentException Describe(DbException error);

    /// <summary>The engine's words for a mark.</summary>
    protected abstract string Word(string verb, string argument);

    [GeneratedRegex(@"/\*(?<verb>use|lock|id|task name)(?: (?<argument>\w+))?\*/", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Mark();
}
