/* The configuration from made-up sources: every test has a folder of its own with a project, a home
 * and a global prefix. */
#include "base/fs.h"
#include "base/path.h"
#include "cli/config/config.h"
#include "cli/config/show.h"
#include "registry/registry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

struct fixture {
    struct cpm_arena arena;
    char root[64];
    const char *cwd;
    char *environ_[16];
    size_t environ_count;
    struct cpm_config *config;
    struct cpm_error err;
};

static const char *in_root(struct fixture *f, const char *path)
{
    return cpm_path_join(&f->arena, f->root, path);
}

static void write_file(struct fixture *f, const char *path, const char *text)
{
    const char *full = in_root(f, path);
    assert_int_equal(cpm_fs_mkdirs(cpm_path_dirname(&f->arena, full), 0755, NULL), 0);
    assert_int_equal(cpm_fs_replace(full, cpm_str(text), 0644, false, NULL), 0);
}

static void set_env(struct fixture *f, const char *name, const char *value)
{
    f->environ_[f->environ_count++] = cpm_arena_printf(&f->arena, "%s=%s", name, value);
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    cpm_arena_init(&f->arena);
    strncpy(f->root, "/tmp/cpm-config-XXXXXX", sizeof(f->root) - 1);
    assert_non_null(mkdtemp(f->root));
    write_file(f, "p/package.json", "{}");
    write_file(f, "home/.keep", "");
    set_env(f, "HOME", in_root(f, "home"));
    set_env(f, "PREFIX", in_root(f, "g"));
    set_env(f, "PATH", in_root(f, "bin"));
    f->cwd = in_root(f, "p");
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    cpm_fs_remove(f->root, NULL);
    cpm_arena_release(&f->arena);
    free(f);
    return 0;
}

static int try_load(struct fixture *f, const char *command_line)
{
    static char program[] = "cpm";
    char *argv[32] = {program};
    int argc = 1;
    struct cpm_str rest = cpm_str(command_line), word;
    while (rest.len && cpm_str_split(&rest, ' ', &word))
        argv[argc++] = cpm_arena_strndup(&f->arena, word.ptr, word.len);
    struct cpm_config_input in = {
        .argc = argc, .argv = argv, .environ_ = f->environ_, .cwd = f->cwd};
    return cpm_config_load(&f->arena, &in, &f->config, &f->err);
}

static void load(struct fixture *f, const char *command_line)
{
    assert_int_equal(try_load(f, command_line), 0);
}

static bool warned(const struct fixture *f, const char *part)
{
    for (const char *const *w = cpm_config_warnings(f->config); *w; w++)
        if (strstr(*w, part))
            return true;
    return false;
}

static void the_nearer_source_wins(void **state)
{
    struct fixture *f = *state;
    write_file(f, "g/etc/npmrc", "tag=global\nfund=false\naudit=false\nsave-prefix=~");
    write_file(f, "home/.npmrc", "tag=user\naudit=true\nfetch-retries=4");
    write_file(f, "p/.npmrc", "tag=project\nfetch-retries=5");
    set_env(f, "npm_config_fetch_retries", "6");
    load(f, "install --fetch-retries=7");
    assert_string_equal(cpm_config_str(f->config, "tag"), "project");
    assert_string_equal(cpm_config_str(f->config, "save-prefix"), "~");
    assert_false(cpm_config_bool(f->config, "fund"));
    assert_true(cpm_config_bool(f->config, "audit"));
    assert_true(cpm_config_num(f->config, "fetch-retries") == 7);
    assert_int_equal(cpm_config_where(f->config, "fetch-retries"), CPM_CONFIG_CLI);
    assert_int_equal(cpm_config_where(f->config, "save-prefix"), CPM_CONFIG_GLOBAL);
    assert_int_equal(cpm_config_where(f->config, "shell"), CPM_CONFIG_DEFAULT);
}

