/* cpm pack: a tarball of each spec, told only when all of them are made, as npm does. */
#include "cli/commands.h"

#include "cli/config/config.h"
#include "cli/pack_report.h"
#include "cli/term.h"
#include "cli/workspace_filter.h"

#include <limits.h>

struct pack {
    struct cpm_cli *cli;
    struct cpm_net net;
    struct cpm_pack_run *runs;
    size_t count;
};

static void print_json(struct pack *p)
{
    struct cpm_json *list = cpm_json_new_array();
    struct cpm_buf text = CPM_BUF_INIT(1u << 30);
    for (size_t i = 0; i < p->count; i++)
        cpm_json_add(list, cpm_pack_report_json(&p->runs[i]));
    cpm_json_write(list, CPM_STR("  "), CPM_STR("\n"), &text);
    cpm_term_out(p->cli->term, cpm_buf_str(&text));
    cpm_buf_release(&text);
    cpm_json_free(list);
}

static void print(struct pack *p)
{
    if (cpm_term_json(p->cli->term)) {
        print_json(p);
        return;
    }
    for (size_t i = 0; i < p->count; i++) {
        cpm_pack_report_text(&p->runs[i]);
        cpm_term_out(p->cli->term, cpm_str(p->runs[i].filename));
    }
}

/* The specs; in a run in workspaces "." (or nothing) stands for the picked ones. *folders gets
 * their paths, NULL-ended. */
static int collect(struct pack *p, const char ***specs, size_t *count, const char *const **folders,
                   struct cpm_error *err)
{
    struct cpm_cli *cli = p->cli;
    struct cpm_workspace_pick *picks;
    size_t n = 0, picked = 0;
    bool here = cli->argc == 0;
    for (int i = 0; i < cli->argc; i++)
        here |= strcmp(cli->argv[i], ".") == 0;
    bool in_workspaces = cpm_workspaces_wanted(cli);
    if (in_workspaces && !here)
        cpm_term_log(cli->term, CPM_LOG_WARN, "", "Ignoring workspaces for specified package(s)");
    in_workspaces = in_workspaces && here;
    if (in_workspaces) {
        int rc = cpm_workspaces_pick(cli, &picks, &picked, err);
        if (rc < 0)
            return rc;
    }
    const char **paths = CPM_NEW_ARRAY(cli->arena, const char *, picked + 1);
    const char **list = CPM_NEW_ARRAY(cli->arena, const char *, picked + (size_t)cli->argc + 1);
    for (; n < picked; n++)
        list[n] = paths[n] = picks[n].path;
    for (int i = 0; i < cli->argc; i++)
        if (!in_workspaces || strcmp(cli->argv[i], ".") != 0)
            list[n++] = cli->argv[i];
    if (n == 0)
        list[n++] = ".";
    *specs = list;
    *count = n;
    *folders = in_workspaces ? paths : NULL;
    return 0;
}

static int run_all(struct pack *p, int *exit_code, struct cpm_error *err)
{
    const struct cpm_config *config = p->cli->config;
    const char *destination = cpm_config_str(config, "pack-destination");
    if (cpm_config_bool(config, "dry-run"))
        destination = NULL;
    else if (!destination || !*destination)
        destination = ".";
    for (size_t i = 0; i < p->count; i++) {
        int rc = cpm_pack_run_pack(&p->runs[i], destination, err);
        if (rc == CPM_ELIFECYCLE) {
            *exit_code = p->runs[i].exit_code;
            return 1;
        }
        if (rc < 0)
            return rc;
    }
    return 0;
}

int cpm_cmd_pack(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    struct pack p = {.cli = cli};
    const char *const *folders;
    const char **specs;
    size_t wanted;
    int rc = collect(&p, &specs, &wanted, &folders, err);
    if (rc < 0)
        return rc;
    p.runs = CPM_NEW_ARRAY(cli->arena, struct cpm_pack_run, wanted);
    for (; p.count < wanted && rc == 0; p.count++) {
        p.runs[p.count] = (struct cpm_pack_run){.cli = cli, .net = &p.net, .workspaces = folders};
        rc = cpm_pack_run_open(&p.runs[p.count], specs[p.count], err);
    }
    if (rc == 0)
        rc = run_all(&p, exit_code, err);
    if (rc == 0)
        print(&p);
    for (size_t i = 0; i < p.count; i++)
        cpm_pack_run_close(&p.runs[i]);
    cpm_net_close(&p.net);
    return rc < 0 ? rc : 0;
}
