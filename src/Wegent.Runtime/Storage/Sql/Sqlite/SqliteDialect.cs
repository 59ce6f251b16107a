using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Wegent.Runtime.Storage.Sql.Sqlite;

/// <summary>SQLite in a file: write-ahead log, every commit flushed to the disk, one writer.</summary>
internal sealed class SqliteDialect : SqlDialect
{
    // Result codes of SQLite (sqlite.org/rescode.html).
    private const int Error = 1, Busy = 5, Locked = 6, ReadOnly = 8, IoError = 10, Corrupt = 11, Full = 13, CannotOpen = 14, TooBig = 18, Constraint = 19, Mismatch = 20, NotADatabase = 26;
    private const int ConstraintPrimaryKey = 1555, ConstraintUnique = 2067;

    private readonly SqliteOptions _options;
    private readonly string _connectionString;

    public SqliteDialect(SqliteOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(options.Path);
        _options = options;
        Place = Path.GetFullPath(options.Path);
        _connectionString = new SqliteConnectionStringBuilder
        {
            DataSource = Place,
            Mode = SqliteOpenMode.ReadWriteCreate,
            ForeignKeys = true,
            Pooling = false, // sessions are pooled with their statements
            DefaultTimeout = 1, // SQLite itself waits, by busy_timeout; the driver's own polling adds nothing
        }.ToString();
    }

    public override string Name => "Sqlite";

    public override string Place { get; }

    public override bool IsSynchronous => true;

    public override string Begin => "BEGIN IMMEDIATE";

    public override string BeginSnapshot => "BEGIN";

    public override bool NamesTasks => true;

    public override int MaxBatch => 256;

    public override async ValueTask LockSchemaAsync(SqlSession session) => await session.ExecuteAsync("BEGIN IMMEDIATE").ConfigureAwait(false);

    public override async ValueTask UnlockSchemaAsync(SqlSession session) => await session.ExecuteAsync("COMMIT").ConfigureAwait(false);

    public override async ValueTask<SqlSession> OpenAsync(bool isWriter, CancellationToken cancellationToken)
    {
        if (isWriter)
            CreateFile();

        var connection = new SqliteConnection(_connectionString);
        try
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            var session = new SqliteSession(connection, this);
            await session.RunScriptAsync(isWriter ? WriterPragmas() : ReaderPragmas()).ConfigureAwait(false);
            return session;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public override SqlFailure FailureOf(DbException error) => error switch
    {
        SqliteException { SqliteExtendedErrorCode: ConstraintUnique or ConstraintPrimaryKey } => SqlFailure.Duplicate,
        SqliteException { SqliteErrorCode: Error or Constraint or Mismatch or TooBig } => SqlFailure.Statement,
        _ => SqlFailure.Other, // who holds the file was waited for already
    };

    public override bool LeavesDoubt(Exception commitError) => false; // the library answers in this process

    public override WegentException Describe(DbException error)
    {
        if (FailureOf(error) is SqlFailure.Statement or SqlFailure.Duplicate)
            return new WegentException("storage.refused", $"The database {Place} refused a write that breaks its rules. Nothing of it was written. This is a defect of Wegent; please report it with the host's log.", error);

        var cause = (error as SqliteException)?.SqliteErrorCode switch
        {
            Busy or Locked => "is held by another process. Wait for it, or end it, and try again.",
            Full => "cannot grow: the disk is full. Make room and try again.",
            ReadOnly => "cannot be written. Give this process the right to write the file and its folder, and try again.",
            CannotOpen => "cannot be opened. Check that its folder exists and that this process may write there.",
            IoError => "cannot be read or written: the disk reports an error. Check the disk, and try again.",
            Corrupt or NotADatabase => "is damaged or is not a SQLite database. Restore a backup, or name another file.",
            _ => "does not answer. Look at the host's log for the cause, and try again.",
        };
        return new UnavailableException("storage.unavailable", $"The database {Place} {cause}", error);
    }

    protected override string Word(string verb, string argument) => verb switch
    {
        "use" => $"INDEXED BY {argument}", // an error if the index cannot serve
        "task name" => "'task-' || (SELECT COALESCE(MAX(q.seq), 0) + 1 FROM sqlite_sequence q WHERE q.name = 'tasks')", // there is one writer, so the next id is known
        _ => "", // a transaction that writes has the whole file, and the driver tells the new id
    };

    private string WriterPragmas() => $"""
        PRAGMA busy_timeout = {(int)_options.BusyTimeout.TotalMilliseconds};
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = FULL;
        PRAGMA temp_store = MEMORY;
        PRAGMA cache_size = -16384;
        PRAGMA wal_autocheckpoint = 4000;
        PRAGMA journal_size_limit = 67108864;
        {(_options.MaxPages is { } pages ? $"PRAGMA max_page_count = {pages};" : "")}
        """;

    private string ReaderPragmas() => $"""
        PRAGMA busy_timeout = {(int)_options.BusyTimeout.TotalMilliseconds};
        PRAGMA query_only = ON;
        """;

    /// <summary>Makes the file, empty and for its owner alone: it holds hashes of passwords. SQLite gives its side files the same rights.</summary>
    private void CreateFile()
    {
        if (File.Exists(Place))
            return;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Place)!); // Place is a full path of a file
            var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write, Share = FileShare.ReadWrite };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            new FileStream(Place, options).Dispose();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UnavailableException("storage.unavailable", $"The database {Place} cannot be made. Check the path and the rights of this process.", error);
        }
    }
}
