using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.SqlServer.TransactSql.ScriptDom;
using VideoPipeline.Database;

namespace VideoPipeline.Tests.Database.SqlServer;

/// <summary>What a statement answers with.</summary>
internal sealed record StandInResult(int Columns, IReadOnlyList<object?[]> Rows);

/// <summary>The stand-in's rows: of each column that a statement asks for, a value that the model's property can take.</summary>
internal sealed class StandInRows
{
    private readonly Dictionary<string, object?> _columns = new(StringComparer.Ordinal);
    private long _inserted = 1000;

    /// <param name="folder">The channel's, with its videos.</param>
    public StandInRows(PipelineDbContext db, string folder)
    {
        foreach (var property in db.Model.GetEntityTypes().SelectMany(type => type.GetProperties()))
        {
            var type = Nullable.GetUnderlyingType(property.ClrType) ?? property.ClrType;
            var value = property.IsNullable ? null : Sample(type, property);

            // The same name in two tables: one type, or of whatever type it is read as.
            var key = Key(property.GetColumnName());
            _columns[key] = _columns.TryGetValue(key, out var other) && other?.GetType() != value?.GetType() ? new Open() : value;
        }

        // What is read again as more than a value.
        _columns["videoid"] = 1L;
        _columns["name"] = "Channel";
        _columns["profile"] = "youtube-1080p";
        _columns["filters"] = "{}";
        _columns["cron"] = "0 * * * *";
        _columns["sourceurl"] = folder;
        _columns["targetpath"] = $"{folder}-published";
        _columns["url"] = Path.Combine(folder, "video.mp4");
        _columns["leasetoken"] = Guid.NewGuid();
    }

    /// <summary>An expression's value: of the type that it is read as.</summary>
    internal sealed record Open;

    public static object Sample(Type type) => type switch
    {
        _ when type == typeof(bool) => true,
        _ when type == typeof(string) => "x",
        _ when type == typeof(Guid) => Guid.NewGuid(),
        _ when type == typeof(DateTimeOffset) => new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero),
        _ when type.IsPrimitive => Convert.ChangeType(1, type, System.Globalization.CultureInfo.InvariantCulture),
        _ => throw new NotSupportedException($"No sample of {type}."),
    };

    /// <summary>The results of those statements that have one, in order.</summary>
    public IReadOnlyList<StandInResult> ResultsOf(IEnumerable<TSqlBatch> batches, Answers answers)
    {
        var results = new List<StandInResult>();
        foreach (var statement in batches.SelectMany(batch => batch.Statements))
        {
            switch (statement)
            {
                case SelectStatement { QueryExpression: var query }:
                    var elements = SelectOf(query).SelectElements;

                    // An aggregate without a group, and "does it exist", have a row in any case.
                    var always = elements is [SelectScalarExpression { Expression: SearchedCaseExpression or FunctionCall or CastCall }]
                        && SelectOf(query).GroupByClause is null;
                    results.Add(Repeat(always ? 1 : answers.Rows, elements, answers));
                    break;
                case DataModificationStatement modification when SpecificationOf(modification) is { OutputClause: { } output } specification:
                    results.Add(Repeat(RowsOf(specification), output.SelectColumns, answers, inserted: specification is not UpdateSpecification));
                    break;
                default:
                    break;
            }
        }

        return results;
    }

    /// <summary>The same for a column and for the alias that a subquery gives it.</summary>
    private static string Key(string name) => name.Replace("_", string.Empty, StringComparison.Ordinal).ToLowerInvariant();

    private static QuerySpecification SelectOf(QueryExpression query) => query switch
    {
        QuerySpecification select => select,
        BinaryQueryExpression union => SelectOf(union.FirstQueryExpression),
        QueryParenthesisExpression parenthesis => SelectOf(parenthesis.QueryExpression),
        _ => throw new NotSupportedException(query.GetType().Name),
    };

    private static DataModificationSpecification SpecificationOf(DataModificationStatement statement) => statement switch
    {
        InsertStatement insert => insert.InsertSpecification,
        UpdateStatement update => update.UpdateSpecification,
        DeleteStatement delete => delete.DeleteSpecification,
        MergeStatement merge => merge.MergeSpecification,
        _ => throw new NotSupportedException(statement.GetType().Name),
    };

    private static int RowsOf(DataModificationSpecification specification) => specification switch
    {
        MergeSpecification { TableReference: InlineDerivedTable table } => table.RowValues.Count,
        InsertSpecification { InsertSource: ValuesInsertSource values } => values.RowValues.Count,
        _ => 1,
    };

    private static object Sample(Type type, IProperty property) =>
        type.IsEnum ? property.GetValueConverter()!.ConvertToProvider(Enum.GetValues(type).GetValue(0))! : SampleOrOpen(type);

    private static object SampleOrOpen(Type type) => type.IsPrimitive || type == typeof(string) || type == typeof(Guid) || type == typeof(DateTimeOffset)
        ? Sample(type)
        : new Open();

    private StandInResult Repeat(int count, IList<SelectElement> elements, Answers answers, bool inserted = false) => new(
        elements.Count,
        [.. Enumerable.Range(0, count).Select(row => elements.Select(element => ValueOf(element, row, answers, inserted)).ToArray())]);

    private object? ValueOf(SelectElement element, int row, Answers answers, bool inserted)
    {
        var scalar = (SelectScalarExpression)element;
        if (scalar.Expression is not ColumnReferenceExpression column)
        {
            return scalar.Expression is SearchedCaseExpression ? answers.Exists : new Open();
        }

        return Key(column.MultiPartIdentifier.Identifiers[^1].Value) switch
        {
            "id" when inserted => ++_inserted,
            "position" => row,
            "status" => answers.Status,
            var key => _columns.TryGetValue(key, out var value) ? value : new Open(),
        };
    }
}
