/* What a package's scripts are, and how one becomes a shell's command line. */
#include "install/script.h"

#include "base/fs.h"
#include "base/path.h"

#define MANIFEST_MAX (16u << 20)

static bool is_file(const char *path, const char *name)
{
    struct cpm_buf full = CPM_BUF_INIT(1 << 16);
    struct stat st;
    cpm_buf_addf(&full, "%s/%s", path, name);
    bool is = !full.overflow && stat(cpm_buf_text(&full), &st) == 0 && S_ISREG(st.st_mode);
    cpm_buf_release(&full);
    return is;
}

static void keep_texts_only(struct cpm_json *object)
{
    for (struct cpm_json *v = cpm_json_first(object), *next; v; v = next) {
        next = cpm_json_next(v);
        if (!cpm_json_is(v, CPM_JSON_STRING))
            cpm_json_del(object, cpm_json_key(v));
    }
}

/* npm's normalisation, as far as scripts see it. */
static void normalize_scripts(struct cpm_json *json)
{
    struct cpm_json *scripts = cpm_json_get(json, CPM_STR("scripts"));
    if (cpm_json_is(scripts, CPM_JSON_OBJECT))
        keep_texts_only(scripts);
    else if (scripts)
        cpm_json_del(json, CPM_STR("scripts"));
}

/* "./b.js" is "b.js", "../b" is "b": rooted in the package, so that no path leads out of it. */
static struct cpm_str rooted(struct cpm_arena *arena, struct cpm_str path)
{
    const char *abs = cpm_arena_printf(arena, "/%.*s", CPM_STR_ARG(path));
    const char *normal = cpm_path_normalize(arena, cpm_str(abs));
    struct cpm_str rel = cpm_str(normal + 1);
    while (rel.len && rel.ptr[rel.len - 1] == '/')
        rel.len--;
    return rel;
}

static void add_bin(struct cpm_arena *arena, struct cpm_json *bins, struct cpm_str key,
                    struct cpm_str target)
{
    struct cpm_str base = cpm_path_basename(rooted(arena, key));
    struct cpm_str path = rooted(arena, target);
    if (base.len && path.len)
        cpm_json_set(bins, base, cpm_json_new_str(path));
}

static void normalize_bin(struct cpm_json *json, struct cpm_arena *arena)
{
    struct cpm_json *bin = cpm_json_get(json, CPM_STR("bin"));
    struct cpm_json *bins = cpm_json_new_object();
    if (cpm_json_is(bin, CPM_JSON_STRING)) {
        add_bin(arena, bins, cpm_json_get_str(json, "name"), cpm_json_str(bin));
    } else if (bin) {
        CPM_JSON_EACH (bin, v)
            if (cpm_json_is(v, CPM_JSON_STRING))
                add_bin(arena, bins,
                        cpm_json_is(bin, CPM_JSON_ARRAY) ? cpm_json_str(v) : cpm_json_key(v),
                        cpm_json_str(v));
    }
    if (cpm_json_count(bins)) {
        cpm_json_set(json, CPM_STR("bin"), bins);
        return;
    }
    cpm_json_free(bins);
    cpm_json_del(json, CPM_STR("bin"));
}

static int read_failed(struct cpm_error *err, const char *file)
{
    int sys = err->sys;
    if (err->code != CPM_ENOENT)
        return err->code;
    cpm_error_set(err, CPM_ENOENT,
                  "Could not read package.json: Error: ENOENT: no such file or directory, open "
                  "'%s'",
                  file);
    err->sys = sys;
    return err->code;
}

int cpm_script_package_read(const char *path, struct cpm_arena *arena,
                            struct cpm_script_package *out, struct cpm_error *err)
{
    struct cpm_error local = CPM_ERROR_INIT;
    struct cpm_str text;
    const char *file = cpm_path_join(arena, path, "package.json");
    if (!err)
        err = &local;
    *out = (struct cpm_script_package){.path = path};
    if (cpm_fs_read(file, MANIFEST_MAX, arena, &text, err) < 0)
        return read_failed(err, file);
    int rc = cpm_json_parse(text, file, CPM_JSON_LAST_WINS, &out->json, err);
    if (rc < 0)
        return rc;
    if (!cpm_json_is(out->json, CPM_JSON_OBJECT)) {
        cpm_script_package_release(out);
        return cpm_error_set(err, CPM_EJSONPARSE, "'%s' holds no object", file);
    }
    normalize_scripts(out->json);
    normalize_bin(out->json, arena);
    struct cpm_str version = cpm_json_get_str(out->json, "version");
    out->name = cpm_json_get_str(out->json, "name");
    if (out->name.len && version.len)
        out->id =
            cpm_arena_printf(arena, "%.*s@%.*s", CPM_STR_ARG(out->name), CPM_STR_ARG(version));
    return 0;
}

