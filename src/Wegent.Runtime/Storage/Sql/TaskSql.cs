namespace Wegent.Runtime.Storage.Sql;

/// <summary>The SQL of tasks, messages, log and queue. Each statement says which index it goes by; <see cref="SqlDialect"/> explains the marks.</summary>
internal static class TaskSql
{
    private const string TaskColumns = """
        t.id, t.owner, t.namespace, t.name, t.status, t.progress, t.reason, t.error_message, t.attempt, t.not_before, t.ready_at, t.fence,
        t.lease_node, t.lease_until, t.last_seq, t.last_message_id, t.preserve_executor, t.created_at, t.updated_at, t.completed_at
        """;

    private const string SubtaskColumns = """
        m.id, m.task_id, m.message_id, m.role, m.member, m.bot_name, m.sender, m.status, m.attempt, m.covered_line, m.session_id,
        m.reason, m.error_message, m.created_at, m.completed_at, x.prompt, x.result
        """;

    // primary key
    public const string FindTask = $"SELECT {TaskColumns} FROM tasks t WHERE t.id = @id";

    // primary key
    public const string FindTaskToChange = $"{FindTask} /*lock*/";

    // ux_tasks_name
    public const string FindTaskByName = $"SELECT {TaskColumns} FROM tasks t /*use ux_tasks_name*/ WHERE t.owner = @owner AND t.live = 1 AND t.namespace = @namespace AND t.name = @name";

    // primary key
    public const string FindSpec = "SELECT title, prompt, labels, plan FROM task_specs WHERE task_id = @id";

    public const string InsertTask = """
        INSERT INTO tasks (owner, namespace, name, team_name, status, progress, attempt, ready_at, fence, last_seq, last_message_id, preserve_executor, created_at, updated_at)
        VALUES (@owner, @namespace, COALESCE(@name, /*task name*/), @team_name, 'PENDING', 0, 0, @ready_at, 0, @last_seq, @last_message_id, 0, @created_at, @created_at) /*id*/
        """;

    // primary key
    public const string NameTask = "UPDATE tasks SET name = @name WHERE id = @id";

    public const string InsertSpec = "INSERT INTO task_specs (task_id, title, prompt, labels, plan) VALUES (@id, @title, @prompt, @labels, @plan)";

    private const string MoveColumns = """
        UPDATE tasks SET status = @status, progress = @progress, reason = @reason, error_message = @error_message, attempt = @attempt,
          not_before = @not_before, ready_at = @ready_at, fence = @fence, lease_node = @lease_node, lease_until = @lease_until,
          last_seq = @last_seq, last_message_id = @last_message_id, preserve_executor = @preserve_executor, updated_at = @updated_at, completed_at = @completed_at
        """;

    private const string IfUnchanged = " WHERE id = @id AND status = @old_status AND fence = @old_fence";

    // primary key
    public const string MoveTask = $"{MoveColumns}{IfUnchanged}";

    // primary key
    public const string DeleteTask = $"{MoveColumns}, live = NULL{IfUnchanged}";

    // primary key; leaves the columns of the queue's indexes alone
    public const string StepTask = $"UPDATE tasks SET progress = @progress, last_seq = @last_seq, last_message_id = @last_message_id, preserve_executor = @preserve_executor, updated_at = @updated_at{IfUnchanged}";

    // primary key
    public const string ReadEvents = "SELECT seq, name, data, created_at FROM task_events WHERE task_id = @task_id AND seq > @after ORDER BY seq LIMIT @limit";

    // primary keys
    public const string FindSubtask = $"SELECT {SubtaskColumns} FROM subtasks m JOIN subtask_texts x ON x.subtask_id = m.id WHERE m.id = @id AND m.task_id = @task_id";

    // ux_subtasks_message
    public const string ListSubtasks = $"""
        SELECT {SubtaskColumns} FROM subtasks m /*use ux_subtasks_message*/ JOIN subtask_texts x ON x.subtask_id = m.id
        WHERE m.task_id = @task_id AND m.message_id > @after ORDER BY m.message_id
        """;

