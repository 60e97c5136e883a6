/* A file system of a test, as a list: {path, text}, a link as {path, "-> target"}. Folders are
 * there when something is below them. */
#ifndef CPM_TESTS_SCENE_H
#define CPM_TESTS_SCENE_H

#include "cpm/resolver.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct scene_file {
    const char *path, *text;
};

static const struct scene_file *scene_find(void *data, const char *path)
{
    for (const struct scene_file *f = data; f->path; f++)
        if (strcmp(f->path, path) == 0)
            return f;
    return NULL;
}

static enum cpm_file_kind scene_kind(void *data, const char *path)
{
    const struct scene_file *f = scene_find(data, path);
    size_t n = strlen(path);

    if (f)
        return strncmp(f->text, "-> ", 3) == 0 ? CPM_FILE_LINK : CPM_FILE_PLAIN;
    for (f = data; f->path; f++)
        if (strncmp(f->path, path, n) == 0 && f->path[n] == '/')
            return CPM_FILE_FOLDER;
    return CPM_FILE_NONE;
}

static long scene_copy(const char *text, char *into, size_t size)
{
    size_t n = strlen(text);

    if (size)
        memcpy(into, text, n < size ? n : size);
    return (long)n;
}

static long scene_read(void *data, const char *path, char *into, size_t size)
{
    const struct scene_file *f = scene_find(data, path);

    return f ? scene_copy(f->text, into, size) : -1;
}

static long scene_read_link(void *data, const char *path, char *into, size_t size)
{
    const struct scene_file *f = scene_find(data, path);

    return f ? scene_copy(f->text + 3, into, size) : -1;
}

/* A resolver over a scene; the options but fs are the caller's. */
static inline struct cpm_resolver *scene_open(const struct scene_file *files,
                                              struct cpm_resolver_options options)
{
    struct cpm_resolver_fs fs = {.data = (void *)files,
                                 .kind = scene_kind,
                                 .read = scene_read,
                                 .read_link = scene_read_link};
    struct cpm_resolver *r;

    options.fs = &fs;
    r = cpm_resolver_new(&options, NULL);
    assert_non_null(r);
    return r;
}

/* Asks once with Node's defaults and compares the path, or the code. */
static inline void expect(const struct scene_file *files, enum cpm_resolve_mode mode,
                          const char *specifier, const char *parent, const char *answer)
{
    const struct cpm_resolver_options options = CPM_RESOLVER_OPTIONS_INIT;
    struct cpm_resolver *r = scene_open(files, options);
    const struct cpm_resolution *found = cpm_resolver_resolve(r, mode, specifier, parent);

    assert_string_equal(found->code ? found->code : found->path, answer);
    assert_ptr_equal(found, cpm_resolver_resolve(r, mode, specifier, parent));
    cpm_resolver_free(r);
}

static inline void required(const struct scene_file *files, const char *specifier,
                            const char *parent, const char *answer)
{
    expect(files, CPM_RESOLVE_REQUIRE, specifier, parent, answer);
}

static inline void imported(const struct scene_file *files, const char *specifier,
                            const char *parent, const char *answer)
{
    expect(files, CPM_RESOLVE_IMPORT, specifier, parent, answer);
}

#endif