void cpm_script_package_release(struct cpm_script_package *package)
{
    if (package->json)
        cpm_json_free(package->json);
    package->json = NULL;
}

struct cpm_json *cpm_script_table(const struct cpm_script_package *package)
{
    return cpm_json_get(package->json, CPM_STR("scripts"));
}

static bool builds_with_gyp(const struct cpm_script_package *package)
{
    const struct cpm_json *table = cpm_script_table(package);
    const struct cpm_json *gypfile = cpm_json_get(package->json, CPM_STR("gypfile"));
    bool refused = cpm_json_is(gypfile, CPM_JSON_BOOL) && !cpm_json_bool(gypfile);
    return !refused && !cpm_json_get_str(table, "install").len &&
           !cpm_json_get_str(table, "preinstall").len && is_file(package->path, "binding.gyp");
}

struct cpm_str cpm_script_find(const struct cpm_script_package *package, const char *event)
{
    struct cpm_str command = cpm_json_get_str(cpm_script_table(package), event);
    if (command.len)
        return command;
    if (strcmp(event, "install") == 0 && builds_with_gyp(package))
        return CPM_STR("node-gyp rebuild");
    if (strcmp(event, "start") == 0 && is_file(package->path, "server.js"))
        return CPM_STR("node server.js");
    return CPM_STR_NONE;
}

static bool needs_quotes(struct cpm_str arg)
{
    for (size_t i = 0; i < arg.len; i++)
        if (strchr("\t\n\r \"#$&'()*;<>?\\`|~", arg.ptr[i]))
            return true;
    return false;
}

/* npm's form: 'it'\''s', a quote standing outside of the quoted parts. */
void cpm_script_quote(struct cpm_buf *out, struct cpm_str arg)
{
    bool quoted = false;
    if (arg.len == 0) {
        cpm_buf_add_text(out, "''");
        return;
    }
    if (!needs_quotes(arg)) {
        cpm_buf_add_str(out, arg);
        return;
    }
    for (size_t i = 0; i < arg.len; i++) {
        bool quote = arg.ptr[i] == '\'';
        if (quote == quoted) {
            cpm_buf_add_char(out, '\'');
            quoted = !quoted;
        }
        if (quote)
            cpm_buf_add_char(out, '\\');
        cpm_buf_add_char(out, arg.ptr[i]);
    }
    if (quoted)
        cpm_buf_add_char(out, '\'');
}

const char *cpm_script_line(struct cpm_arena *arena, const struct cpm_script *script)
{
    struct cpm_buf line = CPM_BUF_INIT(64u << 20);
    cpm_buf_add_str(&line, script->command);
    for (size_t i = 0; i < script->arg_count; i++) {
        cpm_buf_add_char(&line, ' ');
        cpm_script_quote(&line, cpm_str(script->args[i]));
    }
    const char *text = cpm_arena_strndup(arena, cpm_buf_text(&line), line.len);
    cpm_buf_release(&line);
    return text;
}

const char *cpm_script_banner(struct cpm_arena *arena, const struct cpm_script *script)
{
    struct cpm_buf text = CPM_BUF_INIT(64u << 20);
    struct cpm_str command = cpm_str_trim(script->command);
    const char *id = script->package->id;
    cpm_buf_addf(&text, "\n> %s%s%s\n> ", id ? id : "", id ? " " : "", script->event);
    for (size_t i = 0; i < command.len; i++) {
        cpm_buf_add_char(&text, command.ptr[i]);
        if (command.ptr[i] == '\n')
            cpm_buf_add_text(&text, "> ");
    }
    for (size_t i = 0; i < script->arg_count; i++)
        cpm_buf_addf(&text, " %s", script->args[i]);
    cpm_buf_add_char(&text, '\n');
    const char *banner = cpm_arena_strndup(arena, cpm_buf_text(&text), text.len);
    cpm_buf_release(&text);
    return banner;
}
