/* What the lockfile tests share: a fixture with names and an arena, and readers that must succeed.
 */
#ifndef CPM_TESTS_LOCKFILE_SUPPORT_H
#define CPM_TESTS_LOCKFILE_SUPPORT_H

#include "lockfile/lock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

struct fixture {
    struct cpm_arena arena;
    struct cpm_names *names;
    struct cpm_error err;
};

static inline int fixture_setup(void **state)
{
    static struct fixture f;

    f = (struct fixture){.arena = CPM_ARENA_INIT, .names = cpm_names_new()};
    *state = &f;
    return 0;
}

static inline int fixture_teardown(void **state)
{
    struct fixture *f = *state;

    cpm_arena_release(&f->arena);
    cpm_names_free(f->names);
    return 0;
}

static inline struct cpm_manifest manifest(struct fixture *f, const char *json,
                                           enum cpm_manifest_from from)
{
    struct cpm_manifest_source src = {.names = f->names, .arena = &f->arena, .from = from};
    struct cpm_manifest m;
    struct cpm_jsonread r;

    cpm_jsonread_init(&r, cpm_str(json), "test.json", &f->arena);
    assert_int_equal(cpm_manifest_read(&r, &src, &m), 0);
    if (cpm_jsonread_finish(&r, &f->err) < 0)
        fail_msg("%s", f->err.text);
    return m;
}

static inline int read_lock(struct fixture *f, const char *json, struct cpm_lock *lock)
{
    struct cpm_lock_source src = {.names = f->names, .arena = &f->arena, .root = "/p"};

    return cpm_lock_read(cpm_str(json), "package-lock.json", &src, lock, &f->err);
}

static inline struct cpm_lock lock_of(struct fixture *f, const char *json)
{
    struct cpm_lock lock;

    if (read_lock(f, json, &lock) < 0)
        fail_msg("%s", f->err.text);
    return lock;
}

/* The lock's text; lives in the arena. */
static inline const char *written(struct fixture *f, const struct cpm_lock *lock,
                                  const struct cpm_json_style *style)
{
    struct cpm_buf out = CPM_BUF_INIT(1 << 20);
    const char *text;

    if (cpm_lock_write(lock, style, &out, &f->err) < 0)
        fail_msg("%s", f->err.text);
    text = cpm_arena_strndup(&f->arena, out.ptr, out.len);
    cpm_buf_release(&out);
    return text;
}

static inline void assert_str(struct cpm_str have, const char *want)
{
    if (!cpm_str_is(have, want))
        fail_msg("'%.*s' is not '%s'", CPM_STR_ARG(have), want);
}

#endif
