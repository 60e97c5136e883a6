#include "install/filter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

/* one needs x and shared, two needs y and shared, y needs deep; the root needs top. */
#define PACKAGES                                                                                   \
    "'packages/one': {'name': 'one', 'dependencies': {'x': '1', 'shared': '1'}},"                  \
    "'packages/two': {'name': 'two', 'dependencies': {'y': '1', 'shared': '1'}},"                  \
    "'node_modules/one': {'resolved': 'packages/one', 'link': true},"                              \
    "'node_modules/two': {'resolved': 'packages/two', 'link': true},"                              \
    "'node_modules/shared': {'version': '1.0.0'},"                                                 \
    "'node_modules/x': {'version': '1.0.0'},"                                                      \
    "'node_modules/y': {'version': '1.0.0', 'dependencies': {'deep': '1'}},"                       \
    "'node_modules/y/node_modules/deep': {'version': '1.0.0'}"
#define ROOT "'': {'name': 'root', 'workspaces': ['packages/*'], 'dependencies': {'top': '1'}}"
#define TOP  "'node_modules/top': {'version': '1.0.0'}"

struct fixture {
    struct cpm_arena arena;
    struct cpm_names *names;
    struct cpm_workspaces workspaces;
    struct cpm_lock ideal, actual;
    struct cpm_filtered out;
};

static struct cpm_lock tree_of(struct fixture *f, const char *packages)
{
    const struct cpm_lock_source src = {.names = f->names, .arena = &f->arena};
    char *text = (char *)cpm_arena_printf(&f->arena,
                                          "{'lockfileVersion': 3, 'requires': true, "
                                          "'packages': {%s}}",
                                          packages);
    struct cpm_error err = CPM_ERROR_INIT;
    struct cpm_lock lock = {0};

    for (char *c = text; *c; c++)
        if (*c == '\'')
            *c = '"';
    if (cpm_lock_read(cpm_str(text), "lock", &src, &lock, &err) < 0)
        fail_msg("%s", err.text);
    return lock;
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    static const char *const folders[] = {"packages/one", "packages/two"};

    f->names = cpm_names_new();
    f->workspaces.v = CPM_NEW_ARRAY(&f->arena, struct cpm_tree_workspace, 2);
    for (size_t i = 0; i < 2; i++)
        f->workspaces.v[f->workspaces.count++] =
            (struct cpm_tree_workspace){.name = cpm_names_get(f->names, cpm_str(folders[i] + 9)),
                                        .location = cpm_str(folders[i])};
    f->ideal = tree_of(f, ROOT "," PACKAGES "," TOP);
    f->actual = tree_of(f, ROOT);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    cpm_names_free(f->names);
    cpm_arena_release(&f->arena);
    free(f);
    return 0;
}

static bool make(struct fixture *f, const struct cpm_filter *filter, const struct cpm_map *again)
{
    const struct cpm_filter_input in = {.filter = filter,
                                        .path = "/p",
                                        .workspaces = &f->workspaces,
                                        .ideal = &f->ideal,
                                        .actual = &f->actual,
                                        .again = again,
                                        .arena = &f->arena};

    return cpm_filter_make(&in, &f->out);
}

static const struct cpm_lock_entry *found(const struct fixture *f, const char *location)
{
    for (size_t i = 0; i < f->out.lock.count; i++)
        if (cpm_str_is(f->out.lock.entries[i].location, location))
            return &f->out.lock.entries[i];
    return NULL;
}

/* 'a': asked for, 'k': kept as it is, '-': not there. */
static char state_of(const struct fixture *f, const char *location)
{
    const struct cpm_lock_entry *e = found(f, location);

    return !e ? '-' : f->out.origins[e - f->out.lock.entries] ? 'a' : 'k';
}

static const struct cpm_str one = {.ptr = "one", .len = 3};
static const struct cpm_filter for_one = {.workspaces = &one, .count = 1};

static void a_new_tree_has_what_the_workspace_needs(void **state)
{
    struct fixture *f = *state;

    assert_true(make(f, &for_one, NULL));
    assert_int_equal(f->out.lock.count, 5);
    assert_int_equal(state_of(f, ""), 'a');
    assert_int_equal(state_of(f, "packages/one"), 'a');
    assert_int_equal(state_of(f, "node_modules/one"), 'a');
    assert_int_equal(state_of(f, "node_modules/x"), 'a');
    assert_int_equal(state_of(f, "node_modules/shared"), 'a');
}

