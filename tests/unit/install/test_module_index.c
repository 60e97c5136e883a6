/* What the installer says of the packages that it linked is what a look at the disk says. */
#include "base/digest.h"
#include "base/fs.h"
#include "base/path.h"
#include "cpm/resolver.h"
#include "install/install.h"
#include "resolver/module/index.h"

#include "unit/install/tarball.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static struct cpm_arena arena;
static char dir[] = "/tmp/cpm-test-XXXXXX";
static struct cpm_buf lock;

static const char *at(const char *path)
{
    return cpm_path_join(&arena, dir, path);
}

static int begin(void **state)
{
    (void)state;
    cpm_arena_init(&arena);
    cpm_buf_init(&lock, 1 << 20);
    memcpy(dir + sizeof(dir) - 7, "XXXXXX", 6);
    return mkdtemp(dir) && cpm_fs_mkdirs(at("p"), 0755, NULL) == 0 ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    cpm_fs_remove(dir, NULL);
    cpm_buf_release(&lock);
    cpm_arena_release(&arena);
    return 0;
}

/* A package with folders in it, one with a package.json of its own, at a location of the lock. */
static void lock_package(const char *location, const char *name)
{
    const char *file = cpm_arena_printf(&arena, "%s.tgz", name);
    struct cpm_buf tar = CPM_BUF_INIT(1 << 20), gzip = CPM_BUF_INIT(1 << 20);
    unsigned char digest[CPM_DIGEST_MAX];

    tar_file(&tar, "package/package.json",
             cpm_arena_printf(
                 &arena, "{\"name\":\"%s\",\"version\":\"1.0.0\",\"exports\":{\".\":\"./x.js\"}}",
                 name));
    tar_file(&tar, "package/lib/deep/a.js", "a");
    tar_file(&tar, "package/lib/b.js", "b");
    tar_file(&tar, "package/esm/package.json", "{\"type\":\"module\"}");
    tar_file(&tar, "package/broken/package.json", "{");
    tar_end(&tar);
    tar_gzip(cpm_buf_str(&tar), &gzip);
    cpm_digest_of(CPM_SHA512, cpm_buf_str(&gzip), digest, NULL);
    cpm_fs_replace(at(cpm_arena_printf(&arena, "p/%s", file)), cpm_buf_str(&gzip), 0, false, NULL);
    cpm_buf_addf(&lock,
                 ",\"%s\":{\"name\":\"%s\",\"version\":\"1.0.0\",\"resolved\":\"file:%s\","
                 "\"integrity\":\"%s\"}",
                 location, name, file, cpm_sri_text(&arena, CPM_SHA512, digest));
    cpm_buf_release(&tar);
    cpm_buf_release(&gzip);
}

static void done(struct cpm_install_request *req)
{
    *(bool *)req->data = true;
}

