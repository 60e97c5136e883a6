/* Cache files of packuments: what is kept, and that damage is noticed. */
#include "registry/cache.h"

#include "base/fs.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define URL "http://localhost:4873/pkg"

struct place {
    char dir[64];
    const char *path;
    struct cpm_arena arena;
};

static void open_place(struct place *p)
{
    *p = (struct place){.dir = "/tmp/cpm-cache-XXXXXX"};
    assert_non_null(mkdtemp(p->dir));
    p->path = cpm_cache_path(&p->arena, p->dir, URL);
}

static void close_place(struct place *p)
{
    cpm_fs_remove(p->dir, NULL);
    cpm_arena_release(&p->arena);
}

static void write_entry(const struct place *p, const char *version, const char *etag)
{
    struct cpm_cache_entry entry = {.url = URL, .freshness = {.fetched_ms = 1000, .max_age = 300}};
    struct cpm_packument *packument = NULL;
    char json[100];

    snprintf(json, sizeof(json), "{\"versions\":{\"%s\":{}}}", version);
    assert_int_equal(cpm_packument_build(cpm_str(json), CPM_STR("pkg"), false, &packument, NULL),
                     0);
    entry.packument = packument;
    entry.etag = cpm_str(etag);
    assert_int_equal(cpm_cache_write(p->path, &entry, NULL), 0);
    cpm_packument_free(packument);
}

static void what_is_written_is_found(void **state)
{
    struct cpm_cached c;
    struct place p;

    (void)state;
    open_place(&p);
    assert_false(cpm_cache_open(p.path, URL, &c));
    write_entry(&p, "1.0.0", "\"x\"");
    assert_true(cpm_cache_open(p.path, URL, &c));
    assert_true(cpm_str_is(c.etag, "\"x\""));
    assert_int_equal(c.last_modified.len, 0);
    assert_int_equal(c.freshness.max_age, 300);
    assert_int_equal(cpm_packument_find(c.packument, CPM_STR("1.0.0")), 0);
    cpm_cache_close(&c);
    assert_false(cpm_cache_open(p.path, URL "2", &c));
    close_place(&p);
}

static void a_later_answer_replaces_while_the_old_one_is_mapped(void **state)
{
    struct cpm_cached old, new;
    struct place p;

    (void)state;
    open_place(&p);
    write_entry(&p, "1.0.0", "");
    assert_true(cpm_cache_open(p.path, URL, &old));
    write_entry(&p, "2.0.0", "");
    assert_true(cpm_cache_open(p.path, URL, &new));
    assert_int_equal(cpm_packument_find(old.packument, CPM_STR("1.0.0")), 0);
    assert_int_equal(cpm_packument_find(new.packument, CPM_STR("2.0.0")), 0);
    cpm_cache_close(&old);
    cpm_cache_close(&new);
    close_place(&p);
}

static void a_confirmation_changes_the_time_alone(void **state)
{
    const struct cpm_freshness later = {.fetched_ms = 5000, .max_age = 60};
    struct cpm_cached c;
    struct place p;

    (void)state;
    open_place(&p);
    write_entry(&p, "1.0.0", "\"x\"");
    cpm_cache_touch(p.path, &later);
    assert_true(cpm_cache_open(p.path, URL, &c));
    assert_int_equal(c.freshness.fetched_ms, 5000);
    assert_int_equal(c.freshness.max_age, 60);
    assert_true(cpm_str_is(c.etag, "\"x\""));
    cpm_cache_close(&c);
    close_place(&p);
}

static void flip_byte(const char *path, off_t at)
{
    int fd = open(path, O_RDWR);
    char c;

    assert_int_equal(pread(fd, &c, 1, at), 1);
    c ^= 1;
    assert_int_equal(pwrite(fd, &c, 1, at), 1);
    close(fd);
}

/* A byte of the stamp makes the file stale, any other makes it unusable. */
static void every_changed_byte_is_noticed(void **state)
{
    struct cpm_cached c;
    struct place p;
    struct stat st;

    (void)state;
    open_place(&p);
    write_entry(&p, "1.0.0", "\"x\"");
    assert_int_equal(stat(p.path, &st), 0);
    for (off_t i = 0; i < st.st_size; i++) {
        flip_byte(p.path, i);
        if (cpm_cache_open(p.path, URL, &c)) {
            assert_int_equal(c.freshness.max_age, 0);
            assert_in_range(i, 8, 31);
            cpm_cache_close(&c);
        }
        flip_byte(p.path, i);
    }
    close_place(&p);
}

static void files_cut_or_zeroed_by_a_power_cut_are_noticed(void **state)
{
    struct cpm_cached c;
    struct place p;
    struct stat st;

    (void)state;
    open_place(&p);
    write_entry(&p, "1.0.0", "\"x\"");
    assert_int_equal(stat(p.path, &st), 0);
    for (off_t size = st.st_size; size-- > 0;) {
        assert_int_equal(truncate(p.path, size), 0);
        assert_false(cpm_cache_open(p.path, URL, &c));
    }
    assert_int_equal(truncate(p.path, st.st_size), 0);
    assert_false(cpm_cache_open(p.path, URL, &c));
    close_place(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_found),
        cmocka_unit_test(a_later_answer_replaces_while_the_old_one_is_mapped),
        cmocka_unit_test(a_confirmation_changes_the_time_alone),
        cmocka_unit_test(every_changed_byte_is_noticed),
        cmocka_unit_test(files_cut_or_zeroed_by_a_power_cut_are_noticed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
