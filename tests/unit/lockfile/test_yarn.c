#include "lockfile/yarn.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const char *const hosts[] = {"registry.example.org", NULL};

struct row {
    const char *wish, *wanted;
};

static void reads(const char *text, const struct row *rows, size_t count)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_yarn yarn;

    cpm_yarn_read(cpm_str(text), hosts, &arena, &yarn);
    assert_int_equal(yarn.count, count);
    for (size_t i = 0; i < count; i++) {
        assert_true(cpm_str_is(yarn.entries[i].wish, rows[i].wish));
        assert_true(cpm_str_is(yarn.entries[i].wanted, rows[i].wanted));
    }
    cpm_arena_release(&arena);
}

#define HOST "https://registry.example.org/"

static void a_registrys_tarball_stands_for_its_version(void **state)
{
    static const struct row rows[] = {{"a@^1.0.0", "1.0.2"},
                                      {"a@1", "1.0.2"},
                                      {"@s/b@*", "2.0.0"},
                                      {"al@npm:a@1", "npm:a@1.0.2"}};

    (void)state;
    reads("# yarn lockfile v1\r\n\r\na@^1.0.0, a@1:\r\n  version \"1.0.2\"\r\n  resolved \"" HOST
          "a/-/a-1.0.2.tgz#abc\"\r\n  dependencies:\r\n    b \"^1\"\r\n\r\n\"@s/b@*\":\n"
          "  version \"2.0.0\"\n  resolved \"" HOST "@s/b/-/b-2.0.0.tgz\"\n\n\"al@npm:a@1\":\n"
          "  version \"1.0.2\"\n  resolved \"" HOST "a/-/a-1.0.2.tgz\"",
          rows, 4);
}

static void any_other_address_stands_for_itself(void **state)
{
    static const struct row rows[] = {{"a@^1.0.0", "http://localhost/a-1.0.2.tgz"}};

    (void)state;
    reads("a@^1.0.0:\n  version \"1.0.2\"\n  resolved \"http://localhost/a-1.0.2.tgz#abc\"\n", rows,
          1);
}

static void what_is_no_line_of_yarn_ends_it(void **state)
{
    static const struct row rows[] = {{"a@1", "1.0.0"}};

    (void)state;
    reads("a@1:\n  version \"1.0.0\"\n  resolved \"" HOST
          "a/-/a-1.0.0.tgz\"\n\n<<<<<<< ours\n\nb@1:\n"
          "  version \"1.0.0\"\n  resolved \"" HOST "b/-/b-1.0.0.tgz\"\n",
          rows, 1);
    reads("", NULL, 0);
    reads(":\n\"\n", NULL, 0);
    reads("a@1:\n  version\n", NULL, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_registrys_tarball_stands_for_its_version),
        cmocka_unit_test(any_other_address_stands_for_itself),
        cmocka_unit_test(what_is_no_line_of_yarn_ends_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
