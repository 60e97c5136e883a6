/* npm's words; what cpm cannot verify of attestations is said. */
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

static size_t count_wrong(const struct cpm_signatures_report *report, int code)
{
    size_t n = 0;
    for (size_t i = 0; i < report->count; i++)
        n += report->v[i].state == CPM_SIGNED_WRONGLY && report->v[i].code == code;
    return n;
}

static size_t count_attested(const struct cpm_signatures_report *report, int how)
{
    size_t n = 0;
    for (size_t i = 0; i < report->count; i++)
        n += (int)report->v[i].attestation == how;
    return n;
}

/* "1 package has a WORD thing rest" or "2 packages have WORD things rest". */
static void add_count(struct text *t, size_t n, const char *word, const char *thing,
                      const char *rest)
{
    bool one = n == 1;
    const char *article = strcmp(word, "invalid") == 0 ? "an" : "a";
    cpm_buf_addf(&t->out, "%zu package%s ", n, one ? "" : "s");
    cpm_buf_addf(&t->out, one ? "has %s " : "have ", article);
    enum cpm_paint paint = strcmp(word, "verified") == 0 ? CPM_BOLD : CPM_BOLD_RED;
    cpm_paint(&t->out, t->color, paint, cpm_str(word));
    cpm_buf_addf(&t->out, " %s%s%s\n\n", thing, one ? "" : "s", rest);
}

/* code 0: whatever is wrong. */
static void add_list(struct text *t, const struct cpm_signatures_report *report, int state,
                     int code)
{
    for (size_t i = 0; i < report->count; i++) {
        const struct cpm_signed_package *p = &report->v[i];
        struct cpm_buf id = CPM_BUF_INIT(1 << 20);
        if ((int)p->state != state || (code && p->code != code))
            continue;
        cpm_buf_addf(&id, "%.*s@%.*s", CPM_STR_ARG(p->name), CPM_STR_ARG(p->version));
        cpm_paint(&t->out, t->color, CPM_RED, cpm_buf_str(&id));
        cpm_buf_addf(&t->out, " (%s)\n", p->registry);
        cpm_buf_release(&id);
    }
}

static void add_attested(struct text *t, struct cpm_cli *cli,
                         const struct cpm_signatures_report *report)
{
    size_t well = count_attested(report, CPM_ATTESTED_WELL);
    size_t partly = count_attested(report, CPM_ATTESTED_PARTLY);
    bool told = cpm_config_bool(cli->config, "include-attestations");
    if (well)
        add_count(t, well, "verified", "attestation", "");
    if (partly)
        cpm_buf_addf(&t->out,
                     "%zu package%s attestations that are not verified: they are signed with a "
                     "certificate, and cpm checks only what the registry's key signed\n\n",
                     partly, partly == 1 ? " has" : "s have");
    if ((well || partly) && !told) {
        t->out.len -= 1; /* npm puts it right behind */
        cpm_buf_add_text(&t->out,
                         "(use --json --include-attestations to view attestation details)\n\n");
    }
}

static void add_wrong(struct text *t, const struct cpm_signatures_report *report)
{
    static const struct {
        int code;
        const char *thing;
    } kinds[] = {{CPM_EINTEGRITYSIGNATURE, "registry signature"},
                 {CPM_EATTESTATIONVERIFY, "attestation"}};
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        size_t n = count_wrong(report, kinds[i].code);
        if (!n)
            continue;
        add_count(t, n, "invalid", kinds[i].thing, ":");
        add_list(t, report, CPM_SIGNED_WRONGLY, kinds[i].code);
        cpm_buf_add_char(&t->out, '\n');
    }
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
        add_count(&t, well, "verified", "registry signature", "");
    add_attested(&t, cli, report);
    if (missing)
        add_count(&t, missing, "missing", "registry signature",
                  " but the registry is providing signing keys:");
    add_list(&t, report, CPM_SIGNED_MISSING, 0);
    if (wrong) {
        if (missing)
            cpm_buf_add_char(&t.out, '\n');
        add_wrong(&t, report);
        cpm_buf_addf(&t.out, "Someone might have tampered with %s published on the registry!\n\n",
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
        cpm_json_set_str(doc, "code", cpm_str(cpm_error_name(p->code)));
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
        if (p->code == CPM_EATTESTATIONVERIFY)
            set_present(doc, "predicateType", p->predicate);
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

/* The packages whose attestations came out so, with what the registry has of them. */
static struct cpm_json *attested_json(const struct cpm_signatures_report *report, int how)
{
    struct cpm_json *list = cpm_json_new_array();
    for (size_t i = 0; i < report->count; i++) {
        const struct cpm_signed_package *p = &report->v[i];
        struct cpm_json *doc;
        if ((int)p->attestation != how)
            continue;
        doc = cpm_json_new_object();
        cpm_json_set_str(doc, "name", p->name);
        cpm_json_set_str(doc, "version", p->version);
        cpm_json_set_str(doc, "location", p->location);
        cpm_json_set_str(doc, "registry", cpm_str(p->registry));
        cpm_json_set(doc, CPM_STR("attestations"), cpm_json_copy(p->attestations));
        cpm_json_set(doc, CPM_STR("attestationBundles"), cpm_json_copy(p->bundles));
        cpm_json_add(list, doc);
    }
    return list;
}

void cpm_audit_signatures_print(struct cpm_cli *cli, const struct cpm_signatures_report *report)
{
    if (!cpm_config_bool(cli->config, "json")) {
        print_text(cli, report);
        return;
    }
    struct cpm_json *doc = cpm_json_new_object();
    cpm_json_set(doc, CPM_STR("invalid"), list_json(report, CPM_SIGNED_WRONGLY));
    cpm_json_set(doc, CPM_STR("missing"), list_json(report, CPM_SIGNED_MISSING));
    if (cpm_config_bool(cli->config, "include-attestations"))
        cpm_json_set(doc, CPM_STR("verified"), attested_json(report, CPM_ATTESTED_WELL));
    if (count_attested(report, CPM_ATTESTED_PARTLY)) /* cpm's own */
        cpm_json_set(doc, CPM_STR("unverified"), attested_json(report, CPM_ATTESTED_PARTLY));
    cpm_print_json(cli->term, doc);
}
