/* Bytes: a mode, then up to three texts with a NUL between them: the specifier, the
 * package.json of the package "p", that of the parent. Whatever they say, the answer is a path or a
 * code with a message, the same one when asked again, and an explanation gives it too. */
#include "base/str.h"
#include "resolver/module/place.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct scene {
    struct cpm_str own, package;
};

static enum cpm_file_kind scene_kind(void *data, const char *path)
{
    struct cpm_str name = cpm_str(path);

    (void)data;
    if (cpm_str_ends(name, "link"))
        return CPM_FILE_LINK;
    if (cpm_str_ends(name, "s") || cpm_str_ends(name, ".json"))
        return cpm_str_ends(name, "node_modules") ? CPM_FILE_FOLDER : CPM_FILE_PLAIN;
    return cpm_str_ends(name, "x") ? CPM_FILE_NONE : CPM_FILE_FOLDER;
}

static long scene_read(void *data, const char *path, char *into, size_t size)
{
    const struct scene *scene = data;
    struct cpm_str text = CPM_STR_NONE;

    if (strcmp(path, "/a/package.json") == 0)
        text = scene->own;
    else if (strcmp(path, "/a/node_modules/p/package.json") == 0)
        text = scene->package;
    if (!text.ptr)
        return -1;
    if (size && text.len)
        memcpy(into, text.ptr, text.len < size ? text.len : size);
    return (long)text.len;
}

static long scene_read_link(void *data, const char *path, char *into, size_t size)
{
    static const char target[] = "../b/link";

    (void)data, (void)path;
    memcpy(into, target, sizeof(target) - 1 < size ? sizeof(target) - 1 : size);
    return (long)sizeof(target) - 1;
}

static void require(bool ok)
{
    if (!ok)
        abort();
}

static void ignore_step(void *to, const char *step)
{
    *(size_t *)to += strlen(step);
}

static void try_question(struct scene *scene, enum cpm_resolve_mode mode, const char *specifier)
{
    static const char *const browser[] = {"browser", NULL};
    const struct cpm_bundler_options bundler = {.alias_fields = browser};
    const struct cpm_resolver_fs fs = {
        .data = scene, .kind = scene_kind, .read = scene_read, .read_link = scene_read_link};
    struct cpm_resolver_options options = CPM_RESOLVER_OPTIONS_INIT;
    const struct cpm_resolution *first, *again;
    struct cpm_resolver *r;
    size_t steps = 0;

    options.fs = &fs;
    options.bundler =
        mode == CPM_RESOLVE_BUNDLER ? &bundler : NULL; /* which keeps whole packages */
    r = cpm_resolver_new(&options, NULL);
    first = cpm_resolver_resolve(r, mode, specifier, "/a/b/c.js");
    require(first->ignored || (first->code ? !first->path && first->message : first->path != NULL));
    require(cpm_resolver_resolve(r, mode, specifier, "/a/b/c.js") == first);
    again = cpm_resolver_explain(r, mode, specifier, "/a/b/c.js", ignore_step, &steps);
    require(!first->code == !again->code &&
            (!first->path || strcmp(first->path, again->path) == 0));
    cpm_resolver_free(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cpm_str rest = cpm_str_n((const char *)data, size), specifier;
    struct scene scene = {CPM_STR_NONE, CPM_STR_NONE};
    char text[8192];

    if (size < 1)
        return 0;
    rest = cpm_str_sub(rest, 1, rest.len);
    if (!cpm_str_split(&rest, '\0', &specifier) || specifier.len >= sizeof(text))
        return 0;
    if (rest.len)
        cpm_str_split(&rest, '\0', &scene.package);
    if (rest.len)
        cpm_str_split(&rest, '\0', &scene.own);
    if (specifier.len)
        memcpy(text, specifier.ptr, specifier.len);
    text[specifier.len] = '\0';
    try_question(&scene, (enum cpm_resolve_mode)(data[0] % 3), text);
    return 0;
}
