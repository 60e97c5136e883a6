#include "base/fs.h"
#include "base/path.h"
#include "registry/publish/ignore.h"
#include "registry/publish/normalize.h"
#include "registry/publish/packlist.h"
#include "registry/publish/segment.h"
#include "registry/publish/tar.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
/* cmocka wants the headers above first. */
#include <cmocka.h>

static bool segment(const char *glob, const char *name)
{
    return cpm_segment_match(cpm_str(glob), cpm_str(name));
}

static void a_segment_is_matched_without_regard_to_case_or_a_leading_dot(void **state)
{
    (void)state;
    assert_true(segment("*.JS", "a.js"));
    assert_true(segment("*", ".hidden"));
    assert_false(segment("*", ""));
    assert_true(segment("a?c", "abc"));
    assert_false(segment("a?c", "ac"));
    assert_true(segment("a\\*", "a*"));
    assert_false(segment("a\\*", "ab"));
}

static void brackets_hold_ranges_classes_and_their_negation(void **state)
{
    (void)state;
    assert_true(segment("[a-c]x", "bx"));
    assert_false(segment("[!a-c]x", "bx"));
    assert_true(segment("[[:digit:]]", "7"));
    assert_true(segment("*[^~$]", "readme.md"));
    assert_false(segment("*[^~$]", "readme~"));
    assert_true(segment("[", "["));
}

static void an_extglob_knows_what_stands_behind_it(void **state)
{
    (void)state;
    assert_true(segment("!(a)b", "cb"));
    assert_false(segment("!(a)b", "ab"));
    assert_true(segment("+(a|b)c", "abac"));
    assert_false(segment("+(a|b)c", "c"));
    assert_true(segment("*(a|b)c", "c"));
    assert_true(segment("?(a)b", "b"));
    assert_true(segment("@(x|*(y))z", "yyz"));
    assert_true(segment("+(a", "+(a"));
}

