#include "base/digest.h"
#include "base/fs.h"
#include "base/path.h"
#include "install/inflate.h"
#include "install/store_entry.h"

#include "unit/install/tarball.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

#include <cmocka.h>

static struct cpm_arena arena;
static char *dir;
static struct cpm_store *store;
static struct cpm_error err;

static int begin(void **state)
{
    (void)state;
    cpm_arena_init(&arena);
    err = (struct cpm_error)CPM_ERROR_INIT;
    dir = cpm_arena_strndup(&arena, "/tmp/cpm-test-XXXXXX", 20);
    return mkdtemp(dir) && cpm_store_open(dir, &store, NULL) == 0 ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    cpm_store_close(store);
    cpm_fs_remove(dir, NULL);
    cpm_arena_release(&arena);
    return 0;
}

static void reopen(void)
{
    cpm_store_close(store);
    assert_int_equal(cpm_store_open(dir, &store, NULL), 0);
}

/* A gzipped package with a command, and its integrity. */
static struct cpm_store_add package(const char *package_json)
{
    struct cpm_buf tar = CPM_BUF_INIT(1 << 20), gzip = CPM_BUF_INIT(1 << 20);
    unsigned char digest[CPM_DIGEST_MAX];
    struct cpm_store_add add = {.name = CPM_STR("a@1.0.0")};

    tar_file(&tar, "package/lib/deep/x.js", "deep");
    tar_file(&tar, "package/cli.js", "#!/usr/bin/env node\n");
    tar_file(&tar, "package/package.json", package_json);
    tar_end(&tar);
    tar_gzip(cpm_buf_str(&tar), &gzip);
    add.bytes = cpm_arena_str(&arena, cpm_buf_str(&gzip));
    cpm_digest_of(CPM_SHA512, add.bytes, digest, NULL);
    add.integrity = cpm_str(cpm_sri_text(&arena, CPM_SHA512, digest));
    cpm_buf_release(&tar);
    cpm_buf_release(&gzip);
    return add;
}

#define PACKAGE_JSON                                                                               \
    "{\"name\":\"a\",\"version\":\"1.0.0\",\"license\":{\"type\":\"MIT\"},\"bin\":\"cli.js\","     \
    "\"readme\":\"long\",\"scripts\":{\"install\":\"make\"}}"

static const struct cpm_store_entry *add_package(const struct cpm_store_add *add)
{
    const struct cpm_store_entry *entry = NULL;

    if (cpm_store_add(store, add, &entry, &err) < 0)
        fail_msg("%s", err.text);
    return entry;
}

static const char *entry_path(const struct cpm_store_add *add, const char *below)
{
    unsigned char digest[CPM_DIGEST_MAX];
    const char *hex;

    cpm_digest_of(CPM_SHA512, add->bytes, digest, NULL);
    hex = cpm_hex(&arena, digest, 64);
    return cpm_arena_printf(&arena, "%s/v2/sha512-%s/%s", dir, hex, below);
}

/* Where the store keeps a file of an entry. */
static const char *file_path(const struct cpm_store_add *add, const char *path)
{
    const struct cpm_store_entry *entry = cpm_store_find(store, add->integrity);
    char name[CPM_STORE_FILE_NAME];

    cpm_store_file_name((uint32_t)cpm_store_index_find(cpm_store_entry_index(entry), cpm_str(path)),
                        name);
    return entry_path(add, name);
}

static void what_was_added_is_found_by_its_integrity(void **state)
{
    struct cpm_store_add add = package(PACKAGE_JSON);
    const struct cpm_store_entry *entry;

    (void)state;
    assert_null(cpm_store_find(store, add.integrity));
    entry = add_package(&add);
    assert_ptr_equal(cpm_store_find(store, add.integrity), entry);
    assert_int_equal(cpm_store_entry_files(entry), 3);
    assert_true(cpm_str_eq(cpm_store_entry_integrity(entry), add.integrity));
    reopen();
    entry = cpm_store_find(store, add.integrity);
    assert_non_null(entry);
    assert_true(cpm_str_is(cpm_store_entry_license(entry), "\"MIT\""));
    assert_non_null(strstr(cpm_store_entry_manifest(entry).ptr, "\"scripts\":{\"install\""));
    assert_null(strstr(cpm_store_entry_manifest(entry).ptr, "readme"));
}

static void a_command_is_executable_in_the_store_already(void **state)
{
    struct cpm_store_add add = package(PACKAGE_JSON);
    const struct cpm_store_index *index = cpm_store_entry_index(add_package(&add));
    int64_t file = cpm_store_index_find(index, CPM_STR("cli.js"));
    struct stat st;

    (void)state;
    assert_true(file >= 0 && index->files[file].executable);
    assert_int_equal(stat(file_path(&add, "cli.js"), &st), 0);
    assert_int_equal(st.st_mode & 0100, 0100);
    assert_int_equal(stat(file_path(&add, "package.json"), &st), 0);
    assert_int_equal(st.st_mode & 0111, 0);
    assert_true(cpm_store_index_has_dir(index, CPM_STR("lib/deep")));
    assert_false(cpm_store_index_has_dir(index, CPM_STR("lib/other")));
}

