using System.Data;
using System.Data.Common;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Microsoft.Data.SqlClient;

namespace VideoPipeline.Tests.Database.SqlServer;

/// <summary>What the stand-in makes of a statement.</summary>
internal sealed record Answers
{
    /// <summary>How many rows a query finds.</summary>
    public int Rows { get; init; } = 1;

    /// <summary>What a query of whether something exists says.</summary>
    public bool Exists { get; init; }

    /// <summary>The status that jobs are in.</summary>
    public string Status { get; init; } = "queued";

    /// <summary>Queries of this table find nothing.</summary>
    public string? EmptyTable { get; init; }

    /// <summary>Inserts meet a row with their unique key.</summary>
    public bool InsertsCollide { get; init; }
}

/// <summary>A statement that was sent, and from where.</summary>
internal sealed record SentStatement(string Text, (Module Module, int Method, int Offset)? Sender);

/// <summary>
/// Stands in for SQL Server, which can't be had where the tests run: it parses what the service sends, as the server would,
/// and answers with as many rows of as many columns as were asked for.
/// </summary>
internal sealed class SqlServerStandIn(StandInRows rows, IReadOnlyCollection<Assembly> service)
{
    /// <summary>Loops that go on as long as there are rows come to an end.</summary>
    private const int MostAnswers = 40;

    private readonly Lock _gate = new();
    private readonly List<SentStatement> _sent = [];
    private readonly List<string> _errors = [];
    private Answers _answers = new();
    private int _left;

    /// <summary>So far; what a call left running may still send.</summary>
    public IReadOnlyList<SentStatement> Sent
    {
        get
        {
            lock (_gate)
            {
                return [.. _sent];
            }
        }
    }

    /// <summary>What SQL Server would not have understood.</summary>
    public IReadOnlyList<string> Errors
    {
        get
        {
            lock (_gate)
            {
                return [.. _errors];
            }
        }
    }

    public void Prepare(Answers answers)
    {
        lock (_gate)
        {
            _answers = answers;
            _left = MostAnswers;
        }
    }

    public DbConnection NewConnection() => new Connection(this);

    private IReadOnlyList<StandInResult> Receive(string text)
    {
        lock (_gate)
        {
            var (batches, errors) = StatementParser.Parse(text);
            _sent.Add(new(text, StatementSites.SenderOf(new StackTrace(skipFrames: 1, fNeedFileInfo: false).GetFrames(), service)));
            _errors.AddRange(errors.Select(error => $"{error}\n{text}"));
            if (--_left < 0)
            {
                return rows.ResultsOf(batches, _answers with { Rows = 0, Exists = false });
            }

            if (_answers.EmptyTable is { } empty && text.Contains($"FROM [{empty}] AS", StringComparison.Ordinal))
            {
                return rows.ResultsOf(batches, _answers with { Rows = 0 });
            }

            if (_answers.InsertsCollide && text.Contains("INSERT INTO", StringComparison.Ordinal))
            {
                // SqlException has no constructor; the service treats all databases' exceptions alike.
                throw new Microsoft.Data.Sqlite.SqliteException("UNIQUE constraint failed", 19, 2067);
            }

            return rows.ResultsOf(batches, _answers);
        }
    }

    private sealed class Connection(SqlServerStandIn server) : DbConnection
    {
        private ConnectionState _state;

        [AllowNull]
        public override string ConnectionString { get; set; } = "Server=stand-in;Database=videopipeline";

        public override string Database => "videopipeline";

        public override string DataSource => "stand-in";

        public override string ServerVersion => "13.00.1601";

        public override ConnectionState State => _state;

        public override void ChangeDatabase(string databaseName) => throw new NotSupportedException();

        public override void EnlistTransaction(System.Transactions.Transaction? transaction)
        {
        }

        public override void Open() => _state = ConnectionState.Open;

        public override void Close() => _state = ConnectionState.Closed;

        protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) => new Transaction(this, isolationLevel);

        protected override DbCommand CreateDbCommand() => new Command(server) { Connection = this };
    }

    private sealed class Transaction(Connection connection, IsolationLevel isolationLevel) : DbTransaction
    {
        public override IsolationLevel IsolationLevel => isolationLevel;

        public override bool SupportsSavepoints => true;

        protected override DbConnection DbConnection => connection;

        public override void Commit()
        {
        }

        public override void Rollback()
        {
        }

        public override void Save(string savepointName)
        {
        }

        public override void Rollback(string savepointName)
        {
        }
    }

    private sealed class Command(SqlServerStandIn server) : DbCommand
    {
        // EF sets properties that only SQL Server's own parameters have.
        private readonly SqlCommand _parameters = new();

        [AllowNull]
        public override string CommandText { get; set; } = string.Empty;

        public override int CommandTimeout { get; set; }

        public override CommandType CommandType { get; set; } = CommandType.Text;

        public override bool DesignTimeVisible { get; set; }

        public override UpdateRowSource UpdatedRowSource { get; set; }

        protected override DbConnection? DbConnection { get; set; }

        protected override DbParameterCollection DbParameterCollection => _parameters.Parameters;

        protected override DbTransaction? DbTransaction { get; set; }

        public override void Cancel()
        {
        }

        public override void Prepare()
        {
        }

        public override int ExecuteNonQuery()
        {
            server.Receive(CommandText);
            return server._answers.Rows;
        }

        public override object? ExecuteScalar() => throw new NotSupportedException("EF reads by readers.");

        protected override DbParameter CreateDbParameter() => new SqlParameter();

        protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => new StandInReader(server.Receive(CommandText));

        protected override void Dispose(bool disposing)
        {
            _parameters.Dispose();
            base.Dispose(disposing);
        }
    }
}