static void a_pattern_that_would_try_for_ever_matches_nothing(void **state)
{
    (void)state;
    assert_false(segment("+(+(+(+(a|aa)|aa)|aa)|aa)b",
                         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac"));
}

static bool pattern(const char *line, const char *path)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_pattern p;
    cpm_pattern_parse(&arena, cpm_str(line), &p);
    bool matches = cpm_pattern_match(&p, cpm_str(path), false);
    cpm_arena_release(&arena);
    return matches;
}

static void a_pattern_without_a_slash_is_a_name_at_any_depth(void **state)
{
    (void)state;
    assert_true(pattern("*.log", "/a/b/x.log"));
    assert_false(pattern("/x.log", "/a/x.log"));
    assert_true(pattern("/x.log", "/x.log"));
}

static void two_stars_take_any_depth_but_want_something_at_the_end(void **state)
{
    (void)state;
    assert_true(pattern("a/**/c", "a/c"));
    assert_true(pattern("a/**/c", "a/b/b/c"));
    assert_true(pattern("a/**", "a/b"));
    assert_false(pattern("a/**", "a"));
    assert_true(pattern("{a,b}/x", "b/x"));
}

static void a_folder_takes_back_what_its_parent_leaves_out_if_a_rule_names_it(void **state)
{
    struct cpm_arena arena = CPM_ARENA_INIT;
    struct cpm_ignore_rules above, below;
    const struct cpm_ignore_rules *top_rules[] = {&above, NULL}, *sub_rules[] = {&below, NULL};
    struct cpm_ignore top = {.rules = top_rules};
    struct cpm_ignore sub = {.parent = &top, .name = CPM_STR("lib"), .rules = sub_rules};
    (void)state;
    cpm_ignore_parse(&arena, CPM_STR("# all\n*\n\n!/lib/a.js\r\n"), &above);
    cpm_ignore_parse(&arena, CPM_STR("!b.js\n"), &below);
    assert_false(cpm_ignore_keeps(&top, &arena, CPM_STR("x"), CPM_IGNORE_FILE));
    assert_true(cpm_ignore_keeps(&top, &arena, CPM_STR("lib"), CPM_IGNORE_DIR));
    assert_true(cpm_ignore_keeps(&sub, &arena, CPM_STR("a.js"), CPM_IGNORE_FILE));
    assert_false(cpm_ignore_keeps(&sub, &arena, CPM_STR("b.js"), CPM_IGNORE_FILE));
    sub.exact = true;
    assert_true(cpm_ignore_keeps(&sub, &arena, CPM_STR("b.js"), CPM_IGNORE_FILE));
    cpm_arena_release(&arena);
}

static void tar_one(struct cpm_buf *out, const char *path, const char *data)
{
    struct cpm_tar_file file = {.path = cpm_str(path), .mode = 0644, .data = cpm_str(data)};
    cpm_tar_add(out, &file);
}

static void a_tar_header_names_no_owner_and_one_date(void **state)
{
    struct cpm_buf out = CPM_BUF_INIT(1 << 20);
    (void)state;
    tar_one(&out, "package/a", "12345");
    assert_int_equal(out.len, 1024);
    assert_string_equal(out.ptr, "package/a");
    assert_memory_equal(out.ptr + 100, "000644 \0", 8);
    assert_memory_equal(out.ptr + 108, "\0\0\0\0\0\0\0\0", 8);
    assert_memory_equal(out.ptr + 124, "0000000005 \0", 12);
    assert_memory_equal(out.ptr + 136, "3560116604 \0", 12);
    assert_memory_equal(out.ptr + 257, "ustar\00000", 8);
    assert_memory_equal(out.ptr + 512, "12345\0", 6);
    cpm_buf_release(&out);
}

static void a_long_name_is_parted_and_a_foreign_one_gets_a_pax_header(void **state)
{
    struct cpm_buf out = CPM_BUF_INIT(1 << 20);
    char path[140] = "package/";
    (void)state;
    memset(path + 8, 'd', 100);
    memcpy(path + 108, "/file", 6);
    tar_one(&out, path, "");
    assert_int_equal(out.len, 512);
    assert_string_equal(out.ptr, "file");
    assert_memory_equal(out.ptr + 345, path, 108);
    cpm_buf_clear(&out);
    tar_one(&out, "package/\xc3\xa9", "");
    assert_int_equal(out.len, 3 * 512);
    assert_int_equal(out.ptr[156], 'x');
    assert_memory_equal(out.ptr + 512, "19 path=package/\xc3\xa9\n", 19);
    assert_non_null(strstr(out.ptr + 512, "19 mtime=499162500\n"));
    cpm_buf_release(&out);
}

struct normalized {
    struct cpm_arena arena;
    struct cpm_normalize n;
    struct cpm_error err;
};

static int normalize(struct normalized *out, const char *text, bool prepare)
{
    cpm_arena_init(&out->arena);
    out->err = (struct cpm_error)CPM_ERROR_INIT;
    out->n = (struct cpm_normalize){.arena = &out->arena};
    assert_int_equal(cpm_json_parse(cpm_str(text), "package.json", 0, &out->n.doc, NULL), 0);
    return prepare ? cpm_normalize_prepare(&out->n, &out->err)
                   : cpm_normalize_fix(&out->n, &out->err);
}

static void assert_json(struct normalized *done, const char *key, const char *want)
{
    struct cpm_buf text = CPM_BUF_INIT(1 << 16);
    cpm_json_write(cpm_json_get(done->n.doc, cpm_str(key)), CPM_STR(""), CPM_STR(""), &text);
    assert_string_equal(cpm_buf_text(&text), want);
    cpm_buf_release(&text);
}

static void release(struct normalized *done)
{
    cpm_json_free(done->n.doc);
    cpm_arena_release(&done->arena);
}

static void what_is_published_is_complete(void **state)
{
    struct normalized done;
    (void)state;
    assert_int_equal(normalize(&done,
                               "{\"name\":\"@s/a\",\"version\":\"v1.0.0\",\"bin\":\"./x.js\","
                               "\"repository\":\"u/r\",\"author\":\"A <a@b.c> (http://d)\","
                               "\"keywords\":\"x, y\",\"_private\":1}",
                               true),
                     0);
    assert_json(&done, "version", "\"1.0.0\"");
    assert_json(&done, "bin", "{\"a\":\"x.js\"}");
    assert_json(&done, "repository",
                "{\"type\":\"git\",\"url\":\"git+https://github.com/u/r.git\"}");
    assert_json(&done, "bugs", "{\"url\":\"https://github.com/u/r/issues\"}");
    assert_json(&done, "homepage", "\"https://github.com/u/r#readme\"");
    assert_json(&done, "author", "{\"name\":\"A\",\"email\":\"a@b.c\",\"url\":\"http://d\"}");
    assert_json(&done, "keywords", "[\"x\",\"y\"]");
    assert_json(&done, "_id", "\"@s/a@1.0.0\"");
    assert_null(cpm_json_get(done.n.doc, CPM_STR("_private")));
    release(&done);
}

static void a_name_that_no_registry_takes_is_refused(void **state)
{
    static const char *const names[] = {"a b", "@s", "@s/", ".a", "node_modules", "a/b"};
    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct normalized done;
        char text[64];
        snprintf(text, sizeof(text), "{\"name\":\"%s\",\"version\":\"1.0.0\"}", names[i]);
        assert_true(normalize(&done, text, false) < 0);
        release(&done);
    }
}

