using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using VideoPipeline.Access;
using VideoPipeline.Catalog;
using VideoPipeline.Dispatch;
using VideoPipeline.GitHub;
using VideoPipeline.Jobs;
using VideoPipeline.Nodes;
using VideoPipeline.Notifications;
using VideoPipeline.Stages.Publish.YouTube;
using VideoPipeline.Stages.YouTube;

namespace VideoPipeline.Database;

/// <summary>
/// All rows. Consumers use this type; a derived one per database holds what only its migrations and its set-up need.
/// Write through <see cref="RowWriter"/> only.
/// </summary>
public abstract class PipelineDbContext(DbContextOptions options) : DbContext(options)
{
    public DbSet<VideoProcessingJob> Jobs => Set<VideoProcessingJob>();

    public DbSet<JobAttempt> Attempts => Set<JobAttempt>();

    public DbSet<QueuePause> Pauses => Set<QueuePause>();

    public DbSet<Channel> Channels => Set<Channel>();

    public DbSet<Video> Videos => Set<Video>();

    public DbSet<Artifact> Artifacts => Set<Artifact>();

    public DbSet<Publication> Publications => Set<Publication>();

    public DbSet<PublishIntent> PublishIntents => Set<PublishIntent>();

    public DbSet<YouTubeQuota> YouTubeQuotas => Set<YouTubeQuota>();

    public DbSet<SourceState> SourceStates => Set<SourceState>();

    public DbSet<Node> Nodes => Set<Node>();

    public DbSet<Notification> Notifications => Set<Notification>();

    public DbSet<MirrorTurn> MirrorTurns => Set<MirrorTurn>();

    public DbSet<ApiKey> ApiKeys => Set<ApiKey>();

    public DbSet<AuditEntry> AuditEntries => Set<AuditEntry>();

    public DbSet<ProtectionKey> ProtectionKeys => Set<ProtectionKey>();

    public DbSet<WorkflowDispatch> WorkflowDispatches => Set<WorkflowDispatch>();

    public DbSet<WebhookDelivery> WebhookDeliveries => Set<WebhookDelivery>();

