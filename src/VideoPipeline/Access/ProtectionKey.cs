namespace VideoPipeline.Access;

/// <summary>
/// A key that ASP.NET's data protection signs and encrypts cookies and form tokens with. In the database, so that neither a
/// restart nor another node signs anybody out.
/// </summary>
public sealed class ProtectionKey
{
    public long Id { get; set; }

    public required string Name { get; set; }

    public required string Xml { get; set; }

    public DateTimeOffset CreatedAt { get; set; }
}