static void an_environment_name_is_read_in_any_case(void **state)
{
    struct fixture *f = *state;
    set_env(f, "NPM_CONFIG_Save_Exact", "true");
    set_env(f, "npm_config__auth", "abc");
    set_env(f, "npm_config_tag", "");
    load(f, "install");
    assert_true(cpm_config_bool(f->config, "save-exact"));
    assert_string_equal(cpm_config_str(f->config, "save-prefix"), "");
    assert_string_equal(cpm_config_raw(f->config, "_auth"), "abc");
    assert_string_equal(cpm_config_str(f->config, "tag"), "latest");
}

static void arguments_behind_two_dashes_are_positional(void **state)
{
    struct fixture *f = *state;
    int argc, rest;
    load(f, "run build -s --no-fund -- --watch -x");
    const char **argv = cpm_config_args(f->config, &argc, &rest);
    assert_int_equal(argc, 4);
    assert_int_equal(rest, 2);
    assert_string_equal(argv[1], "build");
    assert_string_equal(argv[2], "--watch");
    assert_string_equal(argv[3], "-x");
    assert_string_equal(cpm_config_str(f->config, "loglevel"), "silent");
    assert_false(cpm_config_bool(f->config, "fund"));
}

static void short_forms_and_abbreviations_are_expanded(void **state)
{
    struct fixture *f = *state;
    load(f, "i -DE -w a --workspace=b --prod --dd");
    assert_true(cpm_config_bool(f->config, "save-dev"));
    assert_true(cpm_config_bool(f->config, "save-exact"));
    assert_string_equal(cpm_config_list(f->config, "workspace")[0], "a");
    assert_string_equal(cpm_config_list(f->config, "workspace")[1], "b");
    assert_null(cpm_config_list(f->config, "workspace")[2]);
    assert_string_equal(cpm_config_list(f->config, "omit")[0], "dev");
    assert_true(warned(f, "Expanding --prod to --production"));
}

static void save_flags_exclude_each_other(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(try_load(f, "i --save-dev --save-peer"), CPM_ECONFIG);
    assert_string_equal(f->err.text, "--save-peer cannot be provided when using --save-dev");
}

static void an_unknown_key_only_warns(void **state)
{
    struct fixture *f = *state;
    write_file(f, "p/.npmrc", "always-auth=true");
    load(f, "install --frobnicate x");
    assert_true(warned(f, "Unknown project config \"always-auth\""));
    assert_true(warned(f, "Unknown cli config \"--frobnicate\""));
    assert_true(warned(f, "\"x\" is being parsed as a normal command line argument."));
}

static void an_invalid_value_gives_way_to_the_next_source(void **state)
{
    struct fixture *f = *state;
    write_file(f, "home/.npmrc", "fetch-retries=3");
    write_file(f, "p/.npmrc", "fetch-retries=often\nregistry=nowhere");
    load(f, "install");
    assert_int_equal(cpm_config_validate(f->config, &f->err), 0);
    assert_true(cpm_config_num(f->config, "fetch-retries") == 3);
    assert_string_equal(cpm_config_str(f->config, "registry"), CPM_DEFAULT_REGISTRY);
    assert_true(warned(f, "invalid config fetch-retries=\"often\" set in "));
    assert_true(warned(f, "invalid config Must be numeric value"));
    assert_true(warned(f, "invalid config Must be full url with \"http://\""));
}

static void the_project_is_found_from_below(void **state)
{
    struct fixture *f = *state;
    write_file(f, "p/src/deep/x.js", "");
    f->cwd = in_root(f, "p/src/deep");
    load(f, "install");
    assert_string_equal(cpm_config_local_prefix(f->config), in_root(f, "p"));
}

