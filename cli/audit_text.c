/* A package is shown once, below the first advisory that leads to it. The words are npm's. */
#include "cli/audit_text.h"

#include "base/jsonread.h"
#include "base/map.h"
#include "cli/paint.h"
#include "cli/term.h"

static const char *const severities[] = {"info", "low", "moderate", "high", "critical"};

enum { SEVERITIES = sizeof(severities) / sizeof(severities[0]) };

struct text {
    const struct cpm_json *vulnerabilities;
    const struct cpm_json *counts;
    bool color;
    const char *program;
    struct cpm_map printed; /* names */
    struct cpm_buf *out;
};

static void paint(struct text *t, enum cpm_paint paint, struct cpm_str s)
{
    cpm_paint(t->out, t->color, paint, s);
}

static enum cpm_paint severity_paint(struct cpm_str severity)
{
    if (cpm_str_is(severity, "moderate"))
        return CPM_BOLD_YELLOW;
    if (cpm_str_is(severity, "high"))
        return CPM_BOLD_RED;
    return cpm_str_is(severity, "critical") ? CPM_BOLD_MAGENTA : CPM_BOLD;
}

static double count_of(const struct text *t, const char *severity)
{
    return cpm_json_number(cpm_json_get(t->counts, cpm_str(severity)));
}

static void add_number(struct text *t, enum cpm_paint style, double n)
{
    struct cpm_buf digits = CPM_BUF_INIT(64);
    cpm_json_put_number(&digits, n);
    paint(t, style, cpm_buf_str(&digits));
    cpm_buf_release(&digits);
}

/* "3 vulnerabilities (1 low, 2 high)"; one kind alone: "2 high severity vulnerabilities". */
static void add_counts(struct text *t)
{
    size_t kinds = 0;
    double total = count_of(t, "total");
    for (size_t i = 1; i < SEVERITIES; i++)
        kinds += count_of(t, severities[i]) > 0;
    if (kinds > 1) {
        add_number(t, CPM_BOLD_RED, total);
        cpm_buf_add_text(t->out, " vulnerabilities (");
    }
    for (size_t i = kinds ? 1 : 0, shown = 0; i < SEVERITIES; i++) {
        double n = count_of(t, severities[i]);
        if (n == 0)
            continue;
        cpm_buf_add_text(t->out, shown++ ? ", " : "");
        add_number(t, CPM_PLAIN, n);
        cpm_buf_add_char(t->out, ' ');
        paint(t, severity_paint(cpm_str(severities[i])), cpm_str(severities[i]));
    }
    if (kinds > 1)
        cpm_buf_add_char(t->out, ')');
    else
        cpm_buf_addf(t->out, " severity vulnerabilit%s", total == 1 ? "y" : "ies");
}

static void add_summary(struct text *t)
{
    bool fixable = false, forceable = false, major = false, unfixable = false;
    if (count_of(t, "total") == 0) {
        cpm_buf_add_text(t->out, "found ");
        paint(t, CPM_BOLD_GREEN, CPM_STR("0"));
        cpm_buf_add_text(t->out, " vulnerabilities");
        return;
    }
    CPM_JSON_EACH (t->vulnerabilities, v) {
        const struct cpm_json *fix = cpm_json_get(v, CPM_STR("fixAvailable"));
        bool object = cpm_json_is(fix, CPM_JSON_OBJECT);
        fixable |= !object && cpm_json_bool(fix);
        unfixable |= !object && !cpm_json_bool(fix);
        forceable |= object;
        major |= object && cpm_json_bool(cpm_json_get(fix, CPM_STR("isSemVerMajor")));
    }
    add_counts(t);
    if (fixable)
        cpm_buf_addf(t->out, "\n\nTo address %s, run:\n  %s audit fix",
                     forceable || unfixable ? "issues that do not require attention" : "all issues",
                     t->program);
    if (forceable)
        cpm_buf_addf(t->out, "\n\nTo address all issues%s%s, run:\n  %s audit fix --force",
                     unfixable ? " possible" : "", major ? " (including breaking changes)" : "",
                     t->program);
    if (unfixable)
        cpm_buf_add_text(t->out, "\n\nSome issues need review, and may require choosing\n"
                                 "a different dependency.");
}

static void add_fix(struct text *t, const struct cpm_json *fix)
{
    if (cpm_json_is(fix, CPM_JSON_OBJECT)) {
        bool major = cpm_json_bool(cpm_json_get(fix, CPM_STR("isSemVerMajor")));
        paint(t, CPM_BOLD_YELLOW, CPM_STR("fix available"));
        cpm_buf_addf(t->out, " via `%s audit fix --force`\nWill install ", t->program);
        cpm_sanitize(t->out, cpm_json_get_str(fix, "name"));
        cpm_buf_add_char(t->out, '@');
        cpm_sanitize(t->out, cpm_json_get_str(fix, "version"));
        cpm_buf_addf(t->out, ", which is %s\n",
                     major ? "a breaking change" : "outside the stated dependency range");
    } else if (cpm_json_bool(fix)) {
        paint(t, CPM_BOLD_GREEN, CPM_STR("fix available"));
        cpm_buf_addf(t->out, " via `%s audit fix`\n", t->program);
    } else {
        paint(t, CPM_BOLD_RED, CPM_STR("No fix available"));
        cpm_buf_add_char(t->out, '\n');
    }
}