static void adding_twice_gives_the_same_entry(void **state)
{
    struct cpm_store_add add = package(PACKAGE_JSON);

    (void)state;
    assert_ptr_equal(add_package(&add), add_package(&add));
}

static void an_index_that_is_damaged_is_no_entry_and_is_written_anew(void **state)
{
    struct cpm_store_add add = package(PACKAGE_JSON);
    const char *file = entry_path(&add, "index");
    struct cpm_str bytes;

    (void)state;
    add_package(&add);
    assert_int_equal(cpm_fs_read(file, 1 << 20, &arena, &bytes, NULL), 0);
    for (size_t i = 0; i < bytes.len; i += 7) {
        char *damaged = cpm_arena_strndup(&arena, bytes.ptr, bytes.len);

        damaged[i] ^= 0x20;
        assert_int_equal(cpm_fs_replace(file, cpm_str_n(damaged, bytes.len), 0, false, NULL), 0);
        reopen();
        assert_null(cpm_store_find(store, add.integrity));
    }
    add_package(&add);
    reopen();
    assert_non_null(cpm_store_find(store, add.integrity));
}

static void a_cut_index_is_no_entry(void **state)
{
    struct cpm_store_add add = package(PACKAGE_JSON);

    (void)state;
    add_package(&add);
    for (int size = 300; size >= 0; size -= 50) {
        assert_int_equal(truncate(entry_path(&add, "index"), size), 0);
        reopen();
        assert_null(cpm_store_find(store, add.integrity));
    }
}

/* Makes the entry look as if another boot had written it. */
static void forget_boot(const struct cpm_store_add *add)
{
    const char *file = entry_path(add, "index");
    struct cpm_str bytes;
    uint64_t sum;

    assert_int_equal(cpm_fs_read(file, 1 << 20, &arena, &bytes, NULL), 0);
    memset((char *)bytes.ptr + 16 + 16, 0x55, 16);
    sum = cpm_str_hash(cpm_str_sub(bytes, 16, bytes.len));
    memcpy((char *)bytes.ptr + 8, &sum, sizeof(sum));
    assert_int_equal(cpm_fs_replace(file, bytes, 0, false, NULL), 0);
    reopen();
}

static void after_a_power_cut_only_synced_entries_are_believed(void **state)
{
    struct cpm_store_add lost = package(PACKAGE_JSON);
    struct cpm_store_add safe = package("{\"name\":\"b\"}");

    (void)state;
    add_package(&lost);
    reopen();
    add_package(&safe);
    assert_int_equal(cpm_store_sync(store, NULL), 0);
    forget_boot(&lost);
    forget_boot(&safe);
    assert_null(cpm_store_find(store, lost.integrity));
    assert_non_null(cpm_store_find(store, safe.integrity));
    add_package(&lost);
    reopen();
    assert_non_null(cpm_store_find(store, lost.integrity));
}

static void what_is_added_after_a_sync_is_not_covered_by_it(void **state)
{
    struct cpm_store_add first = package(PACKAGE_JSON);
    struct cpm_store_add later = package("{\"name\":\"b\"}");

    (void)state;
    add_package(&first);
    assert_int_equal(cpm_store_sync(store, NULL), 0);
    add_package(&later);
    forget_boot(&first);
    forget_boot(&later);
    assert_non_null(cpm_store_find(store, first.integrity));
    assert_null(cpm_store_find(store, later.integrity));
}

static void the_work_of_a_dead_process_is_swept_and_of_a_living_one_kept(void **state)
{
    struct cpm_store_add add = package(PACKAGE_JSON);
    const char *tmp = cpm_path_join(&arena, dir, "v2/tmp");
    struct cpm_store *other;

    (void)state;
    cpm_fs_mkdirs(cpm_path_join(&arena, tmp, "dead/1"), 0700, NULL);
    assert_int_equal(cpm_store_open(dir, &other, NULL), 0);
    add_package(&add);
    assert_false(cpm_fs_exists(cpm_path_join(&arena, tmp, "dead")));
    cpm_store_drop(other, cpm_store_find(other, add.integrity));
    add_package(
        &(struct cpm_store_add){.bytes = add.bytes, .integrity = add.integrity, .name = add.name});
    cpm_store_close(other);
}

static void a_dropped_entry_is_gone_and_can_be_added_again(void **state)
{
    struct cpm_store_add add = package(PACKAGE_JSON);
    const struct cpm_store_entry *entry = add_package(&add);

    (void)state;
    cpm_store_drop(store, entry);
    assert_null(cpm_store_find(store, add.integrity));
    assert_false(cpm_fs_exists(entry_path(&add, "index")));
    assert_ptr_not_equal(add_package(&add), entry);
}