static void a_workspace_selects_itself_in_its_root(void **state)
{
    struct fixture *f = *state;
    write_file(f, "p/package.json", "{\"workspaces\":[\"w/*\"]}");
    write_file(f, "p/w/a/package.json", "{\"name\":\"a\"}");
    f->cwd = in_root(f, "p/w/a");
    load(f, "install");
    assert_string_equal(cpm_config_local_prefix(f->config), in_root(f, "p"));
    assert_string_equal(cpm_config_list(f->config, "workspace")[0], in_root(f, "p/w/a"));
    assert_int_equal(cpm_config_where(f->config, "workspace"), CPM_CONFIG_DEFAULT);
    load(f, "install --no-workspaces");
    assert_string_equal(cpm_config_local_prefix(f->config), in_root(f, "p/w/a"));
}

static void global_mode_passes_the_project_over(void **state)
{
    struct fixture *f = *state;
    write_file(f, "p/.npmrc", "tag=project");
    load(f, "install -g");
    assert_string_equal(cpm_config_str(f->config, "tag"), "latest");
    assert_string_equal(cpm_config_str(f->config, "location"), "global");
    assert_string_equal(cpm_config_global_prefix(f->config), in_root(f, "g"));
}

static const struct cpm_auth_entry *entry(const struct cpm_registry_options *o, const char *nerf)
{
    for (size_t i = 0; i < o->auth_count; i++)
        if (strcmp(o->auth[i].nerf, nerf) == 0)
            return &o->auth[i];
    return NULL;
}

static void credentials_keep_their_address(void **state)
{
    struct fixture *f = *state;
    struct cpm_registry_options o;
    set_env(f, "TOKEN", "t0k");
    write_file(f, "home/.npmrc",
               "//localhost:4873/:_authToken=${TOKEN}\n"
               "//localhost:1/team/:username=me\n//localhost:1/team/:_password=cHc=\n"
               "//localhost:2/:_auth=YTpi\n@s:registry=http://localhost:1/team\n"
               "//localhost:3/:certfile=/c.pem\n//localhost:3/:keyfile=/k.pem");
    load(f, "install --registry http://localhost:4873");
    assert_int_equal(cpm_config_registry(f->config, &o, &f->err), 0);
    assert_string_equal(o.registry, "http://localhost:4873/");
    assert_string_equal(entry(&o, "//localhost:4873/")->token, "t0k");
    assert_string_equal(entry(&o, "//localhost:1/team/")->basic, "bWU6cHc=");
    assert_null(entry(&o, "//localhost:1/team/")->token);
    assert_string_equal(entry(&o, "//localhost:2/")->basic, "YTpi");
    assert_string_equal(entry(&o, "//localhost:3/")->certfile, "/c.pem");
    assert_int_equal(o.scope_count, 1);
    assert_string_equal(o.scopes[0].scope, "@s");
    assert_string_equal(o.scopes[0].url, "http://localhost:1/team/");
}

static void a_credential_without_address_is_refused(void **state)
{
    struct fixture *f = *state;
    write_file(f, "home/.npmrc", "_authToken=abc");
    load(f, "install --registry http://localhost:4873");
    assert_int_equal(cpm_config_validate(f->config, &f->err), CPM_EINVALIDAUTH);
    assert_non_null(strstr(f->err.text, "//localhost:4873/:_authToken"));
    assert_null(strstr(f->err.text, "abc"));
}

static void a_project_gets_no_secret_for_a_host_of_its_own(void **state)
{
    struct fixture *f = *state;
    struct cpm_registry_options o;
    set_env(f, "TOKEN", "t0k");
    write_file(f, "p/.npmrc", "//evil.example/:_authToken=${TOKEN}");
    load(f, "install");
    assert_int_equal(cpm_config_registry(f->config, &o, &f->err), 0);
    assert_int_equal(o.auth_count, 0);
    assert_true(warned(f, "'evil.example' is not named in your own configuration"));
}

