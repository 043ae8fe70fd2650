using System.Collections;
using System.Data.Common;
using System.Globalization;

namespace VideoPipeline.Tests.Database.SqlServer;

/// <summary>Reads the stand-in's rows. A value that the stand-in left open is of whatever type it is read as.</summary>
internal sealed class StandInReader(IReadOnlyList<StandInResult> results) : DbDataReader
{
    private int _result;
    private int _row = -1;

    public override int Depth => 0;

    public override int FieldCount => _result < results.Count ? results[_result].Columns : 0;

    public override bool HasRows => Rows.Count > 0;

    public override bool IsClosed => false;

    public override int RecordsAffected => -1;

    public override object this[int ordinal] => GetValue(ordinal);

    public override object this[string name] => throw new NotSupportedException();

    private IReadOnlyList<object?[]> Rows => _result < results.Count ? results[_result].Rows : [];

    public override bool Read() => ++_row < Rows.Count;

    public override bool NextResult()
    {
        _row = -1;
        return ++_result < results.Count;
    }

    public override bool IsDBNull(int ordinal) => Rows[_row][ordinal] is null;

    public override T GetFieldValue<T>(int ordinal) => (T)As(typeof(T), ordinal);

    public override object GetValue(int ordinal) => Rows[_row][ordinal] ?? DBNull.Value;

    public override bool GetBoolean(int ordinal) => GetFieldValue<bool>(ordinal);

    public override byte GetByte(int ordinal) => GetFieldValue<byte>(ordinal);

    public override char GetChar(int ordinal) => GetFieldValue<char>(ordinal);

    public override DateTime GetDateTime(int ordinal) => GetFieldValue<DateTime>(ordinal);

    public override decimal GetDecimal(int ordinal) => GetFieldValue<decimal>(ordinal);

    public override double GetDouble(int ordinal) => GetFieldValue<double>(ordinal);

    public override float GetFloat(int ordinal) => GetFieldValue<float>(ordinal);

    public override Guid GetGuid(int ordinal) => GetFieldValue<Guid>(ordinal);

    public override short GetInt16(int ordinal) => GetFieldValue<short>(ordinal);

    public override int GetInt32(int ordinal) => GetFieldValue<int>(ordinal);

    public override long GetInt64(int ordinal) => GetFieldValue<long>(ordinal);

    public override string GetString(int ordinal) => GetFieldValue<string>(ordinal);

    public override long GetBytes(int ordinal, long dataOffset, byte[]? buffer, int bufferOffset, int length) => throw new NotSupportedException();

    public override long GetChars(int ordinal, long dataOffset, char[]? buffer, int bufferOffset, int length) => throw new NotSupportedException();

    public override string GetDataTypeName(int ordinal) => "sql_variant";

    public override IEnumerator GetEnumerator() => throw new NotSupportedException();

    public override Type GetFieldType(int ordinal) => Rows.Count == 0 ? typeof(object) : Rows[0][ordinal]?.GetType() ?? typeof(object);

    public override string GetName(int ordinal) => $"column{ordinal}";

    public override int GetOrdinal(string name) => throw new NotSupportedException();

    public override int GetValues(object[] values) => throw new NotSupportedException();

    private object As(Type type, int ordinal) => Rows[_row][ordinal] switch
    {
        StandInRows.Open => StandInRows.Sample(type),
        { } value when type.IsInstanceOfType(value) => value,
        { } value => Convert.ChangeType(value, type, CultureInfo.InvariantCulture),
        null => throw new InvalidCastException("The value is null."),
    };
}