    /// <summary>Creates or upgrades the tables, safely when several nodes start at once.</summary>
    internal abstract Task MigrateAsync(CancellationToken cancellationToken);

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<JobType>().HaveConversion<NameConverter<JobType>>().HaveMaxLength(16);
        configurationBuilder.Properties<JobStatus>().HaveConversion<NameConverter<JobStatus>>().HaveMaxLength(16);
        configurationBuilder.Properties<AttemptOutcome>().HaveConversion<NameConverter<AttemptOutcome>>().HaveMaxLength(16);
        configurationBuilder.Properties<SourceKind>().HaveConversion<NameConverter<SourceKind>>().HaveMaxLength(16);
        configurationBuilder.Properties<TargetKind>().HaveConversion<NameConverter<TargetKind>>().HaveMaxLength(16);
        configurationBuilder.Properties<ChannelRights>().HaveConversion<NameConverter<ChannelRights>>().HaveMaxLength(16);
        configurationBuilder.Properties<ArtifactKind>().HaveConversion<NameConverter<ArtifactKind>>().HaveMaxLength(16);
        configurationBuilder.Properties<NotificationEvent>().HaveConversion<NameConverter<NotificationEvent>>().HaveMaxLength(16);
        configurationBuilder.Properties<NotificationStatus>().HaveConversion<NameConverter<NotificationStatus>>().HaveMaxLength(16);
        configurationBuilder.Properties<NodeRole>().HaveConversion<NameConverter<NodeRole>>().HaveMaxLength(16);
        configurationBuilder.Properties<KeyRole>().HaveConversion<NameConverter<KeyRole>>().HaveMaxLength(16);
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<VideoProcessingJob>(job =>
        {
            job.ToTable("video_processing_jobs");

            // Every update of a tracked job carries these in its WHERE: a status that has changed since it was read, or a
            // token that is no longer the holder's, and the write is refused (DbUpdateConcurrencyException). The attempts
            // tell a job that is queued again from the same job queued before.
            job.Property(j => j.Attempts).IsConcurrencyToken();
            job.Property(j => j.Status).IsConcurrencyToken();
            job.Property(j => j.LeaseToken).IsConcurrencyToken();
            job.Property(j => j.HangfireJobId).HasMaxLength(64);
            job.Property(j => j.MirroredAs).HasMaxLength(64);
            job.Property(j => j.Worker).HasMaxLength(200);
            job.Property(j => j.IdempotencyKey).HasMaxLength(200);

            // The order in which workers take jobs: window refills, ProcessNextJob, ranks.
            job.HasIndex(j => new { j.JobType, j.Priority, j.QueuedAt, j.Id })
                .IsDescending(false, true, false, false).HasFilter("status = 'queued'").HasDatabaseName("ix_jobs_waiting");
            job.HasIndex(j => new { j.JobType, j.Priority, j.QueuedAt, j.Id }, "ix_jobs_waiting_again")
                .IsDescending(false, true, false, false).HasFilter("status = 'queued' AND attempts > 0").HasDatabaseName("ix_jobs_waiting_again");
            job.HasIndex(j => new { j.JobType, j.Priority, j.QueuedAt, j.Id }, "ix_jobs_mirrored")
                .IsDescending(false, true, false, false).HasFilter("mirrored_as IS NOT NULL").HasDatabaseName("ix_jobs_mirrored");
            job.HasIndex(j => j.QueuedAt).HasFilter("status = 'retrying'").HasDatabaseName("ix_jobs_due");
            job.HasIndex(j => j.LeaseExpiresAt).HasFilter("status = 'processing'").HasDatabaseName("ix_jobs_leases");

            job.HasIndex(j => j.WorkflowHeardAt).HasFilter("workflow_heard_at IS NOT NULL").HasDatabaseName("ix_jobs_workflows");
            job.HasIndex(j => j.GithubWorkflowRunId).HasFilter("github_workflow_run_id IS NOT NULL").HasDatabaseName("ix_jobs_workflow_run");

            // At most one active job per video and job type, and one active scrape per channel: by the database, not by code.
            job.HasIndex(j => new { j.VideoId, j.JobType }).IsUnique()
                .HasFilter("video_id IS NOT NULL AND status IN ('queued', 'processing', 'retrying')").HasDatabaseName("ux_jobs_active_video");
            job.HasIndex(j => new { j.ChannelId, j.JobType }).IsUnique()
                .HasFilter("video_id IS NULL AND status IN ('queued', 'processing', 'retrying')").HasDatabaseName("ux_jobs_active_channel");
            job.HasIndex(j => j.IdempotencyKey).IsUnique().HasFilter("idempotency_key IS NOT NULL").HasDatabaseName("ux_jobs_idempotency");

            // Pruning; and the history of the statistics, which reads this index alone.
            job.HasIndex(j => new { j.Status, j.CompletedAt, j.JobType, j.DurationSeconds, j.WaitSeconds })
                .HasFilter("completed_at IS NOT NULL").HasDatabaseName("ix_jobs_ended");

            // What has changed lately, for those who listen.
            job.HasIndex(j => new { j.UpdatedAt, j.Id }).HasDatabaseName("ix_jobs_updated");

            // Listings: newest first within a status, of a video, of a channel.
            job.HasIndex(j => new { j.Status, j.Id }).HasDatabaseName("ix_jobs_status");
            job.HasIndex(j => new { j.VideoId, j.Id }).HasDatabaseName("ix_jobs_video");
            job.HasIndex(j => new { j.ChannelId, j.Id }).HasDatabaseName("ix_jobs_channel");

            // Statistics read this index alone.
            job.HasIndex(j => new { j.JobType, j.Status, j.DurationSeconds, j.WaitSeconds }).HasDatabaseName("ix_jobs_statistics");
        });

        modelBuilder.Entity<JobAttempt>(attempt =>
        {
            attempt.ToTable("job_attempts");
            attempt.Property(a => a.Worker).HasMaxLength(200);
            attempt.HasIndex(a => new { a.JobId, a.Id });
            attempt.HasOne<VideoProcessingJob>().WithMany().HasForeignKey(a => a.JobId).OnDelete(DeleteBehavior.Cascade);
        });

        modelBuilder.Entity<QueuePause>(pause =>
        {
            pause.ToTable("queue_pauses");
            pause.HasKey(p => p.Scope);
            pause.Property(p => p.Scope).HasMaxLength(16);
        });

        modelBuilder.Entity<Channel>(channel =>
        {
            channel.ToTable("channels");
            channel.Property(c => c.Name).HasMaxLength(ChannelName.MaxLength);
            channel.Property(c => c.Profile).HasMaxLength(64);
            channel.Property(c => c.Filters).HasConversion(JsonConverterOf<ScrapeFilters>(), ByJson<ScrapeFilters>());
            channel.Property(c => c.YouTube!).HasColumnName("youtube").HasConversion(JsonConverterOf<YouTubeTargetSettings>(), ByJson<YouTubeTargetSettings>());
            channel.HasIndex(c => c.Name).IsUnique().HasFilter("deleted_at IS NULL").HasDatabaseName("ux_channels_name");
        });

