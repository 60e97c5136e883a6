/* The installer from a lock to a tree, with tarballs from files. */
#include "base/digest.h"
#include "base/fs.h"
#include "base/path.h"
#include "install/install.h"

#include "unit/install/tarball.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/file.h>
#include <unistd.h>

#include <cmocka.h>

static struct cpm_arena arena;
static char *dir;
static struct cpm_names *names;
static struct cpm_buf lock_text; /* entries of the lock to come */
static struct cpm_install_options opts;
static struct cpm_install_request req;
static char warnings[4096];
static bool ended;

static const char *at(const char *path)
{
    return cpm_path_join(&arena, dir, path);
}

static int begin(void **state)
{
    (void)state;
    cpm_arena_init(&arena);
    cpm_buf_init(&lock_text, 1 << 20);
    names = cpm_names_new();
    dir = cpm_arena_strndup(&arena, "/tmp/cpm-test-XXXXXX", 20);
    warnings[0] = '\0';
    opts = (struct cpm_install_options)CPM_INSTALL_OPTIONS_INIT;
    opts.no_sync = true;
    return mkdtemp(dir) && cpm_fs_mkdirs(at("p"), 0755, NULL) == 0 ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    cpm_fs_remove(dir, NULL);
    cpm_buf_release(&lock_text);
    cpm_names_free(names);
    cpm_arena_release(&arena);
    return 0;
}

static void heard(struct cpm_install_request *r, const struct cpm_install_event *event)
{
    size_t used = strlen(warnings);

    (void)r;
    if (event->type == CPM_EVENT_WARNING)
        snprintf(warnings + used, sizeof(warnings) - used, "%.*s: %.*s\n", CPM_STR_ARG(event->name),
                 CPM_STR_ARG(event->text));
}

static void done(struct cpm_install_request *r)
{
    (void)r;
    ended = true;
}

/* One more file of a package: "PATH", text. */
struct file {
    const char *path, *text;
};

/* Writes p/NAME-VERSION.tgz and gives its integrity. */
static const char *tarball(const char *name, const char *version, const char *rest,
                           const struct file *files, size_t count)
{
    const char *json = cpm_arena_printf(&arena, "{\"name\":\"%s\",\"version\":\"%s\"%s%s}", name,
                                        version, rest[0] ? "," : "", rest);
    struct cpm_buf tar = CPM_BUF_INIT(1 << 20), gzip = CPM_BUF_INIT(1 << 20);
    unsigned char digest[CPM_DIGEST_MAX];

    tar_file(&tar, "package/package.json", json);
    for (size_t i = 0; i < count; i++)
        tar_file(&tar, cpm_arena_printf(&arena, "package/%s", files[i].path), files[i].text);
    tar_end(&tar);
    tar_gzip(cpm_buf_str(&tar), &gzip);
    assert_int_equal(cpm_fs_replace(at(cpm_arena_printf(&arena, "p/%s-%s.tgz", name, version)),
                                    cpm_buf_str(&gzip), 0, false, NULL),
                     0);
    cpm_digest_of(CPM_SHA512, cpm_buf_str(&gzip), digest, NULL);
    cpm_buf_release(&tar);
    cpm_buf_release(&gzip);
    return cpm_sri_text(&arena, CPM_SHA512, digest);
}

static void lock_raw(const char *location, const char *members)
{
    cpm_buf_addf(&lock_text, ",\"%s\":{%s}", location, members);
}

/* A package at a location, with what its package.json says besides (also in the lock). */
static void lock_package(const char *location, const char *name, const char *version,
                         const char *rest)
{
    static const struct file files[] = {{"cli.js", "#!node\n"}, {"lib/x.js", "x"}};
    const char *integrity = tarball(name, version, rest, files, 2);

    lock_raw(location,
             cpm_arena_printf(&arena,
                              "\"name\":\"%s\",\"version\":\"%s\",\"resolved\":\"file:%s-%s.tgz\","
                              "\"integrity\":\"%s\"%s%s",
                              name, version, name, version, integrity, rest[0] ? "," : "", rest));
}

static void lock_begin(void)
{
    cpm_buf_clear(&lock_text);
}

