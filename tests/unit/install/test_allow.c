#include "install/allow.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define URL "https://registry.example.org/"

struct fixture {
    struct cpm_arena arena;
    struct cpm_names *names;
    struct cpm_json *package;
    struct cpm_lock_entry entries[4];
    struct cpm_lock lock;
};

static int setup(void **state)
{
    static struct fixture f;
    f = (struct fixture){.names = cpm_names_new()};
    f.lock.entries = f.entries;
    *state = &f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    if (f->package)
        cpm_json_free(f->package);
    cpm_names_free(f->names);
    cpm_arena_release(&f->arena);
    return 0;
}

static struct cpm_lock_entry *add(struct fixture *f, const char *location, const char *resolved)
{
    struct cpm_manifest *m = CPM_NEW(&f->arena, struct cpm_manifest);
    struct cpm_lock_entry *e = &f->entries[f->lock.count++];
    m->has_install_script = true;
    *e = (struct cpm_lock_entry){
        .location = cpm_str(location), .resolved = cpm_str(resolved), .manifest = m};
    return e;
}

static struct cpm_allow *policy(struct fixture *f, const char *json)
{
    struct cpm_allow *allow = NULL;
    struct cpm_allow_input in = {.path = "/p"};
    assert_int_equal(cpm_json_parse(cpm_str(json), "x", 0, &f->package, NULL), 0);
    in.package = f->package;
    assert_int_equal(cpm_allow_new(&f->arena, &in, &allow, NULL), 0);
    return allow;
}

static void assert_verdict(struct fixture *f, const char *map, const char *location,
                           const char *resolved, enum cpm_allow_verdict verdict)
{
    const char *json = cpm_arena_printf(&f->arena, "{\"allowScripts\": %s}", map);
    struct cpm_lock_entry *entry = add(f, location, resolved);
    struct cpm_allow *allow = policy(f, json);
    assert_int_equal(cpm_allow_check(allow, &f->lock, entry), verdict);
    cpm_json_free(f->package);
    f->package = NULL;
    f->lock.count--;
}

static void what_nobody_named_is_unreviewed(void **state)
{
    struct fixture *f = *state;
    assert_verdict(f, "{}", "node_modules/a", URL "a/-/a-1.0.0.tgz", CPM_ALLOW_UNREVIEWED);
    assert_verdict(f, "{\"b\": true}", "node_modules/a", URL "a/-/a-1.0.0.tgz",
                   CPM_ALLOW_UNREVIEWED);
}

static void a_name_or_exact_versions_allow(void **state)
{
    struct fixture *f = *state;
    const char *at = "node_modules/@s/a", *url = URL "@s/a/-/a-1.0.1.tgz";
    assert_verdict(f, "{\"@s/a\": true}", at, url, CPM_ALLOW_YES);
    assert_verdict(f, "{\"@s/a@1.0.1\": true}", at, url, CPM_ALLOW_YES);
    assert_verdict(f, "{\"@s/a@1.0.0 || 1.0.1\": true}", at, url, CPM_ALLOW_YES);
    assert_verdict(f, "{\"@s/a@1.0.0\": true}", at, url, CPM_ALLOW_UNREVIEWED);
}

static void a_deny_wins(void **state)
{
    struct fixture *f = *state;
    const char *url = URL "a/-/a-1.0.0.tgz";
    assert_verdict(f, "{\"a@1.0.0\": false, \"a\": true}", "node_modules/a", url, CPM_ALLOW_NO);
    assert_verdict(f, "{\"a\": true, \"a@2.0.0\": false}", "node_modules/a", url, CPM_ALLOW_YES);
}

static void ranges_and_tags_are_refused_with_a_warning(void **state)
{
    struct fixture *f = *state;
    struct cpm_lock_entry *a = add(f, "node_modules/a", URL "a/-/a-1.0.0.tgz");
    struct cpm_allow *allow =
        policy(f, "{\"allowScripts\": {\"a@^1\": true, \"a@latest\": true, \"a\": 1}}");
    assert_int_equal(cpm_allow_check(allow, &f->lock, a), CPM_ALLOW_UNREVIEWED);
    const char *const *warnings = cpm_allow_warnings(allow);
    assert_non_null(strstr(warnings[0], "package.json: ignoring \"a@^1\""));
    assert_non_null(strstr(warnings[1], "dist-tag specs"));
    assert_null(warnings[2]);
}

static void a_tarball_of_another_place_does_not_get_a_registry_name(void **state)
{
    struct fixture *f = *state;
    const char *map = "{\"a\": true}";
    assert_verdict(f, map, "node_modules/a", "https://evil.example.org/-/a-1.0.0.tgz",
                   CPM_ALLOW_UNREVIEWED);
    assert_verdict(f, map, "node_modules/a", "git+ssh://git@github.com/u/a.git#0123",
                   CPM_ALLOW_UNREVIEWED);
    assert_verdict(f, map, "node_modules/a", URL "other/-/other-1.0.0.tgz", CPM_ALLOW_UNREVIEWED);
}