    // ux_subtasks_message
    public const string ListOpenRuns = $"""
        SELECT {SubtaskColumns} FROM subtasks m /*use ux_subtasks_message*/ JOIN subtask_texts x ON x.subtask_id = m.id
        WHERE m.task_id = @task_id AND m.role = 'ASSISTANT' AND m.status IN ('PENDING', 'RUNNING') ORDER BY m.message_id
        """;

    public const string InsertSubtask = """
        INSERT INTO subtasks (task_id, message_id, role, member, bot_name, sender, status, attempt, covered_line, created_at, completed_at)
        VALUES (@task_id, @message_id, @role, @member, @bot_name, @sender, @status, 0, -1, @created_at, @completed_at) /*id*/
        """;

    public const string InsertTexts = "INSERT INTO subtask_texts (subtask_id, prompt) VALUES (@id, @prompt)";

    // primary key
    public const string UpdateSubtask = """
        UPDATE subtasks SET status = @status, attempt = @attempt, covered_line = @covered_line, session_id = @session_id,
          reason = @reason, error_message = @error_message, completed_at = @completed_at
        WHERE id = @id
        """;

    // primary key
    public const string UpdateResult = "UPDATE subtask_texts SET result = @result WHERE subtask_id = @id";

    // ux_task_artifacts_name
    public const string FindArtifact = "SELECT a.content FROM task_artifacts a /*use ux_task_artifacts_name*/ WHERE a.task_id = @task_id AND a.name = @name";

    // ux_task_artifacts_name
    public const string DeleteArtifact = "DELETE FROM task_artifacts WHERE task_id = @task_id AND name = @name";

    public const string InsertArtifact = "INSERT INTO task_artifacts (task_id, name, content) VALUES (@task_id, @name, @content)";

    // primary key
    public const string FindKey = "SELECT digest, task_id, subtask_id, expires_at FROM idempotency_keys WHERE owner = @owner AND scope = @scope AND idempotency_key = @key AND expires_at > @now";

    // ix_idempotency_keys_expires
    public const string DeleteExpiredKeys = "DELETE FROM idempotency_keys WHERE expires_at <= @now";

    public const string InsertKey = """
        INSERT INTO idempotency_keys (owner, scope, idempotency_key, digest, task_id, subtask_id, expires_at)
        VALUES (@owner, @scope, @key, @digest, @task_id, @subtask_id, @expires_at)
        """;

    /// <summary>Keeps other transactions from claiming until this one ends. Primary key.</summary>
    public const string LockSlots = "SELECT l.name FROM store_locks l WHERE l.name = 'slots' /*lock*/";

    // ix_tasks_lease: as many rows as run
    public const string ListLost = $"""
        SELECT {TaskColumns} FROM tasks t /*use ix_tasks_lease*/
        WHERE t.lease_until <= @now ORDER BY t.lease_until, t.id LIMIT @limit /*lock free*/
        """;

    // ix_tasks_lease: as many rows as run
    public const string ListLostOrOwn = $"""
        SELECT {TaskColumns} FROM tasks t /*use ix_tasks_lease*/
        WHERE t.lease_until IS NOT NULL AND (t.lease_until <= @now OR t.lease_node = @node) ORDER BY t.lease_until, t.id LIMIT @limit /*lock free*/
        """;

    // ix_tasks_lease: as many rows as run
    public const string CountRunning = "SELECT COUNT(*) FROM tasks t /*use ix_tasks_lease*/ WHERE t.lease_until IS NOT NULL";

    // ix_tasks_ready: as many rows as asked for
    public const string ListReady = $"""
        SELECT {TaskColumns} FROM tasks t /*use ix_tasks_ready*/
        WHERE t.ready_at <= @now ORDER BY t.ready_at, t.id LIMIT @limit /*lock free*/
        """;