static void a_changed_file_is_noticed(void **state)
{
    struct cpm_store_add add = package(PACKAGE_JSON);
    const struct cpm_store_entry *entry = add_package(&add);
    const struct cpm_store_index *index = cpm_store_entry_index(entry);
    uint32_t file = (uint32_t)cpm_store_index_find(index, CPM_STR("package.json"));
    int fd = cpm_store_entry_open(entry);

    (void)state;
    assert_int_equal(cpm_store_file_state(index, file, fd), CPM_FILE_INTACT);
    assert_int_equal(chmod(file_path(&add, "package.json"), 0755), 0);
    assert_int_equal(cpm_store_file_state(index, file, fd), CPM_FILE_OTHER_MODE);
    assert_int_equal(cpm_fs_replace(file_path(&add, "package.json"), CPM_STR("{}"), 0, false, NULL),
                     0);
    assert_int_equal(cpm_store_file_state(index, file, fd), CPM_FILE_CHANGED);
    close(fd);
}

static void a_refused_archive_leaves_nothing_in_the_store(void **state)
{
    struct cpm_store_add add = package("no json");
    const struct cpm_store_entry *entry;

    (void)state;
    assert_int_equal(cpm_store_add(store, &add, &entry, &err), CPM_EJSONPARSE);
    assert_non_null(strstr(err.text, "a@1.0.0"));
    assert_null(cpm_store_find(store, add.integrity));
    add.integrity = CPM_STR("md5-kAFQmDzST7DWlj99KOF/cg==");
    assert_int_equal(cpm_store_add(store, &add, &entry, &err), CPM_EINTEGRITY);
}

static void directories_bin_makes_commands_of_its_files(void **state)
{
    struct cpm_store_add add = package("{\"name\":\"a\",\"directories\":{\"bin\":\"./lib\"}}");
    const struct cpm_store_entry *entry = add_package(&add);
    const struct cpm_store_index *index = cpm_store_entry_index(entry);

    (void)state;
    assert_non_null(
        strstr(cpm_store_entry_manifest(entry).ptr, "\"bin\":{\"x.js\":\"lib/deep/x.js\"}"));
    assert_true(index->files[cpm_store_index_find(index, CPM_STR("lib/deep/x.js"))].executable);
}

static void inflate_checks(struct cpm_str gzip, int expected)
{
    struct cpm_inflated out;
    int rc = cpm_inflate(gzip, &out, &err);

    assert_int_equal(rc, expected);
    if (rc == 0)
        free(out.owned);
}

/* gzip reaches 1029:1, more than libdeflate does. */
static void a_bomb_is_refused_whatever_its_trailer_says(void **state)
{
    FILE *pipe = popen("head -c 41943040 /dev/zero | gzip -9n", "r");
    char bomb[64 << 10];
    size_t len;

    (void)state;
    assert_non_null(pipe);
    len = fread(bomb, 1, sizeof(bomb), pipe);
    assert_int_equal(pclose(pipe), 0);
    inflate_checks(cpm_str_n(bomb, len), CPM_EBADARCHIVE);
    memcpy(bomb + len - 4, "\0\1\0\0", 4);
    inflate_checks(cpm_str_n(bomb, len), CPM_EBADARCHIVE);
}

static void gzip_members_and_bytes_behind_them_are_read_as_gzip_does(void **state)
{
    struct cpm_buf gzip = CPM_BUF_INIT(1 << 20);
    struct cpm_inflated out;

    (void)state;
    tar_gzip(CPM_STR("one "), &gzip);
    tar_gzip(CPM_STR("two"), &gzip);
    assert_int_equal(cpm_inflate(cpm_buf_str(&gzip), &out, &err), 0);
    assert_true(cpm_str_is(out.bytes, "one two"));
    assert_false(out.garbage);
    free(out.owned);
    cpm_buf_add_text(&gzip, "trailing garbage of some length");
    assert_int_equal(cpm_inflate(cpm_buf_str(&gzip), &out, &err), 0);
    assert_true(cpm_str_is(out.bytes, "one two"));
    assert_true(out.garbage);
    free(out.owned);
    for (size_t cut = 18; cut < 40; cut++)
        inflate_checks(cpm_str_sub(cpm_buf_str(&gzip), 0, gzip.len - 31 - 40 + cut),
                       CPM_EBADARCHIVE);
    cpm_buf_release(&gzip);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_was_added_is_found_by_its_integrity),
        TEST(a_command_is_executable_in_the_store_already),
        TEST(adding_twice_gives_the_same_entry),
        TEST(an_index_that_is_damaged_is_no_entry_and_is_written_anew),
        TEST(a_cut_index_is_no_entry),
        TEST(after_a_power_cut_only_synced_entries_are_believed),
        TEST(what_is_added_after_a_sync_is_not_covered_by_it),
        TEST(the_work_of_a_dead_process_is_swept_and_of_a_living_one_kept),
        TEST(a_dropped_entry_is_gone_and_can_be_added_again),
        TEST(a_changed_file_is_noticed),
        TEST(a_refused_archive_leaves_nothing_in_the_store),
        TEST(directories_bin_makes_commands_of_its_files),
        TEST(a_bomb_is_refused_whatever_its_trailer_says),
        TEST(gzip_members_and_bytes_behind_them_are_read_as_gzip_does),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
