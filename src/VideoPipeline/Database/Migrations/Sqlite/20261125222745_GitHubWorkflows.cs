using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace VideoPipeline.Database.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class GitHubWorkflows : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_jobs_workflows",
                table: "video_processing_jobs");

            migrationBuilder.AddColumn<bool>(
                name: "github_dispatched",
                table: "video_processing_jobs",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<int>(
                name: "github_run_attempt",
                table: "video_processing_jobs",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "workflow_heard_at",
                table: "video_processing_jobs",
                type: "INTEGER",
                nullable: true);

            // Jobs that a workflow runs already: heard of when they last changed.
            migrationBuilder.Sql("UPDATE video_processing_jobs SET workflow_heard_at = updated_at WHERE github_workflow_run_id IS NOT NULL;");

            migrationBuilder.CreateTable(
                name: "webhook_deliveries",
                columns: table => new
                {
                    id = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    received_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_webhook_deliveries", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "workflow_dispatches",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    job_id = table.Column<long>(type: "INTEGER", nullable: false),
                    job_type = table.Column<string>(type: "TEXT", maxLength: 16, nullable: false),
                    token = table.Column<Guid>(type: "TEXT", nullable: false),
                    repository = table.Column<string>(type: "TEXT", maxLength: 140, nullable: false),
                    workflow = table.Column<string>(type: "TEXT", maxLength: 110, nullable: false),
                    @ref = table.Column<string>(name: "ref", type: "TEXT", maxLength: 200, nullable: false),
                    slot = table.Column<int>(type: "INTEGER", nullable: true),
                    sent_at = table.Column<long>(type: "INTEGER", nullable: true),
                    sends = table.Column<int>(type: "INTEGER", nullable: false),
                    accepted = table.Column<bool>(type: "INTEGER", nullable: false),
                    run_id = table.Column<long>(type: "INTEGER", nullable: true),
                    looks = table.Column<int>(type: "INTEGER", nullable: false),
                    next_at = table.Column<long>(type: "INTEGER", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    ended_at = table.Column<long>(type: "INTEGER", nullable: true),
                    outcome = table.Column<string>(type: "TEXT", maxLength: 100, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_workflow_dispatches", x => x.id);
                    table.ForeignKey(
                        name: "fk_workflow_dispatches_video_processing_jobs_job_id",
                        column: x => x.job_id,
                        principalTable: "video_processing_jobs",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_jobs_workflow_run",
                table: "video_processing_jobs",
                column: "github_workflow_run_id",
                filter: "github_workflow_run_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_jobs_workflows",
                table: "video_processing_jobs",
                column: "workflow_heard_at",
                filter: "workflow_heard_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_webhook_deliveries_received_at",
                table: "webhook_deliveries",
                column: "received_at");

            migrationBuilder.CreateIndex(
                name: "ix_workflow_dispatches_job_id",
                table: "workflow_dispatches",
                column: "job_id");

            migrationBuilder.CreateIndex(
                name: "ix_workflow_dispatches_open",
                table: "workflow_dispatches",
                column: "next_at",
                filter: "ended_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_workflow_dispatches_run",
                table: "workflow_dispatches",
                column: "run_id",
                filter: "run_id IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ux_workflow_dispatches_slot",
                table: "workflow_dispatches",
                columns: new[] { "job_type", "slot" },
                unique: true,
                filter: "slot IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ux_workflow_dispatches_token",
                table: "workflow_dispatches",
                column: "token",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "webhook_deliveries");

            migrationBuilder.DropTable(
                name: "workflow_dispatches");

            migrationBuilder.DropIndex(
                name: "ix_jobs_workflow_run",
                table: "video_processing_jobs");

            migrationBuilder.DropIndex(
                name: "ix_jobs_workflows",
                table: "video_processing_jobs");

            migrationBuilder.DropColumn(
                name: "github_dispatched",
                table: "video_processing_jobs");

            migrationBuilder.DropColumn(
                name: "github_run_attempt",
                table: "video_processing_jobs");

            migrationBuilder.DropColumn(
                name: "workflow_heard_at",
                table: "video_processing_jobs");

            migrationBuilder.CreateIndex(
                name: "ix_jobs_workflows",
                table: "video_processing_jobs",
                column: "updated_at",
                filter: "github_workflow_run_id IS NOT NULL");
        }
    }
}
