/* The fields of package.json in the order in which npm asks for them, which is the order in which
 * they are put in. What the file says already is kept, or offered. */
#include "cli/config/config.h"
#include "cli/init.h"
#include "cli/prompt.h"
#include "cli/term.h"
#include "semver/package_name.h"
#include "semver/version.h"

#include <ctype.h>

#define NO_TEST "echo \"Error: no test specified\" && exit 1"

struct question {
    const char *prompt;
    struct cpm_str fallback;
    /* Says why an answer will not do, or nothing; may be NULL. */
    void (*fault)(struct cpm_arena *arena, struct cpm_str answer, struct cpm_buf *out);
};

/* The answer, or the fallback where nobody is asked. A wrong answer is asked for again. */
static int ask(const struct cpm_init *init, const struct question *q, struct cpm_str *out,
               struct cpm_error *err)
{
    struct cpm_arena *arena = init->cli->arena;
    struct cpm_str fallback = cpm_arena_str(arena, q->fallback);
    const char *prompt = fallback.len ? cpm_arena_printf(arena, "%s: (%s)", q->prompt, fallback.ptr)
                                      : cpm_arena_printf(arena, "%s:", q->prompt);
    const char *answer;

    *out = fallback;
    while (!init->yes) {
        struct cpm_buf fault = CPM_BUF_INIT(1 << 16);
        int rc =
            cpm_prompt(init->cli, prompt, false, fallback.len ? fallback.ptr : "", &answer, err);

        if (rc < 0)
            return rc;
        *out = cpm_str(answer);
        if (q->fault)
            q->fault(arena, *out, &fault);
        if (fault.len)
            cpm_term_out(init->cli->term, cpm_buf_str(&fault));
        bool wrong = fault.len > 0;
        cpm_buf_release(&fault);
        if (!wrong)
            break;
    }
    return 0;
}

static bool is_set(const struct cpm_init *init, const char *key)
{
    return cpm_json_truthy(cpm_json_get(init->package.doc, cpm_str(key)));
}

static void set(struct cpm_init *init, const char *key, struct cpm_str value)
{
    cpm_json_set(init->package.doc, cpm_str(key), cpm_json_new_str(value));
}

static void set_value(struct cpm_init *init, const char *key, struct cpm_json *value)
{
    if (value)
        cpm_json_set(init->package.doc, cpm_str(key), value);
}

static int ask_and_set(struct cpm_init *init, const char *key, const struct question *q,
                       struct cpm_error *err)
{
    struct cpm_str answer;
    int rc = ask(init, q, &answer, err);

    if (rc == 0)
        set(init, key, answer);
    return rc;
}

static void fault_of_name(struct cpm_arena *arena, struct cpm_str answer, struct cpm_buf *out)
{
    struct cpm_package_name name;

    cpm_package_name_check(arena, answer, &name);
    for (size_t i = 0; i < 10 && !name.valid_new; i++)
        if (name.errors[i])
            cpm_buf_addf(out, "%s%s", out->len ? " and " : "Sorry, ", name.errors[i]);
    for (size_t i = 0; i < 10 && !name.valid_new; i++)
        if (name.warnings[i])
            cpm_buf_addf(out, "%s%s", out->len ? " and " : "Sorry, ", name.warnings[i]);
    if (out->len)
        cpm_buf_add_char(out, '.');
}

static void fault_of_version(struct cpm_arena *arena, struct cpm_str answer, struct cpm_buf *out)
{
    struct cpm_version v;

    (void)arena;
    if (!cpm_version_parse(answer, 0, &v))
        cpm_buf_addf(out, "Invalid version: \"%.*s\"", CPM_STR_ARG(answer));
}

/* The shape of an SPDX expression: identifiers with AND, OR, WITH between them. Which identifiers
 * there are is not known here. */
static bool is_license(struct cpm_str text)
{
    struct cpm_str word;
    bool want_name = true;
    int depth = 0;

    while (text.len) {
        char c = *text.ptr;
        size_t n = 0;

        if (c == ' ' || c == '(' || c == ')') {
            if ((c == '(' && !want_name) || (c == ')' && (want_name || --depth < 0)))
                return false;
            depth += c == '(';
            text = cpm_str_sub(text, 1, text.len);
            continue;
        }
        while (n < text.len && (isalnum((unsigned char)text.ptr[n]) || strchr(".+-:", text.ptr[n])))
            n++;
        word = cpm_str_sub(text, 0, n);
        bool joins = cpm_str_is(word, "AND") || cpm_str_is(word, "OR") || cpm_str_is(word, "WITH");
        if (n == 0 || joins == want_name || cpm_str_starts(word, "LicenseRef") ||
            cpm_str_starts(word, "DocumentRef"))
            return false;
        want_name = joins;
        text = cpm_str_sub(text, n, text.len);
    }
    return !want_name && depth == 0;
}

static void fault_of_license(struct cpm_arena *arena, struct cpm_str answer, struct cpm_buf *out)
{
    bool elsewhere =
        (cpm_str_starts(answer, "SEE LICENSE IN ") || cpm_str_starts(answer, "SEE LICENCE IN ")) &&
        answer.len > strlen("SEE LICENSE IN ");

    (void)arena;
    if (!elsewhere && !is_license(answer))
        cpm_buf_add_text(out, "Sorry, license should be a valid SPDX license expression");
}

static int name_and_version(struct cpm_init *init, struct cpm_error *err)
{
    struct cpm_str given = cpm_json_get_str(init->package.doc, "version");
    const char *configured = cpm_init_config(init, "version");
    struct question name = {"package name", cpm_init_name(init), fault_of_name};
    struct question version = {"version",
                               given.len     ? given
                               : *configured ? cpm_str(configured)
                                             : CPM_STR("1.0.0"),
                               fault_of_version};
    int rc = ask_and_set(init, "name", &name, err);

    return rc < 0 ? rc : ask_and_set(init, "version", &version, err);
}