static void run_loop(uv_loop_t *loop)
{
    while (!ended)
        uv_run(loop, UV_RUN_ONCE);
}

/* Installs what the lock says; its status. Clears the lock. */
static int install(void)
{
    const char *text = cpm_arena_printf(
        &arena,
        "{\"lockfileVersion\":3,\"requires\":true,\"packages\":{\"\":{\"name\":\"p\","
        "\"dependencies\":{\"direct\":\"1\"}}%s}}",
        cpm_buf_text(&lock_text));
    struct cpm_lock_source source = {.names = names, .arena = &arena, .root = at("p")};
    struct cpm_lock *lock = CPM_NEW(&arena, struct cpm_lock);
    struct cpm_error err = CPM_ERROR_INIT;
    struct cpm_store *store;
    uv_loop_t loop;

    if (cpm_lock_read(cpm_str(text), "lock", &source, lock, &err) < 0)
        fail_msg("%s", err.text);
    assert_int_equal(cpm_store_open(at("cache"), &store, NULL), 0);
    uv_loop_init(&loop);
    ended = false;
    req = (struct cpm_install_request){.loop = &loop,
                                       .store = store,
                                       .ideal = lock,
                                       .opts = opts,
                                       .event = heard,
                                       .done = done,
                                       .arena = &arena};
    req.opts.path = at("p");
    assert_int_equal(cpm_install_start(&req, &err), 0);
    run_loop(&loop);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
    cpm_store_close(store);
    lock_begin();
    return req.status;
}

static void install_well(void)
{
    if (install() < 0)
        fail_msg("%s", req.err.text);
}

static const char *contents(const char *path)
{
    struct cpm_str out;

    return cpm_fs_read(at(path), 1 << 20, &arena, &out, NULL) < 0 ? NULL : out.ptr;
}

static bool exists(const char *path)
{
    struct stat st;

    return lstat(at(path), &st) == 0;
}

static void assert_version(const char *package, const char *version)
{
    const char *json =
        contents(cpm_arena_printf(&arena, "p/node_modules/%s/package.json", package));

    assert_non_null(json);
    assert_non_null(strstr(json, cpm_arena_printf(&arena, "\"version\":\"%s\"", version)));
}

static void assert_no_litter(void)
{
    assert_false(exists("p/node_modules/.cpm/stage"));
    assert_false(exists("p/node_modules/.cpm/journal"));
}

static void packages_stand_where_the_lock_says(void **state)
{
    (void)state;
    lock_package("node_modules/a", "a", "1.0.0", "");
    lock_package("node_modules/@s/b", "@s-b", "1.0.0", "");
    lock_package("node_modules/a/node_modules/c", "c", "2.0.0", "");
    install_well();
    assert_int_equal(req.change_count, 3);
    assert_version("a", "1.0.0");
    assert_version("@s/b", "1.0.0");
    assert_version("a/node_modules/c", "2.0.0");
    assert_true(exists("p/node_modules/.package-lock.json"));
    assert_no_litter();
}

static void files_are_hard_links_of_the_store(void **state)
{
    struct stat st;

    (void)state;
    lock_package("node_modules/a", "a", "1.0.0", "");
    install_well();
    assert_int_equal(stat(at("p/node_modules/a/lib/x.js"), &st), 0);
    assert_int_equal(st.st_nlink, 2);
}

static void the_copy_method_and_copy_locations_give_files_of_their_own(void **state)
{
    const struct cpm_str own = CPM_STR("node_modules/b");
    struct stat st;

    (void)state;
    opts.copy_locations = &own;
    opts.copy_count = 1;
    lock_package("node_modules/a", "a", "1.0.0", "");
    lock_package("node_modules/b", "b", "1.0.0", "\"bin\":{\"b\":\"cli.js\"}");
    install_well();
    assert_int_equal(stat(at("p/node_modules/a/cli.js"), &st), 0);
    assert_int_equal(st.st_nlink, 2);
    assert_int_equal(stat(at("p/node_modules/b/cli.js"), &st), 0);
    assert_int_equal(st.st_nlink, 1);
    assert_int_equal(st.st_mode & 0100, 0100);
    opts.method = CPM_LINK_COPY;
    opts.clean = true;
    lock_package("node_modules/a", "a", "1.0.0", "");
    install_well();
    assert_int_equal(stat(at("p/node_modules/a/cli.js"), &st), 0);
    assert_int_equal(st.st_nlink, 1);
}

