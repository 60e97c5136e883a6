#include "cli/run_events.h"

#include "cli/config/config.h"

/* npm's scripts that need not be in package.json. cpm need not be in PATH. */
static void add_default_script(const struct cpm_script_package *package, const char *event)
{
    static const struct {
        const char *event, *command;
    } rows[] = {
        {"restart", "\"$npm_execpath\" stop --if-present && \"$npm_execpath\" start"},
        {"env", "env"},
    };
    struct cpm_json *table = cpm_script_table(package);
    if (!table) {
        cpm_json_set(package->json, CPM_STR("scripts"), cpm_json_new_object());
        table = cpm_script_table(package);
    }
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (strcmp(rows[i].event, event) == 0 && !cpm_json_get_str(table, event).len)
            cpm_json_set_str(table, event, cpm_str(rows[i].command));
}

bool cpm_run_has(const struct cpm_run_event *e, const struct cpm_script_package *package)
{
    add_default_script(package, e->event);
    return cpm_json_get(cpm_script_table(package), cpm_str(e->event)) ||
           (strcmp(e->event, "start") == 0 && cpm_script_find(package, e->event).len);
}

size_t cpm_run_collect(const struct cpm_run_event *e, const struct cpm_script_package *package,
                       struct cpm_script out[CPM_RUN_EVENTS])
{
    static const char *const prefixes[CPM_RUN_EVENTS] = {"pre", "", "post"};
    bool alone = cpm_config_bool(e->cli->config, "ignore-scripts");
    size_t n = 0;
    for (size_t i = 0; i < CPM_RUN_EVENTS; i++) {
        bool main = i == 1;
        const char *event = cpm_arena_printf(e->cli->arena, "%s%s", prefixes[i], e->event);
        struct cpm_str command = main ? cpm_script_find(package, event)
                                      : cpm_json_get_str(cpm_script_table(package), event);
        if (command.len == 0 || (alone && !main))
            continue;
        out[n++] = (struct cpm_script){.package = package,
                                       .event = event,
                                       .command = command,
                                       .args = main ? e->args : NULL,
                                       .arg_count = main ? e->arg_count : 0};
    }
    return n;
}
