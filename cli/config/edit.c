/* Changes single entries of a configuration file and nothing else: an entry is replaced where it
 * stands, a new one goes behind the last line before the first [section]. npm rewrites the whole
 * file and loses its comments. */
#include "base/fs.h"
#include "base/path.h"
#include "cli/config/ini.h"
#include "cli/config/internal.h"
#include "cli/config/show.h"

#include <unistd.h>

#define CHANGES_MAX 256

int cpm_config_settable(const char *key, struct cpm_error *err)
{
    struct cpm_str whole = cpm_str(key);
    size_t colon = cpm_str_rchr(whole, ':');
    struct cpm_str base = colon == CPM_NPOS ? whole : cpm_str_sub(whole, colon + 1, whole.len);
    const struct cpm_definition *d = cpm_definition_find(base);
    if (!d && !cpm_nerf_key(base))
        return cpm_error_set(err, CPM_ECONFIG, "`%.*s` is not a valid cpm option",
                             CPM_STR_ARG(base));
    if (d && d->deprecated)
        return cpm_error_set(err, CPM_ECONFIG,
                             "The `%s` option is deprecated, and cannot be set in this way: %s",
                             d->key, d->deprecated);
    return 0;
}

static void write_entry(const struct cpm_config_change *change, struct cpm_buf *out)
{
    cpm_ini_safe(cpm_str(change->key), out);
    cpm_buf_add_char(out, '=');
    cpm_ini_safe(cpm_str(change->value), out);
    cpm_buf_add_char(out, '\n');
}

static size_t change_of(const struct cpm_config_change *changes, size_t count, struct cpm_str key)
{
    for (size_t i = 0; key.len && i < count; i++)
        if (cpm_str_is(key, changes[i].key))
            return i;
    return count;
}

static void write_rest(const struct cpm_config_change *changes, size_t count, bool *done,
                       struct cpm_buf *out)
{
    for (size_t i = 0; i < count; i++)
        if (!done[i] && changes[i].value) {
            write_entry(&changes[i], out);
            done[i] = true;
        }
}

void cpm_ini_edit(struct cpm_arena *arena, struct cpm_str text,
                  const struct cpm_config_change *changes, size_t count, struct cpm_buf *out)
{
    bool done[CHANGES_MAX] = {false}, in_section = false, section;
    struct cpm_str rest = text, line;
    count = count < CHANGES_MAX ? count : CHANGES_MAX;
    while (rest.len && cpm_str_split(&rest, '\n', &line)) {
        size_t end = line.len && line.ptr[line.len - 1] == '\r' ? line.len - 1 : line.len;
        struct cpm_str key = cpm_ini_line_key(arena, cpm_str_sub(line, 0, end), &section);
        size_t i = in_section ? count : change_of(changes, count, key);
        if (section && !in_section)
            write_rest(changes, count, done, out);
        in_section = in_section || section;
        if (i == count) {
            cpm_buf_add_str(out, line);
            cpm_buf_add_char(out, '\n');
        } else if (!done[i] && changes[i].value) {
            write_entry(&changes[i], out);
            done[i] = true;
        }
    }
    write_rest(changes, count, done, out);
}

static int write_file(const char *path, struct cpm_str text, unsigned mode, struct cpm_error *err)
{
    if (cpm_str_trim(text).len == 0)
        return cpm_fs_remove(path, err);
    return cpm_fs_replace(path, text, mode, true, err);
}

int cpm_config_store(struct cpm_config *c, enum cpm_config_source where,
                     const struct cpm_config_change *changes, size_t count, struct cpm_error *err)
{
    const char *path = c->sources[where].name;
    struct cpm_str text = CPM_STR("");
    struct cpm_buf out = CPM_BUF_INIT(CPM_INI_MAX);
    int rc = 0;
    if (count > CHANGES_MAX)
        return cpm_error_set(err, CPM_ETOOBIG, "more than %d changes at once", CHANGES_MAX);
    if (!path || path[0] != '/')
        return cpm_error_set(err, CPM_ECONFIG, "there is no %s configuration file here %s",
                             cpm_config_source_name(where), path ? path : "");
    if (cpm_fs_exists(path)) {
        path = cpm_fs_realpath(c->arena, path, err); /* a link stays a link */
        rc = path ? cpm_fs_read(path, CPM_INI_MAX, c->arena, &text, err) : CPM_EIO;
    } else {
        rc = cpm_fs_mkdirs(cpm_path_dirname(c->arena, path), 0777, err);
    }
    if (rc == 0) {
        cpm_ini_edit(c->arena, text, changes, count, &out);
        rc = out.overflow
                 ? cpm_error_set(err, CPM_ETOOBIG, "'%s' would grow too large", path)
                 : write_file(path, cpm_buf_str(&out), where == CPM_CONFIG_USER ? 0600 : 0, err);
    }
    cpm_buf_release(&out);
    return rc;
}

const char *cpm_config_file_of(const struct cpm_config *c, enum cpm_config_source where)
{
    const char *path = c->sources[where].name;
    return path && path[0] == '/' ? path : NULL;
}

int cpm_config_repair(struct cpm_config *c, enum cpm_config_source where,
                      const struct cpm_auth_problem *problems, size_t count, struct cpm_error *err)
{
    struct cpm_config_change changes[2 * CPM_AUTH_PROBLEMS_MAX];
    struct cpm_fields fields = {.v = NULL};
    struct cpm_str text;
    size_t n = 0;
    int rc = cpm_fs_read(c->sources[where].name, CPM_INI_MAX, c->arena, &text, err);
    if (rc == 0)
        rc = cpm_ini_parse(c->arena, text, &fields, err);
    if (rc < 0)
        return rc;
    for (size_t i = 0; i < count && i < CPM_AUTH_PROBLEMS_MAX; i++) {
        const struct cpm_value *value = cpm_fields_find(&fields, cpm_str(problems[i].key));
        if (problems[i].renamed && value)
            changes[n++] = (struct cpm_config_change){problems[i].renamed,
                                                      cpm_arena_str(c->arena, value->text).ptr};
        changes[n++] = (struct cpm_config_change){problems[i].key, NULL};
    }
    return cpm_config_store(c, where, changes, n, err);
}
