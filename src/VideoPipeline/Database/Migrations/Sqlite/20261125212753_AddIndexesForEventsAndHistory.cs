using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace VideoPipeline.Database.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class AddIndexesForEventsAndHistory : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_jobs_ended",
                table: "video_processing_jobs");

            migrationBuilder.CreateIndex(
                name: "ix_jobs_ended",
                table: "video_processing_jobs",
                columns: new[] { "status", "completed_at", "job_type", "duration_seconds", "wait_seconds" },
                filter: "completed_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_jobs_updated",
                table: "video_processing_jobs",
                columns: new[] { "updated_at", "id" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_jobs_ended",
                table: "video_processing_jobs");

            migrationBuilder.DropIndex(
                name: "ix_jobs_updated",
                table: "video_processing_jobs");

            migrationBuilder.CreateIndex(
                name: "ix_jobs_ended",
                table: "video_processing_jobs",
                columns: new[] { "status", "completed_at" },
                filter: "completed_at IS NOT NULL");
        }
    }
}
