/* cpm audit: known vulnerabilities of what the lock names; and the signatures of what is installed.
 */
#include "cli/commands.h"

#include "cli/audit_fix.h"
#include "cli/audit_run.h"
#include "cli/audit_signatures.h"
#include "cli/audit_text.h"
#include "cli/config/config.h"
#include "cli/graph_load.h"
#include "cli/print_json.h"

struct audit {
    struct cpm_cli *cli;
    struct cpm_graph_load load;
    struct cpm_net net;
    struct cpm_audit_run run;
};

/* The endpoint's own words, for people and for programs. */
static void print_answer(const struct audit *a, const char *message)
{
    const struct cpm_advisories_request *req = &a->run.request;
    struct cpm_str body = req->http.answer;
    if (!cpm_config_bool(a->cli->config, "json")) {
        cpm_term_out(a->cli->term, body);
        return;
    }
    struct cpm_json *doc = cpm_json_new_object();
    cpm_json_set_str(doc, "message", cpm_str(message));
    cpm_json_set_str(doc, "method", CPM_STR("POST"));
    cpm_json_set_str(doc, "uri", cpm_str(req->url));
    if (req->http.http_status) {
        cpm_json_set(doc, CPM_STR("statusCode"), cpm_json_new_number(req->http.http_status));
        cpm_json_set_str(doc, "body", body);
    }
    cpm_print_json(a->cli->term, doc);
}

static void print_report(const struct audit *a, const struct cpm_json *report)
{
    struct cpm_buf text = CPM_BUF_INIT(256u << 20);
    cpm_audit_text_detail(report, a->cli->term, &text);
    cpm_buf_add_char(&text, '\n');
    cpm_term_put(a->cli->term, cpm_buf_str(&text));
    cpm_buf_release(&text);
}

static void print(const struct audit *a, int *exit_code)
{
    struct cpm_json *doc = cpm_audit_json(&a->run.audit);
    *exit_code = cpm_audit_exit_code(doc, cpm_config_str(a->cli->config, "audit-level"));
    if (cpm_config_bool(a->cli->config, "json")) {
        cpm_print_json(a->cli->term, doc);
        return;
    }
    print_report(a, doc);
    cpm_json_free(doc);
}

static int examine(struct audit *a, bool fix, int *exit_code, struct cpm_error *err)
{
    struct cpm_error fault = CPM_ERROR_INIT;
    int rc = cpm_graph_load_filter(&a->load, &a->run.audit.filter, err);
    if (rc < 0)
        return rc;
    a->run.audit.graph = &a->load.graph;
    a->run.audit.names = a->load.src.names;
    a->run.audit.omit = cpm_config_list(a->cli->config, "omit");
    rc = cpm_audit_run_all(&a->run, &fault);
    if (rc < 0) {
        cpm_term_log(a->cli->term, CPM_LOG_WARN, "audit", "%s", fault.text);
        print_answer(a, fault.text);
        cpm_term_log(a->cli->term, CPM_LOG_ERROR, NULL, "audit endpoint returned an error");
        *exit_code = 1;
        return 0;
    }
    if (fix)
        return cpm_audit_fix(a->cli, &a->run.audit, exit_code, err);
    print(a, exit_code);
    return 0;
}

int cpm_cmd_audit(struct cpm_cli *cli, int *exit_code, struct cpm_error *err)
{
    struct audit a = {.cli = cli, .load = {.cli = cli}};
    bool fix = cli->argc > 0 && strcmp(cli->argv[0], "fix") == 0;
    if (cli->argc > 0 && strcmp(cli->argv[0], "signatures") == 0)
        return cpm_audit_signatures(cli, exit_code, err);
    if (cpm_config_bool(cli->config, "global"))
        return cpm_error_set(err, CPM_EAUDITGLOBAL, "`cpm audit` does not support testing globals");
    if (fix && !cpm_config_bool(cli->config, "package-lock"))
        return cpm_error_set(err, CPM_EUSAGE, "fix cannot be used without a package-lock");
    a.load.lock_only = cpm_config_bool(cli->config, "package-lock");
    a.run = (struct cpm_audit_run){.cli = cli, .net = &a.net};
    int rc = cpm_graph_load(&a.load, err);
    if (rc == 0)
        rc = examine(&a, fix, exit_code, err);
    cpm_audit_run_release(&a.run);
    cpm_net_close(&a.net);
    cpm_graph_load_release(&a.load);
    return rc;
}
