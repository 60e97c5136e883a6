/* npm's words. Scripts that npm itself runs at some time are listed first. */
#include "cli/run_list.h"

#include "cli/commands.h"
#include "cli/term.h"

static bool is_lifecycle(struct cpm_str name)
{
    static const char *const names[] = {
        "prepare",   "prepublishOnly", "prepack",    "postpack", "dependencies", "preinstall",
        "install",   "postinstall",    "prepublish", "publish",  "postpublish",  "prerestart",
        "restart",   "postrestart",    "prestop",    "prestart", "start",        "poststart",
        "stop",      "poststop",       "pretest",    "test",     "posttest",     "preuninstall",
        "uninstall", "postuninstall",  "preversion", "version",  "postversion",
    };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (cpm_str_is(name, names[i]))
            return true;
    return false;
}

static size_t count_of(const struct cpm_json *table, bool lifecycle)
{
    size_t n = 0;
    CPM_JSON_EACH (table, v)
        n += is_lifecycle(cpm_json_key(v)) == lifecycle;
    return n;
}

static void styled(struct cpm_buf *out, bool color, const char *style, struct cpm_str text)
{
    static const struct {
        const char *name, *on, *off;
    } styles[] = {
        {"title", "\033[0m\033[1m", "\033[22m\033[0m"},
        {"cyan", "\033[36m", "\033[39m"},
        {"blue", "\033[34m", "\033[39m"},
        {"dim", "\033[2m", "\033[22m"},
    };
    size_t i = 0;
    while (strcmp(styles[i].name, style) != 0)
        i++;
    if (color)
        cpm_buf_add_text(out, styles[i].on);
    cpm_sanitize(out, text);
    if (color)
        cpm_buf_add_text(out, styles[i].off);
}

static void list_group(const struct cpm_json *table, bool lifecycle, bool color,
                       struct cpm_buf *out)
{
    CPM_JSON_EACH (table, v) {
        if (is_lifecycle(cpm_json_key(v)) != lifecycle)
            continue;
        cpm_buf_add_text(out, "  ");
        cpm_sanitize(out, cpm_json_key(v));
        cpm_buf_add_text(out, "\n    ");
        styled(out, color, "dim", cpm_json_str(v));
        cpm_buf_add_char(out, '\n');
    }
}

bool cpm_run_list_text(const struct cpm_script_package *package, bool color, struct cpm_buf *out)
{
    const struct cpm_json *table = cpm_script_table(package);
    size_t lifecycle = count_of(table, true), others = count_of(table, false);
    struct cpm_str id = package->id ? cpm_str(package->id) : package->name;
    if (lifecycle + others == 0)
        return false;
    styled(out, color, "title", lifecycle ? CPM_STR("Lifecycle scripts") : CPM_STR("Scripts"));
    cpm_buf_add_text(out, lifecycle ? " included in " : " available in ");
    styled(out, color, "cyan", id.len ? id : CPM_STR("undefined"));
    if (lifecycle) {
        cpm_buf_add_text(out, ":\n");
        list_group(table, true, color, out);
    }
    if (others) {
        cpm_buf_add_text(out, lifecycle ? "available via `" : " via `");
        styled(out, color, "blue", CPM_STR("cpm run"));
        cpm_buf_add_text(out, "`:\n");
        list_group(table, false, color, out);
    }
    return true;
}

bool cpm_run_list_parseable(const struct cpm_script_package *package, const char *workspace,
                            struct cpm_buf *out)
{
    const struct cpm_json *table = cpm_script_table(package);
    CPM_JSON_EACH (table, v) {
        if (workspace)
            cpm_buf_addf(out, "%s:", workspace);
        cpm_buf_addf(out, "%.*s:%.*s\n", CPM_STR_ARG(cpm_json_key(v)),
                     CPM_STR_ARG(cpm_json_str(v)));
    }
    return cpm_json_count(table) > 0;
}

struct hints {
    struct cpm_buf text;
    size_t count;
};

static void hint(struct hints *h, const char *what, const char *comment)
{
    if (h->count++ < 3)
        cpm_buf_addf(&h->text, "\n  cpm %s # %s", what, comment);
}

static void hint_commands(struct hints *h, const char *typed)
{
    for (const struct cpm_command *c = cpm_commands; c->name; c++)
        if (c->run && strcmp(c->name, typed) != 0 && cpm_word_close(typed, c->name))
            hint(h, c->name, c->summary);
}

static void hint_keys(struct hints *h, const struct cpm_json *table, const char *typed, bool bins)
{
    struct cpm_buf what = CPM_BUF_INIT(1 << 16), comment = CPM_BUF_INIT(1 << 16);
    CPM_JSON_EACH (table, v) {
        struct cpm_str key = cpm_json_key(v);
        bool row = cpm_str_is(key, "test") || cpm_str_is(key, "start") || cpm_str_is(key, "stop") ||
                   cpm_str_is(key, "restart");
        cpm_buf_clear(&what);
        cpm_buf_clear(&comment);
        cpm_buf_add_str(&what, key);
        if ((!bins && row) || !cpm_word_close(typed, cpm_buf_text(&what)))
            continue;
        cpm_buf_clear(&what);
        cpm_buf_addf(&what, "%s %.*s", bins ? "exec" : "run", CPM_STR_ARG(key));
        cpm_buf_addf(&comment,
                     bins ? "run the \"%.*s\" command from either this or a remote npm package"
                          : "run the \"%.*s\" package script",
                     CPM_STR_ARG(key));
        hint(h, cpm_buf_text(&what), cpm_buf_text(&comment));
    }
    cpm_buf_release(&what);
    cpm_buf_release(&comment);
}

int cpm_run_missing(const struct cpm_script_package *package, const char *event,
                    const char *workspace, struct cpm_error *err)
{
    struct hints h = {.text = CPM_BUF_INIT(1 << 16)};
    hint_commands(&h, event);
    hint_keys(&h, cpm_script_table(package), event, false);
    hint_keys(&h, cpm_json_get(package->json, CPM_STR("bin")), event, true);
    const char *head = h.count == 0   ? ""
                       : h.count == 1 ? "\n\nDid you mean this?"
                                      : "\n\nDid you mean one of these?";
    int rc = cpm_error_set(err, CPM_ENOSCRIPT,
                           "Missing script: \"%s\"%s%s\n\nTo see a list of scripts, run:\n"
                           "  cpm run%s%s",
                           event, head, cpm_buf_text(&h.text), workspace ? " --workspace=" : "",
                           workspace ? workspace : "");
    cpm_buf_release(&h.text);
    return rc;
}
