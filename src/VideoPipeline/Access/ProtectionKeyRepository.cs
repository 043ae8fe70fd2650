using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.EntityFrameworkCore;
using VideoPipeline.Database;

namespace VideoPipeline.Access;

/// <summary>
/// Keeps <see cref="ProtectionKey"/>s. The package for Entity Framework wants the context itself in the container, and
/// writes past the <see cref="RowWriter"/>. Its interface is synchronous; nothing that this waits for waits for a request.
/// </summary>
public sealed class ProtectionKeyRepository(RowWriter writer, IDbContextFactory<PipelineDbContext> contexts, TimeProvider time) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements() => ReadAsync().GetAwaiter().GetResult();

    public void StoreElement(XElement element, string friendlyName) => StoreAsync(element, friendlyName).GetAwaiter().GetResult();

    private async Task<IReadOnlyCollection<XElement>> ReadAsync()
    {
        await using var db = await contexts.CreateDbContextAsync();
        return [.. (await db.ProtectionKeys.AsNoTracking().OrderBy(key => key.Id).Select(key => key.Xml).ToListAsync()).Select(xml => XElement.Parse(xml))];
    }

    /// <summary>Nodes that start at once may each add one: all of them are valid, and data protection agrees on one by itself.</summary>
    private Task StoreAsync(XElement element, string name) => writer.WriteAsync(async db =>
    {
        db.ProtectionKeys.Add(new ProtectionKey { Name = name, Xml = element.ToString(SaveOptions.DisableFormatting), CreatedAt = time.GetUtcNow() });
        await db.SaveChangesAsync();
    });
}
