/* npm reads file: specs as addresses relative to the project, after escaping whatever an address
 * would treat specially; what remains of that, worked out, is path arithmetic with a few old
 * spellings: file://rel, file:/./rel and file:/../rel are relative. */
#include "base/path.h"
#include "semver/spec_kinds.h"

#include <stdlib.h>
#include <strings.h>

static bool ends_nocase(struct cpm_str s, const char *suffix)
{
    size_t n = strlen(suffix);

    return s.len >= n && cpm_str_eq_nocase(cpm_str_sub(s, s.len - n, n), cpm_str(suffix));
}

bool cpm_spec_is_tarball(struct cpm_str text)
{
    char last = text.len ? (char)(text.ptr[text.len - 1] | 32) : 0;

    return (last == 'z' && (ends_nocase(text, ".tgz") || ends_nocase(text, ".tar.gz"))) ||
           (last == 'r' && ends_nocase(text, ".tar"));
}

/* "/./x", "//../x", "///.": one to three slashes before a dot segment. */
static bool is_dotted_absolute(struct cpm_str path, size_t slashes)
{
    struct cpm_str rest = cpm_str_sub(path, slashes, path.len);
    size_t dots = cpm_str_starts(rest, "..") ? 2 : cpm_str_starts(rest, ".") ? 1 : 0;

    return slashes >= 1 && slashes <= 3 && dots && (rest.len == dots || rest.ptr[dots] == '/');
}

static struct cpm_str file_path(struct cpm_str raw)
{
    struct cpm_str path =
        cpm_str_starts(raw, "file:") ? cpm_str_sub(raw, strlen("file:"), raw.len) : raw;
    size_t slashes = 0;

    while (slashes < path.len && path.ptr[slashes] == '/')
        slashes++;
    if (is_dotted_absolute(path, slashes))
        return cpm_str_sub(path, slashes, path.len);
    /* The first two slashes of three or four are an empty host's. */
    return slashes > 2 ? cpm_str_sub(path, 2, path.len) : path;
}

static bool has_drive(struct cpm_str path)
{
    return path.len >= 2 && (path.ptr[0] | 32) >= 'a' && (path.ptr[0] | 32) <= 'z' &&
           path.ptr[1] == ':' && (path.len == 2 || path.ptr[2] == '/');
}

static struct cpm_str forward_slashes(char *text)
{
    for (char *p = text; *p; p++)
        if (*p == '\\')
            *p = '/';
    return cpm_str(text);
}

static bool is_home(const char *absolute)
{
    return strncmp(absolute, "/~", 2) == 0 && (absolute[2] == '/' || absolute[2] == '\0');
}

static const char *home_path(struct cpm_arena *arena, const char *home, const char *rest)
{
    if (!home)
        home = getenv("HOME");
    if (!home || !*home)
        home = "/";
    while (*rest == '/')
        rest++;
    return cpm_path_resolve(arena, home, rest);
}

int cpm_spec_read_file(struct cpm_arena *arena, const struct cpm_spec_input *input,
                       struct cpm_spec *out, struct cpm_error *err)
{
    const char *where = cpm_path_resolve(arena, "/", input->where ? input->where : "/");
    struct cpm_str path = file_path(out->raw_spec);
    const char *text = cpm_arena_strndup(arena, path.ptr, path.len);
    const char *absolute = cpm_path_normalize(arena, cpm_str(cpm_arena_printf(arena, "/%s", text)));
    const char *target = cpm_path_resolve(arena, has_drive(path) ? "/" : where, text);
    char *save;

    if (memchr(path.ptr, '\0', path.len))
        return cpm_error_set(err, CPM_EINVAL, "Invalid file: URL, must comply with RFC 8089");
    out->type = cpm_spec_is_tarball(out->raw_spec) ? CPM_SPEC_FILE : CPM_SPEC_DIRECTORY;
    if (is_home(absolute) && !cpm_str_starts(path, "//")) {
        save = cpm_arena_printf(arena, "file:%s", absolute + 1);
        target = home_path(arena, input->home, absolute + 2);
    } else if (cpm_str_starts(path, "/")) {
        save = cpm_arena_printf(arena, "file:%s", target);
    } else {
        save = cpm_arena_printf(arena, "file:%s", cpm_path_relative(arena, where, target));
    }
    out->save = forward_slashes(save);
    out->fetch = cpm_str(target);
    return 0;
}
