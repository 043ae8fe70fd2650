using System.Text.Json.Serialization;

namespace VideoPipeline.Access;

/// <summary>What the holder of a key may do.</summary>
[JsonConverter(typeof(LowerCaseEnumConverter<KeyRole>))]
public enum KeyRole
{
    /// <summary>See everything, change nothing.</summary>
    Read,

    /// <summary>Everything.</summary>
    Operate,
}
