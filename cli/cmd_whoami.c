/* cpm whoami and ping. */
#include "cli/commands.h"

#include "cli/account.h"
#include "cli/config/config.h"
#include "cli/config/show.h"
#include "cli/print_json.h"
#include "registry/endpoints.h"

#include <time.h>

int cpm_cmd_whoami(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    struct cpm_net net = {0};
    const char *name = NULL;
    int rc = cpm_net_open(cli, &net, err);
    (void)exit_code;
    if (rc == 0)
        rc = cpm_account_name(&net, &name, err);
    if (rc == 0 && cpm_term_json(cli->term))
        cpm_print_json(cli->term, cpm_json_new_str(cpm_str(name)));
    else if (rc == 0)
        cpm_term_out(cli->term, cpm_str(name));
    cpm_net_close(&net);
    return rc;
}

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1000 + (double)t.tv_nsec / 1e6;
}

static void print_details(struct cpm_cli *cli, const struct cpm_json *details)
{
    struct cpm_buf text = CPM_BUF_INIT(1u << 20);
    if (cpm_json_count(details) == 0)
        return;
    cpm_json_write(details, CPM_STR("  "), CPM_STR("\n"), &text);
    cpm_term_log(cli->term, CPM_LOG_NOTICE, "PONG", "%s", cpm_buf_text(&text));
    cpm_buf_release(&text);
}

int cpm_cmd_ping(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    struct cpm_net net = {0};
    struct cpm_net_call call = {.url = CPM_ENDPOINT_PING};
    const char *registry =
        cpm_config_redact(cli->arena, cpm_str(cpm_config_str(cli->config, "registry"))).ptr;
    int rc = cpm_net_open(cli, &net, err);
    (void)exit_code;
    cpm_term_log(cli->term, CPM_LOG_NOTICE, "PING", "%s", registry);
    double begun = now_ms();
    if (rc == 0)
        rc = cpm_net_exchange(&net, &call, err);
    double took = (double)(long)(now_ms() - begun);
    if (rc == 0) {
        cpm_term_log(cli->term, CPM_LOG_NOTICE, "PONG", "%.0fms", took);
        if (cpm_term_json(cli->term)) {
            struct cpm_json *doc = cpm_json_new_object();
            cpm_json_set_str(doc, "registry", cpm_str(registry));
            cpm_json_set(doc, CPM_STR("time"), cpm_json_new_number(took));
            cpm_json_set(doc, CPM_STR("details"),
                         call.json ? cpm_json_copy(call.json) : cpm_json_new_object());
            cpm_print_json(cli->term, doc);
        } else {
            print_details(cli, call.json);
        }
    }
    cpm_json_free(call.json);
    cpm_net_close(&net);
    return rc;
}