static void a_fix_tells_what_it_mended(void **state)
{
    struct normalized done;
    (void)state;
    assert_int_equal(normalize(&done,
                               "{\"name\":\"a\",\"version\":\"1.0.0\",\"repository\":\"u/r\","
                               "\"scripts\":{\"t\":\"./node_modules/.bin/tap\",\"n\":1}}",
                               false),
                     0);
    assert_int_equal(done.n.changes.count, 4);
    assert_json(&done, "scripts", "{\"t\":\"tap\"}");
    release(&done);
}

static void dependencies_may_be_written_as_a_text_or_a_list(void **state)
{
    struct normalized done;
    (void)state;
    assert_int_equal(
        normalize(&done,
                  "{\"name\":\"a\",\"version\":\"1.0.0\",\"dependencies\":\"x@1, y>=2 z\","
                  "\"devDependencies\":[\"t@^3\",1],\"overrides\":[\"x\"],"
                  "\"repositories\":[\"u/r\"],\"keywords\":\"k,l, m\"}",
                  true),
        0);
    assert_json(&done, "dependencies", "{\"x\":\"1\",\"y\":\">=2\",\"z\":\"\"}");
    assert_json(&done, "devDependencies", "{\"t\":\"^3\"}");
    assert_json(&done, "keywords", "[\"k,l\",\"m\"]");
    assert_json(&done, "repository",
                "{\"type\":\"git\",\"url\":\"git+https://github.com/u/r.git\"}");
    assert_null(cpm_json_get(done.n.doc, CPM_STR("overrides")));
    release(&done);
}

struct folder {
    char path[64];
    struct cpm_arena arena;
};

static void folder_write(struct folder *f, const char *name, const char *text)
{
    const char *file = cpm_path_join(&f->arena, f->path, name);
    cpm_fs_mkdirs(cpm_path_dirname(&f->arena, file), 0777, NULL);
    assert_int_equal(cpm_fs_replace(file, cpm_str(text), 0, false, NULL), 0);
}

static const char *packlist(struct folder *f)
{
    struct cpm_packlist list;
    struct cpm_packlist_options opts = {.path = f->path};
    struct cpm_buf text = CPM_BUF_INIT(1 << 16);
    assert_int_equal(cpm_packlist_read(&f->arena, &opts, &list, NULL), 0);
    for (size_t i = 0; i < list.files.count; i++)
        cpm_buf_addf(&text, "%s ", list.files.v[i]);
    const char *copy = cpm_arena_strndup(&f->arena, cpm_buf_text(&text), text.len);
    cpm_buf_release(&text);
    return copy;
}

static int folder_setup(void **state)
{
    static struct folder f;
    cpm_arena_init(&f.arena);
    snprintf(f.path, sizeof(f.path), "%s", "/tmp/cpm-publish-XXXXXX");
    if (!mkdtemp(f.path))
        return -1;
    *state = &f;
    return 0;
}

static int folder_teardown(void **state)
{
    struct folder *f = *state;
    cpm_fs_remove(f->path, NULL);
    cpm_arena_release(&f->arena);
    return 0;
}