static void a_second_run_changes_nothing(void **state)
{
    struct stat before, after;

    (void)state;
    lock_package("node_modules/a", "a", "1.0.0", "");
    install_well();
    stat(at("p/node_modules/a"), &before);
    lock_package("node_modules/a", "a", "1.0.0", "");
    install_well();
    stat(at("p/node_modules/a"), &after);
    assert_int_equal(req.change_count, 0);
    assert_int_equal(before.st_ino, after.st_ino);
}

static void an_upgrade_replaces_only_what_changed_and_keeps_what_is_nested(void **state)
{
    struct stat before, after;

    (void)state;
    lock_package("node_modules/a", "a", "1.0.0", "");
    lock_package("node_modules/a/node_modules/c", "c", "1.0.0", "");
    lock_package("node_modules/b", "b", "1.0.0", "");
    install_well();
    stat(at("p/node_modules/b"), &before);
    lock_package("node_modules/a", "a", "2.0.0", "");
    lock_package("node_modules/a/node_modules/c", "c", "1.0.0", "");
    lock_package("node_modules/b", "b", "1.0.0", "");
    install_well();
    stat(at("p/node_modules/b"), &after);
    assert_int_equal(req.change_count, 1);
    assert_int_equal(req.changes[0].type, CPM_CHANGE_UPDATE);
    assert_true(cpm_str_is(req.changes[0].old_version, "1.0.0"));
    assert_version("a", "2.0.0");
    assert_version("a/node_modules/c", "1.0.0");
    assert_int_equal(before.st_ino, after.st_ino);
    assert_no_litter();
}

static void what_left_the_lock_is_removed_with_empty_folders_and_links(void **state)
{
    (void)state;
    lock_package("node_modules/a", "a", "1.0.0", "");
    lock_package("node_modules/a/node_modules/d", "d", "1.0.0", "\"bin\":{\"d\":\"cli.js\"}");
    lock_package("node_modules/@s/b", "b", "1.0.0", "\"bin\":{\"b\":\"cli.js\"}");
    install_well();
    assert_true(exists("p/node_modules/.bin/b"));
    assert_true(exists("p/node_modules/a/node_modules/.bin/d"));
    lock_package("node_modules/a", "a", "1.0.0", "");
    install_well();
    assert_int_equal(req.change_count, 2);
    assert_false(exists("p/node_modules/@s"));
    assert_false(exists("p/node_modules/.bin"));
    assert_false(exists("p/node_modules/a/node_modules"));
    assert_true(exists("p/node_modules/a"));
}

static void a_stray_package_is_removed_and_a_changed_one_put_right(void **state)
{
    (void)state;
    lock_package("node_modules/a", "a", "1.0.0", "");
    install_well();
    usleep(30000);
    cpm_fs_mkdirs(at("p/node_modules/stray"), 0755, NULL);
    unlink(at("p/node_modules/a/cli.js"));
    lock_package("node_modules/a", "a", "1.0.0", "");
    install_well();
    assert_false(exists("p/node_modules/stray"));
    assert_true(exists("p/node_modules/a/cli.js"));
}

static void clean_empties_node_modules_first(void **state)
{
    (void)state;
    lock_package("node_modules/a", "a", "1.0.0", "");
    install_well();
    cpm_fs_replace(at("p/node_modules/file"), CPM_STR("x"), 0, false, NULL);
    opts.clean = true;
    lock_package("node_modules/a", "a", "1.0.0", "");
    install_well();
    assert_false(exists("p/node_modules/file"));
    assert_version("a", "1.0.0");
    assert_int_equal(req.change_count, 1);
    assert_no_litter();
}