    // ix_tasks_ready: one row
    public const string FindNextDue = "SELECT t.ready_at FROM tasks t /*use ix_tasks_ready*/ WHERE t.ready_at > @now ORDER BY t.ready_at LIMIT 1";

    // primary key
    public const string FindStoreId = "SELECT store_id FROM store_info WHERE id = 1";

    private const string List = $"SELECT {TaskColumns}, s.title, s.prompt, s.labels, s.plan FROM tasks t ";

    // The order of the index is that of the list, so a page costs what it holds, however many tasks there are.
    private const string Page = " JOIN task_specs s ON s.task_id = t.id WHERE t.live = 1 AND t.id < @before";

    private const string Newest = " ORDER BY t.id DESC LIMIT @limit";

    /// <summary>How many log entries <see cref="InsertEvents"/> takes at most.</summary>
    public const int MaxEvents = 8;

    private static readonly string[] s_insertEvents = [.. Enumerable.Range(1, MaxEvents).Select(static count =>
        "INSERT INTO task_events (task_id, created_at, seq, name, data) VALUES " + string.Join(", ", Enumerable.Range(0, count).Select(static i => $"(@task_id, @created_at, @seq{i}, @name{i}, @data{i})")))];

    /// <summary>Inserts a number of log entries of one task at once.</summary>
    public static string InsertEvents(int count) => s_insertEvents[count - 1];

    /// <summary>The list of tasks for the filters that are set. A change time leads, for it leaves the least; then come the owner's lists.</summary>
    public static string ListTasks(bool owner, bool status, bool team, bool changed) => (owner, status, team, changed) switch
    {
        (false, false, false, false) => $"{List}{Page}{Newest}", // primary key
        (false, true, false, false) => $"{List}{Page} AND t.status = @status{Newest}", // primary key
        (false, false, true, false) => $"{List}{Page} AND t.team_name = @team{Newest}", // primary key
        (false, true, true, false) => $"{List}{Page} AND t.status = @status AND t.team_name = @team{Newest}", // primary key
        (true, false, false, false) => $"{List}/*use ix_tasks_owner*/{Page} AND t.owner = @owner{Newest}",
        (true, true, false, false) => $"{List}/*use ix_tasks_status*/{Page} AND t.owner = @owner AND t.status = @status{Newest}",
        (true, false, true, false) => $"{List}/*use ix_tasks_team*/{Page} AND t.owner = @owner AND t.team_name = @team{Newest}",
        (true, true, true, false) => $"{List}/*use ix_tasks_status*/{Page} AND t.owner = @owner AND t.status = @status AND t.team_name = @team{Newest}",
        (false, false, false, true) => $"{List}/*use ix_tasks_updated*/{Page} AND t.updated_at >= @since{Newest}",
        (false, true, false, true) => $"{List}/*use ix_tasks_updated*/{Page} AND t.updated_at >= @since AND t.status = @status{Newest}",
        (false, false, true, true) => $"{List}/*use ix_tasks_updated*/{Page} AND t.updated_at >= @since AND t.team_name = @team{Newest}",
        (false, true, true, true) => $"{List}/*use ix_tasks_updated*/{Page} AND t.updated_at >= @since AND t.status = @status AND t.team_name = @team{Newest}",
        (true, false, false, true) => $"{List}/*use ix_tasks_updated*/{Page} AND t.updated_at >= @since AND t.owner = @owner{Newest}",
        (true, true, false, true) => $"{List}/*use ix_tasks_updated*/{Page} AND t.updated_at >= @since AND t.owner = @owner AND t.status = @status{Newest}",
        (true, false, true, true) => $"{List}/*use ix_tasks_updated*/{Page} AND t.updated_at >= @since AND t.owner = @owner AND t.team_name = @team{Newest}",
        (true, true, true, true) => $"{List}/*use ix_tasks_updated*/{Page} AND t.updated_at >= @since AND t.owner = @owner AND t.status = @status AND t.team_name = @team{Newest}",
    };
}
