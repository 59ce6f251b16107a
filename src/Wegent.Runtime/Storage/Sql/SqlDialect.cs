using System.Data.Common;

namespace Wegent.Runtime.Storage.Sql;

/// <summary>What differs between database engines, and nothing else: the stores, their SQL and the writer are the same for all.</summary>
/// <remarks>
/// SQL is written once, in the form that all engines take. Where they differ it holds a mark, which <see cref="Translate"/> turns
/// into the engine's own words when a statement is prepared: <c>/*use INDEX*/</c> after a table names the index that must be used,
/// <c>/*lock*/</c> at the end of a select keeps its rows for this transaction, <c>/*id*/</c> at the end of an insert asks for the new id
/// where the driver does not tell it,
/// <c>/*task name*/</c> stands for a value that gives a new task its name (see <see cref="NamesTasks"/>).
/// </remarks>
internal abstract class SqlDialect
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

    /// <summary>Takes the lock under which the schema is brought up to date.</summary>
    public abstract string LockSchema { get; }

    /// <summary>Gives the lock of <see cref="LockSchema"/> back.</summary>
    public abstract string UnlockSchema { get; }

    /// <summary>Opens a connection.</summary>
    /// <param name="isWriter">Whether it will write.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public abstract ValueTask<SqlSession> OpenAsync(bool isWriter, CancellationToken cancellationToken);

    /// <summary>Makes the statement of this engine out of one with marks.</summary>
    public abstract string Translate(string sql);

    /// <summary>Whether an error says that a row with the same unique values exists.</summary>
    public abstract bool IsUniqueViolation(DbException error);

    /// <summary>Whether an error is about one statement, so that the transaction can go on without it: a constraint, a value.</summary>
    public abstract bool IsStatementError(DbException error);

    /// <summary>The error for callers: <c>storage.unavailable</c> with what is away and what to do, or <c>storage.refused</c> for a statement error. The driver's error goes along as the cause.</summary>
    public abstract WegentException Describe(DbException error);
}