static void a_package_that_somebody_names_by_url_is_no_registry_package(void **state)
{
    struct fixture *f = *state;
    const char *url = "https://evil.example.org/x/a/-/a-1.0.0.tgz";
    struct cpm_dep dep = {.name = cpm_names_get(f->names, CPM_STR("a")),
                          .spec = cpm_names_get(f->names, cpm_str(url))};
    struct cpm_manifest *m = CPM_NEW(&f->arena, struct cpm_manifest);
    struct cpm_lock_entry *requirer = add(f, "node_modules/b", URL "b/-/b-1.0.0.tgz");
    m->deps[CPM_DEPS_PROD] = (struct cpm_deps){.v = &dep, .n = 1};
    requirer->manifest = m;
    assert_verdict(f, "{\"a\": true}", "node_modules/a", url, CPM_ALLOW_UNREVIEWED);
    const char *by_url = cpm_arena_printf(&f->arena, "{\"%s\": true}", url);
    assert_verdict(f, by_url, "node_modules/a", url, CPM_ALLOW_YES);
}

static void without_a_url_a_version_is_denied_but_not_allowed(void **state)
{
    struct fixture *f = *state;
    assert_verdict(f, "{\"a\": true}", "node_modules/a", "", CPM_ALLOW_YES);
    assert_verdict(f, "{\"a@1.0.0\": true}", "node_modules/a", "", CPM_ALLOW_UNREVIEWED);
    assert_verdict(f, "{\"a@1.0.0\": false}", "node_modules/a", "", CPM_ALLOW_NO);
}

static void a_git_dependency_is_known_by_repository_and_commit(void **state)
{
    struct fixture *f = *state;
    const char *resolved =
        "git+ssh://git@github.com/u/p.git#0123456789012345678901234567890123456789";
    assert_verdict(f, "{\"github:u/p\": true}", "node_modules/p", resolved, CPM_ALLOW_YES);
    assert_verdict(f, "{\"github:u/p#01234567\": true}", "node_modules/p", resolved, CPM_ALLOW_YES);
    assert_verdict(f, "{\"github:u/p#ffff\": true}", "node_modules/p", resolved,
                   CPM_ALLOW_UNREVIEWED);
    assert_verdict(f, "{\"github:u/q\": true}", "node_modules/p", resolved, CPM_ALLOW_UNREVIEWED);
}

static void a_bundled_package_is_never_allowed(void **state)
{
    struct fixture *f = *state;
    struct cpm_lock_entry *a = add(f, "node_modules/b/node_modules/a", URL "a/-/a-1.0.0.tgz");
    a->in_bundle = true;
    struct cpm_allow *allow = policy(f, "{\"allowScripts\": {\"a\": true}}");
    assert_int_equal(cpm_allow_check(allow, &f->lock, a), CPM_ALLOW_UNREVIEWED);
}

static void an_explicit_list_is_for_global_installs_only(void **state)
{
    struct fixture *f = *state;
    const char *const list[] = {"b, a", NULL};
    struct cpm_allow_input in = {.path = "/p", .config = list, .config_is_explicit = true};
    struct cpm_allow *allow = NULL;
    struct cpm_lock_entry *a = add(f, "node_modules/a", URL "a/-/a-1.0.0.tgz");
    assert_int_equal(cpm_allow_new(&f->arena, &in, &allow, NULL), CPM_EALLOWSCRIPTS);
    in.global = true;
    assert_int_equal(cpm_allow_new(&f->arena, &in, &allow, NULL), 0);
    assert_int_equal(cpm_allow_check(allow, &f->lock, a), CPM_ALLOW_YES);
}

static void the_review_lists_what_is_on_disk_for_this_platform(void **state)
{
    struct fixture *f = *state;
    struct cpm_allow_row *rows;
    size_t count;
    add(f, "node_modules/a", URL "a/-/a-1.0.0.tgz");
    add(f, "node_modules/inert", URL "inert/-/inert-1.0.0.tgz")->inert = true;
    add(f, "packages/w", "");
    struct cpm_allow *allow = policy(f, "{}");
    cpm_allow_review(allow, &f->lock, &f->arena, &rows, &count);
    assert_int_equal(count, 1);
    assert_true(cpm_str_is(rows[0].version, "1.0.0"));
    assert_string_equal(rows[0].scripts, "install: (install scripts present)");
    assert_int_equal(rows[0].verdict, CPM_ALLOW_UNREVIEWED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_nobody_named_is_unreviewed),
        TEST(a_name_or_exact_versions_allow),
        TEST(a_deny_wins),
        TEST(ranges_and_tags_are_refused_with_a_warning),
        TEST(a_tarball_of_another_place_does_not_get_a_registry_name),
        TEST(a_package_that_somebody_names_by_url_is_no_registry_package),
        TEST(without_a_url_a_version_is_denied_but_not_allowed),
        TEST(a_git_dependency_is_known_by_repository_and_commit),
        TEST(a_bundled_package_is_never_allowed),
        TEST(an_explicit_list_is_for_global_installs_only),
        TEST(the_review_lists_what_is_on_disk_for_this_platform),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
