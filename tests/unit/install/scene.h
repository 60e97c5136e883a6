/* A project, a store and a lock that is written entry by entry, for the tests of the installer:
 * begin and end frame each test; tarballs are files beside the project's package.json. */
#ifndef CPM_TESTS_INSTALL_SCENE_H
#define CPM_TESTS_INSTALL_SCENE_H

#include "base/digest.h"
#include "base/fs.h"
#include "base/path.h"
#include "install/install.h"

#include "unit/install/tarball.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/file.h>
#include <unistd.h>

#include <cmocka.h>

static struct cpm_arena arena;
static char *dir;
static struct cpm_names *names;
static struct cpm_buf lock_text; /* entries of the lock to come */
static struct cpm_install_options opts;
static struct cpm_install_request req;
static char warnings[4096];
static bool ended;

static inline const char *at(const char *path)
{
    return cpm_path_join(&arena, dir, path);
}

static inline int begin(void **state)
{
    (void)state;
    cpm_arena_init(&arena);
    cpm_buf_init(&lock_text, 1 << 20);
    names = cpm_names_new();
    dir = cpm_arena_strndup(&arena, "/tmp/cpm-test-XXXXXX", 20);
    warnings[0] = '\0';
    opts = (struct cpm_install_options)CPM_INSTALL_OPTIONS_INIT;
    opts.no_sync = true;
    return mkdtemp(dir) && cpm_fs_mkdirs(at("p"), 0755, NULL) == 0 ? 0 : -1;
}

static inline int end(void **state)
{
    (void)state;
    cpm_fs_remove(dir, NULL);
    cpm_buf_release(&lock_text);
    cpm_names_free(names);
    cpm_arena_release(&arena);
    return 0;
}

static inline void heard(struct cpm_install_request *r, const struct cpm_install_event *event)
{
    size_t used = strlen(warnings);

    (void)r;
    if (event->type == CPM_EVENT_WARNING)
        snprintf(warnings + used, sizeof(warnings) - used, "%.*s: %.*s\n", CPM_STR_ARG(event->name),
                 CPM_STR_ARG(event->text));
}

static inline void done(struct cpm_install_request *r)
{
    (void)r;
    ended = true;
}

/* One more file of a package: "PATH", text. */
struct file {
    const char *path, *text;
};

/* Writes p/NAME-VERSION.tgz and gives its integrity. */
static inline const char *tarball(const char *name, const char *version, const char *rest,
                                  const struct file *files, size_t count)
{
    const char *json = cpm_arena_printf(&arena, "{\"name\":\"%s\",\"version\":\"%s\"%s%s}", name,
                                        version, rest[0] ? "," : "", rest);
    struct cpm_buf tar = CPM_BUF_INIT(1 << 20), gzip = CPM_BUF_INIT(1 << 20);
    unsigned char digest[CPM_DIGEST_MAX];

    tar_file(&tar, "package/package.json", json);
    for (size_t i = 0; i < count; i++)
        tar_file(&tar, cpm_arena_printf(&arena, "package/%s", files[i].path), files[i].text);
    tar_end(&tar);
    tar_gzip(cpm_buf_str(&tar), &gzip);
    assert_int_equal(cpm_fs_replace(at(cpm_arena_printf(&arena, "p/%s-%s.tgz", name, version)),
                                    cpm_buf_str(&gzip), 0, false, NULL),
                     0);
    cpm_digest_of(CPM_SHA512, cpm_buf_str(&gzip), digest, NULL);
    cpm_buf_release(&tar);
    cpm_buf_release(&gzip);
    return cpm_sri_text(&arena, CPM_SHA512, digest);
}

static inline void lock_raw(const char *location, const char *members)
{
    cpm_buf_addf(&lock_text, ",\"%s\":{%s}", location, members);
}

/* A package at a location, with what its package.json says besides (also in the lock). */
static inline void lock_package(const char *location, const char *name, const char *version,
                                const char *rest)
{
    static const struct file files[] = {{"cli.js", "#!node\n"}, {"lib/x.js", "x"}};
    const char *integrity = tarball(name, version, rest, files, 2);

    lock_raw(location,
             cpm_arena_printf(&arena,
                              "\"name\":\"%s\",\"version\":\"%s\",\"resolved\":\"file:%s-%s.tgz\","
                              "\"integrity\":\"%s\"%s%s",
                              name, version, name, version, integrity, rest[0] ? "," : "", rest));
}

static inline void lock_begin(void)
{
    cpm_buf_clear(&lock_text);
}

static inline void run_loop(uv_loop_t *loop)
{
    while (!ended)
        uv_run(loop, UV_RUN_ONCE);
}

/* Installs what the lock says; its status. Clears the lock. */
static inline int install(void)
{
    const char *text = cpm_arena_printf(
        &arena,
        "{\"lockfileVersion\":3,\"requires\":true,\"packages\":{\"\":{\"name\":\"p\","
        "\"dependencies\":{\"direct\":\"1\"}}%s}}",
        cpm_buf_text(&lock_text));
    struct cpm_lock_source source = {.names = names, .arena = &arena, .root = at("p")};
    struct cpm_lock *lock = CPM_NEW(&arena, struct cpm_lock);
    struct cpm_error err = CPM_ERROR_INIT;
    struct cpm_store *store;
    uv_loop_t loop;

    if (cpm_lock_read(cpm_str(text), "lock", &source, lock, &err) < 0)
        fail_msg("%s", err.text);
    assert_int_equal(cpm_store_open(at("cache"), &store, NULL), 0);
    uv_loop_init(&loop);
    ended = false;
    req = (struct cpm_install_request){.loop = &loop,
                                       .store = store,
                                       .ideal = lock,
                                       .opts = opts,
                                       .event = heard,
                                       .done = done,
                                       .arena = &arena};
    req.opts.path = at("p");
    assert_int_equal(cpm_install_start(&req, &err), 0);
    run_loop(&loop);
    cpm_install_keep(&req);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
    cpm_store_close(store);
    lock_begin();
    return req.status;
}

static inline void install_well(void)
{
    if (install() < 0)
        fail_msg("%s", req.err.text);
}

static inline const char *contents(const char *path)
{
    struct cpm_str out;

    return cpm_fs_read(at(path), 1 << 20, &arena, &out, NULL) < 0 ? NULL : out.ptr;
}

static inline bool exists(const char *path)
{
    struct stat st;

    return lstat(at(path), &st) == 0;
}

static inline void assert_version(const char *package, const char *version)
{
    const char *json =
        contents(cpm_arena_printf(&arena, "p/node_modules/%s/package.json", package));

    assert_non_null(json);
    assert_non_null(strstr(json, cpm_arena_printf(&arena, "\"version\":\"%s\"", version)));
}

static inline void assert_no_litter(void)
{
    assert_false(exists("p/node_modules/.cpm/stage"));
    assert_false(exists("p/node_modules/.cpm/journal"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

#endif
