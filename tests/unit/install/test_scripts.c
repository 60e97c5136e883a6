#include "install/scripts.h"

#include "base/fs.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define URL "https://registry.example.org/"

struct fixture {
    struct cpm_arena arena;
    const char *dir;
    struct cpm_lock_entry entries[6];
    struct cpm_lock lock;
    struct cpm_allow *allow;
    struct cpm_script_options opts;
    unsigned begun, failed, dropped;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    char dir[] = "/tmp/cpm-scripts-XXXXXX";
    f->dir = cpm_arena_strndup(&f->arena, mkdtemp(dir), sizeof(dir));
    f->lock.entries = f->entries;
    const char *const *environment = CPM_NEW_ARRAY(&f->arena, const char *, 2);
    ((const char **)(uintptr_t)environment)[0] = cpm_arena_printf(&f->arena, "LOG=%s/log", f->dir);
    f->opts.environment = environment;
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    cpm_fs_remove(f->dir, NULL);
    cpm_arena_release(&f->arena);
    free(f);
    return 0;
}

/* A package whose events write their names down; "fail" fails at install. */
static struct cpm_lock_entry *add(struct fixture *f, const char *location, const char *name,
                                  const char *install)
{
    struct cpm_manifest *m = CPM_NEW(&f->arena, struct cpm_manifest);
    const char *dir = cpm_arena_printf(&f->arena, "%s/%s", f->dir, location);
    const char *json =
        cpm_arena_printf(&f->arena,
                         "{\"name\": \"%s\", \"version\": \"1.0.0\", \"scripts\": {"
                         "\"preinstall\": \"echo %s pre >> $LOG\", \"install\": \"%s\", "
                         "\"postinstall\": \"echo %s post $npm_package_optional >> $LOG\", "
                         "\"prepare\": \"echo %s prepare >> $LOG\"}}",
                         name, name, install, name, name);
    cpm_fs_mkdirs(dir, 0777, NULL);
    cpm_fs_replace(cpm_arena_printf(&f->arena, "%s/package.json", dir), cpm_str(json), 0644, false,
                   NULL);
    struct cpm_lock_entry *e = &f->entries[f->lock.count++];
    *e = (struct cpm_lock_entry){.location = cpm_str(location), .manifest = m};
    if (strncmp(location, "node_modules", 12) == 0)
        e->resolved = cpm_str(cpm_arena_printf(&f->arena, URL "%s/-/%s-1.0.0.tgz", name, name));
    m->has_install_script = true;
    return e;
}

static void allow(struct fixture *f, const char *names)
{
    const char *const list[] = {names, NULL};
    struct cpm_allow_input in = {.path = f->dir, .config = list};
    assert_int_equal(cpm_allow_new(&f->arena, &in, &f->allow, NULL), 0);
}

static void on_begin(void *data, const struct cpm_script *script)
{
    (void)script;
    ((struct fixture *)data)->begun++;
}

static void on_failed(void *data, const struct cpm_script_job *job)
{
    assert_int_not_equal(job->exit_code, 0);
    ((struct fixture *)data)->failed++;
}

static void on_dropped(void *data, const struct cpm_lock_entry *entry)
{
    assert_true(entry->optional);
    ((struct fixture *)data)->dropped++;
}

static int run_deps(struct fixture *f)
{
    struct cpm_scripts_deps in = {.path = f->dir,
                                  .lock = &f->lock,
                                  .allow = f->allow,
                                  .opts = &f->opts,
                                  .begin = on_begin,
                                  .failed = on_failed,
                                  .dropped = on_dropped,
                                  .data = f,
                                  .parallel = 1};
    return cpm_scripts_run_deps(&in, NULL);
}

static void assert_log(struct fixture *f, const char *text)
{
    struct cpm_str log = CPM_STR("");
    cpm_fs_read(cpm_arena_printf(&f->arena, "%s/log", f->dir), 1 << 16, &f->arena, &log, NULL);
    assert_string_equal(log.ptr ? log.ptr : "", text);
}