static void add_causes(struct text *t, const struct cpm_json *vuln, int indent)
{
    CPM_JSON_EACH (cpm_json_get(vuln, CPM_STR("via")), via) {
        if (cpm_json_is(via, CPM_JSON_STRING)) {
            cpm_buf_addf(t->out, "%*sDepends on vulnerable versions of ", indent, "");
            paint(t, CPM_BOLD, cpm_json_str(via));
        } else if (indent == 0) {
            paint(t, CPM_BOLD, cpm_json_get_str(via, "title"));
            cpm_buf_add_text(t->out, " - ");
            cpm_sanitize(t->out, cpm_json_get_str(via, "url"));
        } else {
            continue;
        }
        cpm_buf_add_char(t->out, '\n');
    }
}

/* npm names no severity for `low`. */
static void add_vuln(struct text *t, const struct cpm_json *vuln, int indent)
{
    struct cpm_str name = cpm_json_get_str(vuln, "name");
    struct cpm_str severity = cpm_json_get_str(vuln, "severity");
    if (cpm_map_set(&t->printed, name, t)) {
        if (indent == 0)
            cpm_buf_add_char(t->out, '\n'); /* npm's empty line for what was shown above */
        return;
    }
    cpm_buf_addf(t->out, "%*s", indent, "");
    paint(t, CPM_BOLD, name);
    cpm_buf_add_text(t->out, "  ");
    cpm_sanitize(t->out, cpm_json_get_str(vuln, "range"));
    cpm_buf_add_char(t->out, '\n');
    if (indent == 0 && !cpm_str_is(severity, "low")) {
        cpm_buf_add_text(t->out, "Severity: ");
        paint(t, severity_paint(severity), severity);
        cpm_buf_add_char(t->out, '\n');
    }
    add_causes(t, vuln, indent);
    if (indent == 0)
        add_fix(t, cpm_json_get(vuln, CPM_STR("fixAvailable")));
    CPM_JSON_EACH (cpm_json_get(vuln, CPM_STR("nodes")), path) {
        cpm_buf_addf(t->out, "%*s", indent, "");
        paint(t, CPM_DIM, cpm_json_str(path));
        cpm_buf_add_char(t->out, '\n');
    }
    CPM_JSON_EACH (cpm_json_get(vuln, CPM_STR("effects")), effect) {
        const struct cpm_json *next = cpm_json_get(t->vulnerabilities, cpm_json_str(effect));
        if (next)
            add_vuln(t, next, indent + 2);
    }
    if (indent == 0)
        cpm_buf_add_char(t->out, '\n');
}

static struct text text_of(const struct cpm_json *report, const struct cpm_term *term,
                           struct cpm_buf *out)
{
    const struct cpm_json *meta = cpm_json_get(report, CPM_STR("metadata"));
    return (struct text){.vulnerabilities = cpm_json_get(report, CPM_STR("vulnerabilities")),
                         .counts = cpm_json_get(meta, CPM_STR("vulnerabilities")),
                         .color = term && cpm_term_color(term),
                         .program = term ? cpm_term_program(term) : "",
                         .out = out};
}

static bool has_advisory(const struct cpm_json *vuln)
{
    CPM_JSON_EACH (cpm_json_get(vuln, CPM_STR("via")), via)
        if (!cpm_json_is(via, CPM_JSON_STRING))
            return true;
    return false;
}

void cpm_audit_text_detail(const struct cpm_json *report, const struct cpm_term *term,
                           struct cpm_buf *out)
{
    struct text t = text_of(report, term, out);
    if (count_of(&t, "total") > 0) {
        paint(&t, CPM_BOLD, CPM_STR("# npm audit report"));
        cpm_buf_add_text(out, "\n\n");
        CPM_JSON_EACH (t.vulnerabilities, vuln)
            if (has_advisory(vuln))
                add_vuln(&t, vuln, 0);
    }
    add_summary(&t);
    cpm_map_release(&t.printed);
}

void cpm_audit_text_install(const struct cpm_json *report, const struct cpm_term *term,
                            struct cpm_buf *out)
{
    struct text t = text_of(report, term, out);
    add_summary(&t);
    if (count_of(&t, "total") > 0)
        cpm_buf_addf(out, "\n\nRun `%s audit` for details.", t.program);
}

int cpm_audit_exit_code(const struct cpm_json *report, const char *level)
{
    struct text t = text_of(report, NULL, NULL);
    size_t from = 0;
    level = level && *level ? level : "low";
    while (from < SEVERITIES && strcmp(severities[from], level) != 0)
        from++;
    for (size_t i = from; i < SEVERITIES; i++)
        if (count_of(&t, severities[i]) > 0)
            return 1;
    return 0;
}
