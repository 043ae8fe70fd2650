using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using VideoPipeline.Database;

namespace VideoPipeline.Tests.Database;

public sealed class DatabaseFailureTests
{
    private static IEnumerable<TestCaseData> Exceptions() =>
    [
        new(new SqliteException("unable to open database file", 14), true),
        new(new NpgsqlException("Failed to connect"), true),
        new(new RetryLimitExceededException("so often", new NpgsqlException("Failed to connect")), true),
        new(new InvalidOperationException("likely due to a transient failure", new NpgsqlException("Failed to connect")), true),
        new(new OperationCanceledException(), false),
        new(new UnknownIdException("id", "job", 1), false),
    ];

    [TestCaseSource(nameof(Exceptions))]
    public void A_database_that_does_not_answer_is_recognised_in_whatever_it_is_wrapped(Exception exception, bool expected) =>
        Assert.That(DatabaseFailure.Is(exception), Is.EqualTo(expected));
}