        modelBuilder.Entity<SourceState>(state =>
        {
            state.ToTable("source_states");
            state.HasKey(s => s.ChannelId);
            state.Property(s => s.ChannelId).ValueGeneratedNever();
            state.Property(s => s.ETag).HasColumnName("etag");
            state.HasOne<Channel>().WithOne(c => c.SourceState).HasForeignKey<SourceState>(s => s.ChannelId).OnDelete(DeleteBehavior.Cascade);
        });

        modelBuilder.Entity<Video>(video =>
        {
            video.ToTable("videos");
            video.HasIndex(v => new { v.ChannelId, v.ExternalId }).IsUnique().HasDatabaseName("ux_videos_external_id");
            video.Property(v => v.ExternalId).HasMaxLength(800);

            // Listings: newest first of a channel.
            video.HasIndex(v => new { v.ChannelId, v.Id }).HasDatabaseName("ix_videos_channel");
            video.HasOne<Channel>().WithMany().HasForeignKey(v => v.ChannelId).OnDelete(DeleteBehavior.Restrict);
        });

        modelBuilder.Entity<Artifact>(artifact =>
        {
            artifact.ToTable("artifacts");
            artifact.HasIndex(a => new { a.VideoId, a.Kind }).IsUnique();

            // The look for the same content under another key.
            artifact.Property(a => a.Sha256).HasMaxLength(64);
            artifact.HasIndex(a => a.Sha256).HasDatabaseName("ix_artifacts_content");
            artifact.HasOne<Video>().WithMany().HasForeignKey(a => a.VideoId).OnDelete(DeleteBehavior.Cascade);
        });

        modelBuilder.Entity<Publication>(publication =>
        {
            publication.ToTable("publications");
            publication.HasIndex(p => new { p.VideoId, p.TargetKind }).IsUnique();
            publication.HasOne<Video>().WithMany().HasForeignKey(p => p.VideoId).OnDelete(DeleteBehavior.Cascade);
        });

        modelBuilder.Entity<PublishIntent>(intent =>
        {
            intent.ToTable("publish_intents");
            intent.HasIndex(i => new { i.VideoId, i.TargetKind }).IsUnique();
            intent.Property(i => i.Account).HasMaxLength(64);
            intent.Property(i => i.Token).HasMaxLength(32);
            intent.Property(i => i.RemoteId).HasMaxLength(64);
            intent.Ignore(i => i.Marker);

            // Every update carries it in its WHERE: an attempt that another one has succeeded changes nothing.
            intent.Property(i => i.Holder).IsConcurrencyToken();
            intent.HasOne<Video>().WithMany().HasForeignKey(i => i.VideoId).OnDelete(DeleteBehavior.Cascade);
        });

        modelBuilder.Entity<YouTubeQuota>(quota =>
        {
            quota.ToTable("youtube_quota");
            quota.HasKey(q => q.Bucket);
            quota.Property(q => q.Bucket).HasMaxLength(100);
        });

        modelBuilder.Entity<Node>(node =>
        {
            node.ToTable("nodes");
            node.Property(n => n.Id).ValueGeneratedNever();
            node.Property(n => n.Name).HasMaxLength(200);
            node.Property(n => n.Version).HasMaxLength(64);
        });

        modelBuilder.Entity<Notification>(notification =>
        {
            notification.ToTable("notifications");
            notification.Property(n => n.MessageId).HasMaxLength(64);
            notification.Property(n => n.Webhook).HasMaxLength(255);
            notification.Property(n => n.Error).HasMaxLength(Notification.MaxErrorLength);

            // What is to be sent now.
            notification.HasIndex(n => new { n.Webhook, n.NextAttemptAt, n.Id }).HasFilter("status = 'pending'").HasDatabaseName("ix_notifications_due");

            // Listing, newest first; pruning.
            notification.HasIndex(n => new { n.Status, n.Id }).HasDatabaseName("ix_notifications_status");
            notification.HasIndex(n => new { n.Status, n.CreatedAt }).HasDatabaseName("ix_notifications_ended");
        });