static void omitted_groups_and_inert_entries_are_not_installed(void **state)
{
    static const char *const omit[] = {"dev", NULL};

    (void)state;
    opts.omit = omit;
    lock_package("node_modules/a", "a", "1.0.0", "");
    lock_package("node_modules/d", "d", "1.0.0", "\"dev\":true");
    lock_package("node_modules/do", "do", "1.0.0", "\"devOptional\":true");
    install_well();
    assert_false(exists("p/node_modules/d"));
    assert_true(exists("p/node_modules/do"));
}

static void a_workspace_is_a_relative_link_with_its_commands(void **state)
{
    struct stat st;

    (void)state;
    cpm_fs_mkdirs(at("p/packages/w"), 0755, NULL);
    cpm_fs_replace(at("p/packages/w/run.js"), CPM_STR("#!node\n"), 0644, false, NULL);
    lock_raw("node_modules/w", "\"resolved\":\"packages/w\",\"link\":true");
    lock_raw("packages/w", "\"name\":\"w\",\"version\":\"1.0.0\",\"bin\":{\"w\":\"run.js\"}");
    lock_package("packages/w/node_modules/a", "a", "1.0.0", "");
    install_well();
    assert_string_equal(cpm_fs_readlink(&arena, at("p/node_modules/w")), "../packages/w");
    assert_string_equal(cpm_fs_readlink(&arena, at("p/node_modules/.bin/w")), "../w/run.js");
    assert_true(exists("p/packages/w/node_modules/a/package.json"));
    stat(at("p/packages/w/run.js"), &st);
    assert_int_equal(st.st_mode & 0111, 0111);
}

static void commands_that_lead_out_or_have_no_name_are_skipped(void **state)
{
    (void)state;
    cpm_fs_replace(at("p/outside.js"), CPM_STR("x"), 0644, false, NULL);
    lock_package("node_modules/direct", "direct", "1.0.0",
                 "\"bin\":{\"good\":\"cli.js\",\"\":\"cli.js\",\".\":\"cli.js\",\"..\":\"cli.js\","
                 "\"../../evil\":\"cli.js\",\"out\":\"../../outside.js\",\"gone\":\"none.js\","
                 "\"folder\":\"lib\"}");
    install_well();
    assert_string_equal(cpm_fs_readlink(&arena, at("p/node_modules/.bin/good")),
                        "../direct/cli.js");
    assert_false(exists("p/node_modules/.bin/out"));
    assert_false(exists("p/node_modules/.bin/gone"));
    assert_false(exists("p/node_modules/.bin/folder"));
    assert_false(exists("p/evil"));
    assert_false(exists("evil"));
}

static void commands_that_shadow_the_path_need_a_direct_dependency(void **state)
{
    (void)state;
    lock_package("node_modules/direct", "direct", "1.0.0", "\"bin\":{\"npx\":\"cli.js\"}");
    lock_package("node_modules/deep", "deep", "1.0.0", "\"bin\":{\"node\":\"cli.js\"}");
    install_well();
    assert_true(exists("p/node_modules/.bin/npx"));
    assert_false(exists("p/node_modules/.bin/node"));
    assert_non_null(strstr(warnings, "deep: the command 'node'"));
}

static void of_two_packages_with_one_command_the_first_has_it(void **state)
{
    (void)state;
    lock_package("node_modules/z", "z", "1.0.0", "\"bin\":{\"x\":\"cli.js\"}");
    lock_package("node_modules/B", "B", "1.0.0", "\"bin\":{\"x\":\"cli.js\"}");
    lock_package("node_modules/a", "a", "1.0.0", "\"bin\":{\"x\":\"cli.js\"}");
    install_well();
    assert_string_equal(cpm_fs_readlink(&arena, at("p/node_modules/.bin/x")), "../a/cli.js");
}

static void a_wrong_integrity_is_refused_before_anything_changes(void **state)
{
    (void)state;
    tarball("a", "1.0.0", "", NULL, 0);
    lock_raw(
        "node_modules/a",
        "\"version\":\"1.0.0\",\"resolved\":\"file:a-1.0.0.tgz\",\"integrity\":\"sha512-"
        "z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg=="
        "\"");
    assert_int_equal(install(), CPM_EINTEGRITY);
    assert_false(exists("p/node_modules"));
}

