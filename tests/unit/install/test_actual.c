#include "install/actual.h"

#include "base/fs.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

struct fixture {
    struct cpm_arena arena;
    struct cpm_names *names;
    const char *dir;
    struct cpm_lock lock;
    bool hidden;
};

static const char *at(struct fixture *f, const char *path)
{
    return cpm_arena_printf(&f->arena, "%s/%s", f->dir, path);
}

static void put(struct fixture *f, const char *path, const char *text)
{
    const char *file = at(f, path);
    const char *dir = cpm_arena_strndup(&f->arena, file, (size_t)(strrchr(file, '/') - file));
    assert_int_equal(cpm_fs_mkdirs(dir, 0777, NULL), 0);
    assert_int_equal(cpm_fs_replace(file, cpm_str(text), 0644, false, NULL), 0);
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    char dir[] = "/tmp/cpm-actual-XXXXXX";
    f->names = cpm_names_new();
    f->dir = cpm_arena_strndup(&f->arena, mkdtemp(dir), sizeof(dir));
    put(f, "package.json", "{\"name\": \"p\", \"version\": \"1.0.0\"}");
    put(f, "node_modules/a/package.json", "{\"name\": \"a\", \"version\": \"1.0.0\"}");
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    cpm_fs_remove(f->dir, NULL);
    cpm_names_free(f->names);
    cpm_arena_release(&f->arena);
    free(f);
    return 0;
}

static void read_tree(struct fixture *f)
{
    struct cpm_error err = CPM_ERROR_INIT;
    struct cpm_actual_source src = {.path = f->dir, .names = f->names, .arena = &f->arena};
    if (cpm_actual_read(&src, &f->lock, &f->hidden, &err) < 0)
        fail_msg("%s", err.text);
}

static const struct cpm_lock_entry *entry(struct fixture *f, const char *location)
{
    for (size_t i = 0; i < f->lock.count; i++)
        if (cpm_str_is(f->lock.entries[i].location, location))
            return &f->lock.entries[i];
    return NULL;
}

static void assert_version(struct fixture *f, const char *location, const char *version)
{
    const struct cpm_lock_entry *e = entry(f, location);
    assert_non_null(e);
    assert_true(cpm_str_is(cpm_name_str(e->manifest->version), version));
}

static void folders_are_entries_at_any_depth(void **state)
{
    struct fixture *f = *state;
    put(f, "node_modules/@s/b/package.json", "{\"name\": \"@s/b\", \"version\": \"2.0.0\"}");
    put(f, "node_modules/@s/b/node_modules/a/package.json",
        "{\"name\": \"a\", \"version\": \"3.0.0\"}");
    put(f, "node_modules/.hidden/package.json", "{}");
    put(f, "node_modules/file", "");
    read_tree(f);
    assert_int_equal(f->lock.count, 4);
    assert_version(f, "", "1.0.0");
    assert_version(f, "node_modules/a", "1.0.0");
    assert_version(f, "node_modules/@s/b", "2.0.0");
    assert_version(f, "node_modules/@s/b/node_modules/a", "3.0.0");
}

static void a_link_is_an_entry_and_its_target_another(void **state)
{
    struct fixture *f = *state;
    put(f, "packages/w/package.json", "{\"name\": \"w\", \"version\": \"4.0.0\"}");
    assert_int_equal(symlink("../packages/w", at(f, "node_modules/w")), 0);
    assert_int_equal(symlink("../packages/w", at(f, "node_modules/w2")), 0);
    assert_int_equal(symlink("..", at(f, "node_modules/self")), 0);
    read_tree(f);
    assert_true(entry(f, "node_modules/w")->link);
    assert_true(cpm_str_is(entry(f, "node_modules/w")->resolved, "packages/w"));
    assert_version(f, "packages/w", "4.0.0");
    assert_int_equal(f->lock.count, 6);
}

static void an_unreadable_package_is_an_empty_one(void **state)
{
    struct fixture *f = *state;
    put(f, "node_modules/bad/package.json", "{");
    put(f, "node_modules/none/x", "");
    read_tree(f);
    assert_null(entry(f, "node_modules/bad")->manifest->version);
    assert_null(entry(f, "node_modules/none")->manifest->version);
}

static void the_lock_tells_where_a_folder_came_from(void **state)
{
    struct fixture *f = *state;
    put(f, "package-lock.json",
        "{\"lockfileVersion\": 3, \"packages\": {\"node_modules/a\": {\"version\": \"1.0.0\", "
        "\"resolved\": \"https://registry.example.org/a/-/a-1.0.0.tgz\"}}}");
    read_tree(f);
    assert_true(cpm_str_ends(entry(f, "node_modules/a")->resolved, "/a-1.0.0.tgz"));
}

#define HIDDEN                                                                                     \
    "{\"lockfileVersion\": 3, \"packages\": {\"node_modules/a\": {\"version\": \"1.0.0\", "        \
    "\"integrity\": \"sha512-x\"}}}"

/* The whole tree lies in the past, the hidden lock a second after it. */
static void age(struct fixture *f, const char *path, time_t when)
{
    struct timespec times[2] = {{.tv_sec = when}, {.tv_sec = when}};
    assert_int_equal(utimensat(AT_FDCWD, at(f, path), times, 0), 0);
}

static void put_hidden(struct fixture *f)
{
    put(f, "node_modules/.package-lock.json", HIDDEN);
    age(f, "node_modules/a", 1000);
    age(f, "node_modules", 1000);
    age(f, "node_modules/.package-lock.json", 1001);
}

static void a_hidden_lock_that_is_newer_than_all_folders_is_believed(void **state)
{
    struct fixture *f = *state;
    put_hidden(f);
    read_tree(f);
    assert_true(f->hidden);
    assert_true(cpm_str_is(entry(f, "node_modules/a")->integrity, "sha512-x"));
    assert_version(f, "", "1.0.0");
}

static void a_newer_folder_ends_the_belief(void **state)
{
    struct fixture *f = *state;
    put_hidden(f);
    age(f, "node_modules/a", 1002);
    read_tree(f);
    assert_false(f->hidden);
}

static void a_folder_that_the_hidden_lock_does_not_know_ends_the_belief(void **state)
{
    struct fixture *f = *state;
    put(f, "node_modules/b/package.json", "{\"version\": \"1.0.0\"}");
    age(f, "node_modules/b", 1000);
    put_hidden(f);
    read_tree(f);
    assert_false(f->hidden);
}

static void an_entry_without_its_folder_ends_the_belief(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(cpm_fs_remove(at(f, "node_modules/a"), NULL), 0);
    put(f, "node_modules/.package-lock.json", HIDDEN);
    age(f, "node_modules", 1000);
    read_tree(f);
    assert_false(f->hidden);
    assert_int_equal(f->lock.count, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(folders_are_entries_at_any_depth),
        TEST(a_link_is_an_entry_and_its_target_another),
        TEST(an_unreadable_package_is_an_empty_one),
        TEST(the_lock_tells_where_a_folder_came_from),
        TEST(a_hidden_lock_that_is_newer_than_all_folders_is_believed),
        TEST(a_newer_folder_ends_the_belief),
        TEST(a_folder_that_the_hidden_lock_does_not_know_ends_the_belief),
        TEST(an_entry_without_its_folder_ends_the_belief),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
