#include "install/script.h"

#include "base/fs.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

struct fixture {
    struct cpm_arena arena;
    const char *dir;
    struct cpm_script_package package;
    struct cpm_script_options opts;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    char dir[] = "/tmp/cpm-script-XXXXXX";
    f->dir = cpm_arena_strndup(&f->arena, mkdtemp(dir), sizeof(dir));
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    cpm_script_package_release(&f->package);
    cpm_fs_remove(f->dir, NULL);
    cpm_arena_release(&f->arena);
    free(f);
    return 0;
}

static void read_package(struct fixture *f, const char *json)
{
    struct cpm_error err = CPM_ERROR_INIT;
    const char *file = cpm_arena_printf(&f->arena, "%s/package.json", f->dir);
    assert_int_equal(cpm_fs_replace(file, cpm_str(json), 0644, false, &err), 0);
    assert_int_equal(cpm_script_package_read(f->dir, &f->arena, &f->package, &err), 0);
}

static const char *variable(char **env, const char *name)
{
    size_t len = strlen(name);
    for (; *env; env++)
        if (strncmp(*env, name, len) == 0 && (*env)[len] == '=')
            return *env + len + 1;
    return NULL;
}

static void assert_quoted(const char *arg, const char *quoted)
{
    struct cpm_buf out = CPM_BUF_INIT(1 << 16);
    cpm_script_quote(&out, cpm_str(arg));
    assert_string_equal(cpm_buf_text(&out), quoted);
    cpm_buf_release(&out);
}

static void arguments_are_quoted_as_npm_quotes_them(void **state)
{
    (void)state;
    assert_quoted("", "''");
    assert_quoted("--flag=x", "--flag=x");
    assert_quoted("a b", "'a b'");
    assert_quoted("it's", "'it'\\''s'");
    assert_quoted("'x", "\\''x'");
    assert_quoted("x'", "'x'\\'");
    assert_quoted("'", "\\'");
    assert_quoted("a''b", "'a'\\'\\''b'");
    assert_quoted("$HOME `x` \\", "'$HOME `x` \\'");
}

static void package_json_becomes_variables(void **state)
{
    struct fixture *f = *state;
    read_package(f, "{\"name\": \"p\", \"version\": \"1.2.3\", \"bin\": \"./b.js\", \"config\": "
                    "{\"port\": 8080, \"deep\": {\"x\": true, \"no\": false}, \"list\": [\"a\", "
                    "null]}, \"engines\": {\"node\": \">=1\"}, \"author\": \"nobody\"}");
    struct cpm_script script = {.package = &f->package, .event = "go", .command = CPM_STR("x y")};
    char **env = cpm_script_environ(&f->arena, &script, &f->opts);
    assert_string_equal(variable(env, "npm_package_name"), "p");
    assert_string_equal(variable(env, "npm_package_version"), "1.2.3");
    assert_string_equal(variable(env, "npm_package_bin_p"), "b.js");
    assert_string_equal(variable(env, "npm_package_config_port"), "8080");
    assert_string_equal(variable(env, "npm_package_config_deep_x"), "true");
    assert_string_equal(variable(env, "npm_package_config_deep_no"), "");
    assert_string_equal(variable(env, "npm_package_config_list_0"), "a");
    assert_string_equal(variable(env, "npm_package_config_list_1"), "");
    assert_string_equal(variable(env, "npm_package_engines_node"), ">=1");
    assert_null(variable(env, "npm_package_author"));
    assert_string_equal(variable(env, "npm_lifecycle_event"), "go");
    assert_string_equal(variable(env, "npm_lifecycle_script"), "x y");
}

static void every_bin_folder_upwards_is_in_front_of_path(void **state)
{
    struct fixture *f = *state;
    const char *const environment[] = {"PATH=/usr/bin:/bin", "A=1", NULL};
    read_package(f, "{}");
    f->opts.environment = environment;
    f->opts.node_gyp_bin = "/gyp";
    struct cpm_script script = {.package = &f->package, .event = "go", .command = CPM_STR("x")};
    char **env = cpm_script_environ(&f->arena, &script, &f->opts);
    const char *want = cpm_arena_printf(
        &f->arena,
        "%s/node_modules/.bin:/tmp/node_modules/.bin:/node_modules/.bin:/gyp:/usr/bin:/bin",
        f->dir);
    assert_string_equal(variable(env, "PATH"), want);
    assert_string_equal(variable(env, "A"), "1");
}

