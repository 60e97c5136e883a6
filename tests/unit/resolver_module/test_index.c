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

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

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

/* Writes the index and gives the node_modules that has it. */
static const char *indexed(void)
{
    const char *modules = below("node_modules");

    assert_int_equal(cpm_resolver_index_write(modules, NULL), 0);
    return modules;
}

static struct cpm_resolver *open_with(const char *modules)
{
    struct cpm_resolver_options options = CPM_RESOLVER_OPTIONS_INIT;

    options.index = modules;
    return cpm_resolver_new(&options, NULL);
}

static void check(struct cpm_resolver *r, const char *specifier, const char *answer)
{
    const struct cpm_resolution *found =
        cpm_resolver_resolve(r, CPM_RESOLVE_IMPORT, specifier, below("x.js"));

    assert_null(found->code);
    assert_string_equal(found->path, below(answer));
}

static void check_missing(struct cpm_resolver *r, const char *specifier)
{
    const struct cpm_resolution *found =
        cpm_resolver_resolve(r, CPM_RESOLVE_IMPORT, specifier, below("x.js"));

    assert_null(found->path);
    assert_string_equal(found->code, "ERR_MODULE_NOT_FOUND");
}

static void check_all(const char *modules)
{
    struct cpm_resolver *r = open_with(modules);

    check(r, "p/a", "node_modules/p/lib/a.js");
    check(r, "@s/q", "node_modules/@s/q/m.js");
    check_missing(r, "absent");
    check_missing(r, "p/b");
    cpm_resolver_free(r);
}

static void with_an_index_the_answers_are_the_same(void **state)
{
    struct cpm_resolver *r = open_with(indexed());

    (void)state;
    check_all(below("node_modules"));
    check(r, "@s/q", "node_modules/@s/q/m.js");
    assert_int_equal(cpm_resolver_resolve(r, CPM_RESOLVE_IMPORT, "@s/q", below("x.js"))->format,
                     CPM_FORMAT_MODULE);
    cpm_resolver_free(r);
}

static void a_package_json_that_was_edited_in_place_is_read(void **state)
{
    const char *modules = indexed(), *file = below("node_modules/p/package.json");
    struct timespec times[2];
    struct cpm_resolver *r;
    struct stat before;
    FILE *out;

    (void)state;
    assert_int_equal(stat(file, &before), 0);
    out = fopen(file, "r+");
    assert_non_null(out);
    fputs("{\"exports\": {\"./*\": {\"default\": [\"./src/*.js\"]}}}", out); /* as long as before */
    fclose(out);
    times[0] = before.st_atim;
    times[1] = before.st_mtim;
    assert_int_equal(utimensat(AT_FDCWD, file, times, 0), 0);
    r = open_with(modules);
    check(r, "p/a", "node_modules/p/src/a.js");
    check(r, "@s/q", "node_modules/@s/q/m.js");
    cpm_resolver_free(r);
}

static void a_file_that_came_later_is_found(void **state)
{
    const char *modules = indexed();
    struct cpm_resolver *r;

    (void)state;
    put("node_modules/p/lib/b.js", "");
    put("node_modules/late/index.js", "");
    r = open_with(modules);
    check(r, "p/b", "node_modules/p/lib/b.js");
    check(r, "p/a", "node_modules/p/lib/a.js");
    check(r, "late", "node_modules/late/index.js");
    cpm_resolver_free(r);
}

static void what_was_removed_is_not_found(void **state)
{
    const char *modules = indexed();
    struct cpm_resolver *r;

    (void)state;
    assert_int_equal(cpm_fs_remove(below("node_modules/p/lib/a.js"), NULL), 0);
    assert_int_equal(cpm_fs_remove(below("node_modules/@s/q"), NULL), 0);
    r = open_with(modules);
    check_missing(r, "p/a");
    check_missing(r, "@s/q");
    cpm_resolver_free(r);
}

static void a_package_that_was_replaced_is_read_anew(void **state)
{
    const char *modules = indexed();
    struct cpm_resolver *r;

    (void)state;
    put("fresh/package.json", "{\"main\": \"other.js\"}");
    put("fresh/other.js", "");
    assert_int_equal(cpm_fs_remove(below("node_modules/@s/q"), NULL), 0);
    assert_int_equal(rename(below("fresh"), below("node_modules/@s/q")), 0);
    r = open_with(modules);
    check(r, "@s/q", "node_modules/@s/q/other.js");
    cpm_resolver_free(r);
}

static void a_folder_that_became_a_link_is_followed(void **state)
{
    const char *modules = indexed();
    struct cpm_resolver *r;

    (void)state;
    assert_int_equal(rename(below("node_modules/p/lib"), below("moved")), 0);
    assert_int_equal(symlink("../../moved", below("node_modules/p/lib")), 0);
    r = open_with(modules);
    check(r, "p/a", "moved/a.js");
    cpm_resolver_free(r);
}

