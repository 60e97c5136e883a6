#include "lockfile/package.h"

#include "support.h"

#include "base/fs.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static struct cpm_package package_of(const char *text)
{
    struct cpm_error err = CPM_ERROR_INIT;
    struct cpm_package package;

    if (cpm_package_parse(cpm_str(text), "package.json", &package, &err) < 0)
        fail_msg("%s", err.text);
    return package;
}

/* Releases the package. */
static void assert_text(struct cpm_package *package, const char *want)
{
    struct cpm_buf out = CPM_BUF_INIT(1 << 20);

    cpm_package_text(package, &out);
    assert_string_equal(cpm_buf_text(&out), want);
    cpm_buf_release(&out);
    cpm_package_release(package);
}

static void a_dependency_is_added_in_order_and_the_rest_stays(void **state)
{
    struct cpm_package p = package_of("{\n\t\"z\": 1,\n\t\"dependencies\": {\n\t\t\"b\": \"1\"\n"
                                      "\t},\n\t\"a\": [1.0, {}]\n}");

    (void)state;
    cpm_package_set_dep(&p, CPM_DEPS_PROD, CPM_STR("a"), CPM_STR("^2.0.0"));
    cpm_package_set_dep(&p, CPM_DEPS_DEV, CPM_STR("c"), CPM_STR("3"));
    assert_text(&p, "{\n\t\"z\": 1,\n\t\"dependencies\": {\n\t\t\"a\": \"^2.0.0\",\n"
                    "\t\t\"b\": \"1\"\n\t},\n\t\"a\": [\n\t\t1,\n\t\t{}\n\t],\n"
                    "\t\"devDependencies\": {\n\t\t\"c\": \"3\"\n\t}\n}\n");
}

static void an_emptied_group_goes(void **state)
{
    struct cpm_package p =
        package_of("{\n  \"dependencies\": {\n    \"b\": \"1\"\n  },\n  \"x\": 1\n}\n");

    (void)state;
    assert_true(cpm_package_del_dep(&p, CPM_DEPS_PROD, CPM_STR("b")));
    assert_false(cpm_package_del_dep(&p, CPM_DEPS_PROD, CPM_STR("b")));
    assert_text(&p, "{\n  \"x\": 1\n}\n");
}

static void minified_stays_minified(void **state)
{
    struct cpm_package p = package_of("{\"name\":\"x\"}\n");

    (void)state;
    cpm_package_set_dep(&p, CPM_DEPS_PROD, CPM_STR("a"), CPM_STR("1"));
    assert_text(&p, "{\"name\":\"x\",\"dependencies\":{\"a\":\"1\"}}");
}

static void line_breaks_stay_as_they_are(void **state)
{
    struct cpm_package p = package_of("{\r\n  \"name\": \"x\"\r\n}\r\n");

    (void)state;
    cpm_package_set_dep(&p, CPM_DEPS_PEER, CPM_STR("a"), CPM_STR("1"));
    assert_text(&p, "{\r\n  \"name\": \"x\",\r\n  \"peerDependencies\": {\r\n"
                    "    \"a\": \"1\"\r\n  }\r\n}\r\n");
}

static void optional_names_are_not_repeated(void **state)
{
    struct cpm_package p = package_of("{}");

    (void)state;
    cpm_package_set_dep(&p, CPM_DEPS_PROD, CPM_STR("a"), CPM_STR("1"));
    cpm_package_set_dep(&p, CPM_DEPS_OPTIONAL, CPM_STR("a"), CPM_STR("1"));
    assert_text(&p, "{\n  \"optionalDependencies\": {\n    \"a\": \"1\"\n  }\n}\n");
}

static void a_name_among_prod_and_peer_stays_in_both(void **state)
{
    struct cpm_package p =
        package_of("{\"dependencies\":{\"a\":\"1\"},\"peerDependencies\":{\"a\":\"1\"}}");

    (void)state;
    cpm_package_del_dep(&p, CPM_DEPS_PROD, CPM_STR("a"));
    cpm_package_set_dep(&p, CPM_DEPS_PEER, CPM_STR("a"), CPM_STR("2"));
    assert_text(&p, "{\"peerDependencies\":{\"a\":\"2\"},\"dependencies\":{\"a\":\"2\"}}");
}

