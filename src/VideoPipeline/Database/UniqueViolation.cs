using Microsoft.Data.SqlClient;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace VideoPipeline.Database;

/// <summary>Recognises that a row was refused because another one has its unique key.</summary>
public static class UniqueViolation
{
    // https://www.sqlite.org/rescode.html: SQLITE_CONSTRAINT (19), SQLITE_CONSTRAINT_UNIQUE (2067).
    private const int SqliteConstraint = 19;
    private const int SqliteConstraintUnique = 2067;

    // https://learn.microsoft.com/sql/relational-databases/errors-events/database-engine-events-and-errors: a duplicate key
    // in a unique index, in a unique constraint.
    private const int SqlServerUniqueIndex = 2601;
    private const int SqlServerUniqueConstraint = 2627;

    public static bool Is(Exception exception) => exception switch
    {
        DbUpdateException { InnerException: { } inner } => Is(inner),
        SqliteException sqlite => sqlite is { SqliteErrorCode: SqliteConstraint, SqliteExtendedErrorCode: SqliteConstraintUnique },
        PostgresException postgres => postgres.SqlState == PostgresErrorCodes.UniqueViolation,
        SqlException sqlServer => sqlServer.Number is SqlServerUniqueIndex or SqlServerUniqueConstraint,
        _ => false,
    };
}