static void each_event_is_over_for_all_before_the_next_begins(void **state)
{
    struct fixture *f = *state;
    add(f, "node_modules/a/node_modules/b", "b", "echo b in >> $LOG");
    add(f, "node_modules/c", "c", "echo c in >> $LOG");
    add(f, "node_modules/a", "a", "echo a in >> $LOG");
    allow(f, "a,b,c");
    assert_int_equal(run_deps(f), 0);
    assert_log(f, "a pre\nc pre\nb pre\na in\nc in\nb in\na post\nc post\nb post\n");
    assert_int_equal(f->begun, 9);
}

static void only_what_the_policy_allows_runs(void **state)
{
    struct fixture *f = *state;
    add(f, "node_modules/a", "a", "true");
    add(f, "node_modules/c", "c", "true");
    allow(f, "c");
    assert_int_equal(run_deps(f), 0);
    assert_log(f, "c pre\nc post\n");
}

static void an_optional_package_that_fails_is_dropped_and_the_rest_runs(void **state)
{
    struct fixture *f = *state;
    add(f, "node_modules/a", "a", "exit 1")->optional = true;
    add(f, "node_modules/c", "c", "true");
    allow(f, "a,c");
    assert_int_equal(run_deps(f), 0);
    assert_log(f, "a pre\nc pre\nc post\n");
    assert_int_equal(f->dropped, 1);
}

static void a_package_that_fails_ends_it(void **state)
{
    struct fixture *f = *state;
    add(f, "node_modules/a", "a", "exit 3");
    add(f, "node_modules/c", "c", "echo no >> $LOG");
    allow(f, "a,c");
    assert_int_equal(run_deps(f), CPM_ELIFECYCLE);
    assert_log(f, "a pre\nc pre\n");
    assert_int_equal(f->failed, 1);
}

static void linked_packages_run_last_with_prepare_and_need_no_policy(void **state)
{
    struct fixture *f = *state;
    add(f, "packages/w", "w", "echo w in >> $LOG");
    add(f, "packages/lonely", "lonely", "true");
    add(f, "node_modules/c", "c", "true");
    f->entries[f->lock.count++] = (struct cpm_lock_entry){
        .location = CPM_STR("node_modules/w"), .link = true, .resolved = CPM_STR("packages/w")};
    allow(f, "c");
    assert_int_equal(run_deps(f), 0);
    assert_log(f, "c pre\nc post\nw pre\nw prepare\nw in\nw post\n");
}

static void the_roots_events_run_in_npms_order(void **state)
{
    struct fixture *f = *state;
    struct cpm_scripts_root in = {
        .path = f->dir, .opts = &f->opts, .begin = on_begin, .failed = on_failed, .data = f};
    add(f, ".", "root", "echo in >> $LOG");
    assert_int_equal(cpm_scripts_run_root(&in, NULL), 0);
    assert_log(f, "root pre\nin\nroot post\nroot prepare\n");
    assert_int_equal(f->begun, 4);
    add(f, ".", "root", "exit 5");
    assert_int_equal(cpm_scripts_run_root(&in, NULL), CPM_ELIFECYCLE);
    assert_int_equal(f->failed, 1);
}

static void a_project_without_package_json_is_told_so_where_its_scripts_would_run(void **state)
{
    struct fixture *f = *state;
    struct cpm_scripts_root in = {.path = f->dir, .opts = &f->opts};
    struct cpm_error err = CPM_ERROR_INIT;
    assert_int_equal(cpm_scripts_run_root(&in, &err), CPM_ENOENT);
    assert_int_equal(err.sys, ENOENT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_event_is_over_for_all_before_the_next_begins),
        TEST(only_what_the_policy_allows_runs),
        TEST(an_optional_package_that_fails_is_dropped_and_the_rest_runs),
        TEST(a_package_that_fails_ends_it),
        TEST(linked_packages_run_last_with_prepare_and_need_no_policy),
        TEST(the_roots_events_run_in_npms_order),
        TEST(a_project_without_package_json_is_told_so_where_its_scripts_would_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
