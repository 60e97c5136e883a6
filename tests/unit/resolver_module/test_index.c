#include "base/fs.h"
#include "base/path.h"
#include "cpm/resolver.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct cpm_arena arena;
static const char *dir;

static const char *below(const char *name)
{
    return cpm_path_join(&arena, dir, name);
}

static void put(const char *name, const char *text)
{
    const char *path = below(name);

    assert_int_equal(cpm_fs_mkdirs(cpm_path_dirname(&arena, path), 0777, NULL), 0);
    assert_int_equal(cpm_fs_replace(path, cpm_str(text), 0, false, NULL), 0);
}

static int make_tree(void **state)
{
    char name[] = "/tmp/cpm-test-XXXXXX";

    (void)state;
    cpm_arena_init(&arena);
    if (!mkdtemp(name))
        return -1;
    dir = cpm_fs_realpath(&arena, name, NULL);
    put("node_modules/p/package.json", "{\"exports\": {\"./*\": {\"default\": [\"./lib/*.js\"]}}}");
    put("node_modules/p/lib/a.js", "");
    put("node_modules/p/src/a.js", "");
    put("node_modules/@s/q/package.json", "{\"main\": \"m.js\", \"type\": \"module\"}");
    put("node_modules/@s/q/m.js", "");
    return 0;
}

static int remove_tree(void **state)
{
    (void)state;
    cpm_fs_remove(dir, NULL);
    cpm_arena_release(&arena);
    return 0;
}

static const char *index_path(void)
{
    static const char *const folders[] = {"p", "@s/q", "absent"};
    const char *path = below("node_modules/.index");

    assert_int_equal(cpm_resolver_index_write(path, folders, 3, NULL), 0);
    return path;
}

static struct cpm_resolver *open_with(const char *index)
{
    struct cpm_resolver_options options = CPM_RESOLVER_OPTIONS_INIT;

    options.index = index;
    return cpm_resolver_new(&options, NULL);
}

static void check(struct cpm_resolver *r, const char *specifier, const char *answer)
{
    const struct cpm_resolution *found =
        cpm_resolver_resolve(r, CPM_RESOLVE_IMPORT, specifier, below("x.js"));

    assert_null(found->code);
    assert_string_equal(found->path, below(answer));
}

static void with_an_index_the_answers_are_the_same(void **state)
{
    struct cpm_resolver *r = open_with(index_path());

    (void)state;
    check(r, "p/a", "node_modules/p/lib/a.js");
    check(r, "@s/q", "node_modules/@s/q/m.js");
    assert_int_equal(cpm_resolver_resolve(r, CPM_RESOLVE_IMPORT, "@s/q", below("x.js"))->format,
                     CPM_FORMAT_MODULE);
    cpm_resolver_free(r);
}

static void a_stale_entry_is_not_believed(void **state)
{
    const char *path = index_path();
    struct cpm_resolver *r;

    (void)state;
    put("node_modules/p/package.json", "{\"exports\": {\"./*\": {\"default\": [\"./src/*.js\"]}}}");
    r = open_with(path);
    check(r, "p/a", "node_modules/p/src/a.js");
    check(r, "@s/q", "node_modules/@s/q/m.js");
    cpm_resolver_free(r);
}

static void a_file_that_is_no_index_is_none(void **state)
{
    const char *path = below("node_modules/.index");
    struct cpm_str bytes;

    (void)state;
    assert_int_equal(cpm_fs_read(index_path(), 1 << 20, &arena, &bytes, NULL), 0);
    for (size_t length = 0; length < bytes.len; length += 7) {
        struct cpm_resolver *r;

        assert_int_equal(cpm_fs_replace(path, cpm_str_sub(bytes, 0, length), 0, false, NULL), 0);
        r = open_with(path);
        check(r, "p/a", "node_modules/p/lib/a.js");
        check(r, "@s/q", "node_modules/@s/q/m.js");
        cpm_resolver_free(r);
    }
}

static const char *asker; /* made before the threads start: the arena is for one */

static void *ask_all(void *data)
{
    for (int i = 0; i < 200; i++) {
        char text[32];

        snprintf(text, sizeof(text), "./none%d", i % 50);
        cpm_resolver_resolve(data, CPM_RESOLVE_REQUIRE, text, asker);
        cpm_resolver_resolve(data, CPM_RESOLVE_IMPORT, "p/a", asker);
        cpm_resolver_resolve(data, CPM_RESOLVE_REQUIRE, "@s/q", asker);
    }
    return NULL;
}

static void four_threads_share_one_resolver(void **state)
{
    struct cpm_resolver *r = open_with(index_path());
    pthread_t threads[4];

    (void)state;
    asker = below("x.js");
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask_all, r), 0);
    for (size_t i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    check(r, "p/a", "node_modules/p/lib/a.js");
    cpm_resolver_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(with_an_index_the_answers_are_the_same, make_tree,
                                        remove_tree),
        cmocka_unit_test_setup_teardown(a_stale_entry_is_not_believed, make_tree, remove_tree),
        cmocka_unit_test_setup_teardown(a_file_that_is_no_index_is_none, make_tree, remove_tree),
        cmocka_unit_test_setup_teardown(four_threads_share_one_resolver, make_tree, remove_tree),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
