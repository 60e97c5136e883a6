/* What people read in a registry: npm's normalize-package-data, without its warnings. */
#include "registry/publish/normalize_steps.h"
#include "semver/hosted.h"

#include <strings.h>

#define NO_README "ERROR: No README data found!"

static bool line_is_heading(struct cpm_str line)
{
    struct cpm_str text = cpm_str_trim(line);
    return text.len == 0 || *text.ptr == '#';
}

/* The first paragraph that is no heading, its lines joined. */
static void describe(struct cpm_normalize *n, struct cpm_str readme)
{
    struct cpm_buf text = CPM_BUF_INIT(16u << 20);
    struct cpm_str rest = cpm_str_trim(readme), line = CPM_STR("");
    bool begun = false;
    while (rest.len && cpm_str_split(&rest, '\n', &line)) {
        if (!begun && line_is_heading(line))
            continue;
        if (begun && cpm_str_trim(line).len == 0)
            break;
        if (begun)
            cpm_buf_add_char(&text, ' ');
        cpm_buf_add_str(&text, line);
        begun = true;
    }
    cpm_json_set_str(n->doc, "description", cpm_str_trim(cpm_buf_str(&text)));
    cpm_buf_release(&text);
}

static void fix_description(struct cpm_normalize *n)
{
    const struct cpm_json *value = cpm_json_get(n->doc, CPM_STR("description"));
    struct cpm_str readme = cpm_json_get_str(n->doc, "readme");
    if (value && !cpm_json_is(value, CPM_JSON_STRING)) {
        cpm_json_del(n->doc, CPM_STR("description"));
        value = NULL;
    }
    if (readme.len && !cpm_json_truthy(value) && !cpm_str_is(readme, NO_README))
        describe(n, readme);
}

/* Cut where blanks follow a comma. */
static void split_texts(struct cpm_str text, struct cpm_json *list)
{
    size_t begin = 0, at = 0;
    while (at <= text.len) {
        size_t next = at + 1;
        while (at < text.len && text.ptr[at] == ',' && next < text.len &&
               strchr(" \t\n\r", text.ptr[next]))
            next++;
        if ((at == text.len || next > at + 1) && at > begin)
            cpm_json_add(list, cpm_json_new_str(cpm_str_sub(text, begin, at - begin)));
        if (next > at + 1)
            begin = next;
        at = next;
    }
}

/* A list of texts without empty ones; anything else goes, but a text may be one to be split. */
static void keep_texts(struct cpm_normalize *n, const char *key, bool split)
{
    struct cpm_json *value = cpm_json_get(n->doc, cpm_str(key)), *list = cpm_json_new_array();
    if (cpm_json_is(value, CPM_JSON_ARRAY)) {
        CPM_JSON_EACH (value, v)
            if (cpm_json_is(v, CPM_JSON_STRING) && cpm_json_truthy(v))
                cpm_json_add(list, cpm_json_copy(v));
    } else if (split && cpm_json_is(value, CPM_JSON_STRING)) {
        split_texts(cpm_json_str(value), list);
    } else if (value) {
        cpm_json_del(n->doc, cpm_str(key));
        value = NULL;
    }
    if (value)
        cpm_json_set(n->doc, cpm_str(key), list);
    else
        cpm_json_free(list);
}

static bool is_email(struct cpm_str s)
{
    size_t at = cpm_str_chr(s, '@'), dot = cpm_str_rchr(s, '.');
    return at != CPM_NPOS && dot != CPM_NPOS && at < dot;
}

static bool is_url(struct cpm_normalize *n, struct cpm_str s)
{
    struct cpm_url url;
    return s.len && cpm_url_parse(n->arena, s, &url);
}

static const struct cpm_hosted *repository_host(struct cpm_normalize *n)
{
    struct cpm_str url = cpm_json_get_str(cpm_json_get(n->doc, CPM_STR("repository")), "url");
    return url.len ? cpm_hosted_parse(n->arena, cpm_arena_str(n->arena, url), NULL, 0) : NULL;
}

static struct cpm_json *bugs_of(struct cpm_normalize *n, const struct cpm_json *old)
{
    struct cpm_json *bugs = cpm_json_new_object();
    struct cpm_str text = cpm_json_str(old), url = cpm_json_get_str(old, "url");
    struct cpm_str email = cpm_json_get_str(old, "email");
    if (cpm_json_is(old, CPM_JSON_STRING)) {
        email = is_email(text) ? text : CPM_STR("");
        url = text;
    } else if (!url.len) {
        url = cpm_json_get_str(old, "web").len ? cpm_json_get_str(old, "web")
                                               : cpm_json_get_str(old, "name");
    }
    if (is_url(n, url) && !(email.len && cpm_json_is(old, CPM_JSON_STRING)))
        cpm_json_set_str(bugs, "url", url);
    if (email.len && is_email(email))
        cpm_json_set_str(bugs, "email", email);
    return bugs;
}

static void fix_bugs(struct cpm_normalize *n)
{
    const struct cpm_json *old = cpm_json_get(n->doc, CPM_STR("bugs"));
    const struct cpm_hosted *hosted = repository_host(n);
    struct cpm_json *bugs = NULL;
    if (cpm_json_truthy(old)) {
        bugs = bugs_of(n, old);
    } else if (hosted) {
        struct cpm_str url = cpm_hosted_url(n->arena, hosted, CPM_HOSTED_BUGS, NULL);
        bugs = cpm_json_new_object();
        if (url.len)
            cpm_json_set_str(bugs, "url", url);
    }
    if (bugs && cpm_json_count(bugs)) {
        cpm_json_set(n->doc, CPM_STR("bugs"), bugs);
        return;
    }
    cpm_json_free(bugs);
    if (cpm_json_truthy(old))
        cpm_json_del(n->doc, CPM_STR("bugs"));
}

