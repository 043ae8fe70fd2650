using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace VideoPipeline.Database.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class SourceStates : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "source_states",
                columns: table => new
                {
                    channel_id = table.Column<long>(type: "INTEGER", nullable: false),
                    paused_until = table.Column<long>(type: "INTEGER", nullable: true),
                    pause_reason = table.Column<string>(type: "TEXT", nullable: true),
                    refusals = table.Column<int>(type: "INTEGER", nullable: false),
                    etag = table.Column<string>(type: "TEXT", nullable: true),
                    last_modified = table.Column<string>(type: "TEXT", nullable: true),
                    listed_for = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_source_states", x => x.channel_id);
                    table.ForeignKey(
                        name: "fk_source_states_channels_channel_id",
                        column: x => x.channel_id,
                        principalTable: "channels",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_artifacts_content",
                table: "artifacts",
                column: "sha256");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "source_states");

            migrationBuilder.DropIndex(
                name: "ix_artifacts_content",
                table: "artifacts");
        }
    }
}
