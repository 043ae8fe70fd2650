using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace VideoPipeline.Database.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "channels",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    name = table.Column<string>(type: "TEXT", maxLength: 80, nullable: false),
                    source_kind = table.Column<string>(type: "TEXT", maxLength: 16, nullable: false),
                    source_url = table.Column<string>(type: "TEXT", nullable: false),
                    rights = table.Column<string>(type: "TEXT", maxLength: 16, nullable: true),
                    attribution = table.Column<string>(type: "TEXT", nullable: true),
                    profile = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    target_kind = table.Column<string>(type: "TEXT", maxLength: 16, nullable: false),
                    target_path = table.Column<string>(type: "TEXT", nullable: true),
                    cron = table.Column<string>(type: "TEXT", nullable: true),
                    filters = table.Column<string>(type: "TEXT", nullable: false),
                    priority = table.Column<int>(type: "INTEGER", nullable: false),
                    allow_private_networks = table.Column<bool>(type: "INTEGER", nullable: false),
                    last_scraped_at = table.Column<long>(type: "INTEGER", nullable: true),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    updated_at = table.Column<long>(type: "INTEGER", nullable: false),
                    deleted_at = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_channels", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "queue_pauses",
                columns: table => new
                {
                    scope = table.Column<string>(type: "TEXT", maxLength: 16, nullable: false),
                    reason = table.Column<string>(type: "TEXT", nullable: true),
                    paused_by = table.Column<string>(type: "TEXT", nullable: true),
                    paused_at = table.Column<long>(type: "INTEGER", nullable: false),
                    until = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_queue_pauses", x => x.scope);
                });

            migrationBuilder.CreateTable(
                name: "video_processing_jobs",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    video_id = table.Column<long>(type: "INTEGER", nullable: true),
                    channel_id = table.Column<long>(type: "INTEGER", nullable: false),
                    job_type = table.Column<string>(type: "TEXT", maxLength: 16, nullable: false),
                    status = table.Column<string>(type: "TEXT", maxLength: 16, nullable: false),
                    priority = table.Column<int>(type: "INTEGER", nullable: false),
                    attempts = table.Column<int>(type: "INTEGER", nullable: false),
                    lost_attempts = table.Column<int>(type: "INTEGER", nullable: false),
                    max_attempts = table.Column<int>(type: "INTEGER", nullable: false),
                    error_message = table.Column<string>(type: "TEXT", nullable: true),
                    error_details = table.Column<string>(type: "TEXT", nullable: true),
                    queued_at = table.Column<long>(type: "INTEGER", nullable: false),
                    started_at = table.Column<long>(type: "INTEGER", nullable: true),
                    completed_at = table.Column<long>(type: "INTEGER", nullable: true),
                    duration_seconds = table.Column<double>(type: "REAL", nullable: true),
                    wait_seconds = table.Column<double>(type: "REAL", nullable: true),
                    wait_reason = table.Column<string>(type: "TEXT", nullable: true),
                    progress = table.Column<double>(type: "REAL", nullable: true),
                    progress_speed = table.Column<double>(type: "REAL", nullable: true),
                    eta_seconds = table.Column<double>(type: "REAL", nullable: true),
                    github_workflow_run_id = table.Column<long>(type: "INTEGER", nullable: true),
                    hangfire_job_id = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    worker = table.Column<string>(type: "TEXT", maxLength: 200, nullable: true),
                    lease_token = table.Column<Guid>(type: "TEXT", nullable: true),
                    lease_expires_at = table.Column<long>(type: "INTEGER", nullable: true),
                    parameters = table.Column<string>(type: "TEXT", nullable: true),
                    result = table.Column<string>(type: "TEXT", nullable: true),
                    idempotency_key = table.Column<string>(type: "TEXT", maxLength: 200, nullable: true),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    updated_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_video_processing_jobs", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "videos",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    channel_id = table.Column<long>(type: "INTEGER", nullable: false),
                    external_id = table.Column<string>(type: "TEXT", maxLength: 800, nullable: false),
                    url = table.Column<string>(type: "TEXT", nullable: false),
                    title = table.Column<string>(type: "TEXT", nullable: false),
                    published_at = table.Column<long>(type: "INTEGER", nullable: true),
                    duration_seconds = table.Column<double>(type: "REAL", nullable: true),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    updated_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_videos", x => x.id);
                    table.ForeignKey(
                        name: "fk_videos_channels_channel_id",
                        column: x => x.channel_id,
                        principalTable: "channels",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "job_attempts",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    job_id = table.Column<long>(type: "INTEGER", nullable: false),
                    number = table.Column<int>(type: "INTEGER", nullable: false),
                    worker = table.Column<string>(type: "TEXT", maxLength: 200, nullable: true),
                    started_at = table.Column<long>(type: "INTEGER", nullable: false),
                    ended_at = table.Column<long>(type: "INTEGER", nullable: false),
                    outcome = table.Column<string>(type: "TEXT", maxLength: 16, nullable: false),
                    error_message = table.Column<string>(type: "TEXT", nullable: true),
                    error_details = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_job_attempts", x => x.id);
                    table.ForeignKey(
                        name: "fk_job_attempts_video_processing_jobs_job_id",
                        column: x => x.job_id,
                        principalTable: "video_processing_jobs",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "artifacts",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    video_id = table.Column<long>(type: "INTEGER", nullable: false),
                    kind = table.Column<string>(type: "TEXT", maxLength: 16, nullable: false),
                    key = table.Column<string>(type: "TEXT", nullable: false),
                    size_bytes = table.Column<long>(type: "INTEGER", nullable: false),
                    sha256 = table.Column<string>(type: "TEXT", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_artifacts", x => x.id);
                    table.ForeignKey(
                        name: "fk_artifacts_videos_video_id",
                        column: x => x.video_id,
                        principalTable: "videos",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "publications",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    video_id = table.Column<long>(type: "INTEGER", nullable: false),
                    target_kind = table.Column<string>(type: "TEXT", maxLength: 16, nullable: false),
                    location = table.Column<string>(type: "TEXT", nullable: false),
                    sha256 = table.Column<string>(type: "TEXT", nullable: false),
                    published_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_publications", x => x.id);
                    table.ForeignKey(
                        name: "fk_publications_videos_video_id",
                        column: x => x.video_id,
                        principalTable: "videos",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_artifacts_video_id_kind",
                table: "artifacts",
                columns: new[] { "video_id", "kind" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ux_channels_name",
                table: "channels",
                column: "name",
                unique: true,
                filter: "deleted_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_job_attempts_job_id_id",
                table: "job_attempts",
                columns: new[] { "job_id", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_publications_video_id_target_kind",
                table: "publications",
                columns: new[] { "video_id", "target_kind" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_jobs_channel",
                table: "video_processing_jobs",
                columns: new[] { "channel_id", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_jobs_due",
                table: "video_processing_jobs",
                column: "queued_at",
                filter: "status = 'retrying'");

            migrationBuilder.CreateIndex(
                name: "ix_jobs_leases",
                table: "video_processing_jobs",
                column: "lease_expires_at",
                filter: "status = 'processing'");

            migrationBuilder.CreateIndex(
                name: "ix_jobs_statistics",
                table: "video_processing_jobs",
                columns: new[] { "job_type", "status", "duration_seconds", "wait_seconds" });

            migrationBuilder.CreateIndex(
                name: "ix_jobs_status",
                table: "video_processing_jobs",
                columns: new[] { "status", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_jobs_video",
                table: "video_processing_jobs",
                columns: new[] { "video_id", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_jobs_waiting",
                table: "video_processing_jobs",
                columns: new[] { "job_type", "priority", "queued_at", "id" },
                descending: new[] { false, true, false, false },
                filter: "status = 'queued'");

            migrationBuilder.CreateIndex(
                name: "ix_jobs_waiting_again",
                table: "video_processing_jobs",
                columns: new[] { "job_type", "priority", "queued_at", "id" },
                descending: new[] { false, true, false, false },
                filter: "status = 'queued' AND attempts > 0");

            migrationBuilder.CreateIndex(
                name: "ix_jobs_workflows",
                table: "video_processing_jobs",
                column: "updated_at",
                filter: "github_workflow_run_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ux_jobs_active_channel",
                table: "video_processing_jobs",
                columns: new[] { "channel_id", "job_type" },
                unique: true,
                filter: "video_id IS NULL AND status IN ('queued', 'processing', 'retrying')");

            migrationBuilder.CreateIndex(
                name: "ux_jobs_active_video",
                table: "video_processing_jobs",
                columns: new[] { "video_id", "job_type" },
                unique: true,
                filter: "video_id IS NOT NULL AND status IN ('queued', 'processing', 'retrying')");

            migrationBuilder.CreateIndex(
                name: "ux_jobs_idempotency",
                table: "video_processing_jobs",
                column: "idempotency_key",
                unique: true,
                filter: "idempotency_key IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ux_videos_external_id",
                table: "videos",
                columns: new[] { "channel_id", "external_id" },
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "artifacts");

            migrationBuilder.DropTable(
                name: "job_attempts");

            migrationBuilder.DropTable(
                name: "publications");

            migrationBuilder.DropTable(
                name: "queue_pauses");

            migrationBuilder.DropTable(
                name: "video_processing_jobs");

            migrationBuilder.DropTable(
                name: "videos");

            migrationBuilder.DropTable(
                name: "channels");
        }
    }
}
