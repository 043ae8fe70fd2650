using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace VideoPipeline.Database.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class PublishOnYouTube : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "youtube",
                table: "channels",
                type: "TEXT",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "publish_intents",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    video_id = table.Column<long>(type: "INTEGER", nullable: false),
                    target_kind = table.Column<string>(type: "TEXT", maxLength: 16, nullable: false),
                    account = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    token = table.Column<string>(type: "TEXT", maxLength: 32, nullable: false),
                    sha256 = table.Column<string>(type: "TEXT", nullable: false),
                    size_bytes = table.Column<long>(type: "INTEGER", nullable: false),
                    session_uri = table.Column<string>(type: "TEXT", nullable: true),
                    finishing_at = table.Column<long>(type: "INTEGER", nullable: true),
                    remote_id = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    uploaded_at = table.Column<long>(type: "INTEGER", nullable: true),
                    holder = table.Column<Guid>(type: "TEXT", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    updated_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_publish_intents", x => x.id);
                    table.ForeignKey(
                        name: "fk_publish_intents_videos_video_id",
                        column: x => x.video_id,
                        principalTable: "videos",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "youtube_quota",
                columns: table => new
                {
                    bucket = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    day = table.Column<int>(type: "INTEGER", nullable: false),
                    used = table.Column<int>(type: "INTEGER", nullable: false),
                    closed_until = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_youtube_quota", x => x.bucket);
                });

            migrationBuilder.CreateIndex(
                name: "ix_publish_intents_video_id_target_kind",
                table: "publish_intents",
                columns: new[] { "video_id", "target_kind" },
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "publish_intents");

            migrationBuilder.DropTable(
                name: "youtube_quota");

            migrationBuilder.DropColumn(
                name: "youtube",
                table: "channels");
        }
    }
}