static void a_missing_integrity_is_recorded_or_refused(void **state)
{
    (void)state;
    tarball("a", "1.0.0", "", NULL, 0);
    lock_raw("node_modules/a", "\"version\":\"1.0.0\",\"resolved\":\"file:a-1.0.0.tgz\"");
    install_well();
    assert_true(cpm_str_starts(req.ideal->entries[1].integrity, "sha512-"));
    opts.require_integrity = true;
    opts.clean = true;
    lock_raw("node_modules/a", "\"version\":\"1.0.0\",\"resolved\":\"file:a-1.0.0.tgz\"");
    assert_int_equal(install(), CPM_EINTEGRITY);
}

static void an_archive_of_another_package_is_refused(void **state)
{
    const char *integrity;

    (void)state;
    integrity = tarball("evil", "6.6.6", "", NULL, 0);
    lock_raw("node_modules/a",
             cpm_arena_printf(&arena,
                              "\"version\":\"1.0.0\",\"resolved\":\"file:evil-6.6.6.tgz\","
                              "\"integrity\":\"%s\"",
                              integrity));
    assert_int_equal(install(), CPM_EINTEGRITY);
    assert_non_null(strstr(req.err.text, "evil@6.6.6"));
}

static void an_optional_package_that_cannot_be_had_is_left_out(void **state)
{
    (void)state;
    lock_package("node_modules/a", "a", "1.0.0", "");
    lock_raw("node_modules/o",
             "\"version\":\"1.0.0\",\"resolved\":\"file:none.tgz\",\"optional\":true");
    install_well();
    assert_version("a", "1.0.0");
    assert_false(exists("p/node_modules/o"));
    assert_null(strstr(contents("p/node_modules/.package-lock.json"), "node_modules/o\""));
}

static void a_folder_behind_a_linked_node_modules_is_not_touched(void **state)
{
    (void)state;
    cpm_fs_mkdirs(at("user/a"), 0755, NULL);
    cpm_fs_replace(at("user/a/mine"), CPM_STR("x"), 0, false, NULL);
    assert_int_equal(symlink("../user", at("p/node_modules")), 0);
    lock_package("node_modules/a", "a", "1.0.0", "");
    install_well();
    assert_version("a", "1.0.0");
    assert_string_equal(contents("user/a/mine"), "x");
    assert_false(exists("user/a/package.json"));
    assert_false(exists("user/.cpm"));
}

static void a_folder_behind_a_linked_package_or_scope_is_not_touched(void **state)
{
    (void)state;
    cpm_fs_mkdirs(at("user/b"), 0755, NULL);
    cpm_fs_mkdirs(at("p/node_modules"), 0755, NULL);
    assert_int_equal(symlink("../../user", at("p/node_modules/a")), 0);
    assert_int_equal(symlink("../../user", at("p/node_modules/@s")), 0);
    lock_package("node_modules/a", "a", "1.0.0", "");
    lock_package("node_modules/@s/b", "b", "1.0.0", "");
    install_well();
    assert_version("a", "1.0.0");
    assert_version("@s/b", "1.0.0");
    assert_false(exists("user/package.json"));
    assert_false(exists("user/b/package.json"));
    assert_true(exists("user/b"));
}

static void a_changed_store_is_noticed_and_fetched_anew(void **state)
{
    (void)state;
    lock_package("node_modules/a", "a", "1.0.0", "");
    install_well();
    usleep(30000);
    /* A hard link: the store's file is changed with it. */
    {
        int fd = open(at("p/node_modules/a/lib/x.js"), O_WRONLY);

        assert_int_equal(write(fd, "!", 1), 1);
        close(fd);
    }
    opts.clean = true;
    lock_package("node_modules/a", "a", "1.0.0", "");
    install_well();
    assert_string_equal(contents("p/node_modules/a/lib/x.js"), "x");
}