/* What is in it keeps its inodes and times. */
static void a_package_that_became_a_link_is_followed(void **state)
{
    const char *modules = indexed();
    struct cpm_resolver *r;

    (void)state;
    assert_int_equal(rename(below("node_modules/p"), below("moved")), 0);
    assert_int_equal(symlink("../moved", below("node_modules/p")), 0);
    r = open_with(modules);
    check(r, "p/a", "moved/lib/a.js");
    cpm_resolver_free(r);
}

static void put_index(const char *file, struct cpm_str bytes)
{
    assert_int_equal(cpm_fs_replace(file, bytes, 0, false, NULL), 0);
}

static void a_copied_tree_does_not_believe_the_index_that_came_along(void **state)
{
    struct cpm_arena kept = CPM_ARENA_INIT; /* the tree's goes with it */
    struct cpm_str bytes;

    (void)state;
    assert_int_equal(cpm_fs_read(cpm_path_join(&arena, indexed(), ".cpm/resolve-index"), 1 << 20,
                                 &kept, &bytes, NULL),
                     0);
    assert_int_equal(remove_tree(state), 0);
    assert_int_equal(make_tree(state), 0);
    put("node_modules/.cpm/resolve-index", "");
    put_index(below("node_modules/.cpm/resolve-index"), bytes);
    cpm_arena_release(&kept);
    put("node_modules/p/src/late.js", "");
    check_all(below("node_modules"));
}

static void a_damaged_index_is_none(void **state)
{
    const char *modules = indexed(), *file = below("node_modules/.cpm/resolve-index");
    struct cpm_str bytes;
    char *flipped;

    (void)state;
    assert_int_equal(cpm_fs_read(file, 1 << 20, &arena, &bytes, NULL), 0);
    for (size_t length = 0; length < bytes.len; length += 61) {
        put_index(file, cpm_str_sub(bytes, 0, length));
        check_all(modules);
    }
    flipped = cpm_arena_strndup(&arena, bytes.ptr, bytes.len);
    for (size_t at = 0; at < bytes.len; at += 37) {
        flipped[at] ^= 1;
        put_index(file, cpm_str_n(flipped, bytes.len));
        check_all(modules);
        flipped[at] ^= 1;
    }
}

enum { THREADS = 4, QUESTIONS = 200 };

struct share {
    pthread_t thread;
    struct cpm_resolver *resolver;
    const char *asker;
    const struct cpm_resolution *answers[QUESTIONS];
};

static void *ask_all(void *data)
{
    struct share *s = data;

    for (int i = 0; i < QUESTIONS; i++) {
        char text[32];

        snprintf(text, sizeof(text), i % 2 ? "./none%d" : "p/a?%d", i);
        s->answers[i] = cpm_resolver_resolve(s->resolver, CPM_RESOLVE_IMPORT, text, s->asker);
        cpm_resolver_resolve(s->resolver, CPM_RESOLVE_REQUIRE, "@s/q", s->asker);
    }
    return NULL;
}

static void share(struct cpm_resolver *r)
{
    struct share shares[THREADS];

    for (size_t i = 0; i < THREADS; i++) {
        shares[i].resolver = r;
        shares[i].asker = below("x.js");
    }
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&shares[i].thread, NULL, ask_all, &shares[i]), 0);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(shares[i].thread, NULL);
    for (size_t i = 0; i < (size_t)THREADS * QUESTIONS; i++)
        assert_ptr_equal(shares[i / QUESTIONS].answers[i % QUESTIONS],
                         shares[0].answers[i % QUESTIONS]);
    check(r, "p/a", "node_modules/p/lib/a.js");
    cpm_resolver_free(r);
}

static void threads_that_share_a_resolver_get_the_same_answers(void **state)
{
    (void)state;
    share(open_with(NULL));
    share(open_with(indexed()));
}

int main(void)
{
#define IN_A_TREE(name) cmocka_unit_test_setup_teardown(name, make_tree, remove_tree)
    const struct CMUnitTest tests[] = {
        IN_A_TREE(with_an_index_the_answers_are_the_same),
        IN_A_TREE(a_package_json_that_was_edited_in_place_is_read),
        IN_A_TREE(a_file_that_came_later_is_found),
        IN_A_TREE(what_was_removed_is_not_found),
        IN_A_TREE(a_package_that_was_replaced_is_read_anew),
        IN_A_TREE(a_folder_that_became_a_link_is_followed),
        IN_A_TREE(a_package_that_became_a_link_is_followed),
        IN_A_TREE(a_copied_tree_does_not_believe_the_index_that_came_along),
        IN_A_TREE(a_damaged_index_is_none),
        IN_A_TREE(threads_that_share_a_resolver_get_the_same_answers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
