/* The report begins with npm's line for its logs, stray quote and all, since there are tools that
 * look for what stands behind it. */
#include "cli/conflict_report.h"

#include "base/fs.h"
#include "base/path.h"
#include "cli/config/config.h"
#include "cli/term.h"

#include <limits.h>
#include <sys/stat.h>
#include <time.h>

#define REPORT_MAX (64u << 20)
enum { WORDS_DEPTH = 4 };

/* "2026-11-23T08_00_00_000Z-eresolve-report.txt" in the folder of npm's logs. */
static const char *report_path(const struct cpm_cli *cli)
{
    struct timespec now;
    struct tm utc;
    char text[64] = "";
    const char *dir = cpm_config_str(cli->config, "logs-dir");

    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    strftime(text, sizeof(text), "%Y-%m-%dT%H_%M_%S", &utc);
    if (!dir)
        dir = cpm_path_join(cli->arena, cpm_config_str(cli->config, "cache"), "_logs");
    return cpm_arena_printf(cli->arena, "%s/%s_%03ldZ-eresolve-report.txt", dir, text,
                            now.tv_nsec / 1000000);
}

/* Its path, or NULL with a warning. */
static const char *write_report(const struct cpm_cli *cli, const struct cpm_conflict *conflict)
{
    const char *path = report_path(cli);
    struct cpm_buf text = CPM_BUF_INIT(REPORT_MAX);
    struct cpm_error err = CPM_ERROR_INIT;
    int rc;

    cpm_buf_add_text(&text, "'Log files:\n\n\n# cpm resolution error report\n\n");
    cpm_conflict_explain(conflict, INT_MAX, &text);
    cpm_buf_add_char(&text, '\n');
    rc = text.overflow ? cpm_error_set(&err, CPM_ETOOBIG, "it is larger than 64 MB") : 0;
    if (rc == 0)
        rc = cpm_fs_mkdirs(cpm_path_dirname(cli->arena, path), 0777, &err);
    if (rc == 0)
        rc = cpm_fs_replace(path, cpm_buf_str(&text), 0, false, &err);
    cpm_buf_release(&text);
    if (rc == 0)
        return path;
    cpm_term_log(cli->term, CPM_LOG_WARN, "",
                 "Could not write error message to eresolve-report.txt due to %s", err.text);
    return NULL;
}

void cpm_conflict_report(struct cpm_cli *cli, const struct cpm_conflict *conflict)
{
    struct cpm_buf detail = CPM_BUF_INIT(REPORT_MAX);
    const char *path = write_report(cli, conflict);

    cpm_buf_add_char(&detail, '\n');
    cpm_conflict_explain(conflict, WORDS_DEPTH, &detail);
    if (path)
        cpm_buf_addf(&detail, "\n\n\nFor a full report see:\n%s", path);
    cpm_term_failure(cli->term, &(struct cpm_failure){.code = "ERESOLVE",
                                                      .title = "ERESOLVE",
                                                      .summary = cpm_str(conflict->summary),
                                                      .detail = cpm_buf_str(&detail)});
    cpm_buf_release(&detail);
}