static void the_root_s_own_needs_are_a_part_too(void **state)
{
    struct fixture *f = *state;
    const struct cpm_filter root = {.root = true};

    assert_true(make(f, &root, NULL));
    assert_int_equal(f->out.lock.count, 2);
    assert_int_equal(state_of(f, "node_modules/top"), 'a');
}

static void a_filter_that_names_nothing_that_is_there_is_none(void **state)
{
    struct fixture *f = *state;
    const struct cpm_str none = CPM_STR("none");
    const struct cpm_filter filter = {.workspaces = &none, .count = 1};

    assert_false(make(f, &filter, NULL));
}

static void what_others_have_stays_as_it_is(void **state)
{
    struct fixture *f = *state;

    f->actual = tree_of(f, ROOT "," PACKAGES ", 'node_modules/old': {'version': '3.0.0'}");
    assert_true(make(f, &for_one, NULL));
    assert_int_equal(state_of(f, "node_modules/y"), 'k');
    assert_int_equal(state_of(f, "node_modules/y/node_modules/deep"), 'k');
    assert_int_equal(state_of(f, "node_modules/two"), 'k');
    assert_int_equal(state_of(f, "packages/two"), 'k');
    assert_int_equal(state_of(f, "node_modules/top"), '-');
    assert_true(found(f, "node_modules/old")->extraneous);
}

static void what_the_workspace_needed_before_goes(void **state)
{
    struct fixture *f = *state;

    f->ideal = tree_of(f, ROOT ", 'packages/one': {'name': 'one'},"
                               "'node_modules/one': {'resolved': 'packages/one', 'link': true}");
    f->actual = tree_of(f, ROOT "," PACKAGES);
    assert_true(make(f, &for_one, NULL));
    assert_int_equal(state_of(f, "node_modules/x"), '-');
    assert_int_equal(state_of(f, "node_modules/shared"), '-');
    assert_int_equal(state_of(f, "node_modules/y"), 'k');
}

static void packages_of_a_folder_without_a_link_are_passed_over(void **state)
{
    struct fixture *f = *state;

    f->actual = tree_of(f, ROOT ", 'packages/two': {'name': 'two', 'dependencies': {'x': '2'}},"
                                "'packages/two/node_modules/x': {'version': '2.0.0'}");
    assert_true(make(f, &for_one, NULL));
    assert_int_equal(state_of(f, "packages/two"), '-');
    assert_int_equal(state_of(f, "packages/two/node_modules/x"), '-');
    assert_true(f->actual.entries[2].inert);
}

static void what_has_to_be_done_again_counts_as_asked_for(void **state)
{
    struct fixture *f = *state;
    struct cpm_map again = CPM_MAP_INIT;

    f->actual = tree_of(f, ROOT "," PACKAGES);
    cpm_map_set(&again, CPM_STR("node_modules/y"), f);
    assert_true(make(f, &for_one, &again));
    assert_int_equal(state_of(f, "node_modules/y"), 'a');
    assert_int_equal(state_of(f, "node_modules/y/node_modules/deep"), 'k');
    cpm_map_release(&again);
}

static void peers_are_no_needs_with_legacy_peer_deps(void **state)
{
    struct fixture *f = *state;
    struct cpm_filter filter = for_one;

    f->ideal = tree_of(f, ROOT ", 'packages/one': {'name': 'one', 'peerDependencies': {'x': '1'}},"
                               "'node_modules/one': {'resolved': 'packages/one', 'link': true},"
                               "'node_modules/x': {'version': '1.0.0'}");
    assert_true(make(f, &filter, NULL));
    assert_int_equal(state_of(f, "node_modules/x"), 'a');
    filter.legacy_peer_deps = true;
    assert_true(make(f, &filter, NULL));
    assert_int_equal(state_of(f, "node_modules/x"), '-');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_new_tree_has_what_the_workspace_needs, setup, teardown),
        cmocka_unit_test_setup_teardown(the_root_s_own_needs_are_a_part_too, setup, teardown),
        cmocka_unit_test_setup_teardown(a_filter_that_names_nothing_that_is_there_is_none, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(what_others_have_stays_as_it_is, setup, teardown),
        cmocka_unit_test_setup_teardown(what_the_workspace_needed_before_goes, setup, teardown),
        cmocka_unit_test_setup_teardown(packages_of_a_folder_without_a_link_are_passed_over, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(what_has_to_be_done_again_counts_as_asked_for, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(peers_are_no_needs_with_legacy_peer_deps, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