static void install(void)
{
    struct cpm_names *names = cpm_names_new();
    struct cpm_lock_source src = {.names = names, .arena = &arena, .root = at("p")};
    struct cpm_install_request req = {.arena = &arena, .done = done};
    struct cpm_error err = CPM_ERROR_INIT;
    const char *text = cpm_arena_printf(&arena, "{\"lockfileVersion\":3,\"packages\":{\"\":{}%s}}",
                                        cpm_buf_text(&lock));
    struct cpm_lock ideal;
    uv_loop_t loop;
    bool ended = false;

    assert_int_equal(cpm_lock_read(cpm_str(text), "lock", &src, &ideal, &err), 0);
    assert_int_equal(cpm_store_open(at("cache"), &req.store, NULL), 0);
    uv_loop_init(&loop);
    req.loop = &loop;
    req.ideal = &ideal;
    req.data = &ended;
    req.opts = (struct cpm_install_options)CPM_INSTALL_OPTIONS_INIT;
    req.opts.path = at("p");
    req.opts.module_index = true;
    assert_int_equal(cpm_install_start(&req, &err), 0);
    while (!ended)
        uv_run(&loop, UV_RUN_ONCE);
    if (req.status < 0)
        fail_msg("%s", req.err.text);
    cpm_install_keep(&req);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
    cpm_store_close(req.store);
    cpm_names_free(names);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const char *joined(const char **lines, size_t count)
{
    struct cpm_buf out = CPM_BUF_INIT(1 << 20);
    const char *text;

    qsort(lines, count, sizeof(*lines), by_text);
    for (size_t i = 0; i < count; i++)
        cpm_buf_addf(&out, "%s\n", lines[i]);
    text = cpm_arena_str(&arena, cpm_buf_str(&out)).ptr;
    cpm_buf_release(&out);
    return text;
}

static const char *names_of(const struct cpm_index *index, const struct cpm_index_folder *f)
{
    const char **names = CPM_NEW_ARRAY(&arena, const char *, f->entry_count + 1);

    for (uint32_t i = 0; i < f->entry_count; i++) {
        uint32_t entry = index->entries[f->entry_at + i];
        const struct cpm_index_name *n = &index->names[entry >> 2];

        names[i] =
            cpm_arena_printf(&arena, " %.*s:%u", (int)n->len, index->texts + n->at, entry & 3);
    }
    return joined(names, f->entry_count);
}

/* All that the index holds but the times of the folders around packages, one folder after another.
 */
static const char *dump(void)
{
    struct cpm_index index;
    struct cpm_str bytes;
    const char **lines;

    assert_int_equal(
        cpm_fs_read(at("p/node_modules/" CPM_RESOLVER_INDEX), 1 << 20, &arena, &bytes, NULL), 0);
    assert_true(cpm_index_use(&index, bytes.ptr, bytes.len));
    lines = CPM_NEW_ARRAY(&arena, const char *, index.head->folders);
    for (uint32_t i = 0; i < index.head->folders; i++) {
        const struct cpm_index_folder *f = &index.folders[i];
        struct cpm_package p = {.exists = true};
        const char *package = index.packages + f->package_at - 1;
        struct cpm_index_stamp s = {0};

        if (f->package_at) {
            memcpy(&s, package, sizeof(s));
            assert_true(cpm_index_fields(cpm_str_n(package + sizeof(s), 1000), &p, &arena));
        }
        lines[i] = cpm_arena_printf(&arena, "%.*s inode %llu type %d exports %d json %llu\n%s",
                                    (int)f->path.len, index.texts + f->path.at,
                                    (unsigned long long)f->stamp.inode, p.type, p.exports != NULL,
                                    (unsigned long long)s.inode, names_of(&index, f));
    }
    return joined(lines, index.head->folders);
}

static const char *dump_of_disk(void)
{
    assert_int_equal(cpm_resolver_index_write(at("p/node_modules"), NULL), 0);
    return dump();
}

static void what_was_linked_is_told_as_the_disk_has_it(void **state)
{
    const char *told;

    (void)state;
    lock_package("node_modules/a", "a");
    lock_package("node_modules/@s/b", "@s-b");
    lock_package("node_modules/a/node_modules/c", "c");
    install();
    told = dump();
    assert_non_null(strstr(told, "a/lib/deep inode"));
    assert_non_null(strstr(told, "a/node_modules/c/esm inode"));
    assert_string_equal(told, dump_of_disk());
}

static void a_package_that_stays_is_read(void **state)
{
    const char *told;

    (void)state;
    lock_package("node_modules/a", "a");
    install();
    assert_int_equal(
        cpm_fs_replace(at("p/node_modules/a/lib/mine.js"), CPM_STR("m"), 0, false, NULL), 0);
    lock_package("node_modules/z", "z");
    install();
    told = dump();
    assert_non_null(strstr(told, "mine.js"));
    assert_string_equal(told, dump_of_disk());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_linked_is_told_as_the_disk_has_it, begin, end),
        cmocka_unit_test_setup_teardown(a_package_that_stays_is_read, begin, end),
    };

    return cmocka_run_group_tests_name("install/module_index", tests, NULL, NULL);
}
