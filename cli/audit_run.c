#include "cli/audit_run.h"

#include "cli/config/config.h"
#include "cli/pick_options.h"
#include "install/flow_audit.h"

static const char unknown; /* stands for a package that no registry has */

static int packument(void *data, struct cpm_str name, const struct cpm_packument **out)
{
    struct cpm_audit_run *run = data;
    const void *known = cpm_map_get(&run->packuments, name);
    if (!known) {
        struct cpm_str *wanted = CPM_NEW(run->cli->arena, struct cpm_str);
        *wanted = name;
        for (size_t i = 0; i < run->wanted.count; i++)
            if (cpm_str_eq(*(const struct cpm_str *)run->wanted.v[i], name))
                return CPM_EAGAIN;
        cpm_ptrs_add(run->cli->arena, &run->wanted, wanted);
        return CPM_EAGAIN;
    }
    *out = known == &unknown ? NULL : known;
    return 0;
}

static int fetch_wanted(struct cpm_audit_run *run, struct cpm_error *err)
{
    struct cpm_arena *arena = run->cli->arena;
    struct cpm_str *names = CPM_NEW_ARRAY(arena, struct cpm_str, run->wanted.count + 1);
    for (size_t i = 0; i < run->wanted.count; i++)
        names[i] = *(const struct cpm_str *)run->wanted.v[i];
    struct cpm_net_packuments all = {.names = names,
                                     .count = run->wanted.count,
                                     .full = run->audit.pick.before != CPM_TIME_NONE,
                                     .cached_ok = true};
    run->wanted.count = 0;
    int rc = cpm_net_open(run->cli, run->net, err);
    if (rc == 0)
        rc = cpm_net_packuments(run->net, &all, err);
    for (size_t i = 0; i < all.count && rc == 0; i++) {
        const void *p = all.results[i].packument;
        cpm_map_set(&run->packuments, names[i], (void *)(p ? p : &unknown));
    }
    return rc;
}

static int judge(struct cpm_audit_run *run, struct cpm_error *err)
{
    int rc;
    run->audit.pick = (struct cpm_pick_options)CPM_PICK_INIT;
    cpm_pick_options_fill(run->cli, &run->audit.pick);
    run->audit.answer = run->answer;
    run->audit.packument = packument;
    run->audit.data = run;
    while ((rc = cpm_audit_run(&run->audit, err)) == CPM_EAGAIN)
        if ((rc = fetch_wanted(run, err)) < 0)
            break;
    return rc;
}

static void on_done(struct cpm_advisories_request *req)
{
    *(bool *)req->data = true;
}

static int ask(struct cpm_audit_run *run, struct cpm_str question, struct cpm_str *answer,
               struct cpm_error *err)
{
    bool done = false;
    int rc = cpm_net_open(run->cli, run->net, err);
    if (rc < 0)
        return rc;
    run->request =
        (struct cpm_advisories_request){.question = question, .data = &done, .done = on_done};
    rc = cpm_advisories_start(run->net->registry, &run->request, err);
    while (rc == 0 && !done)
        uv_run(&run->net->loop, UV_RUN_ONCE);
    if (rc == 0 && run->request.status < 0)
        rc = cpm_error_set(err, run->request.status, "%s", run->request.err.text);
    *answer = run->request.http.answer;
    return rc;
}

int cpm_audit_run_answer(struct cpm_audit_run *run, struct cpm_str answer, struct cpm_error *err)
{
    int rc = cpm_json_parse(answer, "audit report", CPM_JSON_LAST_WINS, &run->answer, err);
    return rc < 0 ? rc : judge(run, err);
}

int cpm_audit_run_all(struct cpm_audit_run *run, struct cpm_error *err)
{
    struct cpm_json *question = cpm_audit_question(&run->audit);
    struct cpm_buf text = CPM_BUF_INIT(64u << 20);
    struct cpm_str answer = CPM_STR("{}");
    int rc = 0;
    cpm_json_write(question, CPM_STR(""), CPM_STR(""), &text);
    if (cpm_json_count(question) && !cpm_config_bool(run->cli->config, "offline"))
        rc = ask(run, cpm_buf_str(&text), &answer, err);
    if (rc == 0)
        rc = cpm_audit_run_answer(run, answer, err);
    cpm_buf_release(&text);
    cpm_json_free(question);
    return rc;
}

void cpm_audit_run_release(struct cpm_audit_run *run)
{
    cpm_audit_release(&run->audit);
    cpm_advisories_release(&run->request);
    cpm_json_free(run->answer);
    cpm_map_release(&run->packuments);
}

struct cpm_json *cpm_audit_run_flow(struct cpm_cli *cli, const struct cpm_flow_audit *asked)
{
    struct cpm_net net = {0};
    struct cpm_json *report = NULL;
    if (!asked || !asked->answered)
        return NULL;
    struct cpm_audit_run run = {.cli = cli, .net = &net, .audit = asked->audit};
    if (cpm_audit_run_answer(&run, asked->answer, NULL) == 0)
        report = cpm_audit_json(&run.audit);
    cpm_audit_run_release(&run);
    cpm_net_close(&net);
    return report;
}
