namespace VideoPipeline.Nodes;

/// <summary>A condition that several queries share.</summary>
public static class NodeQuery
{
    /// <summary>The same as <see cref="Node.IsAlive"/>, for the database.</summary>
    public static IQueryable<Node> Alive(this IQueryable<Node> nodes, DateTimeOffset now)
    {
        var since = now - Node.LostAfter;
        return nodes.Where(node => node.SeenAt > since);
    }
}