static void a_project_gets_the_secret_for_a_host_the_user_named(void **state)
{
    struct fixture *f = *state;
    struct cpm_registry_options o;
    set_env(f, "TOKEN", "t0k");
    write_file(f, "home/.npmrc", "@corp:registry=https://npm.corp.example/team/");
    write_file(f, "p/.npmrc",
               "//npm.corp.example/team/:_authToken=${TOKEN}\n"
               "//registry." CPM_NPM_DOMAIN "/:_authToken=${TOKEN}");
    load(f, "install");
    assert_int_equal(cpm_config_registry(f->config, &o, &f->err), 0);
    assert_string_equal(entry(&o, "//npm.corp.example/team/")->token, "t0k");
    assert_string_equal(entry(&o, "//registry." CPM_NPM_DOMAIN "/")->token, "t0k");
}

static void a_project_puts_no_secret_into_an_address(void **state)
{
    struct fixture *f = *state;
    set_env(f, "TOKEN", "t0k");
    write_file(f, "p/.npmrc", "registry=https://evil.example/${TOKEN}/");
    assert_int_equal(try_load(f, "install"), CPM_ECONFIG);
    assert_null(strstr(f->err.text, "t0k"));
    write_file(f, "p/.npmrc", "@s:registry=https://evil.example/${TOKEN}/");
    assert_int_equal(try_load(f, "install"), CPM_ECONFIG);
    write_file(f, "p/.npmrc", "https-proxy=http://evil.example/${TOKEN}/");
    assert_int_equal(try_load(f, "install"), CPM_ECONFIG);
    write_file(f, "p/.npmrc", "cache=/tmp/${TOKEN}\nuser-agent=${TOKEN}");
    load(f, "install");
    assert_null(strstr(cpm_config_str(f->config, "cache"), "t0k"));
    assert_null(strstr(cpm_config_str(f->config, "user-agent"), "t0k"));
}

static void a_file_that_the_project_chose_is_trusted_as_little(void **state)
{
    struct fixture *f = *state;
    struct cpm_registry_options o;
    set_env(f, "TOKEN", "t0k");
    write_file(f, "p/u.rc", "//evil.example/:_authToken=${TOKEN}\nglobalconfig=g.rc");
    write_file(f, "p/g.rc",
               "//evil2.example/:_authToken=${TOKEN}\n@s:registry=https://evil.example");
    write_file(f, "p/.npmrc", "userconfig=u.rc");
    load(f, "install");
    assert_int_equal(cpm_config_registry(f->config, &o, &f->err), 0);
    assert_int_equal(o.auth_count, 0);
    write_file(f, "p/u.rc", "registry=https://evil.example/${TOKEN}");
    assert_int_equal(try_load(f, "install"), CPM_ECONFIG);
    set_env(f, "npm_config_userconfig", in_root(f, "p/u.rc"));
    load(f, "install");
    assert_string_equal(cpm_config_str(f->config, "registry"), "https://evil.example/t0k");
}

static const char *env_line(struct fixture *f, const char *name)
{
    size_t length = strlen(name);
    for (const char *const *e = cpm_config_environment(f->config, &f->arena); *e; e++)
        if (strncmp(*e, name, length) == 0 && (*e)[length] == '=')
            return *e + length + 1;
    return NULL;
}

static void scripts_see_what_is_not_the_default(void **state)
{
    struct fixture *f = *state;
    write_file(f, "home/.npmrc", "fund=false\nloglevel=notice\n//h/:_authToken=secret\n_x=y");
    load(f, "run x --tag=beta --omit=dev");
    cpm_config_set_command(f->config, "run");
    assert_string_equal(env_line(f, "npm_config_fund"), "");
    assert_string_equal(env_line(f, "npm_config_tag"), "beta");
    assert_string_equal(env_line(f, "npm_config_omit"), "dev");
    assert_string_equal(env_line(f, "NODE_ENV"), "production");
    assert_string_equal(env_line(f, "npm_command"), "run");
    assert_string_equal(env_line(f, "INIT_CWD"), f->cwd);
    assert_string_equal(env_line(f, "npm_config_local_prefix"), f->cwd);
    assert_null(env_line(f, "npm_config_loglevel"));
    for (const char *const *e = cpm_config_environment(f->config, &f->arena); *e; e++)
        assert_null(strstr(*e, "secret"));
}

