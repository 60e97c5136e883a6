/* npm's words, but for attestations: npm checks them, cpm says that it did not. */
#include "cli/audit_signatures.h"

#include "cli/config/config.h"
#include "cli/paint.h"
#include "cli/print_json.h"

struct text {
    struct cpm_buf out;
    bool color;
};

static size_t count_state(const struct cpm_signatures_report *report, int state)
{
    size_t n = 0;
    for (size_t i = 0; i < report->count; i++)
        n += (int)report->v[i].state == state;
    return n;
}

/* "1 package has a WORD rest" or "2 packages have WORD rests". */
static void add_count(struct text *t, size_t n, const char *article, const char *word,
                      const char *rest)
{
    bool one = n == 1;
    cpm_buf_addf(&t->out, "%zu package%s ", n, one ? "" : "s");
    cpm_buf_addf(&t->out, one ? "has %s " : "have ", article);
    enum cpm_paint paint = strcmp(word, "verified") == 0 ? CPM_BOLD : CPM_BOLD_RED;
    cpm_paint(&t->out, t->color, paint, cpm_str(word));
    cpm_buf_addf(&t->out, " registry signature%s%s\n\n", one ? "" : "s", rest);
}

static void add_list(struct text *t, const struct cpm_signatures_report *report, int state)
{
    for (size_t i = 0; i < report->count; i++) {
        const struct cpm_signed_package *p = &report->v[i];
        struct cpm_buf id = CPM_BUF_INIT(1 << 20);
        if ((int)p->state != state)
            continue;
        cpm_buf_addf(&id, "%.*s@%.*s", CPM_STR_ARG(p->name), CPM_STR_ARG(p->version));
        cpm_paint(&t->out, t->color, CPM_RED, cpm_buf_str(&id));
        cpm_buf_addf(&t->out, " (%s)\n", p->registry);
        cpm_buf_release(&id);
    }
}

static void add_attested(struct text *t, const struct cpm_signatures_report *report)
{
    size_t n = 0;
    for (size_t i = 0; i < report->count; i++)
        n += report->v[i].attested;
    if (n)
        cpm_buf_addf(&t->out,
                     "%zu package%s attestations: cpm does not check them, only registry "
                     "signatures\n\n",
                     n, n == 1 ? " has" : "s have");
}

static void print_text(struct cpm_cli *cli, const struct cpm_signatures_report *report)
{
    struct text t = {.out = CPM_BUF_INIT(64u << 20), .color = cpm_term_color(cli->term)};
    size_t well = count_state(report, CPM_SIGNED_WELL);
    size_t missing = count_state(report, CPM_SIGNED_MISSING);
    size_t wrong = count_state(report, CPM_SIGNED_WRONGLY);
    cpm_buf_addf(&t.out, "audited %zu package%s in %us\n\n", report->with_keys,
                 report->with_keys > 1 ? "s" : "", report->seconds);
    if (well)
        add_count(&t, well, "a", "verified", "");
    add_attested(&t, report);
    if (missing)
        add_count(&t, missing, "a", "missing", " but the registry is providing signing keys:");
    add_list(&t, report, CPM_SIGNED_MISSING);
    if (wrong) {
        if (missing)
            cpm_buf_add_char(&t.out, '\n');
        add_count(&t, wrong, "an", "invalid", ":");
        add_list(&t, report, CPM_SIGNED_WRONGLY);
        cpm_buf_addf(&t.out, "\nSomeone might have tampered with %s published on the registry!\n\n",
                     wrong == 1 ? "this package since it was" : "these packages since they were");
    }
    cpm_term_put(cli->term, cpm_buf_str(&t.out));
    cpm_buf_release(&t.out);
}

static void set_present(struct cpm_json *doc, const char *key, struct cpm_str text)
{
    if (text.len)
        cpm_json_set_str(doc, key, text);
}

static struct cpm_json *package_json(const struct cpm_signed_package *p, bool wrong)
{
    struct cpm_json *doc = cpm_json_new_object();
    if (wrong) {
        cpm_json_set_str(doc, "code", CPM_STR("EINTEGRITYSIGNATURE"));
        cpm_json_set_str(doc, "message", cpm_str(p->message));
    }
    set_present(doc, "integrity", p->integrity);
    if (wrong)
        set_present(doc, "keyid", p->key_id);
    cpm_json_set_str(doc, "location", p->location);
    cpm_json_set_str(doc, "name", p->name);
    cpm_json_set_str(doc, "registry", cpm_str(p->registry));
    set_present(doc, "resolved", p->resolved);
    if (wrong) {
        set_present(doc, "signature", p->signature);
        cpm_json_set_str(doc, "type", cpm_str(p->type));
    }
    cpm_json_set_str(doc, "version", p->version);
    return doc;
}

static struct cpm_json *list_json(const struct cpm_signatures_report *report, int state)
{
    struct cpm_json *list = cpm_json_new_array();
    for (size_t i = 0; i < report->count; i++)
        if ((int)report->v[i].state == state)
            cpm_json_add(list, package_json(&report->v[i], state == CPM_SIGNED_WRONGLY));
    return list;
}

void cpm_audit_signatures_print(struct cpm_cli *cli, const struct cpm_signatures_report *report)
{
    bool attestations = cpm_config_bool(cli->config, "include-attestations");
    if (attestations)
        cpm_term_log(cli->term, CPM_LOG_WARN, "audit",
                     "attestations are not checked; only registry signatures are");
    if (!cpm_config_bool(cli->config, "json")) {
        print_text(cli, report);
        return;
    }
    struct cpm_json *doc = cpm_json_new_object();
    cpm_json_set(doc, CPM_STR("invalid"), list_json(report, CPM_SIGNED_WRONGLY));
    cpm_json_set(doc, CPM_STR("missing"), list_json(report, CPM_SIGNED_MISSING));
    if (attestations)
        cpm_json_set(doc, CPM_STR("verified"), cpm_json_new_array());
    cpm_print_json(cli->term, doc);
}