        modelBuilder.Entity<WorkflowDispatch>(dispatch =>
        {
            dispatch.ToTable("workflow_dispatches");
            dispatch.Property(d => d.Repository).HasMaxLength(140);
            dispatch.Property(d => d.Workflow).HasMaxLength(110);
            dispatch.Property(d => d.Ref).HasMaxLength(200);
            dispatch.Property(d => d.Outcome).HasMaxLength(100);

            // A run is bound once, and an end is final, whoever comes at the same time.
            dispatch.Property(d => d.RunId).IsConcurrencyToken();
            dispatch.Property(d => d.EndedAt).IsConcurrencyToken();
            dispatch.HasIndex(d => d.Token).IsUnique().HasDatabaseName("ux_workflow_dispatches_token");
            dispatch.HasIndex(d => d.RunId).HasFilter("run_id IS NOT NULL").HasDatabaseName("ix_workflow_dispatches_run");

            // The limit of runs, by the database: a place is taken once over all nodes.
            dispatch.HasIndex(d => new { d.JobType, d.Slot }).IsUnique().HasFilter("slot IS NOT NULL").HasDatabaseName("ux_workflow_dispatches_slot");
            dispatch.HasIndex(d => d.NextAt).HasFilter("ended_at IS NULL").HasDatabaseName("ix_workflow_dispatches_open");
            dispatch.HasIndex(d => d.JobId);
            dispatch.HasOne<VideoProcessingJob>().WithMany().HasForeignKey(d => d.JobId).OnDelete(DeleteBehavior.Cascade);
        });

        modelBuilder.Entity<WebhookDelivery>(delivery =>
        {
            delivery.ToTable("webhook_deliveries");
            delivery.Property(d => d.Id).HasMaxLength(WebhookDelivery.MaxIdLength);
            delivery.HasIndex(d => d.ReceivedAt);
        });

        modelBuilder.Entity<MirrorTurn>(turn =>
        {
            turn.ToTable("mirror_turns");
            turn.HasKey(t => t.JobType);
            turn.HasData(JobTypes.All.Select(jobType => new MirrorTurn { JobType = jobType }));
        });

        modelBuilder.Entity<ApiKey>(key =>
        {
            key.ToTable("api_keys");
            key.Property(k => k.PublicId).HasMaxLength(KeyText.PublicIdLength);
            key.Property(k => k.Name).HasMaxLength(ApiKey.MaxNameLength);
            key.Property(k => k.Hash).HasMaxLength(64);
            key.Property(k => k.Role).HasColumnName("key_role");
            key.HasIndex(k => k.PublicId).IsUnique().HasDatabaseName("ux_api_keys_public_id");
            key.HasIndex(k => k.Name).IsUnique().HasFilter("revoked_at IS NULL").HasDatabaseName("ux_api_keys_valid_name");
        });

        modelBuilder.Entity<AuditEntry>(entry =>
        {
            entry.ToTable("audit_entries");
            entry.Property(e => e.Actor).HasMaxLength(ApiKey.MaxNameLength);
            entry.Property(e => e.Action).HasMaxLength(AuditEntry.MaxActionLength);
            entry.Property(e => e.Address).HasMaxLength(64);
            entry.HasIndex(e => new { e.Actor, e.Id }).HasDatabaseName("ix_audit_actor");
            entry.HasIndex(e => new { e.Action, e.Id }).HasDatabaseName("ix_audit_action");

            // Pruning, and lists of a time.
            entry.HasIndex(e => e.At).HasDatabaseName("ix_audit_at");
        });

        modelBuilder.Entity<ProtectionKey>(key =>
        {
            key.ToTable("protection_keys");
            key.Property(k => k.Name).HasMaxLength(200);
        });
    }

    private static ValueConverter<T, string> JsonConverterOf<T>() => new(
        value => JsonSerializer.Serialize(value, JsonSerializerOptions.Web),
        json => JsonSerializer.Deserialize<T>(json, JsonSerializerOptions.Web)!);

    private static ValueComparer<T> ByJson<T>() => new(
        (one, other) => JsonSerializer.Serialize(one, JsonSerializerOptions.Web) == JsonSerializer.Serialize(other, JsonSerializerOptions.Web),
        value => JsonSerializer.Serialize(value, JsonSerializerOptions.Web).GetHashCode(StringComparison.Ordinal));

    private sealed class NameConverter<T>() : ValueConverter<T, string>(value => LowerCaseEnum<T>.Name(value), name => LowerCaseEnum<T>.Parse(name))
        where T : struct, Enum;
}