static void a_bundled_package_comes_with_its_owner_and_stays(void **state)
{
    static const struct file files[] = {
        {"node_modules/in/package.json", "{\"name\":\"in\",\"version\":\"1.0.0\"}"}};
    const char *integrity = tarball("a", "1.0.0", "", files, 1);

    (void)state;
    for (int round = 0; round < 2; round++) {
        lock_raw("node_modules/a",
                 cpm_arena_printf(&arena,
                                  "\"version\":\"1.0.0\",\"resolved\":\"file:a-1.0.0.tgz\","
                                  "\"integrity\":\"%s\",\"bundleDependencies\":[\"in\"]",
                                  integrity));
        lock_raw("node_modules/a/node_modules/in", "\"version\":\"1.0.0\",\"inBundle\":true");
        install_well();
        assert_version("a/node_modules/in", "1.0.0");
    }
    assert_int_equal(req.change_count, 0);
}

/* What a killed run leaves: a journal, a stage, temporaries, an old tree. */
static void a_run_after_a_kill_reads_the_folders_and_leaves_no_litter(void **state)
{
    (void)state;
    lock_package("node_modules/a", "a", "1.0.0", "");
    lock_package("node_modules/b", "b", "1.0.0", "");
    install_well();
    cpm_fs_mkdirs(at("p/node_modules/.cpm/stage/7/node_modules/x"), 0755, NULL);
    cpm_fs_replace(at("p/node_modules/.cpm/journal"), CPM_STR("cpm-journal 1 0\nnode_modules/b"), 0,
                   false, NULL);
    cpm_fs_replace(at("p/.package.json.99999999.abcd.cpm-tmp"), CPM_STR("x"), 0, false, NULL);
    unlink(at("p/node_modules/a/package.json"));
    lock_package("node_modules/a", "a", "1.0.0", "");
    lock_package("node_modules/b", "b", "1.0.0", "");
    install_well();
    assert_version("a", "1.0.0");
    assert_version("b", "1.0.0");
    assert_no_litter();
    assert_false(exists("p/.package.json.99999999.abcd.cpm-tmp"));
}

static void a_dry_run_tells_and_changes_nothing(void **state)
{
    (void)state;
    opts.dry_run = true;
    lock_package("node_modules/a", "a", "1.0.0", "");
    install_well();
    assert_int_equal(req.change_count, 1);
    assert_false(exists("p/node_modules"));
}

static void an_empty_project_gets_no_node_modules(void **state)
{
    (void)state;
    install_well();
    assert_false(exists("p/node_modules"));
}

static void global_commands_do_not_replace_what_is_not_ours(void **state)
{
    (void)state;
    opts.global = true;
    opts.bin_dir = at("bin");
    cpm_fs_mkdirs(at("bin"), 0755, NULL);
    cpm_fs_replace(at("bin/foreign"), CPM_STR("x"), 0, false, NULL);
    lock_package("node_modules/a", "a", "1.0.0", "\"bin\":{\"a\":\"cli.js\"}");
    install_well();
    assert_string_equal(cpm_fs_readlink(&arena, at("bin/a")), "../p/node_modules/a/cli.js");
    lock_package("node_modules/a", "a", "2.0.0", "\"bin\":{\"foreign\":\"cli.js\"}");
    assert_int_equal(install(), CPM_EEXISTBIN);
    assert_string_equal(contents("bin/foreign"), "x");
}

static void the_state_file_answers_until_something_changes(void **state)
{
    struct cpm_str note;

    (void)state;
    lock_package("node_modules/a", "a", "1.0.0", "\"bin\":{\"a\":\"cli.js\"}");
    install_well();
    assert_false(cpm_install_is_current(at("p"), CPM_STR("key"), &arena, &note));
    assert_int_equal(cpm_install_mark_current(at("p"), CPM_STR("key"), CPM_STR("two\nlines"), NULL),
                     0);
    assert_true(cpm_install_is_current(at("p"), CPM_STR("key"), &arena, &note));
    assert_true(cpm_str_is(note, "two\nlines"));
    assert_false(cpm_install_is_current(at("p"), CPM_STR("other"), &arena, &note));
    usleep(30000);
    unlink(at("p/node_modules/.bin/a"));
    assert_false(cpm_install_is_current(at("p"), CPM_STR("key"), &arena, &note));
}