static void fix_homepage(struct cpm_normalize *n)
{
    const struct cpm_json *old = cpm_json_get(n->doc, CPM_STR("homepage"));
    const struct cpm_hosted *hosted = repository_host(n);
    if (!cpm_json_truthy(old)) {
        struct cpm_str docs =
            hosted ? cpm_hosted_url(n->arena, hosted, CPM_HOSTED_DOCS, NULL) : CPM_STR_NONE;
        if (docs.len)
            cpm_json_set_str(n->doc, "homepage", docs);
        return;
    }
    struct cpm_str text = cpm_arena_str(n->arena, cpm_json_str(old));
    if (!cpm_json_is(old, CPM_JSON_STRING))
        cpm_json_del(n->doc, CPM_STR("homepage"));
    else if (!is_url(n, text))
        cpm_json_set_str(n->doc, "homepage",
                         cpm_str(cpm_arena_printf(n->arena, "http://%.*s", CPM_STR_ARG(text))));
}

/* The text between the first pair of these, without either inside; "" when there is none. */
static struct cpm_str enclosed(struct cpm_str s, char open, char close)
{
    for (size_t i = 0; i < s.len; i++) {
        size_t from = i + 1, to = from;
        if (s.ptr[i] != open)
            continue;
        while (to < s.len && s.ptr[to] != open && s.ptr[to] != close)
            to++;
        if (to > from && to < s.len && s.ptr[to] == close)
            return cpm_str_sub(s, from, to - from);
    }
    return CPM_STR("");
}

/* "Name <mail> (url)" as an object; an object is written out and read again, as npm does it. */
static struct cpm_json *person(struct cpm_normalize *n, const struct cpm_json *old)
{
    struct cpm_json *out = cpm_json_new_object();
    struct cpm_str text = cpm_json_str(old);
    if (cpm_json_is(old, CPM_JSON_OBJECT)) {
        struct cpm_str url = cpm_json_get_str(old, "url"), mail = cpm_json_get_str(old, "email");
        url = url.len ? url : cpm_json_get_str(old, "web");
        mail = mail.len ? mail : cpm_json_get_str(old, "mail");
        text = cpm_str(cpm_arena_printf(
            n->arena, "%.*s%s%.*s%s%s%.*s%s", CPM_STR_ARG(cpm_json_get_str(old, "name")),
            mail.len ? " <" : "", CPM_STR_ARG(mail), mail.len ? ">" : "", url.len ? " (" : "",
            CPM_STR_ARG(url), url.len ? ")" : ""));
    }
    size_t end = 0;
    while (end < text.len && text.ptr[end] != '(' && text.ptr[end] != '<')
        end++;
    struct cpm_str name = cpm_str_trim(cpm_str_sub(text, 0, end));
    if (name.len)
        cpm_json_set_str(out, "name", name);
    if (enclosed(text, '<', '>').len)
        cpm_json_set_str(out, "email", enclosed(text, '<', '>'));
    if (enclosed(text, '(', ')').len)
        cpm_json_set_str(out, "url", enclosed(text, '(', ')'));
    return out;
}

static void fix_people(struct cpm_normalize *n)
{
    static const char *const sets[] = {"maintainers", "contributors"};
    const struct cpm_json *author = cpm_json_get(n->doc, CPM_STR("author"));
    if (cpm_json_truthy(author))
        cpm_json_set(n->doc, CPM_STR("author"), person(n, author));
    for (size_t i = 0; i < 2; i++) {
        const struct cpm_json *old = cpm_json_get(n->doc, cpm_str(sets[i]));
        if (!cpm_json_is(old, CPM_JSON_ARRAY))
            continue;
        struct cpm_json *list = cpm_json_new_array();
        CPM_JSON_EACH (old, each)
            cpm_json_add(list, person(n, each));
        cpm_json_set(n->doc, cpm_str(sets[i]), list);
    }
}

/* A bundled name that is no dependency becomes one. */
static void depend_on_bundled(struct cpm_normalize *n)
{
    const struct cpm_json *bundle = cpm_json_get(n->doc, CPM_STR("bundleDependencies"));
    CPM_JSON_EACH (bundle, v) {
        struct cpm_json *deps = cpm_json_get(n->doc, CPM_STR("dependencies"));
        if (!deps) {
            cpm_json_set(n->doc, CPM_STR("dependencies"), cpm_json_new_object());
            deps = cpm_json_get(n->doc, CPM_STR("dependencies"));
        }
        if (!cpm_json_get(deps, cpm_json_str(v)))
            cpm_json_set(deps, cpm_json_str(v), cpm_json_new_str(CPM_STR("*")));
    }
}

void cpm_normalize_data(struct cpm_normalize *n)
{
    fix_description(n);
    cpm_json_del(n->doc, CPM_STR("modules"));
    keep_texts(n, "files", false);
    fix_bugs(n);
    keep_texts(n, "keywords", true);
    keep_texts(n, "bundleDependencies", false);
    depend_on_bundled(n);
    fix_homepage(n);
    if (!cpm_json_truthy(cpm_json_get(n->doc, CPM_STR("readme"))))
        cpm_json_set_str(n->doc, "readme", CPM_STR(NO_README));
    fix_people(n);
}