static void install_and_start_have_defaults(void **state)
{
    struct fixture *f = *state;
    read_package(f, "{\"scripts\": {\"x\": 1, \"test\": \"t\"}}");
    assert_int_equal(cpm_script_find(&f->package, "install").len, 0);
    assert_int_equal(cpm_script_find(&f->package, "x").len, 0);
    const char *gyp = cpm_arena_printf(&f->arena, "%s/binding.gyp", f->dir);
    const char *server = cpm_arena_printf(&f->arena, "%s/server.js", f->dir);
    cpm_fs_replace(gyp, CPM_STR("{}"), 0644, false, NULL);
    cpm_fs_replace(server, CPM_STR(""), 0644, false, NULL);
    assert_true(cpm_str_is(cpm_script_find(&f->package, "install"), "node-gyp rebuild"));
    assert_true(cpm_str_is(cpm_script_find(&f->package, "start"), "node server.js"));
}

static int run_commands(struct fixture *f, struct cpm_script_job *jobs, size_t count,
                        const char *const *commands, struct cpm_error *err)
{
    struct cpm_script_batch batch = {.jobs = jobs, .count = count, .parallel = 2, .opts = &f->opts};
    for (size_t i = 0; i < count; i++)
        jobs[i].script = (struct cpm_script){
            .package = &f->package, .event = "go", .command = cpm_str(commands[i])};
    return cpm_script_run(&batch, err);
}

static void output_is_kept_and_the_exit_code_told(void **state)
{
    struct fixture *f = *state;
    struct cpm_error err = CPM_ERROR_INIT;
    struct cpm_script_job job = {0};
    const char *const command[] = {"echo out; pwd; echo bad >&2; exit 7"};
    read_package(f, "{}");
    assert_int_equal(run_commands(f, &job, 1, command, &err), CPM_ELIFECYCLE);
    assert_int_equal(job.exit_code, 7);
    assert_string_equal(cpm_buf_text(&job.out), cpm_arena_printf(&f->arena, "out\n%s\n", f->dir));
    assert_string_equal(cpm_buf_text(&job.err), "bad\n");
    assert_non_null(strstr(err.text, "command failed\ncommand sh -c echo out"));
    cpm_script_job_release(&job);
}

static void a_signal_is_told_as_128_and_more(void **state)
{
    struct fixture *f = *state;
    struct cpm_script_job job = {0};
    const char *const command[] = {"kill -TERM $$"};
    read_package(f, "{}");
    assert_int_equal(run_commands(f, &job, 1, command, NULL), CPM_ELIFECYCLE);
    assert_int_equal(job.signal, SIGTERM);
    assert_int_equal(job.exit_code, 128 + SIGTERM);
    cpm_script_job_release(&job);
}

static void after_a_failure_nothing_more_begins_unless_it_was_optional(void **state)
{
    struct fixture *f = *state;
    struct cpm_script_job jobs[4] = {{.optional = true}};
    const char *const commands[] = {"exit 1", "true", "exit 2", "touch never"};
    read_package(f, "{}");
    struct cpm_script_batch batch = {.jobs = jobs, .count = 4, .parallel = 1, .opts = &f->opts};
    for (size_t i = 0; i < 4; i++)
        jobs[i].script = (struct cpm_script){
            .package = &f->package, .event = "go", .command = cpm_str(commands[i])};
    assert_int_equal(cpm_script_run(&batch, NULL), CPM_ELIFECYCLE);
    assert_ptr_equal(batch.failed, &jobs[2]);
    assert_true(jobs[1].done);
    assert_false(jobs[3].done);
    for (size_t i = 0; i < 4; i++)
        cpm_script_job_release(&jobs[i]);
}

static void a_shell_that_is_not_there_is_an_error(void **state)
{
    struct fixture *f = *state;
    struct cpm_script_job job = {0};
    const char *const command[] = {"true"};
    read_package(f, "{}");
    f->opts.shell = "/no/such/shell";
    assert_int_equal(run_commands(f, &job, 1, command, NULL), CPM_ELIFECYCLE);
    assert_int_equal(job.exit_code, 127);
    cpm_script_job_release(&job);
}

static void a_banner_shows_every_line_and_the_arguments(void **state)
{
    struct fixture *f = *state;
    const char *const args[] = {"a b", "c"};
    read_package(f, "{\"name\": \"p\", \"version\": \"1.0.0\"}");
    struct cpm_script script = {.package = &f->package,
                                .event = "go",
                                .command = CPM_STR("  one\ntwo "),
                                .args = args,
                                .arg_count = 2};
    assert_string_equal(cpm_script_banner(&f->arena, &script),
                        "\n> p@1.0.0 go\n> one\n> two a b c\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arguments_are_quoted_as_npm_quotes_them),
        TEST(package_json_becomes_variables),
        TEST(every_bin_folder_upwards_is_in_front_of_path),
        TEST(install_and_start_have_defaults),
        TEST(output_is_kept_and_the_exit_code_told),
        TEST(a_signal_is_told_as_128_and_more),
        TEST(after_a_failure_nothing_more_begins_unless_it_was_optional),
        TEST(a_shell_that_is_not_there_is_an_error),
        TEST(a_banner_shows_every_line_and_the_arguments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