static int description_and_main(struct cpm_init *init, struct cpm_error *err)
{
    struct question description = {.prompt = "description"};
    struct question main = {.prompt = "entry point", .fallback = cpm_init_main(init)};
    int rc = 0;

    if (!is_set(init, "description"))
        rc = ask_and_set(init, "description", &description, err);
    if (rc == 0 && !is_set(init, "main"))
        rc = ask_and_set(init, "main", &main, err);
    return rc;
}

static void add_what_is_there(struct cpm_init *init)
{
    bool bin = is_set(init, "bin"), deps = is_set(init, "dependencies");
    bool dev = is_set(init, "devDependencies");
    struct cpm_str script = cpm_init_bin(init);
    struct cpm_json *prod_deps = deps ? NULL : cpm_init_deps(init, false);
    struct cpm_json *dev_deps = dev ? NULL : cpm_init_deps(init, true);

    if (!bin && script.len)
        set(init, "bin", script);
    set_value(init, "directories", cpm_init_directories(init));
    set_value(init, "dependencies", prod_deps);
    set_value(init, "devDependencies", dev_deps);
}

static int scripts(struct cpm_init *init, struct cpm_error *err)
{
    struct question test = {.prompt = "test command", .fallback = cpm_init_test(init)};
    struct cpm_json *table;
    struct cpm_str answer;
    int rc;

    if (is_set(init, "scripts"))
        return 0;
    if ((rc = ask(init, &test, &answer, err)) < 0)
        return rc;
    table = cpm_json_new_object();
    cpm_json_set_str(table, "test", answer.len ? answer : CPM_STR(NO_TEST));
    set_value(init, "scripts", table);
    return 0;
}

static struct cpm_json *keyword_list(struct cpm_str text)
{
    struct cpm_json *list = cpm_json_new_array();
    size_t from = 0;

    for (size_t i = 0; i <= text.len; i++) {
        bool end = i == text.len || text.ptr[i] == ',' || isspace((unsigned char)text.ptr[i]);

        if (!end)
            continue;
        if (i > from)
            cpm_json_add(list, cpm_json_new_str(cpm_str_sub(text, from, i - from)));
        from = i + 1;
    }
    return list;
}

static int repository_and_keywords(struct cpm_init *init, struct cpm_error *err)
{
    struct question repository = {.prompt = "git repository",
                                  .fallback = cpm_init_repository(init)};
    struct question keywords = {.prompt = "keywords"};
    struct cpm_str answer;
    int rc = 0;

    if (!is_set(init, "repository"))
        rc = ask_and_set(init, "repository", &repository, err);
    if (rc < 0 || is_set(init, "keywords"))
        return rc;
    rc = ask(init, &keywords, &answer, err);
    if (rc == 0 && (answer.len || init->yes))
        set_value(init, "keywords", keyword_list(answer));
    return rc;
}

static int author(struct cpm_init *init, struct cpm_error *err)
{
    const char *name = cpm_init_config(init, "author.name");
    const char *email = cpm_init_config(init, "author.email");
    const char *url = cpm_init_config(init, "author.url");
    struct question who = {.prompt = "author"};

    if (is_set(init, "author"))
        return 0;
    if (!*name)
        return ask_and_set(init, "author", &who, err);
    set(init, "author",
        cpm_str(cpm_arena_printf(init->cli->arena, "%s%s%s%s%s%s%s", name, *email ? " <" : "",
                                 email, *email ? ">" : "", *url ? " (" : "", url,
                                 *url ? ")" : "")));
    return 0;
}

/* A value that is no text is an older form, which stays. */
static int license(struct cpm_init *init, struct cpm_error *err)
{
    const struct cpm_json *given = cpm_json_get(init->package.doc, CPM_STR("license"));
    const char *configured = cpm_init_config(init, "license");
    struct cpm_str text = cpm_json_str(given);
    struct question q = {"license",
                         text.len      ? text
                         : *configured ? cpm_str(configured)
                                       : CPM_STR("ISC"),
                         fault_of_license};

    if (cpm_json_truthy(given) && !text.len)
        return 0;
    return ask_and_set(init, "license", &q, err);
}

static int type_and_private(struct cpm_init *init, struct cpm_error *err)
{
    const struct cpm_config *config = init->cli->config;
    struct cpm_str given = cpm_json_get_str(init->package.doc, "type");
    const char *configured = cpm_init_config(init, "type");
    struct question q = {.prompt = "type",
                         .fallback = given.len     ? given
                                     : *configured ? cpm_str(configured)
                                                   : CPM_STR("commonjs")};
    int rc = ask_and_set(init, "type", &q, err);

    if (rc == 0 && !cpm_json_get(init->package.doc, CPM_STR("private")) &&
        cpm_config_where(config, "init-private") != CPM_CONFIG_DEFAULT)
        set_value(init, "private", cpm_json_new_bool(cpm_config_bool(config, "init-private")));
    return rc;
}

int cpm_init_fields(struct cpm_init *init, struct cpm_error *err)
{
    int rc = name_and_version(init, err);

    if (rc == 0)
        rc = description_and_main(init, err);
    if (rc < 0)
        return rc;
    add_what_is_there(init);
    rc = scripts(init, err);
    if (rc == 0)
        rc = repository_and_keywords(init, err);
    if (rc == 0)
        rc = author(init, err);
    if (rc == 0)
        rc = license(init, err);
    return rc < 0 ? rc : type_and_private(init, err);
}