static void an_age_stands_for_a_date(void **state)
{
    struct fixture *f = *state;
    write_file(f, "p/.npmrc", "min-release-age=3");
    load(f, "install");
    assert_int_equal(strlen(cpm_config_str(f->config, "before")),
                     strlen("2020-01-01T00:00:00.000Z"));
    load(f, "install --before=2020-01-01");
    assert_string_equal(cpm_config_str(f->config, "before"), "2020-01-01T00:00:00.000Z");
}

static void a_list_may_be_given_with_commas(void **state)
{
    struct fixture *f = *state;
    load(f, "install --allow-scripts=a,b --allow-scripts=c,,a");
    const char *const *list = cpm_config_list(f->config, "allow-scripts");
    assert_string_equal(list[0], "a");
    assert_string_equal(list[1], "b");
    assert_string_equal(list[2], "c");
    assert_null(list[3]);
    load(f, "install");
    assert_null(cpm_config_list(f->config, "allow-scripts")[0]);
}

static void secrets_are_not_listed(void **state)
{
    struct fixture *f = *state;
    struct cpm_buf out = CPM_BUF_INIT(1 << 20);
    write_file(f, "home/.npmrc",
               "//h/:_authToken=secret\nregistry=http://me:secret@localhost:1/\n"
               "init-author-name=npm_012345678901234567890123456789012345");
    load(f, "config ls");
    cpm_config_print_list(f->config, true, &out);
    cpm_config_print_json(f->config, &out);
    assert_null(strstr(cpm_buf_text(&out), "secret"));
    assert_null(strstr(cpm_buf_text(&out), "0123456789"));
    assert_non_null(strstr(cpm_buf_text(&out), "//h/:_authToken = (protected)"));
    assert_false(cpm_config_print(f->config, "//h/:_authToken", &out));
    cpm_buf_release(&out);
}

static void a_change_keeps_the_other_lines(void **state)
{
    struct fixture *f = *state;
    const struct cpm_config_change changes[] = {{"tag", "beta"}, {"fund", NULL}, {"cache", "/a;b"}};
    struct cpm_str text;
    struct stat st;
    write_file(f, "home/.npmrc", "; mine\ntag = x ; why\r\nfund=false\naudit=false\n[s]\nfund=1\n");
    load(f, "config set");
    assert_int_equal(cpm_config_store(f->config, CPM_CONFIG_USER, changes, 3, &f->err), 0);
    assert_int_equal(cpm_fs_read(in_root(f, "home/.npmrc"), 4096, &f->arena, &text, NULL), 0);
    assert_string_equal(text.ptr, "; mine\ntag=beta\naudit=false\ncache=/a\\;b\n[s]\nfund=1\n");
    assert_int_equal(stat(in_root(f, "home/.npmrc"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_nearer_source_wins),
        TEST(an_environment_name_is_read_in_any_case),
        TEST(arguments_behind_two_dashes_are_positional),
        TEST(short_forms_and_abbreviations_are_expanded),
        TEST(save_flags_exclude_each_other),
        TEST(an_unknown_key_only_warns),
        TEST(an_invalid_value_gives_way_to_the_next_source),
        TEST(the_project_is_found_from_below),
        TEST(a_workspace_selects_itself_in_its_root),
        TEST(global_mode_passes_the_project_over),
        TEST(credentials_keep_their_address),
        TEST(a_credential_without_address_is_refused),
        TEST(a_project_gets_no_secret_for_a_host_of_its_own),
        TEST(a_project_gets_the_secret_for_a_host_the_user_named),
        TEST(a_project_puts_no_secret_into_an_address),
        TEST(a_file_that_the_project_chose_is_trusted_as_little),
        TEST(scripts_see_what_is_not_the_default),
        TEST(an_age_stands_for_a_date),
        TEST(a_list_may_be_given_with_commas),
        TEST(secrets_are_not_listed),
        TEST(a_change_keeps_the_other_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
