using System.Text.Json.Serialization;

namespace VideoPipeline.Nodes;

/// <summary>What a node is for.</summary>
[JsonConverter(typeof(LowerCaseEnumConverter<NodeRole>))]
public enum NodeRole
{
    /// <summary>Answers requests and runs jobs.</summary>
    All,

    /// <summary>Answers requests only.</summary>
    Api,

    /// <summary>Runs jobs only; of its HTTP interface the probes remain.</summary>
    Worker,
}