static void the_state_file_is_no_answer_once_a_run_began(void **state)
{
    struct cpm_str note;

    (void)state;
    lock_package("node_modules/a", "a", "1.0.0", "");
    install_well();
    cpm_install_mark_current(at("p"), CPM_STR("key"), CPM_STR(""), NULL);
    lock_raw("node_modules/a", "\"version\":\"9.0.0\",\"resolved\":\"file:none.tgz\"");
    assert_true(install() < 0);
    assert_false(cpm_install_is_current(at("p"), CPM_STR("key"), &arena, &note));
    assert_version("a", "1.0.0");
}

/* An installation of before a power cut whose folders were not on the disk, and one that lost a
 * file by it. */
static void a_tree_that_a_power_cut_may_have_taken_apart_is_looked_at_again(void **state)
{
    const struct timespec other_boot[2] = {{.tv_sec = 12345}, {.tv_sec = 12345}};
    struct cpm_str note;

    (void)state;
    lock_package("node_modules/a", "a", "1.0.0", "");
    install_well();
    cpm_install_mark_current(at("p"), CPM_STR("key"), CPM_STR(""), NULL);
    assert_true(cpm_install_is_current(at("p"), CPM_STR("key"), &arena, &note));
    utimensat(AT_FDCWD, at("p/node_modules/.cpm/settled"), other_boot, 0);
    unlink(at("p/node_modules/a/package.json"));
    assert_false(cpm_install_is_current(at("p"), CPM_STR("key"), &arena, &note));
    lock_package("node_modules/a", "a", "1.0.0", "");
    install_well();
    assert_version("a", "1.0.0");
}

static void a_run_waits_for_another_one(void **state)
{
    int fd = open(at("p"), O_RDONLY | O_DIRECTORY);
    pid_t child;

    (void)state;
    assert_int_equal(flock(fd, LOCK_EX), 0);
    child = fork();
    if (child == 0) {
        usleep(800000);
        _exit(0); /* the lock is shared with the parent's descriptor */
    }
    lock_package("node_modules/a", "a", "1.0.0", "");
    close(fd);
    install_well();
    assert_non_null(strstr(warnings, "another cpm works"));
    assert_version("a", "1.0.0");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(packages_stand_where_the_lock_says),
        TEST(files_are_hard_links_of_the_store),
        TEST(the_copy_method_and_copy_locations_give_files_of_their_own),
        TEST(a_second_run_changes_nothing),
        TEST(an_upgrade_replaces_only_what_changed_and_keeps_what_is_nested),
        TEST(what_left_the_lock_is_removed_with_empty_folders_and_links),
        TEST(a_stray_package_is_removed_and_a_changed_one_put_right),
        TEST(clean_empties_node_modules_first),
        TEST(omitted_groups_and_inert_entries_are_not_installed),
        TEST(a_workspace_is_a_relative_link_with_its_commands),
        TEST(commands_that_lead_out_or_have_no_name_are_skipped),
        TEST(commands_that_shadow_the_path_need_a_direct_dependency),
        TEST(of_two_packages_with_one_command_the_first_has_it),
        TEST(a_wrong_integrity_is_refused_before_anything_changes),
        TEST(a_missing_integrity_is_recorded_or_refused),
        TEST(an_archive_of_another_package_is_refused),
        TEST(an_optional_package_that_cannot_be_had_is_left_out),
        TEST(a_folder_behind_a_linked_node_modules_is_not_touched),
        TEST(a_folder_behind_a_linked_package_or_scope_is_not_touched),
        TEST(a_changed_store_is_noticed_and_fetched_anew),
        TEST(a_bundled_package_comes_with_its_owner_and_stays),
        TEST(a_run_after_a_kill_reads_the_folders_and_leaves_no_litter),
        TEST(a_dry_run_tells_and_changes_nothing),
        TEST(an_empty_project_gets_no_node_modules),
        TEST(global_commands_do_not_replace_what_is_not_ours),
        TEST(the_state_file_answers_until_something_changes),
        TEST(the_state_file_is_no_answer_once_a_run_began),
        TEST(a_tree_that_a_power_cut_may_have_taken_apart_is_looked_at_again),
        TEST(a_run_waits_for_another_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
