#include "cpm/lockfile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char text[] =
    "{\n  \"name\": \"p\",\n  \"version\": \"1.0.0\",\n  \"lockfileVersion\": 3,\n"
    "  \"requires\": true,\n  \"packages\": {\n"
    "    \"\": {\n      \"name\": \"p\",\n      \"version\": \"1.0.0\",\n"
    "      \"dependencies\": {\n        \"a\": \"^1.0.0\"\n      }\n    },\n"
    "    \"node_modules/a\": {\n      \"name\": \"real-a\",\n      \"version\": \"1.2.3\",\n"
    "      \"resolved\": \"http://localhost/a.tgz\",\n      \"integrity\": \"sha512-AAAA\",\n"
    "      \"dev\": true,\n      \"peerDependencies\": {\n        \"b\": \"*\"\n      }\n    },\n"
    "    \"node_modules/w\": {\n      \"resolved\": \"packages/w\",\n      \"link\": true\n    },\n"
    "    \"packages/w\": {}\n  }\n}\n";

static struct cpm_lockfile *parse(void)
{
    struct cpm_lockfile *l = cpm_lockfile_parse(text, strlen(text), "lock", NULL, NULL);

    assert_non_null(l);
    return l;
}

static void a_package_tells_what_it_is_and_asks_for(void **state)
{
    struct cpm_lockfile *l = parse();
    const struct cpm_lockfile_package *p = cpm_lockfile_find(l, "node_modules/a");

    (void)state;
    assert_int_equal(cpm_lockfile_count(l), 4);
    assert_int_equal(cpm_lockfile_version(l), 3);
    assert_string_equal(p->name, "real-a");
    assert_string_equal(p->version, "1.2.3");
    assert_string_equal(p->resolved, "http://localhost/a.tgz");
    assert_string_equal(p->integrity, "sha512-AAAA");
    assert_true(p->dev);
    assert_int_equal(p->dependency_count, 1);
    assert_string_equal(p->dependencies[0].name, "b");
    assert_int_equal(p->dependencies[0].group, CPM_LOCKFILE_PEER);
    assert_string_equal(cpm_lockfile_package(l, 0)->name, "p");
    assert_null(cpm_lockfile_package(l, 4));
    assert_null(cpm_lockfile_find(l, "node_modules/none"));
    cpm_lockfile_free(l);
}

static void a_link_tells_where_it_leads(void **state)
{
    struct cpm_lockfile *l = parse();
    const struct cpm_lockfile_package *p = cpm_lockfile_find(l, "node_modules/w");

    (void)state;
    assert_true(p->link);
    assert_string_equal(p->name, "w");
    assert_string_equal(p->version, "");
    assert_non_null(cpm_lockfile_find(l, p->resolved));
    cpm_lockfile_free(l);
}

static void a_lock_is_written_as_it_was_read(void **state)
{
    struct cpm_lockfile *l = parse();
    size_t length;
    char *written = cpm_lockfile_text(l, &length, NULL);

    (void)state;
    assert_int_equal(length, strlen(text));
    assert_string_equal(written, text);
    free(written);
    cpm_lockfile_free(l);
}

static void what_is_no_lock_is_an_error(void **state)
{
    struct cpm_error err;

    (void)state;
    assert_null(cpm_lockfile_parse("{", 1, "lock", NULL, &err));
    assert_int_equal(err.code, CPM_EJSONPARSE);
    assert_null(cpm_lockfile_open("/nowhere/package-lock.json", NULL, &err));
    assert_int_equal(err.code, CPM_ENOENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_package_tells_what_it_is_and_asks_for),
        cmocka_unit_test(a_link_tells_where_it_leads),
        cmocka_unit_test(a_lock_is_written_as_it_was_read),
        cmocka_unit_test(what_is_no_lock_is_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