static void files_names_what_is_packed_and_npmignore_has_no_say_then(void **state)
{
    struct folder *f = *state;
    folder_write(f, "package.json", "{\"files\":[\"lib\",\"!lib/x.js\"],\"main\":\"m.js\"}");
    folder_write(f, "lib/a.js", "");
    folder_write(f, "lib/x.js", "");
    folder_write(f, "m.js", "");
    folder_write(f, "LICENSE", "");
    folder_write(f, "other.js", "");
    folder_write(f, ".npmignore", "a.js\n");
    assert_string_equal(packlist(f), "LICENSE lib/a.js m.js package.json ");
}

static void npmignore_goes_before_gitignore_in_each_folder(void **state)
{
    struct folder *f = *state;
    folder_write(f, "package.json", "{}");
    folder_write(f, ".gitignore", "build\n");
    folder_write(f, ".npmignore", "test\n");
    folder_write(f, "build/a.js", "");
    folder_write(f, "test/b.js", "");
    folder_write(f, "sub/.gitignore", "c.js\n");
    folder_write(f, "sub/c.js", "");
    folder_write(f, "package-lock.json", "{}");
    folder_write(f, "node_modules/x/index.js", "");
    assert_string_equal(packlist(f), "build/a.js package.json ");
}

static void bundled_packages_bring_what_they_need(void **state)
{
    struct folder *f = *state;
    folder_write(f, "package.json",
                 "{\"dependencies\":{\"x\":\"1\"},\"bundleDependencies\":[\"x\",\"gone\"]}");
    folder_write(f, "node_modules/x/package.json", "{\"dependencies\":{\"y\":\"1\"}}");
    folder_write(f, "node_modules/x/.npmrc", "");
    folder_write(f, "node_modules/y/index.js", "");
    folder_write(f, "node_modules/z/index.js", "");
    assert_string_equal(packlist(f),
                        "node_modules/y/index.js node_modules/x/package.json package.json ");
}

static void directories_name_bins_and_manual_pages_inside_the_package(void **state)
{
    struct folder *f = *state;
    struct normalized done = {.arena = CPM_ARENA_INIT};
    folder_write(f, "cmd/a", "");
    folder_write(f, "cmd/.b", "");
    folder_write(f, "man/sub/a.1", "");
    folder_write(f, "man/a.txt", "");
    done.n = (struct cpm_normalize){.arena = &done.arena, .folder = f->path};
    assert_int_equal(
        cpm_json_parse(
            CPM_STR("{\"name\":\"x\",\"directories\":{\"bin\":\"../../cmd\",\"man\":\"./man/\"}}"),
            "package.json", 0, &done.n.doc, NULL),
        0);
    assert_int_equal(cpm_normalize_prepare(&done.n, NULL), 0);
    assert_json(&done, "bin", "{\"a\":\"cmd/a\"}");
    assert_json(&done, "man", "[\"man/sub/a.1\"]");
    release(&done);
}

#define FOLDER_TEST(f) cmocka_unit_test_setup_teardown(f, folder_setup, folder_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_segment_is_matched_without_regard_to_case_or_a_leading_dot),
        cmocka_unit_test(brackets_hold_ranges_classes_and_their_negation),
        cmocka_unit_test(an_extglob_knows_what_stands_behind_it),
        cmocka_unit_test(a_pattern_that_would_try_for_ever_matches_nothing),
        cmocka_unit_test(a_pattern_without_a_slash_is_a_name_at_any_depth),
        cmocka_unit_test(two_stars_take_any_depth_but_want_something_at_the_end),
        cmocka_unit_test(a_folder_takes_back_what_its_parent_leaves_out_if_a_rule_names_it),
        cmocka_unit_test(a_tar_header_names_no_owner_and_one_date),
        cmocka_unit_test(a_long_name_is_parted_and_a_foreign_one_gets_a_pax_header),
        cmocka_unit_test(what_is_published_is_complete),
        cmocka_unit_test(a_name_that_no_registry_takes_is_refused),
        cmocka_unit_test(a_fix_tells_what_it_mended),
        cmocka_unit_test(dependencies_may_be_written_as_a_text_or_a_list),
        FOLDER_TEST(directories_name_bins_and_manual_pages_inside_the_package),
        FOLDER_TEST(files_names_what_is_packed_and_npmignore_has_no_say_then),
        FOLDER_TEST(npmignore_goes_before_gitignore_in_each_folder),
        FOLDER_TEST(bundled_packages_bring_what_they_need),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