static void keys_of_an_operation_do_not_reach_the_file(void **state)
{
    struct cpm_package p = package_of("{\"name\":\"x\"}");

    (void)state;
    cpm_json_set(p.doc, CPM_STR("peerDependenciesMeta"), cpm_json_new_object());
    cpm_json_set_str(p.doc, "name", CPM_STR("changed"));
    assert_text(&p, "{\"name\":\"x\"}");
}

static void bad_documents_are_refused(void **state)
{
    struct cpm_error err = CPM_ERROR_INIT;
    struct cpm_package p;

    (void)state;
    assert_int_equal(cpm_package_parse(CPM_STR("{\n  \"a\": 1,\n}"), "d/package.json", &p, &err),
                     CPM_EJSONPARSE);
    assert_string_equal(err.text, "Invalid package.json: d/package.json:3:1: expected a key in "
                                  "double quotes");
    assert_int_equal(cpm_package_parse(CPM_STR("[]"), "package.json", &p, &err), CPM_EJSONPARSE);
    assert_int_equal(cpm_package_parse(CPM_STR("{\"a\":1,\"a\":1}"), "package.json", &p, &err),
                     CPM_EJSONPARSE);
}

struct folder {
    struct cpm_arena arena;
    char path[64];
    const char *file;
};

static struct folder new_folder(void)
{
    struct folder f = {.arena = CPM_ARENA_INIT, .path = "/tmp/cpm-package-XXXXXX"};

    assert_non_null(mkdtemp(f.path));
    f.file = cpm_arena_printf(&f.arena, "%s/package.json", f.path);
    return f;
}

static void drop_folder(struct folder *f)
{
    assert_int_equal(cpm_fs_remove(f->path, NULL), 0);
    cpm_arena_release(&f->arena);
}

static void a_missing_file_is_an_empty_object_and_is_made(void **state)
{
    struct folder f = new_folder();
    struct cpm_error err = CPM_ERROR_INIT;
    struct cpm_package p;
    struct cpm_str text;

    (void)state;
    assert_int_equal(cpm_package_read(f.file, &f.arena, &p, &err), 0);
    assert_false(p.exists);
    cpm_package_set_dep(&p, CPM_DEPS_PROD, CPM_STR("a"), CPM_STR("1"));
    assert_int_equal(cpm_package_save(&p, false, &err), 0);
    cpm_package_release(&p);
    assert_int_equal(cpm_fs_read(f.file, 1000, &f.arena, &text, &err), 0);
    assert_str(text, "{\n  \"dependencies\": {\n    \"a\": \"1\"\n  }\n}\n");
    drop_folder(&f);
}

static void what_would_not_change_is_not_written(void **state)
{
    struct folder f = new_folder();
    struct cpm_error err = CPM_ERROR_INIT;
    struct stat before, after;
    struct cpm_package p;

    (void)state;
    assert_int_equal(cpm_fs_replace(f.file, CPM_STR("\n{\n  \"x\": 1\n}\n\n\n"), 0, false, &err),
                     0);
    assert_int_equal(stat(f.file, &before), 0);
    assert_int_equal(cpm_package_read(f.file, &f.arena, &p, &err), 0);
    assert_int_equal(cpm_package_save(&p, false, &err), 0);
    assert_int_equal(stat(f.file, &after), 0);
    assert_int_equal(before.st_ino, after.st_ino);
    cpm_package_release(&p);
    drop_folder(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_dependency_is_added_in_order_and_the_rest_stays),
        cmocka_unit_test(an_emptied_group_goes),
        cmocka_unit_test(minified_stays_minified),
        cmocka_unit_test(line_breaks_stay_as_they_are),
        cmocka_unit_test(optional_names_are_not_repeated),
        cmocka_unit_test(a_name_among_prod_and_peer_stays_in_both),
        cmocka_unit_test(keys_of_an_operation_do_not_reach_the_file),
        cmocka_unit_test(bad_documents_are_refused),
        cmocka_unit_test(a_missing_file_is_an_empty_object_and_is_made),
        cmocka_unit_test(what_would_not_change_is_not_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
